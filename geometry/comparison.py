"""What exactly differs between two parts?

A is laid on B, faces are matched one to one on the surfaces themselves, what no face explains is
measured as distance, features are paired and their parameters compared. Two assemblies are compared
part by part.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from geometry.alignment import UNIT_SLIPS, Alignment, align
from geometry.fields.deviation import Surface
from geometry.fields.facetable import TORUS, face_table, moved
from geometry.fields.matching import SAME_MM, SAME_SHARE, FaceMatches, match_faces
from geometry.part import Part
from geometry.step import Document, Place, read_step

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
    progress: Progress | None = None,
) -> dict[str, Any]:
    """The contract's comparison of two STEP files, `processes` left to whoever judges both.

    Runs the kernel: call it in a worker. Raises UnreadableFile or LimitReached.
    """
    say = progress or _silent
    if data_a == data_b:
        first = second = read_step(data_a, name=name_a)
    else:
        first = read_step(data_a, name=name_a, say=lambda share, word: say(0.4 * share, word))
        second = read_step(
            data_b, name=name_b, say=lambda share, word: say(0.3 + 0.4 * share, word)
        )
    say(0.7, "comparing")
    if len(first.parts) == len(second.parts) == 1 and first.counts == second.counts == (1,):
        record = compare_parts(first.parts[0], second.parts[0]).record
    else:
        record = _compare_assemblies(first, second, say)
    return {
        "schema": "workbench.comparison/1",
        "a": _source(first, name_a),
        "b": _source(second, name_b),
        **record,
    }


def compare_parts(a: Part, b: Part) -> Comparison:
    """What differs between two parts."""
    from geometry.features.changes import feature_changes, placed
    from geometry.features.recognition import recognise

    alignment = align(a, b)
    table_a, table_b = face_table(a), face_table(b)
    matched = match_faces(table_a, table_b, alignment.matrix, alignment.scale)
    deviation = _deviation(a, b, alignment, matched)
    volume_change = (b.mass.volume_mm3 - a.mass.volume_mm3) / a.mass.volume_mm3
    moved_only = alignment.scale == 1.0 and not alignment.mirrored
    congruent = _congruent(a, b, alignment, matched, deviation)
    same_shape = congruent and moved_only
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
        "area_change": (b.mass.area_mm2 - a.mass.area_mm2) / a.mass.area_mm2,
        "size_mm": {"from": a.mass.box.size_mm.tolist(), "to": b.mass.box.size_mm.tolist()},
        "faces": {
            "same": [list(pair) for pair in pairs.same],
            "changed": [list(pair) for pair in pairs.changed],
            "removed": pairs.removed,
            "added": pairs.added,
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


def _deviation(a: Part, b: Part, alignment: Alignment, matched: FaceMatches) -> _Deviation:
    """Distances both ways at area-weighted samples and at the corners of unmatched faces."""
    rng = np.random.default_rng(_SEED)
    skin_a, skin_b = Surface(a, alignment.scale), Surface(b)
    rigid = alignment.matrix @ np.diag([1 / alignment.scale] * 3 + [1.0])
    back = np.linalg.inv(rigid)
    same_a = {int(f) for i, _ in matched.same for f in a.joined.members(i)}
    same_b = {int(f) for _, j in matched.same for f in b.joined.members(j)}
    spread: list[np.ndarray] = []
    worst = [0.0, 0.0]
    for part, scale, skin, other, motion, same in (
        (a, alignment.scale, skin_a, skin_b, rigid, same_a),
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
        for distance, near_face in ((off, reached), (there[~known], found[~known])):
            canonical = other.part.topology.faces["kind"][near_face] <= TORUS
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


# --- assemblies ---


def _compare_assemblies(a: Document, b: Document, say: Progress) -> dict[str, Any]:
    """Parts paired by shape, then compared; what was added, removed, moved or changed in number."""
    cost = np.array([[_unlikeness(one, other) for other in b.parts] for one in a.parts])
    rows, columns = linear_sum_assignment(cost)
    pairs = [(int(i), int(j)) for i, j in zip(rows, columns, strict=True) if cost[i, j] < 1.0]
    pairs.sort(key=lambda pair: -abs(a.parts[pair[0]].mass.volume_mm3))
    records = []
    for number, (i, j) in enumerate(pairs):
        say(0.7 + 0.3 * number / len(pairs), "comparing")
        records.append({"a": i, "b": j, **compare_parts(a.parts[i], b.parts[j]).record})
    removed = sorted(set(range(len(a.parts))) - {i for i, _ in pairs})
    added = sorted(set(range(len(b.parts))) - {j for _, j in pairs})
    counts = [
        {"a": i, "b": j, "from": a.counts[i], "to": b.counts[j]}
        for i, j in pairs
        if a.counts[i] != b.counts[j]
    ]
    volume_a, volume_b = (
        sum(part.mass.volume_mm3 * count for part, count in zip(d.parts, d.counts, strict=True))
        for d in (a, b)
    )
    moved_count = _moved_count(a, b, records)
    same = not (removed or added or counts or moved_count) and all(r["same_shape"] for r in records)
    weight = np.array([abs(a.parts[r["a"]].mass.volume_mm3) for r in records])
    likeness = np.array([r["similarity"] for r in records])
    paired = len(pairs) / max(len(a.parts), len(b.parts))
    similarity = float(paired * np.average(likeness, weights=weight)) if records else 0.0
    main = records[0] if records else {}
    features: dict[str, list[Any]] = {"changed": [], "removed": [], "added": []}
    for record in records:
        for key, found in features.items():
            found += [
                {**change, "parts": [record["a"], record["b"]]}
                for change in record["features"][key]
            ]
    return {
        "similarity": 1.0 if same else min(similarity, 0.999),
        **{key: main[key] for key in ("alignment", "deviation_mm", "faces") if key in main},
        "same_shape": same,
        "mirrored": bool(records) and all(r["mirrored"] for r in records),
        "scale": main.get("scale", 1.0),
        **({"unit_slip": main["unit_slip"]} if "unit_slip" in main else {}),
        "volume_change": (volume_b - volume_a) / volume_a,
        "features": features,
        "assembly": {
            "parts": records,
            "removed": [
                {"part": i, "name": a.parts[i].name, "count": a.counts[i]} for i in removed
            ],
            "added": [{"part": j, "name": b.parts[j].name, "count": b.counts[j]} for j in added],
            "counts": counts,
            "moved": moved_count,
        },
    }


def _unlikeness(a: Part, b: Part) -> float:
    """0 for equal parts; from 1 on they are different parts, not revisions."""
    sizes_a = np.array(
        [*a.mass.box.size_mm, abs(a.mass.volume_mm3) ** (1 / 3), a.mass.area_mm2**0.5]
    )
    sizes_b = np.array(
        [*b.mass.box.size_mm, abs(b.mass.volume_mm3) ** (1 / 3), b.mass.area_mm2**0.5]
    )
    size = float(np.abs(np.log(np.maximum(sizes_b, 1e-9) / np.maximum(sizes_a, 1e-9))).mean())
    kinds_a, kinds_b = (
        np.bincount(p.joined.faces["kind"], minlength=11).astype(float) for p in (a, b)
    )
    kinds = float(np.abs(kinds_a - kinds_b).sum() / max(kinds_a.sum() + kinds_b.sum(), 1.0))
    named = 0.3 if a.name and a.name == b.name else 0.0
    return max(0.0, 2 * size + kinds - named)


def _moved_count(a: Document, b: Document, records: Sequence[dict[str, Any]]) -> int:
    """Occurrences that do not stand where the others say they should."""
    here, there = _occurrences(a), _occurrences(b)
    points: list[tuple[np.ndarray, np.ndarray]] = []
    motions = [np.eye(4)]
    for record in records:
        i, j = record["a"], record["b"]
        if "alignment" not in record or not record["same_shape"]:
            continue
        matrix = np.array(record["alignment"])
        centre_a, centre_b = a.parts[i].mass.centroid_mm, b.parts[j].mass.centroid_mm
        from_a = np.array([moved(m, centre_a[None])[0] for m in here.get(i, [])])
        from_b = np.array([moved(m, centre_b[None])[0] for m in there.get(j, [])])
        if not len(from_a) or not len(from_b):
            continue
        points.append((from_a, from_b))
        if len(motions) < 9:
            motions += [w @ matrix @ np.linalg.inv(here[i][0]) for w in there[j][:4]]
    if not points:
        return 0
    near = 0.01 + 1e-4 * max(part.mesh.diagonal_mm for part in b.parts)

    def displaced(motion: np.ndarray) -> int:
        count = 0
        for from_a, from_b in points:
            apart = np.linalg.norm(moved(motion, from_a)[:, None] - from_b[None], axis=2)
            rows, columns = linear_sum_assignment(apart)
            count += int((apart[rows, columns] > near).sum())
        return count

    return min(displaced(motion) for motion in motions)


def _occurrences(document: Document) -> dict[int, list[np.ndarray]]:
    """Where each part stands: matrices (4, 4) by part index."""
    found: dict[int, list[np.ndarray]] = {}

    def visit(place: Place, above: np.ndarray) -> None:
        here = above @ place.placement
        if place.part is not None:
            found.setdefault(place.part, []).append(here)
        for child in place.children:
            visit(child, here)

    visit(document.root, np.eye(4))
    return found


def _source(document: Document, name: str) -> dict[str, Any]:
    return {"name": name, "unit": document.unit, "parts": sum(document.counts)}


def _silent(_share: float, _stage: str) -> None:
    """Nobody listens."""
