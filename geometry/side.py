"""What is one side of a comparison? Light enough for whoever only asks for one."""

from dataclasses import dataclass

__all__ = ["Side"]


@dataclass(frozen=True)
class Side:
    """One of the two files that are compared."""

    data: bytes  # STEP text, or the digest of it that its examination left
    name: str = ""
    part: int | None = None  # the one part of the file that is meant, not the whole of it
    examined: bool = False  # data is a digest

    @property
    def content(self) -> bytes:
        """The data; of STEP text without its header, which holds the time of the export."""
        return self.data if self.examined else self.data[max(self.data.find(b"DATA;"), 0) :]
