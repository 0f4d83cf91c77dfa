"""The command line: one thin face on `workbench.service`.

Nothing heavy is imported before a command needs it: `workbench --help` answers at once.
"""

import contextlib
import json
import os
import sys
from collections.abc import Sequence
from typing import Any

from workbench import language
from workbench.errors import KNOWN, WorkbenchError, described, further_lines, one_line, plain

__all__ = ["main"]

INTERRUPTED = 130  # what shells expect of a program that Ctrl-C ended
INTERNAL = 5


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    _speak_utf8()
    asked = _language_asked(given)
    with language.using(asked) if asked else contextlib.nullcontext():
        return _run(given)


def _run(given: list[str]) -> int:
    as_json = "--json" in given
    try:
        from workbench.cli.arguments import build_parser

        options = build_parser().parse_args(given)
        from workbench.cli import commands
        from workbench.cli.log import keep_messages

        keep_messages()
        return int(commands.run(options) or 0)
    except SystemExit as leaving:  # --help, or an error that the parser has said
        return int(leaving.code or 0)
    except KeyboardInterrupt:
        _say(language.text("cli.interrupted"))
        return INTERRUPTED
    except BrokenPipeError:  # the reader, `head` for one, has seen enough
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KNOWN as error:
        if getattr(error, "values", {}).get("details"):
            return _failed_inside(error, str(error.values["details"]), as_json)
        _report(error, as_json)
        return error.exit_code
    except Exception as error:
        import traceback

        return _failed_inside(error, traceback.format_exc(), as_json)


def _failed_inside(error: Exception, details: str, as_json: bool) -> int:
    """Say in one line that something is wrong with the program, and where the details are."""
    from workbench.cli.log import write_details

    where = plain(str(write_details(details)), 300)
    _report(WorkbenchError(str(error), where=where), as_json)
    return INTERNAL


def _report(error: Exception, as_json: bool) -> None:
    if as_json:
        print_json(described(error))
    _say(one_line(error))
    for fault in further_lines(error):
        _say(f"  {fault}")


def print_json(answer: Any) -> None:
    """The one thing that goes to stdout with --json."""
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, allow_nan=False) + "\n")
    sys.stdout.flush()


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


def _speak_utf8() -> None:
    """Texts are Uzbek and Russian: never fail for a terminal that says it knows only ASCII."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _language_asked(given: Sequence[str]) -> str | None:
    """What --language says, before the parser that speaks it; that refuses a wrong one."""
    for place, word in enumerate(given):
        if word == "--language" and place + 1 < len(given):
            return language.closest(given[place + 1])
        if word.startswith("--language="):
            return language.closest(word.partition("=")[2])
    return None
