"""The look at a STEP text before the kernel sees it."""

import gzip
import re

import pytest

from geometry.errors import CorruptFile, NotStep, TooLarge, TruncatedFile
from geometry.screening import LONGEST_STRING, screen

HEADER = (
    "ISO-10303-21;\nHEADER;\nFILE_DESCRIPTION(('x'),'2;1');\n"
    "FILE_NAME('n','2024-01-01',('a'),('o'),'pre','Some CAD 12','auth');\n"
    "FILE_SCHEMA(('{schema}'));\nENDSEC;\nDATA;\n"
)
FOOTER = "ENDSEC;\nEND-ISO-10303-21;\n"


def step(body: str, schema: str = "AUTOMOTIVE_DESIGN { 1 0 10303 214 1 1 1 1 }") -> bytes:
    return (HEADER.format(schema=schema) + body + FOOTER).encode()


POINT = "#1=CARTESIAN_POINT('',(0.,1.,2.));\n"


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ("CONFIG_CONTROL_DESIGN", "AP203"),
        (
            "AP203_CONFIGURATION_CONTROLLED_3D_DESIGN_OF_MECHANICAL_PARTS_AND_ASSEMBLIES_MIM_LF",
            "AP203",
        ),
        ("AUTOMOTIVE_DESIGN { 1 0 10303 214 1 1 1 1 }", "AP214"),
        ("AP242_MANAGED_MODEL_BASED_3D_ENGINEERING_MIM_LF { 1 0 10303 442 1 1 4 }", "AP242"),
    ],
)
def test_the_schema_names_the_protocol(schema, expected):
    assert screen(step(POINT, schema)).format == expected


def test_the_originating_system_is_read_from_the_header():
    assert screen(step(POINT)).originating_system == "Some CAD 12"


def test_an_unknown_schema_is_a_warning_not_a_refusal():
    screened = screen(step(POINT, "SOMETHING_ELSE"))
    assert screened.format is None
    assert [code for code, _ in screened.warnings] == ["unknown_schema"]


def test_a_byte_order_mark_is_taken_off():
    assert screen(b"\xef\xbb\xbf" + step(POINT)).data.startswith(b"ISO-10303-21")


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "empty"),
        (b"   \n", "empty"),
        (b"hello, this is a letter", "does not start"),
        (gzip.compress(step(POINT)), "gzip"),
        (b"PK\x03\x04rest", "ZIP"),
        (step(POINT).decode().encode("utf-16"), "UTF-16"),
        (b"<!DOCTYPE html><html>404</html>", "HTML"),
        (b"version https://git-lfs.github.com/spec/v1\noid", "git LFS"),
        (b" " * 72 + b"S      1\n" + b"1H,,1H;" + b" " * 65 + b"G      1\n", "IGES"),
    ],
)
def test_what_is_not_step_is_named(data, word):
    with pytest.raises(NotStep, match=word):
        screen(data)


def test_a_file_without_its_end_is_truncated():
    whole = step(POINT * 1)
    with pytest.raises(TruncatedFile):
        screen(whole[: len(whole) - 20])


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ("#1=CARTESIAN_POINT('',(1.E400,0.,0.));\n", "beyond any part"),
        ("#1=CARTESIAN_POINT('',(1.0E+030,0.,0.));\n", "beyond any part"),
        ("#1=CARTESIAN_POINT('',(100000000000000000000000.,0.,0.));\n", "beyond any part"),
        ("#1=CARTESIAN_POINT('',(nan,0.,0.));\n", "not a number"),
        ("#1=CARTESIAN_POINT('',(0.,-inf,0.));\n", "not a number"),
        ("#1=CLOSED_SHELL('',(#1));\n", "refers to itself"),
        ("#1=X(" + "(" * 5000 + ")" * 5000 + ");\n", "nested"),
        ("#1=CARTESIAN_POINT('\x00',(0.,0.,0.));\n", "NUL"),
    ],
)
def test_what_the_kernel_does_not_survive_is_refused(body, word):
    with pytest.raises(CorruptFile, match=word):
        screen(step(body))


def test_a_huge_number_inside_a_name_is_only_a_name():
    assert screen(step("#1=PRODUCT('part 1.E400 (nan)','((((',$,());\n")).warnings == ()


@pytest.mark.parametrize(
    ("word", "rest"),
    [
        ("N" * 20_000, ""),
        ("''" * 10_000, ""),
        ("a" + "\\X\\E4" * 5_000, ""),
        ("ab" + "\\S\\d" * 6_000, ""),
        ("\\X2\\" + "041A" * 6_000 + "\\X0\\", "\\X0\\"),
        ("abc\\X4\\" + "0001F600" * 3_000 + "\\X0\\", "\\X0\\"),
        ("\\X2\\041A\\X0\\" * 2_000, ""),
    ],
)
def test_a_name_longer_than_the_kernel_can_hold_is_cut_between_letters(word, rest):
    screened = screen(step(f"#1=PRODUCT('{word}','b',$,());\n"))
    assert screened.warnings[0] == ("long_strings", {"count": 1, "limit": LONGEST_STRING})
    kept = screened.data.decode().split("PRODUCT('")[1].removesuffix(FOOTER).split("','b',")[0]
    assert LONGEST_STRING - 20 < len(kept) <= LONGEST_STRING
    assert word.startswith(kept.removesuffix(rest))
    letter = r"[^'\\]|''|\\X\\[0-9A-F]{2}|\\S\\.|\\X2\\(?:.{4})*\\X0\\|\\X4\\(?:.{8})*\\X0\\"
    assert re.fullmatch(f"(?:{letter})*", kept)


def test_a_name_that_the_kernel_can_hold_stays_whole():
    name = "N" * (LONGEST_STRING - 1)
    screened = screen(step(f"#1=PRODUCT('{name}','b',$,());\n"))
    assert screened.warnings == ()
    assert name.encode() in screened.data


def uncertainty(number):
    return f"#1=UNCERTAINTY_MEASURE_WITH_UNIT(LENGTH_MEASURE({number}),#2,'','');\n#2=X();\n"


@pytest.mark.parametrize("number", ["1.968503937008E+151", "2.E5", "NAN", "-1."])
def test_an_uncertainty_beyond_reason_is_no_reason_to_refuse_the_part(number):
    assert b"MEASURE(1.E-03)" in screen(step(uncertainty(number))).data


@pytest.mark.parametrize("number", ["1.E-07", "0.01", "2.54"])
def test_a_usual_uncertainty_stays(number):
    assert number.encode() in screen(step(uncertainty(number))).data


def test_dangling_references_are_counted():
    screened = screen(step("#1=VERTEX_POINT('',#7);\n#2=VERTEX_POINT('',#8);\n"))
    assert screened.warnings == (("dangling_references", {"count": 2, "first": "#7"}),)


def test_zero_directions_and_radii_are_counted():
    screened = screen(
        step("#1=DIRECTION('',(0.,0.,0.));\n#2=DIRECTION('',(0.,0.,1.));\n#3=CIRCLE('',#1,0.);\n")
    )
    assert dict(screened.warnings) == {"zero_direction": {"count": 1}, "zero_radius": {"count": 1}}


def test_a_flood_of_entities_is_too_large(monkeypatch):
    monkeypatch.setattr("geometry.screening.MAX_ENTITIES", 10)
    with pytest.raises(TooLarge, match="12 entities"):
        screen(step("".join(f"#{i}=CARTESIAN_POINT('',(0.,0.,0.));\n" for i in range(1, 13))))
