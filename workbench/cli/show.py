"""How is anything printed for a person? Texts, tables and names, never markup out of a file."""

import sys
from collections.abc import Sequence

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from workbench import language
from workbench.errors import plain

__all__ = ["line", "name_text", "say", "show", "table"]


def say(key: str, **values: object) -> str:
    """A text of the command line."""
    return language.text(f"cli.{key}", **values)


def line(key: str, **values: object) -> None:
    """One sentence on stdout."""
    shown = {name: plain(v, 300) if isinstance(v, str) else v for name, v in values.items()}
    show(Text(say(key, **shown)))


def show(*what: RenderableType) -> None:
    """Print on stdout."""
    console = Console(file=sys.stdout, markup=False, highlight=False, emoji=False)
    for renderable in what:
        console.print(renderable)


def name_text(given: object) -> Text:
    """A name out of a file: shown, never obeyed."""
    return Text(plain(str(given)))


def table(*columns: str, right: Sequence[int] = ()) -> Table:
    """A table without lines; columns are keys of their titles."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    for number, key in enumerate(columns):
        made.add_column(
            say(f"column.{key}") if key else "",
            justify="right" if number in right else "left",
            no_wrap=key in ("key", "suitability"),
        )
    return made
