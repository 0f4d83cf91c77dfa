"""What exactly differs between two parts?

A is laid on B, faces are matched one to one on the surfaces themselves, what no face explains is
measured as distance, features are paired and their parameters compared. Two assemblies are compared
part by part.
"""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from geometry import beside
from geometry.alignment import UNIT_SLIPS, Alignment, align
from geometry.digest import Digest, Subject, digest, unpack
from geometry.errors import GeometryError
from geometry.features.feature import Feature
from geometry.fields.deviation import Surface
from geometry.fields.drafts import leanings
from geometry.fields.exchange import exchange
from geometry.fields.facetable import TORUS, face_table, moved
from geometry.fields.matching import SAME_MM, SAME_SHARE, FaceMatches, differences, match_faces
from geometry.fields.pieces import pieces
from geometry.part import Part
from geometry.side import Side
from geometry.step import Document, Place, read_step, stem_of
from geometry.topology import SURFACES

if TYPE_CHECKING:
    from geometry.features.changes import FeatureChanges

__all__ = [
    "Comparison",
    "compare_abreast",
    "compare_files",
    "compare_parts",
    "compare_subjects",
]

Progress = Callable[[float, str], None]
Notes = list[list[dict[str, Any]]]  # the contract's `pmi` of every part of a file

SAME_VOLUME_SHARE = 2e-4
SAG_SHARE = 1.5e-3  # of the diagonal: freeform faces are known to the chord of their triangles
SAMPLES = 4000
UNITS = {
    25.4: "inch_read_as_mm",
    1000.0: "m_read_as_mm",
    10.0: "cm_read_as_mm",
    304.8: "ft_read_as_mm",
}
_SEED = 20_240_609


@dataclass(frozen=True)
class Comparison:
    """What differs between two parts; `record` holds the contract's keys."""

    record: dict[str, Any]
    alignment: Alignment
    pairs: list[tuple[int, int]]  # faces of A and B that answer each other, same or changed


def compare_files(a: Side, b: Side, *, progress: Progress | None = None) -> dict[str, Any]:
    """The contract's comparison of two files, `processes` left to whoever judges both.

    Runs the kernel for files that were not examined: call it in a worker. Raises UnreadableFile or
    LimitReached.
    """
    say = progress or _silent
    if _are_one(a, b):
        first = second = _read(a, lambda share, word: say(0.7 * share, word))
    else:
        first = _read(a, lambda share, word: say(0.35 * share, word))
        second = _read(b, lambda share, word: say(0.35 + 0.35 * share, word))
    return _compared((first, second), (a, b), say)


def compare_abreast(
    a: Side, b: Side, *, progress: Progress | None = None, careful: bool = False
) -> tuple[dict[str, Any], Notes, Notes]:
    """The same as `compare_files`, the larger file read in a process of its own where the system
    can, and beside it the annotations of every part of A and of B; a digest holds none.

    For fresh workers: a process with threads must not be forked. careful: as in `read_step`.
    Raises UnreadableFile or LimitReached.
    """
    say = progress or _silent

    def heard(share: float, word: str) -> None:
        say(0.7 * share, word)

    with contextlib.ExitStack() as ending:
        if _are_one(a, b):
            first = second = _read(a, heard, careful=careful)
        elif careful or not beside.POSSIBLE or (a.examined and b.examined):
            first = _read(a, heard, careful=careful)
            second = _read(b, _silent, careful=careful)
        else:
            first, second = _read_abreast(a, b, heard, ending)
        answer = _compared((first, second), (a, b), say)
    return answer, _notes(first), _notes(second)


def _read_abreast(
    a: Side, b: Side, heard: Progress, ending: contextlib.ExitStack
) -> tuple[Digest, Digest]:
    """Two files of which one at least was not examined, read at once.

    What is read here has its features recognised in a process of its own, while this one lays one
    part on the other; the processes are ended with `ending`.
    """
    own = min((side for side in (a, b) if not side.examined), key=lambda side: len(side.data))
    other = b if own is a else a
    if other.examined:
        mine, told = _read(own, heard), _read(other, _silent)
    else:
        reader = ending.enter_context(beside.Beside(lambda: _told_of(_read(other, _silent))))
        mine = _read(own, heard)
        try:
            document = reader.next()
        except beside.Lost:  # whatever it died of is met again here, and treated as ever
            told = _read(other, _silent)
            return (mine, told) if own is a else (told, mine)
        told = Digest(document, _subjects_beside(document, reader))
    subjects = mine.subjects
    known = beside.Beside(lambda: (subject.features for subject in subjects))
    ending.enter_context(known)
    mine = Digest(mine.document, _subjects_beside(mine.document, known))
    return (mine, told) if own is a else (told, mine)


def _notes(digest: Digest) -> Notes:
    return [[note.to_dict() for note in part.pmi] for part in digest.document.parts]


def _told_of(found: Digest) -> Iterator[Any]:
    """A file's document, then the features of part after part."""
    yield found.document
    for subject in found.subjects:
        yield subject.features


def _subjects_beside(document: Document, other: beside.Beside) -> tuple[Subject, ...]:
    """The parts of a document whose features come from the process that read it."""
    found: list[Sequence[Feature] | None] = []

    def features(index: int) -> Sequence[Feature] | None:
        while len(found) <= index:
            try:
                found.append(other.next())
            except beside.Lost:
                found.append(None)
        return found[index]

    return tuple(
        Subject(part, partial(features, index)) for index, part in enumerate(document.parts)
    )


def _compared(
    read: tuple[Digest, Digest], sides: tuple[Side, Side], say: Progress
) -> dict[str, Any]:
    say(0.7, "comparing")
    first, second = read
    one, other = (_meant(each, side.part) for each, side in zip(read, sides, strict=True))
    if one is not None and other is not None:
        record = compare_subjects(one, other).record
    else:
        from geometry.assemblies import compare_assemblies

        left, right = _alone(first, one), _alone(second, other)
        record = compare_assemblies(
            left.document, right.document,
            lambda i, j: compare_subjects(left.subjects[i], right.subjects[j]).record, say,
        )  # fmt: skip
    return {
        "schema": "workbench.comparison/1",
        "a": _source(first.document, sides[0].name, one),
        "b": _source(second.document, sides[1].name, other),
        **record,
    }


def _are_one(a: Side, b: Side) -> bool:
    """Whether one file holds what the other holds: also one exported again without a change."""
    return a.examined == b.examined and a.content == b.content


def _read(side: Side, say: Progress, *, careful: bool = False) -> Digest:
    """A file whose errors say which of the two it is."""
    if side.examined:
        return unpack(side.data)
    try:
        return digest(read_step(side.data, name=stem_of(side.name), say=say, careful=careful))
    except GeometryError as error:
        error.values.setdefault("file", side.name)
        raise


def _meant(digest: Digest, index: int | None) -> Subject | None:
    """The one part that is compared; None for a whole assembly."""
    if index is not None:
        return digest.subjects[index]
    return digest.subjects[0] if digest.document.counts == (1,) else None


def _alone(digest: Digest, subject: Subject | None) -> Digest:
    """The file as if it held that part alone, or as it is."""
    if subject is None or digest.document.counts == (1,):
        return digest
    root = Place(subject.part.name, 0, np.eye(4))
    document = replace(digest.document, parts=(subject.part,), counts=(1,), root=root)
    return Digest(document, (subject,))


def compare_parts(a: Part, b: Part) -> Comparison:
    """What differs between two parts."""
    return compare_subjects(Subject(a), Subject(b))


def compare_subjects(one: Subject, other: Subject) -> Comparison:
    """What differs between two parts of whose features something may be known already."""
    from geometry.features.changes import feature_changes
    from geometry.features.draft_changes import leaning_walls, with_drafts
    from geometry.features.placement import placed

    a, b = one.part, other.part
    own_a, skin_b = one.skin, other.skin
    alignment = align(a, b, (own_a, skin_b))
    table_a, table_b = face_table(a), face_table(b)
    matched = match_faces(table_a, table_b, alignment.matrix, alignment.scale)
    rigid = alignment.matrix @ np.diag([1 / alignment.scale] * 3 + [1.0])
    skin_a = own_a if alignment.scale == 1.0 else own_a.at_scale(alignment.scale)
    deviation = _deviation(skin_a, skin_b, rigid, matched)
    volume_change = (b.mass.volume_mm3 - a.mass.volume_mm3) / a.mass.volume_mm3
    moved_only = alignment.scale == 1.0 and not alignment.mirrored
    congruent = _congruent(a, b, alignment, matched, deviation)
    same_shape = congruent and moved_only
    told = [] if congruent else differences(
        table_a, table_b, matched, alignment.matrix, alignment.scale
    )  # fmt: skip
    exchanged = exchange(skin_a, skin_b, matched, rigid, congruent=congruent)
    if congruent:
        matched = matched.as_same()
    answers: dict[int, set[int]] = {}
    pairs = matched.body_pairs(a, b, alignment.matrix)
    for mine, theirs in (*pairs.same, *pairs.changed):
        answers.setdefault(mine, set()).add(theirs)
    features = None  # the same, however the files are cut into faces: nobody needs to know which
    if not congruent:
        placed_a, placed_b = placed(one.features, a), placed(other.features, b)
        features = feature_changes(
            placed_a,
            placed_b,
            alignment.matrix,
            diagonal_mm=b.mesh.diagonal_mm,
            answers=answers,
            stayed=frozenset(pairs.same) | pairs.trimmed,
            faces=(a.topology.faces, b.topology.faces),
        )
        leaning = leanings(table_a, table_b, matched, alignment.matrix)
        walls = leaning_walls(a, b, leaning)
        features = with_drafts(features, placed_a, placed_b, walls, answers)
    near = SAME_MM + SAME_SHARE * b.mesh.diagonal_mm
    back = np.linalg.inv(rigid)
    share = matched.same_share(table_a, table_b)
    closeness = float(np.exp(-deviation.mean / (0.01 * b.mesh.diagonal_mm)))
    record = {
        "similarity": 1.0 if same_shape else min(0.999, 0.5 * share + 0.5 * closeness),
        "alignment": alignment.matrix.tolist(),
        "same_shape": same_shape,
        "mirrored": alignment.mirrored,
        "scale": alignment.scale,
        **_unit_slip(alignment.scale),
        "volume_change": volume_change,
        "volume_mm3": {"from": a.mass.volume_mm3, "to": b.mass.volume_mm3},
        "volume_added_mm3": exchanged.added_mm3,
        "volume_removed_mm3": exchanged.removed_mm3,
        "area_change": (b.mass.area_mm2 - a.mass.area_mm2) / a.mass.area_mm2,
        "area_mm2": {"from": a.mass.area_mm2, "to": b.mass.area_mm2},
        "size_mm": {"from": a.mass.box.size_mm.tolist(), "to": b.mass.box.size_mm.tolist()},
        "faces": {
            "same": [list(pair) for pair in pairs.same],
            "changed": [list(pair) for pair in pairs.changed],
            "trimmed": [list(pair) for pair in sorted(pairs.trimmed)],
            "removed": pairs.removed,
            "added": pairs.added,
            "pieces": {
                "a": pieces(skin_a, pairs.removed, skin_b, rigid, near),
                "b": pieces(skin_b, pairs.added, skin_a, back, near),
            },
            "differences": [
                {
                    "a": a.joined.members(i).tolist(),
                    "b": b.joined.members(j).tolist(),
                    "surface": SURFACES[a.joined.faces["kind"][i]],
                    "parameter": parameter,
                    "from": old,
                    "to": new,
                }
                for i, j, parameter, old, new in told
            ],
        },
        "features": _told(features),
        "deviation_mm": {
            "mean": deviation.mean,
            "p95": deviation.p95,
            "max": deviation.max,
            "max_of_b": deviation.max_of_b,
        },
    }
    return Comparison(record, alignment, pairs.same + pairs.changed)


def _told(features: "FeatureChanges | None") -> dict[str, Any]:
    """The contract's `features`; None where the shapes are one and nobody looked for any."""
    if features is None:
        return {"changed": [], "removed": [], "added": []}
    changed = {(each["a"], each["b"]) for each in features.changed}
    return {
        "changed": features.changed,
        "removed": features.removed,
        "added": features.added,
        "same": len(set(features.pairs) - changed),
        **({"patterns": features.patterns} if features.patterns else {}),
    }


# --- distance ---


@dataclass(frozen=True)
class _Deviation:
    """Distances between the two skins, mm."""

    mean: float
    p95: float
    max: float
    max_of_b: float  # of B's surface from A's
    canonical_max: float  # on planes, cylinders, cones, spheres, tori: exact
    freeform_max: float  # elsewhere: to the chord of the triangles


def _deviation(
    skin_a: Surface, skin_b: Surface, rigid: np.ndarray, matched: FaceMatches
) -> _Deviation:
    """Distances both ways at area-weighted samples and at the corners of unmatched faces."""
    rng = np.random.default_rng(_SEED)
    a, b = skin_a.part, skin_b.part
    back = np.linalg.inv(rigid)
    same_a = {int(f) for i, _ in matched.same for f in a.joined.members(i)}
    same_b = {int(f) for _, j in matched.same for f in b.joined.members(j)}
    spread: list[np.ndarray] = []
    worst = [0.0, 0.0]
    for part, scale, skin, other, motion, same in (
        (a, skin_a.scale, skin_a, skin_b, rigid, same_a),
        (b, 1.0, skin_b, skin_a, back, same_b),
    ):
        wanted = np.ones(len(part.topology.faces), bool)
        wanted[list(same)] = False
        points, face = skin.samples(SAMPLES, rng, wanted=wanted)
        spread.append(np.zeros(len(points)))  # a face that stayed is nowhere off
        moving = wanted[face]
        rows = np.flatnonzero(wanted[part.mesh.face_of_triangle])
        corners = np.unique(part.mesh.triangles[rows])
        vertices = part.mesh.vertices_mm[corners] * scale
        asked = np.concatenate([points[moving], vertices])
        # all at once: the ray caster takes as long for one point as for a hundred
        far, reached = other.distance(moved(motion, asked)) if len(asked) else (
            np.zeros(0), np.zeros(0, int))  # fmt: skip
        count = int(moving.sum())
        there, off = far[:count], far[count:]
        spread[-1][moving] = there
        last = float(off.max(initial=0.0))
        owner = np.zeros(len(part.mesh.vertices_mm), int)
        owner[part.mesh.triangles[rows]] = part.mesh.face_of_triangle[rows][:, None]
        of_asked = np.concatenate([face[moving], owner[corners]])
        # a freeform face ends where a canonical one begins: its triangles may be nearer to that
        canonical = (other.part.topology.faces["kind"][reached] <= TORUS) & (
            part.topology.faces["kind"][of_asked] <= TORUS
        )
        for slot, chosen in ((0, canonical), (1, ~canonical)):
            worst[slot] = max(worst[slot], float(far[chosen].max(initial=0.0)))
    every = np.concatenate(spread)
    return _Deviation(
        float(every.mean()),
        float(np.percentile(every, 95)),
        float(max(every.max(), *worst)),
        float(max(spread[1].max(), last)),
        *worst,
    )


def _congruent(
    a: Part, b: Part, alignment: Alignment, matched: FaceMatches, deviation: _Deviation
) -> bool:
    """Whether the skins coincide: faces in place or no distance, volume and area equal."""
    scale = alignment.scale
    volume = abs(b.mass.volume_mm3 / (a.mass.volume_mm3 * scale**3) - 1)
    area = abs(b.mass.area_mm2 / (a.mass.area_mm2 * scale**2) - 1)
    if volume > SAME_VOLUME_SHARE or area > 5 * SAME_VOLUME_SHARE:
        return False
    if not (matched.changed or matched.removed or matched.added):
        return True
    near = SAME_MM + SAME_SHARE * b.mesh.diagonal_mm
    return bool(
        deviation.canonical_max <= 3 * near
        and deviation.freeform_max <= SAG_SHARE * b.mesh.diagonal_mm
    )


def _unit_slip(scale: float) -> dict[str, str]:
    """The name of a slip of units, where the scale is one."""
    for slip in UNIT_SLIPS:
        if abs(scale / slip - 1) < 1e-3 and slip in UNITS:
            return {"unit_slip": UNITS[slip]}
        if abs(scale * slip - 1) < 1e-3 and slip in UNITS:
            first, _, second = UNITS[slip].partition("_read_as_")
            return {"unit_slip": f"{second}_read_as_{first}"}
    return {}


def _source(document: Document, name: str, meant: Subject | None) -> dict[str, Any]:
    return {
        "name": name,
        **({"part": meant.part.name} if meant is not None and meant.part.name else {}),
        "unit": document.unit,
        "parts": sum(document.counts),
    }


def _silent(_share: float, _stage: str) -> None:
    """Nobody listens."""
