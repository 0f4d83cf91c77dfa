"""A report as PDF: typst sets a fixed template; texts reach it as data, never as markup."""

import json
import re
import tempfile
import unicodedata
import warnings
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.errors import WorkbenchError
from workbench.reports.facts import Facts

if TYPE_CHECKING:
    import typst

__all__ = ["FONTS", "pages", "pdf"]

FONTS = Path(__file__).with_name("fonts")
SHARED = "comparison_parts.typ"
LONGEST_RUN = 18  # letters without a break that still fit a narrow column
BREAK = "\u200b"
_RUN = re.compile(rf"\S{{{LONGEST_RUN + 1},}}")
_BREAKABLE = re.compile(r"(?<=[_/\\.,;:|+-])(?=\w)")


def pdf(facts: Facts, content: Mapping[str, Any]) -> bytes:
    """The report's pages."""
    return pages("report.typ", content, facts.pictures, facts.made_at)


def pages(
    template: str,
    content: Mapping[str, Any],
    pictures: Sequence[Mapping[str, bytes]],
    made_at: datetime,
) -> bytes:
    """Pages set by a template of this folder.

    The compiler sees one folder made for this report: the template, what templates share, the texts
    as JSON and the pictures (PNG or SVG by name); the pages hold no path, and the time in them is
    that of the report.
    """
    import typst

    with tempfile.TemporaryDirectory(prefix="workbench-report-") as folder:
        root = Path(folder)
        (root / "report.typ").write_bytes(Path(__file__).with_name(template).read_bytes())
        (root / SHARED).write_bytes(Path(__file__).with_name(SHARED).read_bytes())
        said = json.dumps(_breakable(content), ensure_ascii=False, allow_nan=False)
        (root / "content.json").write_text(said, encoding="utf-8")
        for index, of_part in enumerate(pictures):
            place = root / "pictures" / str(index)
            place.mkdir(parents=True)
            for name, data in of_part.items():
                kind = "svg" if data.startswith(b"<svg") else "png"
                (place / f"{name}.{kind}").write_bytes(data)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a glyph that no font has; the page shows a box
                made = typst.compile(
                    root / "report.typ", root=root, font_paths=_fonts(), timestamp=made_at
                )
        except typst.TypstError as error:
            raise WorkbenchError(
                f"the report could not be set: {error.message}", details=error.diagnostic
            ) from error
    assert isinstance(made, bytes)
    return made


@cache
def _fonts() -> "typst.Fonts":
    """Our own fonts; the system's too, for names in scripts that ours do not have."""
    import typst

    return typst.Fonts(font_paths=[FONTS])


def _breakable(value: Any) -> Any:
    """The same texts, where a long word may be broken at the end of a line."""
    if isinstance(value, str):
        return _RUN.sub(lambda run: _broken(run[0]), value)
    if isinstance(value, Mapping):
        return {
            key: each if key in ("picture", "code", "language") else _breakable(each)
            for key, each in value.items()
        }
    if isinstance(value, list | tuple):
        return [_breakable(each) for each in value]
    return value


def _broken(run: str) -> str:
    """A long run of letters with places to break it: at signs, else every so many letters."""
    pieces = _BREAKABLE.split(run)
    told = []
    for piece in pieces:
        parts, start = [], 0
        while len(piece) - start > LONGEST_RUN:
            end = start + LONGEST_RUN
            while end < len(piece) and unicodedata.combining(piece[end]):
                end += 1
            parts.append(piece[start:end])
            start = end
        told.append(BREAK.join([*parts, piece[start:]]))
    return BREAK.join(told)
