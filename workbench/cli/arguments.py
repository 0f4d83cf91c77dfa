"""Which commands and options are there? Said in the language of the call; imports nothing heavy."""

import argparse
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from workbench import language
from workbench.errors import WrongUse, plain

__all__ = ["SEVERITIES", "build_parser"]

SEVERITIES = ("critical", "major", "minor")
CHANGES = ("change",)
MODES = ("all", "shape", "process", "size")
DEFAULT_PORT = 8080
LARGEST_SHEET_MM = 1e5  # longer ones are a slip of the unit
LARGEST_K = 0.5  # the fibre that keeps its length lies on the inner half of the sheet

# argparse looks its own words up through a function `_` of its module; these are ours for them
_ARGPARSE_WORDS = {
    "usage: ": ("cli.parser.usage", {}),
    "positional arguments": ("cli.parser.positional", {}),
    "options": ("cli.parser.options", {}),
    "show this help message and exit": ("cli.parser.help", {}),
    "expected one argument": ("cli.parser.one_argument", {}),
    "expected at least one argument": ("cli.parser.arguments", {}),
    "unrecognized arguments: %s": ("cli.parser.unrecognised", {"given": "%s"}),
    "the following arguments are required: %s": ("cli.parser.required", {"given": "%s"}),
    "invalid choice: %(value)r (choose from %(choices)s)": (
        "cli.parser.choice",
        {"value": "%(value)r", "choices": "%(choices)s"},
    ),
    "invalid %(type)s value: %(value)r": ("cli.parser.value", {"value": "%(value)r"}),
    "not allowed with argument %s": ("cli.parser.not_with", {"given": "%s"}),
}


def say(key: str, **values: object) -> str:
    """A text of the command line."""
    return language.text(f"cli.{key}", **values)


class Parser(argparse.ArgumentParser):
    """argparse whose errors have the form of all our errors."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_abbrev=False, **options)

    def error(self, message: str) -> NoReturn:
        """Raise what every wrong use raises."""
        raise WrongUse(message, where=self.prog)


def build_parser() -> argparse.ArgumentParser:
    """The parser of every command."""
    argparse._ = _translated  # type: ignore[attr-defined]
    common = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    for names, options in (
        (("--json",), {"action": "store_true", "help": say("option.json")}),
        (
            ("--language",),
            {"type": _language, "metavar": "TAG", "help": say("option.language")},
        ),
    ):
        common.add_argument(*names, default=argparse.SUPPRESS, **options)
    parser = Parser(prog="workbench", description=say("about"), parents=[common])
    parser.add_argument("--version", action=_Version, nargs=0, help=say("parser.version"))
    commands = parser.add_subparsers(dest="command", metavar=say("parser.command"), required=True)

    def command(name: str, group: Any = commands, of: str = "") -> argparse.ArgumentParser:
        what = say(f"command.{of}{name}")
        made = group.add_parser(name, help=what, description=what, parents=[common])
        assert isinstance(made, argparse.ArgumentParser)
        return made

    def group(name: str) -> Any:
        return command(name).add_subparsers(
            dest="action", metavar=say("parser.command"), required=True
        )

    _analyse(command("analyse"))
    add = command("add")
    add.add_argument("files", nargs="+", type=Path, metavar="FILE", help=say("option.files"))
    parts = group("parts")
    listed = command("list", parts, "parts_")
    listed.add_argument("search", nargs="*", metavar="WORD", help=say("option.search"))
    removed = command("remove", parts, "parts_")
    removed.add_argument("keys", nargs="+", metavar="KEY", help=say("option.key"))
    _match(command("match"))
    _compare(command("compare"))
    revisions = command("history")
    revisions.add_argument("files", nargs="+", metavar="FILE", help=say("option.revisions"))
    revisions.add_argument(
        "-o", "--output", type=Path, metavar="OUT", help=say("option.comparison_report")
    )
    _conditions(revisions)
    similar = command("similar")
    similar.add_argument("file", metavar="FILE", help=say("option.file_or_key"))
    similar.add_argument(
        "--top", type=_at_least(1), default=10, metavar="N", help=say("option.top")
    )
    similar.add_argument("--mode", choices=MODES, default="all", help=say("option.mode"))
    similar.add_argument(
        "--weight", type=_weight, action="append", metavar="ASPECT=N", help=say("option.weight")
    )
    similar.add_argument("--faces", type=_faces, metavar="N,N…", help=say("option.faces"))
    command("families")
    _know(command("know"))
    unfold = command("unfold")
    unfold.add_argument("file", metavar="FILE", help=say("option.file_or_key"))
    unfold.add_argument("-o", "--output", type=Path, metavar="DXF", help=say("option.dxf"))
    unfold.add_argument("--svg", type=Path, metavar="SVG", help=say("option.svg"))
    unfold.add_argument(
        "--k-factor", type=_k_table, metavar="K|R/T:K,…", help=say("option.k_factor")
    )
    unfold.add_argument("--material", metavar="M", help=say("option.k_material"))
    unfold.add_argument("--sheet", type=_sheet, metavar="LxW", help=say("option.sheet"))
    plants = group("plants")
    command("import", plants, "plants_").add_argument(
        "file", type=Path, metavar="XLSX", help=say("option.workbook")
    )
    command("list", plants, "plants_")
    for name in ("template", "export"):
        command(name, plants, "plants_").add_argument(
            "file", type=Path, metavar="XLSX", help=say("option.new_workbook")
        )
    _rules(command("rules"), command)
    _report(command("report"))
    serve = command("serve")
    serve.add_argument("--host", default="127.0.0.1", help=say("option.host"))
    serve.add_argument(
        "--port", type=_at_least(1), default=DEFAULT_PORT, metavar="N", help=say("option.port")
    )
    command("demo")
    command("doctor")
    schema = command("schema")
    schema.add_argument(
        "name",
        nargs="?",
        default="analysis",
        choices=("analysis", "comparison", "error", "flat", "history", "match", "similar"),
        help=say("option.schema"),
    )
    return parser


def _analyse(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help=say("option.paths"))
    parser.add_argument("--material", metavar="M", help=say("option.material"))
    parser.add_argument("--annual", type=_at_least(1), metavar="N", help=say("option.annual"))
    parser.add_argument(
        "--process", nargs="+", action="extend", metavar="P", help=say("option.process")
    )
    parser.add_argument("--no-hints", action="store_true", help=say("option.no_hints"))
    parser.add_argument("--rules", type=Path, metavar="FILE", help=say("option.rules"))
    parser.add_argument("--explain", action="store_true", help=say("option.explain"))
    parser.add_argument("--fail-on", choices=SEVERITIES, help=say("option.fail_on"))
    parser.add_argument("--out", type=Path, metavar="DIR", help=say("option.out"))
    parser.add_argument("--jobs", type=_at_least(1), metavar="N", help=say("option.jobs"))
    parser.add_argument("--strict", action="store_true", help=say("option.strict"))


def _rules(parser: argparse.ArgumentParser, command: Callable[..., Any]) -> None:
    actions = parser.add_subparsers(dest="action", metavar=say("parser.command"), required=True)
    listed = command("list", actions, "rules_")
    listed.add_argument("processes", nargs="*", metavar="P", help=say("option.process"))
    for name, what in (("template", "new_profile"), ("check", "rules")):
        command(name, actions, "rules_").add_argument(
            "file", type=Path, metavar="TOML", help=say(f"option.{what}")
        )


def _report(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help=say("option.file_or_key"))
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="OUT", help=say("option.report")
    )
    parser.add_argument("--material", metavar="M", help=say("option.material"))
    parser.add_argument("--annual", type=_at_least(1), metavar="N", help=say("option.annual"))
    parser.add_argument("--no-hints", action="store_true", help=say("option.no_hints"))
    parser.add_argument("--rules", type=Path, metavar="FILE", help=say("option.rules"))


def _know(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("key", metavar="KEY", help=say("option.key"))
    parser.add_argument(
        "--status", choices=("made", "imported", "waiting", ""), help=say("option.status")
    )
    parser.add_argument("--price", type=_price, metavar="N", help=say("option.price"))
    parser.add_argument("--currency", metavar="CODE", help=say("option.currency"))
    parser.add_argument("--plant", metavar="NAME", help=say("option.made_by"))
    parser.add_argument("--process", metavar="P", help=say("option.made_how"))
    parser.add_argument("--supplier", metavar="NAME", help=say("option.supplier"))


def _match(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help=say("option.file_or_key"))
    parser.add_argument(
        "--annual", type=_at_least(1), required=True, metavar="N", help=say("option.annual")
    )
    parser.add_argument("--material", metavar="M", help=say("option.material"))
    parser.add_argument("--plants", type=Path, metavar="XLSX", help=say("option.plants"))


def _compare(parser: argparse.ArgumentParser) -> None:
    for side in ("a", "b"):
        parser.add_argument(side, metavar=side.upper(), help=say("option.file_or_key"))
    parser.add_argument("--fail-on", choices=CHANGES, help=say("option.fail_on_change"))
    parser.add_argument(
        "-o", "--output", type=Path, metavar="OUT", help=say("option.comparison_report")
    )
    parser.add_argument("--shape-only", action="store_true", help=say("option.shape_only"))
    _conditions(parser)


def _conditions(parser: argparse.ArgumentParser) -> None:
    """What costs depend on."""
    parser.add_argument("--material", metavar="M", help=say("option.material"))
    parser.add_argument("--annual", type=_at_least(1), metavar="N", help=say("option.annual"))
    parser.add_argument("--plants", type=Path, metavar="XLSX", help=say("option.plants"))


class _Version(argparse.Action):
    """Prints the version, looked up only when asked for: it reads installed metadata."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        sys.stdout.write(f"workbench {version('cooperation-workbench')}\n")
        parser.exit()


def _translated(message: str) -> str:
    if message == "argument %(argument_name)s: %(message)s":
        return "%(argument_name)s: %(message)s"
    key, values = _ARGPARSE_WORDS.get(message, (None, {}))
    return message if key is None else language.text(key, **values)


def _language(tag: str) -> str:
    if tag not in language.LANGUAGES:
        raise argparse.ArgumentTypeError(
            say("parser.language", given=plain(tag), known=", ".join(language.LANGUAGES))
        )
    return tag


def _weight(text: str) -> tuple[str, float]:
    name, sign, value = text.partition("=")
    try:
        return (name, float(value)) if sign else (name, math.nan)
    except ValueError:
        return name, math.nan


def _faces(text: str) -> list[int]:
    whole_number = _at_least(0)
    return [whole_number(each) for each in text.split(",")]


def _k_table(text: str) -> dict[float, float]:
    """One k-factor for every bend, or pairs of inside radius over thickness and k-factor."""
    table = {}
    for pair in text.split(","):
        ratio, _, value = pair.rpartition(":")
        try:
            table[float(ratio or 1.0)] = float(value)
        except ValueError as error:
            raise argparse.ArgumentTypeError(
                say("parser.value", value=repr(plain(text)))
            ) from error
    if not all(0 <= k <= LARGEST_K and 0 <= ratio < math.inf for ratio, k in table.items()):
        raise argparse.ArgumentTypeError(say("parser.k_factor", value=repr(plain(text))))
    return table


def _sheet(text: str) -> tuple[float, float]:
    """Length and width of a sheet in mm, as 3000x1500."""
    length, _, width = text.lower().replace("×", "x").partition("x")
    try:
        size = float(length), float(width)
    except ValueError:
        size = 0.0, 0.0
    if not all(0 < side < LARGEST_SHEET_MM for side in size):
        raise argparse.ArgumentTypeError(say("parser.sheet", value=repr(plain(text))))
    return size


def _price(text: str) -> float | str:
    try:
        return float(text) if text else ""
    except ValueError as error:
        raise argparse.ArgumentTypeError(say("parser.value", value=repr(plain(text)))) from error


def _at_least(least: int) -> Callable[[str], int]:
    def whole_number(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = -math.inf  # type: ignore[assignment]
        if value < least:
            raise argparse.ArgumentTypeError(
                say("parser.whole_number", given=plain(text), least=least)
            )
        return value

    return whole_number
