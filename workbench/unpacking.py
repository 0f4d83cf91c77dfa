"""Which STEP text is in a packed file? The only one of a ZIP, or what gzip holds (.stpZ, .gz)."""

import io
import zipfile
import zlib

from geometry.errors import NotStep
from workbench.intake import is_step_name, printable_name, refuse_too_many

__all__ = ["unpacked"]

GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"
GZIP_WINDOW = 31  # of zlib: a gzip header before the largest window
ENCRYPTED = 0x1  # flag of a ZIP's member
RESOURCE_FORKS = "__MACOSX/"  # what macOS adds beside each file that it packs
MOST_NAMED = 3


def unpacked(data: bytes, name: str, max_bytes: int) -> tuple[bytes, str]:
    """The STEP text and its file's name; both as given where the file is not packed.

    max_bytes: of the text, so that a small file cannot fill the memory. Raises NotStep where no
    single file is meant, TooLarge.
    """
    if data.startswith(GZIP):
        inside = name[:-3] if name.lower().endswith(".gz") else name
        return _gunzipped(data, name, max_bytes), inside
    if data.startswith(ZIP):
        return _member(data, name, max_bytes)
    return data, name


def _gunzipped(data: bytes, name: str, max_bytes: int) -> bytes:
    stream = zlib.decompressobj(GZIP_WINDOW)
    try:
        text = stream.decompress(data, max_bytes + 1)
    except zlib.error as error:
        raise _broken(str(error), name) from error
    refuse_too_many(len(text), max_bytes)
    if not stream.eof:
        raise _broken("it ends too early", name)
    return text


def _member(data: bytes, name: str, max_bytes: int) -> tuple[bytes, str]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            steps = [
                each
                for each in archive.infolist()
                if is_step_name(each.filename) and not each.filename.startswith(RESOURCE_FORKS)
            ]
            if len(steps) != 1:
                raise _not_one([each.filename for each in steps], name)
            (only,) = steps
            if only.flag_bits & ENCRYPTED:
                raise _broken("it wants a password", name)
            refuse_too_many(only.file_size, max_bytes)
            with archive.open(only) as file:  # the size that it declares may lie
                text = file.read(max_bytes + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise _broken(str(error), name) from error
    refuse_too_many(len(text), max_bytes)
    return text, printable_name(only.filename)


def _not_one(names: list[str], archive: str) -> NotStep:
    if not names:
        return NotStep(
            "no STEP file is in the archive",
            where=archive,
            hint="pack one .step or .stp file, or give it unpacked",
            reason="archive_without",
        )
    named = ", ".join(map(printable_name, names[:MOST_NAMED]))
    return NotStep(
        f"{len(names)} STEP files are in the archive: {named}",
        where=archive,
        hint="unpack it and give the files one by one",
        reason="archive_with_several",
        count=len(names),
        names=named + (", …" if len(names) > MOST_NAMED else ""),
    )


def _broken(why: str, archive: str) -> NotStep:
    return NotStep(
        f"the archive cannot be unpacked: {why}",
        where=archive,
        hint="unpack it and give the STEP file in it",
        reason="archive_broken",
    )
