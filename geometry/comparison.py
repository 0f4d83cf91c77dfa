"""What exactly differs between two parts?

A is laid on B, faces are matched one to one on the surfaces themselves, what no face explains is
measured as distance, features are paired and their parameters compared. Two assemblies are compared
part by part.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from geometry.alignment import UNIT_SLIPS, Alignment, align
from geometry.errors import GeometryError
from geometry.fields.deviation import Surface
from geometry.fields.exchange import exchange
from geometry.fields.facetable import TORUS, face_table, moved
from geometry.fields.matching import SAME_MM, SAME_SHARE, FaceMatches, differences, match_faces
from geometry.part import Part
from geometry.step import Document, Place, read_step
from geometry.topology import SURFACES

__all__ = ["Comparison", "compare_files", "compare_parts"]

Progress = Callable[[float, str], None]

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


def compare_files(
    data_a: bytes,
    data_b: bytes,
    *,
    name_a: str = "",
    name_b: str = "",
    part_a: int | None = None,
    part_b: int | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """The contract's comparison of two STEP files, `processes` left to whoever judges both.

    part_a, part_b: one part of the file is meant, not the whole of it.
    Runs the kernel: call it in a worker. Raises UnreadableFile or LimitReached.
    """
    say = progress or _silent
    if data_a == data_b:
        first = second = _read(data_a, name_a, lambda share, word: say(0.7 * share, word))
    else:
        first = _read(data_a, name_a, lambda share, word: say(0.35 * share, word))
        second = _read(data_b, name_b, lambda share, word: say(0.35 + 0.35 * share, word))
    say(0.7, "comparing")
    one, other = _meant(first, part_a), _meant(second, part_b)
    if one is not None and other is not None:
        record = compare_parts(one, other).record
    else:
        from geometry.assemblies import compare_assemblies

        record = compare_assemblies(
            _alone(first, one), _alone(second, other),
            lambda a, b: compare_parts(a, b).record, say,
        )  # fmt: skip
    return {
        "schema": "workbench.comparison/1",
        "a": _source(first, name_a, one),
        "b": _source(second, name_b, other),
        **record,
    }


def _read(data: bytes, name: str, say: Progress) -> Document:
    """A file whose errors say which of the two it is."""
    try:
        return read_step(data, name=name, say=say)
    except GeometryError as error:
        error.values.setdefault("file", name)
        raise


def _meant(document: Document, index: int | None) -> Part | None:
    """The one part that is compared; None for a whole assembly."""
    if index is not None:
        return document.parts[index]
    return document.parts[0] if document.counts == (1,) else None


def _alone(document: Document, part: Part | None) -> Document:
    """The document as if it held that part alone, or as it is."""
    if part is None or document.counts == (1,):
        return document
    root = Place(part.name, 0, np.eye(4))
    return replace(document, parts=(part,), counts=(1,), root=root)


def compare_parts(a: Part, b: Part) -> Comparison:
    """What differs between two parts."""
    from geometry.features.changes import feature_changes, placed
    from geometry.features.recognition import recognise

    alignment = align(a, b)
    table_a, table_b = face_table(a), face_table(b)
    matched = match_faces(table_a, table_b, alignment.matrix, alignment.scale)
    rigid = alignment.matrix @ np.diag([1 / alignment.scale] * 3 + [1.0])
    skin_a, skin_b = Surface(a, alignment.scale), Surface(b)
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
    for one, other in (*pairs.same, *pairs.changed):
        answers.setdefault(one, set()).add(other)
    features = feature_changes(
        placed(recognise(a).features, a),
        placed(recognise(b).features, b),
        alignment.matrix,
        diagonal_mm=b.mesh.diagonal_mm,
        answers=answers,
        stayed=frozenset(pairs.same) | pairs.trimmed,
        same_shape=congruent,
    )
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
        "features": {
            "changed": features.changed,
            "removed": features.removed,
            "added": features.added,
            "same": len(features.pairs) - len({change["a"] for change in features.changed}),
        },
        "deviation_mm": {"mean": deviation.mean, "p95": deviation.p95, "max": deviation.max},
    }
    return Comparison(record, alignment, pairs.same + pairs.changed)


# --- distance ---


@dataclass(frozen=True)
class _Deviation:
    """Distances between the two skins, mm."""

    mean: float
    p95: float
    max: float
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
        points, face = skin.samples(SAMPLES, rng)
        there, found = other.distance(moved(motion, points))
        known = np.isin(face, list(same))
        spread.append(np.where(known, 0.0, there))
        rows = np.flatnonzero(~np.isin(part.mesh.face_of_triangle, list(same)))
        corners = np.unique(part.mesh.triangles[rows])
        vertices = part.mesh.vertices_mm[corners] * scale
        off, reached = other.distance(moved(motion, vertices)) if len(corners) else (
            np.zeros(0), np.zeros(0, int))  # fmt: skip
        owner = np.zeros(len(part.mesh.vertices_mm), int)
        owner[part.mesh.triangles[rows]] = part.mesh.face_of_triangle[rows][:, None]
        for distance, near_face, own in (
            (off, reached, owner[corners]),
            (there[~known], found[~known], face[~known]),
        ):
            # a freeform face ends where a canonical one begins: its triangles may be nearer to that
            canonical = (other.part.topology.faces["kind"][near_face] <= TORUS) & (
                part.topology.faces["kind"][own] <= TORUS
            )
            for slot, chosen in ((0, canonical), (1, ~canonical)):
                if chosen.any():
                    worst[slot] = max(worst[slot], float(distance[chosen].max()))
    every = np.concatenate(spread)
    return _Deviation(
        float(every.mean()),
        float(np.percentile(every, 95)),
        float(max(every.max(), *worst)),
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


def _source(document: Document, name: str, part: Part | None) -> dict[str, Any]:
    return {
        "name": name,
        **({"part": part.name} if part is not None and part.name else {}),
        "unit": document.unit,
        "parts": sum(document.counts),
    }


def _silent(_share: float, _stage: str) -> None:
    """Nobody listens."""
