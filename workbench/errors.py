"""What can go wrong in the application, and how it is said to a person.

WorkbenchError                exit code 5
├── WrongUse                  exit code 2: the request itself is wrong
│   ├── WrongSetting          an environment variable that means nothing
│   ├── NoSuchFile            a path where no file is
│   ├── NoSuchPart            a part key that the catalogue does not know
│   ├── NoPlants              matching before any plant was imported
│   └── NotAvailable          a capability that this version does not have
├── UnreadablePath            exit code 3: the file is there and cannot be read
├── Cancelled                 the person asked for it to stop
├── StorageFailure            the disk or the database refused
└── JobFailed                 an unexpected exception inside a worker

KernelCrash, a geometry.errors.CorruptFile (exit code 3): the kernel died on this file.
"""

import unicodedata
from typing import Any

from geometry.errors import CodedError, CorruptFile, GeometryError
from workbench import language as catalogue

__all__ = [
    "KNOWN",
    "Cancelled",
    "JobFailed",
    "KernelCrash",
    "NoPlants",
    "NoSuchFile",
    "NoSuchPart",
    "NotAvailable",
    "StorageFailure",
    "UnreadablePath",
    "WorkbenchError",
    "WrongSetting",
    "WrongUse",
    "described",
    "fault_words",
    "further_lines",
    "one_line",
    "plain",
    "words",
]

LONGEST_NAME = 120  # characters of a name shown in one line of text; file systems allow 255
LONGEST_FAULT = 400


class WorkbenchError(CodedError):
    """Base of every error of the application."""


class WrongUse(WorkbenchError):
    """The request itself is wrong."""

    exit_code = 2
    code = "wrong_use"


class WrongSetting(WrongUse):
    """An environment variable has a value that means nothing."""

    code = "wrong_setting"


class NoSuchFile(WrongUse):
    """There is no file at the path that was given."""

    code = "no_such_file"


class NoSuchPart(WrongUse):
    """The catalogue holds no part of that key."""

    code = "no_such_part"


class NoSuchProfile(WrongUse):
    """No profile of limits is kept under that name."""

    code = "no_such_profile"


class NotAvailable(WrongUse):
    """This version cannot do that."""

    code = "not_available"


class NoPlants(WrongUse):
    """Plants are asked for before any were imported."""

    code = "no_plants"


class UnreadablePath(WorkbenchError):
    """The file is there and the system does not let it be read."""

    exit_code = 3
    code = "unreadable_path"


class Cancelled(WorkbenchError):
    """The person asked for the work to stop."""

    code = "cancelled"


class StorageFailure(WorkbenchError):
    """The disk or the database refused."""

    code = "storage"


class JobFailed(WorkbenchError):
    """An unexpected exception inside a worker; `values["details"]` is its traceback."""

    code = "internal"


class KernelCrash(CorruptFile):
    """The kernel died on this file; only the worker of this file was lost."""

    code = "kernel_crash"


KNOWN = (GeometryError, WorkbenchError)

# what a raiser may say as `reason=`: the catalogues hold error.<code>.<reason>.what and .hint
REASONS = {
    "corrupt": frozenset(
        {"nul_bytes", "no_data", "nesting", "not_a_number", "huge_number", "self_reference"}
    ),
    "not_step": frozenset(
        {
            "empty",
            "archive_without",
            "archive_with_several",
            "archive_broken",
            "mesh",
            "web_page",
            "wide_text",
            "pointer",
        }
    ),
    "no_solid": frozenset({"wires_only", "open_shells", "nothing", "external"}),
    "too_large": frozenset({"bytes", "entities"}),
}

CODES = (
    "internal",
    "wrong_use",
    "wrong_setting",
    "no_such_file",
    "no_such_part",
    "no_such_profile",
    "not_available",
    "unreadable_path",
    "cancelled",
    "storage",
    "kernel_crash",
    "kernel_failure",
    "unreadable",
    "not_step",
    "truncated",
    "corrupt",
    "no_solid",
    "not_sheet",
    "not_developable",
    "limit",
    "too_large",
    "out_of_time",
    "out_of_memory",
    "unknown_material",
    "unknown_process",
    "bad_rules",
    "no_plants",
)


def words(error: Exception, language: str | None = None) -> tuple[str, str]:
    """What happened and what to do about it, in a language."""
    code = getattr(error, "code", "internal")
    values = dict(getattr(error, "values", {}))
    said = str(getattr(error, "message", error))
    if code not in CODES:  # an error of another room: it brings its own sentence
        return said, str(getattr(error, "hint", ""))
    reason = str(values.get("reason", ""))
    key = f"error.{code}.{reason}" if reason in REASONS.get(code, ()) else f"error.{code}"
    values.setdefault("said", said)
    values.setdefault("count", len(getattr(error, "faults", ())))
    values.setdefault("near_names", ", ".join(map(str, values.get("near", ()))) or "–")
    return (
        catalogue.text(f"{key}.what", language, **values),
        catalogue.text(f"{key}.hint", language, **values),
    )


def one_line(error: Exception, name: str = "", language: str | None = None) -> str:
    """`error: WHAT (WHERE): what to do`, safe to print whatever the file is called."""
    what, hint = words(error, language)
    name = name or str(getattr(error, "values", {}).get("file", ""))
    where = ", ".join(plain(part) for part in (name, str(getattr(error, "where", ""))) if part)
    place = f" ({where})" if where else ""
    return f"error: {plain(what, 400)}{place}" + (f": {plain(hint, 400)}" if hint else "")


def further_lines(error: Exception, language: str | None = None) -> list[str]:
    """Every single fault of an error that has several, in a language, safe to print."""
    found = getattr(error, "found", None)
    if found is None:
        return [plain(str(fault), LONGEST_FAULT) for fault in getattr(error, "faults", ())]
    return [plain(f"{f.where}: {fault_words(f, language)}", LONGEST_FAULT) for f in found]


def fault_words(fault: Any, language: str | None = None) -> str:
    """What is wrong at one place of a rule file."""
    values = {name: str(value) for name, value in fault.values.items()}
    said = catalogue.text(f"error.rule_fault.{fault.code}", language, **values)
    if not values.get("meant"):
        return said
    return catalogue.text("error.rule_fault.meant", language, said=said, meant=values["meant"])


def described(error: Exception, language: str | None = None) -> dict[str, dict[str, Any]]:
    """The error object of the contract."""
    what, hint = words(error, language)
    where = plain(str(getattr(error, "where", "")))
    faults = further_lines(error, language)
    return {
        "error": {
            "code": str(getattr(error, "code", "internal")),
            "message": what + (f" ({where})" if where else ""),
            "hint": hint,
            **({"faults": faults} if faults else {}),
        }
    }


def plain(text: str, longest: int = LONGEST_NAME) -> str:
    """Text without what a terminal obeys: control and direction characters become escapes."""
    visible = "".join(
        letter if unicodedata.category(letter)[0] != "C" else f"\\x{ord(letter):02x}"
        for letter in text
    )
    if len(visible) <= longest:
        return visible
    half = (longest - 1) // 2
    return f"{visible[:half]}…{visible[-half:]}"
