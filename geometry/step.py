"""What does a STEP file hold? Bytes in, parts and their assembly out, with a warning for whatever
was healed or left out.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from geometry.annotations import Annotation, annotation_of
from geometry.copies import copies
from geometry.errors import CorruptFile, GeometryError, NoSolid
from geometry.part import Part, Unsound, Warning, build
from geometry.screening import Screened, has_geometry, screen
from geometry.units import UNIT_MM

__all__ = ["Document", "Place", "read_step", "stem_of"]

UNIT_NEAR = 0.2  # drawn diameters differ from called ones by a tap drill at most
MAX_MESSAGES = 5  # kinds of kernel messages passed on; a broken file has hundreds of one kind

# names that modellers and translators give to bodies nobody named
_NAMELESS = re.compile(
    r"|open cascade step translator.*|(manifold_?)?solid(_?brep)?\d*|compound\d*|shell\d*"
    r"|(part|body|shape)?\d*|unnamed|no ?name|none"
    # the last step of its history, under which FreeCAD and SolidWorks write a body; a step that may
    # be a thing's name as well (a pad, a cylinder) only with the number that the program gave it
    r"|(pocket|fusion|cut|common|revolution|groove|multitransform|mirrored|part__feature"
    r"|(polar|linear)pattern|(additive|subtractive)[a-z]+)(\d{3})?"
    r"|(pad|extrude|fillet|chamfer|loft|sweep|draft|thickness|box|cylinder|cone|sphere|torus"
    r"|hole|compound|mirror|clone|array)\d{3}"
    r"|((boss|cut)-(extrude|revolve|loft|sweep)|imported|mirror|[lc]pattern)\d{1,3}",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Place:
    """One place in the assembly: a product, or a part in it."""

    name: str
    part: int | None  # index into Document.parts
    placement: np.ndarray  # (4, 4) in the parent's coordinates, mm
    children: tuple["Place", ...] = ()


@dataclass(frozen=True)
class Document:
    """The distinct parts of a file, how often each occurs, and where."""

    format: str | None  # AP203, AP214, AP242; None for any other schema
    unit: str  # as written in the file: mm, inch, m …
    originating_system: str
    parts: tuple[Part, ...]
    counts: tuple[int, ...]
    root: Place
    warnings: tuple[Warning, ...]


def read_step(
    data: bytes,
    *,
    name: str = "",
    say: Callable[[float, str], None] | None = None,
    careful: bool = False,
) -> Document:
    """Parts in mm of STEP text.

    careful: the long way at once, for a file that took a process down on the short one. `name`
    stands in where the file names nothing. `say` hears (share done, stage).
    Raises NotStep, TruncatedFile, CorruptFile, NoSolid or TooLarge.
    """
    screened = screen(data)
    if say:
        say(0.05, "reading")
    from geometry.kernel.reading import read

    if careful:
        return _document(read(screened.data), screened, name, say, repair=True, careful=True)
    try:
        return _document(read(screened.data, thorough=False), screened, name, say, repair=False)
    except (Unsound, CorruptFile):  # what the quick way leaves out may be what the file needs
        return _document(read(screened.data), screened, name, say, repair=True)


def stem_of(name: str) -> str:
    """The name of a file without its folder and its ending."""
    return name.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]


def _document(
    raw: Any,
    screened: Screened,
    name: str,
    say: Callable[[float, str], None] | None,
    *,
    repair: bool,
    careful: bool = False,
) -> Document:
    """The document of what the kernel read.

    Raises Unsound where repair is needed and not wanted, else as `read_step`.
    """
    if not repair and (not raw.bodies or raw.unsettled or any(b.sewn for b in raw.bodies)):
        raise Unsound(name)
    warnings = [Warning(code, values) for code, values in screened.warnings]
    warnings += _reading_warnings(raw)
    if not raw.bodies:
        raise _nothing_to_judge(raw, screened)
    given = _body_names(raw)
    names = [own or name for own in given]
    parts: list[Part] = []
    numbers: list[int] = []  # of the body that each part is
    refusals: list[GeometryError] = []
    for number, body in enumerate(raw.bodies):
        if say:
            say(0.5 + 0.5 * number / len(raw.bodies), "meshing")
        try:
            part = build(
                body.shape,
                name=names[number],
                colour=body.colour,
                material=body.material,
                repair=repair,
                careful=careful,
            )
        except NoSolid as refusal:
            if not repair:
                raise Unsound(names[number]) from refusal
            refusals.append(refusal)
            warnings.append(Warning("empty_body", {"name": names[number]}))
            continue
        if body.pmi:
            part = replace(part, pmi=_annotations(body, part, UNIT_MM.get(raw.unit, 1.0)))
        if body.sewn:
            part = replace(
                part, warnings=(*part.warnings, Warning("sewn", {"name": names[number]}))
            )
        numbers.append(number)
        parts.append(part)
    if not parts:
        raise refusals[0]
    parts, shape_of = _distinct(parts, numbers, given)
    root = _root(raw, shape_of, name)
    counts = Counter(_parts_in(root))
    return Document(
        format=screened.format,
        unit=raw.unit,
        originating_system=screened.originating_system,
        parts=tuple(parts),
        counts=tuple(max(counts[i], 1) for i in range(len(parts))),
        root=root,
        warnings=tuple(warnings),
    )


def _distinct(
    parts: list[Part], numbers: list[int], given: list[str]
) -> tuple[list[Part], dict[int, tuple[int, np.ndarray]]]:
    """Each shape once; of each body its place among them, and how it lies on that shape (4, 4).

    given: names of the bodies, empty where nobody named one.
    """
    kept: list[Part] = []
    place_of: dict[int, int] = {}
    shape_of: dict[int, tuple[int, np.ndarray]] = {}
    for index, (original, motion) in enumerate(copies(parts, [given[n] for n in numbers])):
        if original == index:
            place_of[index] = len(kept)
            kept.append(parts[index])
        shape_of[numbers[index]] = place_of[original], motion
    return kept, shape_of


def _reading_warnings(raw: Any) -> Iterator[Warning]:
    for shell in raw.open_shells:
        yield Warning(
            "open_shell",
            {
                "name": shell.name,
                "faces": shell.face_count,
                "free_edges": shell.free_edge_count,
                "longest_mm": round(shell.longest_free_edge_mm, 3),
            },
        )
    for name, count in Counter(raw.wire_bodies).items():
        yield Warning("wire_body", {"name": name, "count": count})
    for message, count in raw.messages.most_common(MAX_MESSAGES):
        yield Warning("kernel", {"text": message.strip(), "count": count})


def _annotations(body: Any, part: Part, unit_mm: float) -> tuple[Annotation, ...]:
    """PMI of a body; without faces where healing has made others."""
    from geometry.kernel.pmi import face_count_of

    same = face_count_of(body.shape) == len(part.topology.faces)
    of_faces = [(raw, faces if same else ()) for raw, faces in body.pmi]
    unit_mm = _unit_of_dimensions(of_faces, part, unit_mm)
    found = (annotation_of(raw, faces, unit_mm) for raw, faces in of_faces)
    return tuple(dict.fromkeys(annotation for annotation in found if annotation is not None))


def _unit_of_dimensions(of_faces: list[Any], part: Part, unit_mm: float) -> float:
    """The unit that dimensions are written in, mm: often inches on geometry in mm.

    Diameters tell by the cylinders they are of; without any it is the unit of the file.
    """
    radius = part.topology.faces["radius_mm"]
    ratios = [
        2 * float(radius[faces[0]]) / raw.value
        for raw, faces in of_faces
        if raw.kind == "Size_Diameter" and raw.value and faces and radius[faces[0]] > 0
    ]
    if not ratios:
        return unit_mm
    usual = float(np.median(ratios))
    nearest = min({*UNIT_MM.values()}, key=lambda unit: abs(np.log(usual / unit)))
    return nearest if abs(usual / nearest - 1) < UNIT_NEAR else unit_mm


def _nothing_to_judge(raw: Any, screened: Screened) -> GeometryError:
    """Why a file without a body has none, as the error to raise."""
    if raw.open_shells:
        shell = max(raw.open_shells, key=lambda s: s.face_count)
        return NoSolid(
            f"the surfaces do not close: {shell.free_edge_count} free edges, "
            f"longest {shell.longest_free_edge_mm:.1f} mm",
            where=_named(shell.name),
            hint="sew the surfaces to a solid and export it again",
            reason="open_shells",
            free_edges=shell.free_edge_count,
            longest_mm=shell.longest_free_edge_mm,
        )
    external = [m for m in raw.messages if "external file" in m]
    if external:
        return NoSolid(
            "the geometry is in other files",
            where=external[0].strip(),
            hint="export the assembly as one file",
            reason="external",
        )
    if raw.wire_bodies:
        return NoSolid(
            "the file holds curves and points only",
            hint="export the solid, not its sketch",
            reason="wires_only",
        )
    if any(code == "dangling_references" for code, _ in screened.warnings) or has_geometry(
        screened.data
    ):
        first = next(iter(raw.messages), "no body could be made")
        return CorruptFile(
            "the geometry in the file contradicts itself",
            where=first.strip(),
            hint="export the file again",
        )
    return NoSolid(
        "the file holds no geometry",
        hint="export the solid model, not only its structure",
        reason="nothing",
    )


def _body_names(raw: Any) -> list[str]:
    """A name for every body: its own, else its product's, else none."""
    names = [_named(body.name) for body in raw.bodies]

    def visit(node: Any, around: str) -> None:
        own = _named(node.name)
        if node.body is not None and not names[node.body]:
            names[node.body] = own or around
        for child in node.children:
            visit(child, own or around)

    for root in raw.roots:
        visit(root, "")
    return names


def _root(raw: Any, shape_of: dict[int, tuple[int, np.ndarray]], file_name: str) -> Place:
    children = tuple(place for root in raw.roots if (place := _place(root, shape_of)) is not None)
    if len(children) == 1:
        return replace(children[0], name=children[0].name or file_name)
    return Place(file_name, None, np.eye(4), children)


def _place(node: Any, shape_of: dict[int, tuple[int, np.ndarray]]) -> Place | None:
    """The node without bodies that could not be used; a product around one body is that body's
    place.
    """
    if node.body is not None:
        if node.body not in shape_of:
            return None
        index, motion = shape_of[node.body]
        return Place(_named(node.name), index, node.placement @ motion)
    children = tuple(
        place for child in node.children if (place := _place(child, shape_of)) is not None
    )
    if not children:
        return None
    only = children[0]
    if len(children) == 1 and only.part is not None:
        return Place(_named(node.name) or only.name, only.part, node.placement @ only.placement)
    return Place(_named(node.name), None, node.placement, children)


def _named(name: str) -> str:
    """The name, or nothing where no person gave it."""
    return "" if _NAMELESS.fullmatch(name) else name


def _parts_in(place: Place) -> Iterator[int]:
    if place.part is not None:
        yield place.part
    for child in place.children:
        yield from _parts_in(child)
