"""What can go wrong with a file or a shape.

GeometryError
├── UnreadableFile            exit code 3: the bytes cannot be used
│   ├── NotStep               not an ISO 10303-21 file
│   ├── TruncatedFile         starts as STEP and does not end
│   ├── CorruptFile           STEP whose content contradicts itself
│   ├── NoSolid               STEP without a body that can be judged
│   └── NotSheet              a body that is no sheet of one thickness, where one is needed
│       └── NotDevelopable    a sheet that no unbending lays flat
├── LimitReached              exit code 4
│   ├── TooLarge              bytes or entities
│   ├── OutOfTime
│   └── OutOfMemory
└── KernelFailure             exit code 5: the kernel died on this file
"""

__all__ = [
    "CodedError",
    "CorruptFile",
    "GeometryError",
    "KernelFailure",
    "LimitReached",
    "NoSolid",
    "NotDevelopable",
    "NotSheet",
    "NotStep",
    "OutOfMemory",
    "OutOfTime",
    "TooLarge",
    "TruncatedFile",
    "UnreadableFile",
]


class CodedError(Exception):
    """An error that machines and catalogues can tell apart.

    `code` names what happened, `where` the place in the file, `values` the numbers that its
    sentence needs.
    """

    exit_code = 5
    code = "internal"

    def __init__(self, message: str, *, where: str = "", hint: str = "", **values: object) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint
        self.values = values

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.message, self.where, self.hint, self.values)


def _rebuild(
    kind: type[CodedError], message: str, where: str, hint: str, values: dict[str, object]
) -> CodedError:
    return kind(message, where=where, hint=hint, **values)


class GeometryError(CodedError):
    """Base of every error of this library."""


class UnreadableFile(GeometryError):
    """The bytes cannot be used as a model."""

    exit_code = 3
    code = "unreadable"


class NotStep(UnreadableFile):
    """The file is not ISO 10303-21 (STEP) text."""

    code = "not_step"


class TruncatedFile(UnreadableFile):
    """The file starts as STEP and ends before its end marker."""

    code = "truncated"


class CorruptFile(UnreadableFile):
    """The file is STEP text whose content contradicts itself."""

    code = "corrupt"


class NoSolid(UnreadableFile):
    """The file holds no body that can be judged."""

    code = "no_solid"


class NotSheet(UnreadableFile):
    """The body is no sheet of one thickness, where one is needed."""

    code = "not_sheet"


class NotDevelopable(NotSheet):
    """The sheet is drawn, closed or branched: no unbending lays it flat."""

    code = "not_developable"


class LimitReached(GeometryError):
    """A limit on time, memory or size was reached."""

    exit_code = 4
    code = "limit"


class TooLarge(LimitReached):
    """The file is larger than the limit."""

    code = "too_large"


class OutOfTime(LimitReached):
    """Work on the file took longer than the limit."""

    code = "out_of_time"


class OutOfMemory(LimitReached):
    """Reading needed more memory than the limit."""

    code = "out_of_memory"


class KernelFailure(GeometryError):
    """The kernel died on this file."""

    code = "kernel_failure"
