"""What does the text of a STEP file say before the kernel sees it?

The kernel hangs on coordinates of 1e30, dies on deeply nested parentheses and silently accepts
dangling references,
self-including entities, NUL bytes and zero directions; this look takes milliseconds and needs no
kernel.
"""

import re
from dataclasses import dataclass

import numpy as np

from geometry.drawn_notes import without_drawn_notes
from geometry.errors import CorruptFile, NotStep, TooLarge, TruncatedFile

__all__ = ["Screened", "screen"]

MAX_DIGITS = 15  # of an entity's number
MAX_BLANKS = 8  # between an entity's number and its equals sign
MAX_NESTING = 200  # real files stay below 10; the kernel's parser overflows its stack near 10^5
# a 5,000-face part has 10^5; beyond this the kernel needs more memory than a worker has
MAX_ENTITIES = 5_000_000
# 1e20 mm is a light-year's thousandth: no part, and the kernel loops on such boxes
MAX_EXPONENT = 20
WIDEST_TABLE = 16  # bytes an entity to look entities up by their numbers, which have gaps

# the kernel's parser cannot hold a word of 16 kB: it is given the beginning of a longer one
LONGEST_STRING = 15_000

# bytes after which a number, or what stands for none, may begin
_BEFORE_A_NUMBER = np.isin(np.arange(256), np.frombuffer(b"(, \t\r\n\v\f+-#", dtype=np.uint8))
_NO_NUMBERS = {b"nan", b"inf", b"ind", b"qna"}
_MAGIC = b"ISO-10303-21"
_IS_BLANK = np.isin(np.arange(256), np.frombuffer(b" \t\r\n", dtype=np.uint8))  # by byte
_END = re.compile(rb"END-ISO-10303-21\s*;")
_COMMENT = re.compile(rb"/\*.*?\*/", re.DOTALL)
_NOT_A_NUMBER = re.compile(
    rb"[(,]\s*[-+]?(?:1\.#)?(?:nan|inf|infinity|ind|qnan)\s*[,)]", re.IGNORECASE
)
_ZERO_DIRECTION = re.compile(rb"DIRECTION\s*\(''\s*,\s*\([0.,+\-\sEe]*\)\s*\)")
# one pattern each: a search for alternatives takes ten times as long
_ZERO_RADIUS = tuple(
    re.compile(rb"%s\s*\(''\s*,\s*#\d+\s*,\s*[-+]?0*\.0*(?:[eE][-+]?\d+)?\s*\)" % name)
    for name in (b"CIRCLE", b"CYLINDRICAL_SURFACE", b"SPHERICAL_SURFACE")
)
# what the writer thinks its geometry is good to: advice, no measure of the part
_UNCERTAINTY = re.compile(
    rb"(UNCERTAINTY_MEASURE_WITH_UNIT\s*\(\s*LENGTH_MEASURE\s*\(\s*)([^()]*?)(\s*\))"
)
# larger than any modeller's, in any unit; the kernel would make whole parts one vertex of it
MOST_UNCERTAINTY = 10.0
USUAL_UNCERTAINTY = b"1.E-03"
_WIDE_END = b"\\X0\\"  # ends letters of two or four bytes
_HALF_A_LETTER = re.compile(rb"(?<!\\X0)\\+(?:S\\?|X\\?[0-9A-Fa-f]?|X[24]?|P[A-I]?)?\Z")
_SCHEMA = re.compile(rb"FILE_SCHEMA\s*\(\s*\(\s*'([^']*)'", re.IGNORECASE)
_FILE_NAME = re.compile(rb"FILE_NAME\s*\((.*?)\)\s*;", re.DOTALL | re.IGNORECASE)
_HEADER_STRING = re.compile(rb"'((?:[^']|'')*)'|\$")
_GEOMETRY = re.compile(
    rb"\b(MANIFOLD_SOLID_BREP|BREP_WITH_VOIDS|FACETED_BREP|SHELL_BASED_SURFACE_MODEL|FACE_BASED_SURFACE_MODEL"
    rb"|ADVANCED_FACE|FACE_SURFACE|CSG_SOLID|EXTRUDED_AREA_SOLID|TESSELLATED_SOLID|CLOSED_SHELL|OPEN_SHELL)\b"
)

# schema names of ISO 10303-203, -214 and -242 in all their editions
_FORMATS = (
    ("AP242", ("AP242",)),
    ("AP214", ("AUTOMOTIVE_DESIGN", "AP214")),
    ("AP203", ("CONFIG_CONTROL_DESIGN", "CONFIGURATION_CONTROL", "AP203")),
)


@dataclass(frozen=True)
class Screened:
    """A STEP text that the kernel may be given, and what its header says."""

    data: bytes
    format: str | None  # AP203, AP214, AP242; None when the schema is none of them
    schema: str
    originating_system: str
    entity_count: int
    warnings: tuple[tuple[str, dict[str, object]], ...]  # (code, values)


def screen(data: bytes) -> Screened:
    """The text without its byte-order mark and pictures of annotations, checked for what the kernel
    does not survive.

    Raises NotStep, TruncatedFile, CorruptFile or TooLarge.
    """
    data = data.removeprefix(b"\xef\xbb\xbf")
    _refuse_other_formats(data)
    warnings: list[tuple[str, dict[str, object]]] = []
    if b"\x00" in data:
        at = data.index(b"\x00")
        raise CorruptFile(
            "NUL bytes in the text",
            where=f"byte {at}",
            hint="export the file again",
            reason="nul_bytes",
        )
    data = without_drawn_notes(data)
    at = data.find(b"UNCERTAINTY_MEASURE_WITH_UNIT")  # ten times as fast as the pattern
    if at >= 0:
        data = data[:at] + _UNCERTAINTY.sub(_usual_uncertainty, data[at:])
    starts, ends = _strings(data)
    too_long = ends - starts > LONGEST_STRING
    if too_long.any():
        data = _shortened(data, starts[too_long].tolist(), ends[too_long].tolist())
        starts, ends = _strings(data)
        warnings.append(("long_strings", {"count": int(too_long.sum()), "limit": LONGEST_STRING}))
    bare = _without_words(data, starts, ends)
    if b"/" in bare and b"/*" in bare:  # one byte is found at once, two are searched for
        bare = _COMMENT.sub(b" ", bare)
    if _END.search(bare, max(bare.find(b"END-ISO-10303-21"), 0)) is None:
        raise TruncatedFile(
            "the file ends before END-ISO-10303-21",
            where=f"byte {len(data)}",
            hint="copy or export it again",
        )
    start = re.search(rb"\bDATA\s*(?:\([^;]*\))?\s*;", bare)
    if start is None:
        raise CorruptFile("no DATA section", hint="export the file again", reason="no_data")
    body = bare[start.end() :]
    _refuse_deep_nesting(body)
    names = _Names.read(body)
    definitions = names.numbers[names.defines]
    if len(definitions) > MAX_ENTITIES:
        raise TooLarge(
            f"{len(definitions)} entities, the limit is {MAX_ENTITIES}",
            hint="export single parts, not the whole assembly",
            reason="entities",
            entities=len(definitions),
            limit=MAX_ENTITIES,
        )
    _refuse_unusable_numbers(body, names)
    _refuse_self_reference(names)
    # most files number their entities upwards: sorting them again would take most of the time here
    rising = bool((np.diff(definitions) > 0).all())
    distinct = definitions if rising else np.unique(definitions)
    missing = _not_in(names.numbers, distinct)
    if len(missing):
        warnings.append(("dangling_references", {"count": len(missing), "first": f"#{missing[0]}"}))
    repeated = len(definitions) - len(distinct)
    if repeated:
        warnings.append(("repeated_entities", {"count": repeated}))
    for patterns, code in (((_ZERO_DIRECTION,), "zero_direction"), (_ZERO_RADIUS, "zero_radius")):
        found = sum(len(pattern.findall(body)) for pattern in patterns)
        if found:
            warnings.append((code, {"count": found}))
    header = data[: data.find(b"ENDSEC")]
    schema = _header_text(match.group(1)) if (match := _SCHEMA.search(header)) else ""
    format_name = next(
        (name for name, words in _FORMATS if any(word in schema.upper() for word in words)), None
    )
    if format_name is None:
        warnings.append(("unknown_schema", {"schema": schema[:80]}))
    return Screened(
        data=data,
        format=format_name,
        schema=schema,
        originating_system=_originating_system(header),
        entity_count=len(definitions),
        warnings=tuple(warnings),
    )


def _usual_uncertainty(match: re.Match[bytes]) -> bytes:
    """The uncertainty as it stands, or a usual one where it is beyond reason: some translators
    write numbers that were never set.
    """
    try:
        sane = 0 <= float(match[2]) <= MOST_UNCERTAINTY  # not so for what is no number
    except ValueError:
        sane = False
    return match[0] if sane else match[1] + USUAL_UNCERTAINTY + match[3]


def _strings(data: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Where strings begin and end, at their quotes: (n,) and (n,).

    Every second quote ends a string; one that follows at once is an escaped quote within it.
    """
    quotes = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == ord("'"))
    starts, ends = quotes[:-1:2], quotes[1::2]
    if not len(starts):
        return starts, starts
    apart = starts[1:] != ends[:-1] + 1
    return starts[np.append(True, apart)], ends[np.append(apart, True)]


def _without_words(data: bytes, starts: np.ndarray, ends: np.ndarray) -> bytes:
    """The text with every string emptied: most are empty already."""
    filled = ends > starts + 1
    pieces, at = [], 0
    for start, end in zip(starts[filled].tolist(), ends[filled].tolist(), strict=True):
        pieces.append(data[at : start + 1])
        at = end
    return b"".join([*pieces, data[at:]])


def _shortened(data: bytes, starts: list[int], ends: list[int]) -> bytes:
    """The text with the strings between these quotes cut."""
    pieces, at = [], 0
    for start, end in zip(starts, ends, strict=True):
        pieces += [data[at : start + 1], _beginning(data[start + 1 : end])]
        at = end
    return b"".join([*pieces, data[at:]])


def _beginning(word: bytes) -> bytes:
    """As much of a string as the kernel's parser can hold, cut between letters.

    Source: ISO 10303-21, 6.4.3: how letters beyond ASCII are written.
    """
    cut = word[: LONGEST_STRING - len(_WIDE_END)]
    opened = max(cut.rfind(b"\\X2\\"), cut.rfind(b"\\X4\\"))
    if opened >= 0 and cut.find(_WIDE_END, opened) < 0:
        head, digits = cut[: opened + 4], cut[opened + 4 :].partition(b"\\")[0]
        whole = len(digits) - len(digits) % (4 if head.endswith(b"2\\") else 8)
        return head + digits[:whole] + _WIDE_END
    cut = _HALF_A_LETTER.sub(b"", cut)
    return cut[:-1] if (len(cut) - len(cut.rstrip(b"'"))) % 2 else cut


def _refuse_other_formats(data: bytes) -> None:
    head = data[:4096].lstrip()
    if not head:
        raise NotStep(
            "the file is empty",
            hint="export it again as STEP (AP203, AP214 or AP242)",
            reason="empty",
        )
    if head.startswith(_MAGIC):
        return
    known = (
        (b"\x1f\x8b", "gzip archive", "unpack it first", "archive_broken"),
        (b"PK\x03\x04", "ZIP archive", "unpack it first", "archive_broken"),
        (b"\xff\xfe", "UTF-16 text", "save it as plain ASCII or UTF-8", "wide_text"),
        (b"\xfe\xff", "UTF-16 text", "save it as plain ASCII or UTF-8", "wide_text"),
        (
            b"version https://git-lfs",
            "git LFS pointer",
            "fetch the real file with git lfs pull",
            "pointer",
        ),
        (b"<?xml", "XML", "export it as STEP text (ISO 10303-21)", ""),
        (b"<", "HTML or XML page", "download the file itself, not its page", "web_page"),
        (b"solid", "STL mesh", "export it as STEP (AP203, AP214 or AP242)", "mesh"),
    )
    for magic, what, hint, reason in known:
        if head.startswith(magic):
            raise NotStep(f"this is a {what}, not STEP", hint=hint, found=what, reason=reason)
    lines = data[:400].split(b"\n")
    if lines and lines[0].rstrip(b"\r")[72:73] == b"S":
        raise NotStep(
            "this is IGES, not STEP", hint="export it as STEP (AP203, AP214 or AP242)", found="IGES"
        )
    raise NotStep(
        "the file does not start with ISO-10303-21",
        hint="export it as STEP (AP203, AP214 or AP242)",
        found="unknown",
    )


@dataclass(frozen=True)
class _Names:
    """Every #number of a text, in order."""

    positions: np.ndarray  # (n,) of the #
    numbers: np.ndarray  # (n,)
    defines: np.ndarray  # (n,) bool: followed by =

    @classmethod
    def read(cls, body: bytes) -> "_Names":
        """All of them at once: a loop over the half million of a large file takes seconds."""
        text = np.frombuffer(body + b" " * (MAX_DIGITS + MAX_BLANKS + 2), dtype=np.uint8)
        positions = np.flatnonzero(text == ord("#"))
        numbers = np.zeros(len(positions), np.int64)
        end = positions + 1
        for _ in range(MAX_DIGITS):
            digit = text[end] - np.uint8(ord("0"))  # wraps round for what is no digit
            more = digit < 10
            if not more.any():
                break
            numbers = np.where(more, numbers * 10 + digit, numbers)
            end = end + more
        real = end > positions + 1
        for _ in range(MAX_BLANKS):
            blank = _IS_BLANK[text[end]]
            if not blank.any():
                break
            end = end + blank
        return cls(positions[real], numbers[real], text[end[real]] == ord("="))

    def entity_at(self, position: int) -> str:
        """The entity whose definition a place in the text belongs to."""
        before = np.flatnonzero(self.defines & (self.positions <= position))
        return f"#{self.numbers[before[-1]]}" if len(before) else f"byte {position}"


def _refuse_deep_nesting(body: bytes) -> None:
    text = np.frombuffer(body, dtype=np.uint8)
    brackets = text[text & np.uint8(0xFE) == ord("(")]  # ")" is the next one
    depth = np.cumsum(1 - 2 * (brackets & np.uint8(1)).astype(np.int8), dtype=np.int64)
    if not len(depth) or int(depth.max()) - int(depth.min()) <= MAX_NESTING:
        return
    # an unbalanced bracket early on lifts every later depth: measure from the lowest depth so far
    if int((depth - np.minimum.accumulate(depth)).max()) > MAX_NESTING + int(abs(depth[-1])):
        raise CorruptFile(
            "brackets nested beyond reason", hint="export the file again", reason="nesting"
        )


def _refuse_unusable_numbers(body: bytes, names: _Names) -> None:
    if _may_hold_no_number(body) and (found := _NOT_A_NUMBER.search(body)):
        raise CorruptFile(
            "a coordinate is not a number",
            where=names.entity_at(found.start()),
            hint="export the file again",
            reason="not_a_number",
        )
    at = _first_huge_number(body)
    if at is not None:
        raise CorruptFile(
            "a number is beyond any part's size",
            where=names.entity_at(at),
            hint="check the units and export the file again",
            reason="huge_number",
        )


def _may_hold_no_number(body: bytes) -> bool:
    """Whether a word begins as those do that stand for no number: the pattern takes long, and most
    files have none.
    """
    text = np.frombuffer(b" " + body + b"  ", dtype=np.uint8)
    small = text | np.uint8(0x20)
    begins = np.flatnonzero((small == ord("n")) | (small == ord("i")) | (small == ord("q")))
    begins = begins[_BEFORE_A_NUMBER[text[begins - 1]]].tolist()
    return any(small[at : at + 3].tobytes() in _NO_NUMBERS for at in begins)


def _first_huge_number(body: bytes) -> int | None:
    """Where the first number from 10^20 on stands: by its exponent, or by its digits."""
    text = np.frombuffer(b" " + body + b"    ", dtype=np.uint8)
    digit = text - np.uint8(ord("0")) < 10  # wraps round for what is no digit
    is_mark = (text | np.uint8(0x20)) == ord("e")
    is_mark[1:] &= digit[:-1] | (text[:-1] == ord("."))
    mark = np.flatnonzero(is_mark)
    plus = mark + (text[mark + 1] == ord("+"))
    # only exponents of three digits, or of two that say so much, can be large; there are few
    tens, ones = text[plus + 1] - np.uint8(ord("0")), text[plus + 2] - np.uint8(ord("0"))
    two = (tens < 10) & (ones < 10)
    large = two & (digit[plus + 3] | (10 * tens.astype(np.int64) + ones >= MAX_EXPONENT))
    for place in plus[large].tolist():
        exponent = re.match(rb"\d+", body[place : place + MAX_DIGITS * 20])
        if exponent is not None and int(exponent.group()) >= MAX_EXPONENT:
            return int(place)
    if not _has_run(digit, MAX_EXPONENT):
        return None
    edges = np.flatnonzero(np.diff(digit.astype(np.int8)))
    starts, ends = edges[::2] + 1, edges[1::2] + 1
    for place in starts[ends - starts >= MAX_EXPONENT].tolist():
        before = text[place - 1]
        if before not in (ord("."), ord("#")) and text[place] != ord("0"):
            return int(place) - 1
    return None


def _not_in(numbers: np.ndarray, known: np.ndarray) -> np.ndarray:
    """The distinct numbers that are not among known ones, which rise."""
    if not len(known):
        return np.unique(numbers)
    if known[-1] < WIDEST_TABLE * len(known):  # looked up in a tenth of the time of a search
        there = np.zeros(known[-1] + 2, bool)
        there[known] = True
        return np.unique(numbers[~there[np.minimum(numbers, known[-1] + 1)]])
    place = np.minimum(np.searchsorted(known, numbers), len(known) - 1)
    return np.unique(numbers[known[place] != numbers])


def _has_run(mask: np.ndarray, length: int) -> bool:
    """Whether so many entries in a row are true."""
    run = 1
    while run < length and len(mask):
        step = min(run, length - run)
        mask, run = mask[:-step] & mask[step:], run + step
    return bool(mask.any())


def _refuse_self_reference(names: _Names) -> None:
    # the nearest definition before each reference is the entity that holds it
    holder = np.maximum.accumulate(np.where(names.defines, np.arange(len(names.numbers)), -1))
    inside = ~names.defines & (holder >= 0)
    own = np.flatnonzero(inside & (names.numbers == names.numbers[holder]))
    if len(own):
        raise CorruptFile(
            "an entity refers to itself",
            where=f"#{names.numbers[own[0]]}",
            hint="export the file again",
            reason="self_reference",
        )


def _header_text(raw: bytes) -> str:
    """Header words as text: ASCII, UTF-8 or the Cyrillic code page that older CAD systems write."""
    for encoding in ("ascii", "utf-8", "cp1251"):
        try:
            return raw.decode(encoding).replace("''", "'")
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")


def _originating_system(header: bytes) -> str:
    """Sixth parameter of FILE_NAME (ISO 10303-21, 8.2.3)."""
    match = _FILE_NAME.search(header)
    if match is None:
        return ""
    # name, time stamp, (author…), (organisation…), preprocessor version, originating system,
    # authorisation
    strings = _HEADER_STRING.findall(match.group(1))
    return _header_text(strings[-2]).strip() if len(strings) >= 3 else ""


def has_geometry(data: bytes) -> bool:
    """Whether the text names any body, shell or face at all."""
    return _GEOMETRY.search(data) is not None
