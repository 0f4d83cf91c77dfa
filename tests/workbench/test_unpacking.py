"""Files that come packed give the one STEP file in them, or a line that says why not."""

import gzip
import io
import re
import zipfile

import pytest

from geometry.errors import NotStep, TooLarge
from workbench.errors import one_line, words
from workbench.intake import is_step_name
from workbench.unpacking import unpacked

TEXT = b"ISO-10303-21;\nHEADER;\nENDSEC;\n" + b" " * 2_000
LIMIT = 10_000


def zipped(**files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return packed.getvalue()


def test_a_file_that_is_not_packed_stays_as_it_is():
    assert unpacked(TEXT, "a.step", LIMIT) == (TEXT, "a.step")


@pytest.mark.parametrize(("name", "inside"), [("a.stp.gz", "a.stp"), ("a.stpZ", "a.stpZ")])
def test_what_gzip_holds_is_read(name, inside):
    assert unpacked(gzip.compress(TEXT), name, LIMIT) == (TEXT, inside)


def test_the_only_step_file_of_an_archive_is_read_under_its_own_name():
    packed = zipped(**{"read me.txt": b"hello", "sub__Крышка.STEP": TEXT, "preview.png": b"x"})
    assert unpacked(packed, "from a portal.zip", LIMIT) == (TEXT, "Крышка.STEP")


def test_what_macos_adds_to_an_archive_is_no_second_file():
    packed = zipped(**{"a.stp": TEXT})
    with zipfile.ZipFile(shared := io.BytesIO(packed), "a") as archive:
        archive.writestr("__MACOSX/._a.stp", b"\0\5\26\7")
    assert unpacked(shared.getvalue(), "a.zip", LIMIT) == (TEXT, "a.stp")


@pytest.mark.parametrize(
    ("packed", "said"),
    [
        (zipped(a=b"1"), "no STEP file is in this archive"),
        (zipped(**{"a.stp": TEXT, "b.step": TEXT}), r"several STEP files .*\(2\): a.stp, b.step"),
        (zipped(**{"a.stp": TEXT})[:-30], "cannot be unpacked"),
        (gzip.compress(TEXT)[:-12], "cannot be unpacked"),
        (gzip.compress(TEXT)[:12] + b"\xff" * 40, "cannot be unpacked"),
    ],
)
def test_an_archive_that_does_not_mean_one_file_is_refused_with_what_to_do(packed, said):
    with pytest.raises(NotStep) as caught:
        unpacked(packed, "a.zip", LIMIT)
    what, hint = words(caught.value, "en")
    assert re.search(said, what)
    assert "STEP" in hint or "one" in hint
    line = one_line(caught.value)
    assert "(a.zip)" in line
    assert "\n" not in line


def test_a_locked_archive_is_refused():
    packed = bytearray(zipped(**{"a.stp": TEXT}))
    for header, flags_at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        packed[packed.index(header) + flags_at] |= 1
    with pytest.raises(NotStep, match="password"):
        unpacked(bytes(packed), "a.zip", LIMIT)


@pytest.mark.parametrize("pack", [gzip.compress, lambda text: zipped(**{"a.stp": text})])
def test_a_small_archive_does_not_fill_the_memory(pack):
    with pytest.raises(TooLarge):
        unpacked(pack(b" " * (LIMIT + 1)), "a", LIMIT)


def test_a_folder_gives_its_packed_step_files_too():
    taken = ("a.STEP", "b.stp", "c.p21", "d.stpZ", "e.step.gz")
    assert all(map(is_step_name, taken))
    assert not any(map(is_step_name, ("a.zip", "b.gz", "c.stl", "step")))
