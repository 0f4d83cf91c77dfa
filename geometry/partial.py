"""Does a part contain these faces of another, and where?

A few faces picked on one part – a flange, a bolt pattern – are laid on the faces of another by the
rigid motions that two of them suggest, and each motion is judged by how many of the picked faces
find a partner: the same kind and radius on the same axis, centre or plane, and the same meeting
with their neighbours. How far a face extends counts little: the same bolt circle is found in a
thicker flange.

Source: hypothesise and verify on pairs of features, after Lamdan & Wolfson, Geometric hashing
(ICCV 1988), with radii and kinds as the hash.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from geometry.fields.facetable import CONE, CYLINDER, PLANE, SPHERE, TORUS, face_table
from geometry.part import Part
from geometry.topology import between_faces

__all__ = ["Find", "Surroundings", "contains", "load_faces", "pack_faces", "told", "words"]

MOST_FACES = 2000  # largest ones are kept of a part; more say nothing new
RADIUS_NEAR = 0.01  # relative: a clearance hole of the next series is 3 % larger
PLACE_NEAR = 0.004  # of the extent of the picked faces
PLACE_LEAST_MM = 0.05  # positions are drawn to a tenth of a millimetre
ANGLE_NEAR = 0.9995  # cosine of 1.8°
MOST_HYPOTHESES = 4000
PIECE = 256  # motions judged at once: arrays that stay in the cache
MOST_PLACES = 20  # of one part that are told
WORD_STEP = np.log(1.02)  # radii that share a word of the index
SAME_EXTENT, SAME_MEETING = 0.2, 0.2  # shares of the fit that extents and neighbours decide
_KEYS = ("kind", "sense", "sizes_mm", "half_angle_deg", "points_mm", "origins_mm", "axes",
         "extent_mm", "meeting", "owner")  # fmt: skip


@dataclass(frozen=True)
class Surroundings:
    """The joined faces of a part with their places and neighbours."""

    kind: np.ndarray  # (n,)
    sense: np.ndarray  # (n,)
    sizes_mm: np.ndarray  # (n, 4) root of the area, radius, minor radius, length of loops
    half_angle_deg: np.ndarray  # (n,)
    points_mm: np.ndarray  # (n, 3) centroids
    origins_mm: np.ndarray  # (n, 3)
    axes: np.ndarray  # (n, 3) zero for spheres and freeform faces
    extent_mm: np.ndarray  # (n, 2) ends along the axis, from the origin
    meeting: np.ndarray  # (m, 3) two faces and the convexity of their edge
    owner: np.ndarray  # (faces of the part,) row of each face, −1 where it was left out

    def rows(self, faces: Sequence[int]) -> np.ndarray:
        """Rows of faces of the part: each once."""
        known = [self.owner[face] for face in faces if 0 <= face < len(self.owner)]
        return np.unique(np.array([row for row in known if row >= 0], int))

    def faces(self, rows: np.ndarray) -> list[int]:
        """Faces of the part that rows stand for."""
        return [int(face) for face in np.flatnonzero(np.isin(self.owner, rows))]


@dataclass(frozen=True)
class Find:
    """Where the picked faces lie in another part, and how well."""

    fit: float  # 0…1
    faces: list[int]  # of the other part
    missing: list[int]  # picked faces without a partner
    matrix: np.ndarray  # (4, 4) motion of the picked faces onto the other part


def pack_faces(part: Part) -> dict[str, np.ndarray]:
    """The arrays that the descriptor of a part keeps for `load_faces`: name → array."""
    table = face_table(part)
    kept = np.sort(np.argsort(-table.areas_mm2, kind="stable")[:MOST_FACES])
    place = np.full(len(table.kind), -1)
    place[kept] = np.arange(len(kept))
    owner = np.full(len(part.topology.faces), -1)
    for row in range(len(table.kind)):
        owner[np.asarray(part.joined.members(row), int)] = place[row]
    edges = part.joined.edges
    edges = edges[between_faces(edges)]
    meeting = np.column_stack([place[edges["faces"]], edges["convexity"]])
    meeting = np.unique(meeting[(meeting[:, :2] >= 0).all(axis=1)], axis=0)
    faces = part.joined.faces
    arrays = {
        "kind": table.kind[kept].astype(np.int8),
        "sense": table.sense[kept].astype(np.int8),
        "sizes_mm": table.sizes_mm[kept].astype(np.float32),
        "half_angle_deg": table.half_angle_deg[kept].astype(np.float32),
        "points_mm": table.points_mm[kept].astype(np.float32),
        "origins_mm": table.origins_mm[kept].astype(np.float32),
        "axes": table.axes[kept].astype(np.float32),
        "extent_mm": np.nan_to_num(
            np.column_stack([faces["low_mm"], faces["high_mm"]])[kept]
        ).astype(np.float32),
        "meeting": meeting.astype(np.int32),
        "owner": owner.astype(np.int32),
    }
    return {f"local_{name}": array for name, array in arrays.items()}


def load_faces(data: bytes) -> Surroundings:
    """The faces in a stored descriptor."""
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        found = {name: arrays[f"local_{name}"] for name in _KEYS}
    whole = ("kind", "sense", "meeting", "owner")
    return Surroundings(
        **{name: array.astype(int if name in whole else float) for name, array in found.items()}
    )


def words(faces: Surroundings, rows: np.ndarray | None = None) -> np.ndarray:
    """Numbers that curved faces of nearly one kind and radius share: one a face, each once.

    By them an index tells which parts may hold some faces at all. Faces without a radius have none.
    """
    chosen = np.arange(len(faces.kind)) if rows is None else rows
    curved = chosen[np.isin(faces.kind[chosen], (CYLINDER, SPHERE, TORUS))]
    radius = np.maximum(faces.sizes_mm[curved, 1], 1e-4)
    step = np.round(np.log(radius) / WORD_STEP).astype(int)
    group = 2 * faces.kind[curved] + (faces.sense[curved] > 0)
    return np.unique(group * 10_000 + step + 5_000)


def contains(
    picked: Surroundings, rows: np.ndarray, other: Surroundings, *, least: float = 0.6
) -> list[Find]:
    """Places in another part where the picked rows lie, best first; none below the least fit."""
    if not len(rows):
        return []
    likes = [_alike(picked, int(row), other) for row in rows]
    if sum(bool(len(found)) for found in likes) < least * len(rows):
        return []
    points = picked.points_mm[rows]
    extent = float(np.linalg.norm(np.ptp(points, axis=0))) if len(rows) > 1 else 0.0
    extent = max(extent, float(picked.sizes_mm[rows, 1].max()))
    near = max(PLACE_NEAR * extent, PLACE_LEAST_MM)
    finds: list[Find] = []
    taken: list[frozenset[int]] = []
    motions = _motions(picked, rows, other, likes, near)
    met = _meetings(picked, rows)
    judged = [
        (_judged(matrix, picked, rows, other, likes, near, met), matrix)
        for matrix in motions[_most_fit(motions, picked, rows, other, likes, near) >= least]
    ]
    judged.sort(key=lambda each: -each[0][0])
    for (fit, partner), matrix in judged:
        if fit < least or len(finds) == MOST_PLACES:
            break
        here = frozenset(int(row) for row in partner if row >= 0)
        if any(len(here & before) > 0.5 * len(here) for before in taken):
            continue
        taken.append(here)
        finds.append(
            Find(
                round(fit, 4),
                other.faces(np.array(sorted(here), int)),
                picked.faces(rows[partner < 0]),
                matrix,
            )
        )
    return finds


def _alike(picked: Surroundings, row: int, other: Surroundings) -> np.ndarray:
    """Faces of the other part that may answer one: its kind and radius, wherever they lie."""
    kind = picked.kind[row]
    same = (other.kind == kind) & (other.sense == picked.sense[row])
    mine, theirs = picked.sizes_mm[row], other.sizes_mm
    if kind in (CYLINDER, SPHERE, TORUS):
        same &= np.abs(theirs[:, 1] - mine[1]) <= RADIUS_NEAR * mine[1]
    if kind == TORUS:
        same &= np.abs(theirs[:, 2] - mine[2]) <= RADIUS_NEAR * mine[2]
    if kind == CONE:
        same &= np.abs(other.half_angle_deg - picked.half_angle_deg[row]) < 1.0
    if kind > TORUS:  # a freeform face is known by its area and outline alone
        same &= (np.abs(theirs[:, [0, 3]] - mine[[0, 3]]) <= 0.02 * mine[[0, 3]]).all(axis=1)
    return np.flatnonzero(same)


def _motions(
    picked: Surroundings,
    rows: np.ndarray,
    other: Surroundings,
    likes: list[np.ndarray],
    near: float,
) -> np.ndarray:
    """Motions (m, 4, 4) that lay two picked faces, the rarest that fix one, on two of the other."""
    count = np.array([len(found) for found in likes])
    usable = [i for i in np.argsort(count, kind="stable") if count[i]]
    if len(usable) == 1:
        return _single(picked, int(rows[usable[0]]), other, likes[usable[0]])
    found: list[np.ndarray] = []
    tried = 0
    for place, i in enumerate(usable[:4]):
        for j in usable[place + 1 : place + 5]:
            laid = _laid(picked, int(rows[i]), int(rows[j]), other, likes[i], likes[j], near)
            if laid is None:
                continue
            tried += 1
            found.append(laid)
            if tried == 3:
                return np.concatenate(found)[:MOST_HYPOTHESES]
    if sum(map(len, found)):
        return np.concatenate(found)[:MOST_HYPOTHESES]
    return _single(picked, int(rows[usable[0]]), other, likes[usable[0]])


def _frames(
    one: Surroundings, a: np.ndarray, b: np.ndarray, near: float
) -> tuple[np.ndarray, np.ndarray]:
    """Frames (n, h, 4, 4) that pairs of faces fix: the axis of the first, the way to the second.

    a, b: (n,) faces, the first of one kind and the second of one kind. Several frames a pair, since
    an axis has no sense and a face may end at another height: by its middle and by either end.
    Which pairs fix one at all (n,): others leave a turn open, as coaxial faces do.
    """
    first, second = int(one.kind[a[0]]), int(one.kind[b[0]])
    axis, across = one.axes[a], one.axes[b]
    axis = np.where(axis.any(axis=1)[:, None], axis, across)
    origin, target = one.points_mm[a], one.points_mm[b]
    if first in (CYLINDER, CONE, TORUS):
        origin = one.origins_mm[a] + _along(origin - one.origins_mm[a], axis)
    if second in (CYLINDER, CONE, TORUS):
        target = one.origins_mm[b] + _along(target - one.origins_mm[b], across)
    way = target - origin
    bare = ~axis.any(axis=1)[:, None]  # neither has an axis
    axis = np.where(bare, _unit(way), axis)
    way = np.where(bare, across, way)
    aside = way - _along(way, axis)
    slope = across - _along(across, axis)
    by_axis = (
        np.full(len(a), True)
        if PLANE in (first, second)
        else np.linalg.norm(aside, axis=1) < 5 * near
    )
    if first == PLANE and second != PLANE:
        # a plane has no place but its height
        far = (np.linalg.norm(aside, axis=1) >= 5 * near)[:, None]
        origin = np.where(far, target - _along(way, axis), origin)
    aside = np.where(by_axis[:, None], slope, aside)
    fixed = ~by_axis | (np.linalg.norm(slope, axis=1) >= 0.1)
    aside = _unit(aside)
    heights = np.zeros((len(a), 1))
    if first in (CYLINDER, CONE):
        middle = np.einsum("ij,ij->i", origin - one.origins_mm[a], one.axes[a])
        heights = np.column_stack([heights, one.extent_mm[a] - middle[:, None]])
    frames = np.zeros((len(a), heights.shape[1], 4, 4))
    turn = np.stack([aside, np.cross(axis, aside), axis], axis=2)
    frames[..., :3, :3] = turn[:, None]
    frames[..., :3, 3] = origin[:, None] + heights[..., None] * axis[:, None]
    frames[..., 3, 3] = 1.0
    return frames, fixed


def _along(way: np.ndarray, axis: np.ndarray) -> np.ndarray:
    """The share of ways (n, 3) along unit axes (n, 3)."""
    return np.asarray(np.einsum("ij,ij->i", way, axis)[:, None] * axis)


def _unit(way: np.ndarray) -> np.ndarray:
    return np.asarray(way / np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-300))


def _laid(
    picked: Surroundings,
    a: int,
    b: int,
    other: Surroundings,
    of_a: np.ndarray,
    of_b: np.ndarray,
    near: float,
) -> np.ndarray | None:
    """Motions (m, 4, 4) that lay faces a and b on those like them, where two lie alike to each
    other; None where a and b leave a turn open.
    """
    pair = np.array([a]), np.array([b])
    (from_,), (fixed,) = _frames(picked, *pair, near)
    if not fixed:
        return None
    p, q = (grid.ravel() for grid in np.meshgrid(of_a, of_b, indexing="ij"))
    apart = p != q
    p, q = p[apart], q[apart]
    turn = np.abs(np.einsum("ij,ij->i", other.axes[p], other.axes[q]))
    alike = np.abs(turn - abs(picked.axes[a] @ picked.axes[b])) <= 0.02
    p, q = p[alike], q[alike]
    if len(p):
        off = np.abs(_distance(other, p, q) - _distance(picked, *pair))
        p, q = p[off <= 2 * near], q[off <= 2 * near]
    if not len(p):
        return np.zeros((0, 4, 4))
    to, open_ = _frames(other, p[:MOST_HYPOTHESES], q[:MOST_HYPOTHESES], near)
    to = to[open_]
    back = np.linalg.inv(from_)
    swaps = ((0, 0), (1, 1), (2, 2), (1, 2), (2, 1)) if len(from_) == 3 else ((0, 0),)
    round_ = (CYLINDER, TORUS)
    half_turns = [np.eye(4)]
    if picked.kind[a] in round_:  # an axis has no sense
        half_turns.append(np.diag([1.0, -1.0, -1.0, 1.0]))
    if picked.kind[b] in round_ and picked.kind[a] == PLANE:
        half_turns += [np.diag([-1.0, -1.0, 1.0, 1.0]) @ half for half in half_turns]
    motions = [to[:, theirs] @ half @ back[mine] for half in half_turns for mine, theirs in swaps]
    return np.stack(motions, axis=1).reshape(-1, 4, 4)


def _distance(one: Surroundings, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Distance (n,) of faces as far as their surfaces fix it: of axes, of planes, of centres.

    a, b: (n,) faces, the first of one kind and the second of one kind.
    """
    first, second = int(one.kind[a[0]]), int(one.kind[b[0]])
    if PLANE in (first, second):
        plane, face, kind = (a, b, second) if first == PLANE else (b, a, first)
        normal = one.axes[plane]
        found = np.abs(np.einsum("ij,ij->i", one.origins_mm[face] - one.origins_mm[plane], normal))
        slope = np.einsum("ij,ij->i", normal, one.axes[face])
        if kind == CYLINDER:  # one that stands on a plane has no distance from it
            found[np.abs(slope) > 0.02] = 0.0
        if kind == PLANE:
            found[np.abs(slope) < ANGLE_NEAR] = 0.0
        return np.asarray(found)
    way = one.origins_mm[b] - one.origins_mm[a]
    if first > TORUS or second > TORUS:
        return np.asarray(np.linalg.norm(one.points_mm[b] - one.points_mm[a], axis=1))
    axis, across = one.axes[a], one.axes[b]
    both = axis.any(axis=1) & across.any(axis=1)
    axis = np.where(axis.any(axis=1)[:, None], axis, across)
    normal = np.cross(axis, across)
    length = np.linalg.norm(normal, axis=1)
    beside = np.linalg.norm(way - _along(way, axis), axis=1)
    between = np.abs(np.einsum("ij,ij->i", way, normal)) / np.maximum(length, 1e-300)
    return np.where(both & (length >= 0.02), between, beside)


def _single(picked: Surroundings, row: int, other: Surroundings, likes: np.ndarray) -> np.ndarray:
    """Motions (m, 4, 4) that lay one face on each of its likes, however turned about its axis."""
    back = np.linalg.inv(_about(picked, row))
    return np.array([_about(other, int(like)) @ back for like in likes]).reshape(-1, 4, 4)


def _about(one: Surroundings, face: int) -> np.ndarray:
    axis = one.axes[face] if one.axes[face].any() else np.array([0.0, 0.0, 1.0])
    across = np.cross(axis, np.eye(3)[np.abs(axis).argmin()])
    across /= np.linalg.norm(across)
    frame = np.eye(4)
    frame[:3, 0], frame[:3, 1], frame[:3, 2] = across, np.cross(axis, across), axis
    frame[:3, 3] = one.points_mm[face]
    return frame


def _most_fit(
    motions: np.ndarray,
    picked: Surroundings,
    rows: np.ndarray,
    other: Surroundings,
    likes: list[np.ndarray],
    near: float,
) -> np.ndarray:
    """What the fit of each motion cannot exceed (m,): by the rows that may have a partner."""
    has = np.zeros(len(motions))
    for start in range(0, len(motions), PIECE):
        some = slice(start, start + PIECE)
        turn, shift = motions[some, :3, :3], motions[some, :3, 3]
        for row, found in zip(rows, likes, strict=True):
            if len(found):
                fits = _same_surface(
                    other, found, int(picked.kind[row]), turn @ picked.origins_mm[row] + shift,
                    turn @ picked.points_mm[row] + shift, turn @ picked.axes[row], near,
                )  # fmt: skip
                has[some] += fits.any(axis=1)
    return np.asarray((1 - SAME_MEETING) * has / len(rows) + SAME_MEETING)


def _judged(
    matrix: np.ndarray,
    picked: Surroundings,
    rows: np.ndarray,
    other: Surroundings,
    likes: list[np.ndarray],
    near: float,
    met: set[tuple[int, int, int]],
) -> tuple[float, np.ndarray]:
    """Fit 0…1 of a motion, and the partner of each picked row, −1 where it has none: (k,)."""
    turn = matrix[:3, :3]
    points = picked.points_mm[rows] @ turn.T + matrix[:3, 3]
    origins = picked.origins_mm[rows] @ turn.T + matrix[:3, 3]
    axes = picked.axes[rows] @ turn.T
    partner = np.full(len(rows), -1)
    same = np.zeros(len(rows))
    used: set[int] = set()
    for k, found in enumerate(likes):
        if not len(found):
            continue
        fits = _same_surface(other, found, int(picked.kind[rows[k]]), origins[k : k + 1],
                             points[k : k + 1], axes[k : k + 1], near)[0]  # fmt: skip
        # a plane goes on for ever, a face does not: it must lie about there
        reach = np.maximum(picked.sizes_mm[rows[k], 0], other.sizes_mm[found, 0])
        away = np.linalg.norm(other.points_mm[found] - points[k], axis=1)
        fits &= away <= reach + near
        open_ = [int(i) for i in np.flatnonzero(fits) if int(found[i]) not in used]
        if not open_:
            continue
        best = min(open_, key=lambda i: away[i])
        partner[k] = found[best]
        used.add(int(found[best]))
        sizes = picked.sizes_mm[rows[k], 0], other.sizes_mm[found[best], 0]
        same[k] = min(sizes) / max(*sizes, 1e-300)
    has = partner >= 0
    share = float(has.mean())
    fit = share * (1 - SAME_EXTENT) + SAME_EXTENT * float(same.mean())
    if met:
        theirs = _meetings(other, partner[has])
        kept = sum(
            (partner[a], partner[b], c) in theirs or (partner[b], partner[a], c) in theirs
            for a, b, c in ((int(np.searchsorted(rows, a)), int(np.searchsorted(rows, b)), c)
                            for a, b, c in met)
        )  # fmt: skip
        fit = (1 - SAME_MEETING) * fit + SAME_MEETING * kept / len(met)
    return fit, partner


def _same_surface(
    other: Surroundings,
    found: np.ndarray,
    kind: int,
    origin: np.ndarray,
    point: np.ndarray,
    axis: np.ndarray,
    near: float,
) -> np.ndarray:
    """Which of the faces lie on the surface of one in each of m places: (m, len(found)) bool.

    origin, point, axis: (m, 3) of the face as it was moved.
    """
    if kind > TORUS:
        return np.asarray(_between(other.points_mm[found], point) < near)
    apart = _between(other.origins_mm[found], origin)
    if kind == SPHERE:
        return np.asarray(apart < near)
    turn = axis @ other.axes[found].T
    if kind == TORUS:
        return (np.abs(turn) > ANGLE_NEAR) & (apart < near)
    along = axis @ other.origins_mm[found].T - np.einsum("ij,ij->i", axis, origin)[:, None]
    if kind == PLANE:
        return (turn > ANGLE_NEAR) & (np.abs(along) < near)
    turn = np.abs(turn) if kind == CYLINDER else turn
    way = other.origins_mm[found][None] - origin[:, None] - along[..., None] * axis[:, None]
    return (turn > ANGLE_NEAR) & (np.linalg.norm(way, axis=2) < near)


def _between(theirs: np.ndarray, mine: np.ndarray) -> np.ndarray:
    """Distances (m, n) of points (n, 3) from others (m, 3)."""
    return np.asarray(np.linalg.norm(theirs[None] - mine[:, None], axis=2))


def _meetings(one: Surroundings, rows: np.ndarray) -> set[tuple[int, int, int]]:
    chosen = np.isin(one.meeting[:, :2], rows).all(axis=1)
    return {(int(a), int(b), int(c)) for a, b, c in one.meeting[chosen]}


def told(find: Find) -> dict[str, Any]:
    """A find as plain data."""
    return {
        "fit": find.fit,
        "faces": find.faces,
        "missing": find.missing,
        "matrix": [[round(float(value), 9) for value in line] for line in find.matrix],
    }
