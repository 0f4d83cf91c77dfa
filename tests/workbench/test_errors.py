import pickle
import re
from pathlib import Path

import pytest

import geometry
from geometry.errors import CorruptFile, OutOfTime
from workbench import errors, language
from workbench.errors import CODES, REASONS, WorkbenchError, described, one_line, plain, words

# everything that any sentence of an error may name
VALUES = {
    "megabytes": 120.0, "limit_megabytes": 100.0, "entities": 9, "limit": 5, "seconds": 100.0,
    "reason_of_system": "disk full", "key": "ab-0", "name": "x", "given": "y", "expected": "z",
    "known": "a, b", "near": ("c",), "names": "a.stp, b.stp",
}  # fmt: skip


@pytest.mark.parametrize("tag", language.LANGUAGES)
@pytest.mark.parametrize("code", CODES)
def test_every_code_and_reason_has_words_in_every_language(code, tag):
    for reason in ("", *REASONS.get(code, ())):
        error = WorkbenchError("said", **VALUES, reason=reason)
        error.code = code
        what, hint = words(error, tag)
        assert what
        assert hint
        assert "error." not in what + hint


def test_every_reason_that_the_library_gives_has_words():
    told = set()
    for path in Path(geometry.__file__).parent.rglob("*.py"):
        told |= set(re.findall(r'reason="(\w+)"', path.read_text(encoding="utf-8")))
    assert told
    assert told <= set().union(*REASONS.values())


def test_an_error_is_one_line_with_what_where_and_what_to_do():
    error = OutOfTime("long", where="#12", seconds=3)
    assert one_line(error, "a\nb.step", "en") == (
        "error: processing the file took longer than 3 s (a\\x0ab.step, #12): "
        "export single parts, or raise WORKBENCH_JOB_SECONDS"
    )


def test_an_error_for_a_machine_keeps_its_word_in_every_language():
    error = CorruptFile("x", where="#7", reason="nul_bytes")
    for tag in language.LANGUAGES:
        told = described(error, tag)["error"]
        assert told["code"] == "corrupt"
        assert "#7" in told["message"]


def test_an_error_survives_the_way_out_of_a_worker():
    error = errors.NoSuchPart("no part", where="here", hint="look", key="k")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is errors.NoSuchPart
    assert (again.message, again.where, again.hint, again.values) == (
        "no part", "here", "look", {"key": "k"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain name.step", "plain name.step"),
        ("[red]x[/red]", "[red]x[/red]"),
        ("\x1b[31m", "\\x1b[31m"),
        ("a\u202eb", "a\\x202eb"),
        ("\udce9", "\\xdce9"),
        ("oʻq ғ", "oʻq ғ"),
    ],
)
def test_a_name_keeps_its_letters_and_loses_its_commands(text, shown):
    assert plain(text) == shown


def test_a_long_name_keeps_both_its_ends():
    shown = plain("a" * 200 + "z" * 100, 21)
    assert (len(shown), shown[:3], shown[-3:]) == (21, "aaa", "zzz")
