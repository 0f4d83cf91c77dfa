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

__all__ = ["Find", "Surroundings", "contains", "load_faces", "pack_faces", "told", "words"]

MOST_FACES = 2000  # largest ones are kept of a part; more say nothing new
RADIUS_NEAR = 0.01  # relative: a clearance hole of the next series is 3 % larger
PLACE_NEAR = 0.004  # of the extent of the picked faces
PLACE_LEAST_MM = 0.05  # positions are drawn to a tenth of a millimetre
ANGLE_NEAR = 0.9995  # cosine of 1.8°
MOST_HYPOTHESES = 4000
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
    ends = edges["faces"]
    real = (ends >= 0).all(axis=1) & (ends[:, 0] != ends[:, 1])
    meeting = np.column_stack([place[ends[real]], edges["convexity"][real]])
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
    judged = [
        (_judged(matrix, picked, rows, other, likes, near), matrix)
        for matrix in _motions(picked, rows, other, likes, near)
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
) -> list[np.ndarray]:
    """Motions (4, 4) that lay two picked faces, the rarest that fix one, on two of the other."""
    count = np.array([len(found) for found in likes])
    usable = [i for i in np.argsort(count, kind="stable") if count[i]]
    if len(usable) == 1:
        return _single(picked, int(rows[usable[0]]), other, likes[usable[0]])
    found: list[np.ndarray] = []
    tried = 0
    for place, i in enumerate(usable[:4]):
        for j in usable[place + 1 : place + 5]:
            a, b = int(rows[i]), int(rows[j])
            if not _frames(picked, a, b, near):
                continue
            tried += 1
            for p in likes[i]:
                for q in likes[j]:
                    if p != q and len(found) < MOST_HYPOTHESES:
                        found += _laid(picked, a, b, other, int(p), int(q), near)
            if tried == 3:
                return found
    return found or _single(picked, int(rows[usable[0]]), other, likes[usable[0]])


def _frames(one: Surroundings, a: int, b: int, near: float) -> list[np.ndarray]:
    """Frames (4, 4) that two faces fix: the axis of the first, the way to the second.

    Several, since an axis has no sense and a face may end at another height: by its middle and by
    either end. Empty where the two leave a turn open, as coaxial faces do.
    """
    axis = one.axes[a] if one.axes[a].any() else one.axes[b]
    origin = one.points_mm[a]
    if one.kind[a] in (CYLINDER, CONE, TORUS):
        origin = one.origins_mm[a] + ((origin - one.origins_mm[a]) @ axis) * axis
    target = one.points_mm[b]
    if one.kind[b] in (CYLINDER, CONE, TORUS):
        along = one.axes[b]
        target = one.origins_mm[b] + ((target - one.origins_mm[b]) @ along) * along
    way = target - origin
    if not axis.any():
        axis = way / max(float(np.linalg.norm(way)), 1e-300)
        way = one.axes[b]
    aside = way - (way @ axis) * axis
    if one.kind[b] == PLANE or np.linalg.norm(aside) < 5 * near:
        aside = one.axes[b] - (one.axes[b] @ axis) * axis
        if np.linalg.norm(aside) < 0.1:
            return []
    elif one.kind[a] == PLANE:
        origin = target - (way @ axis) * axis  # a plane has no place but its height
        aside = one.axes[b] - (one.axes[b] @ axis) * axis
        if np.linalg.norm(aside) < 0.1:
            return []
    aside = aside / np.linalg.norm(aside)
    heights = [0.0]
    if one.kind[a] in (CYLINDER, CONE):
        middle = float((origin - one.origins_mm[a]) @ one.axes[a])
        heights += [float(end) - middle for end in one.extent_mm[a]]
    frames = []
    for height in heights:
        frame = np.eye(4)
        frame[:3, 0], frame[:3, 1], frame[:3, 2] = aside, np.cross(axis, aside), axis
        frame[:3, 3] = origin + height * axis
        frames.append(frame)
    return frames


def _laid(
    picked: Surroundings, a: int, b: int, other: Surroundings, p: int, q: int, near: float
) -> list[np.ndarray]:
    """Motions that lay face a on p and b on q, where the two pairs lie alike to each other."""
    if abs(abs(picked.axes[a] @ picked.axes[b]) - abs(other.axes[p] @ other.axes[q])) > 0.02:
        return []
    if abs(_distance(picked, a, b) - _distance(other, p, q)) > 2 * near:
        return []
    from_, to = _frames(picked, a, b, near), _frames(other, p, q, near)
    if not from_ or not to:
        return []
    found = []
    undirected = picked.kind[a] in (CYLINDER, TORUS)
    swaps = ((0, 0), (1, 1), (2, 2), (1, 2), (2, 1)) if len(from_) == len(to) == 3 else ((0, 0),)
    for flip in (False, True) if undirected else (False,):
        for mine, theirs in swaps:
            frame = to[theirs].copy()
            if flip:
                frame[:3, 1:3] *= -1
            found.append(frame @ np.linalg.inv(from_[mine]))
            if picked.kind[b] in (CYLINDER, TORUS) and picked.kind[a] == PLANE:
                turned = frame.copy()
                turned[:3, :2] *= -1
                found.append(turned @ np.linalg.inv(from_[mine]))
    return found


def _distance(one: Surroundings, a: int, b: int) -> float:
    """Distance of two faces as far as their surfaces fix it: of axes, of planes, of centres."""
    if PLANE in (one.kind[a], one.kind[b]):
        plane, face = (a, b) if one.kind[a] == PLANE else (b, a)
        normal = one.axes[plane]
        if one.kind[face] == CYLINDER and abs(normal @ one.axes[face]) > 0.02:
            return 0.0  # a cylinder that stands on a plane has no distance from it
        if one.kind[face] == PLANE and abs(normal @ one.axes[face]) < ANGLE_NEAR:
            return 0.0
        return abs(float((one.origins_mm[face] - one.origins_mm[plane]) @ normal))
    way = one.origins_mm[b] - one.origins_mm[a]
    if one.kind[a] > TORUS or one.kind[b] > TORUS:
        return float(np.linalg.norm(one.points_mm[b] - one.points_mm[a]))
    axis, second = one.axes[a], one.axes[b]
    if not (axis.any() and second.any()):
        axis = axis if axis.any() else second
        return float(np.linalg.norm(way - (way @ axis) * axis))
    normal = np.cross(axis, second)
    length = float(np.linalg.norm(normal))
    if length < 0.02:
        return float(np.linalg.norm(way - (way @ axis) * axis))
    return abs(float(way @ normal)) / length


def _single(
    picked: Surroundings, row: int, other: Surroundings, likes: np.ndarray
) -> list[np.ndarray]:
    """Motions that lay one face on each of its likes, whatever the turn about its axis."""
    found = []
    for like in likes:
        frame, target = (_about(one, int(face)) for one, face in ((picked, row), (other, like)))
        found.append(target @ np.linalg.inv(frame))
    return found


def _about(one: Surroundings, face: int) -> np.ndarray:
    axis = one.axes[face] if one.axes[face].any() else np.array([0.0, 0.0, 1.0])
    across = np.cross(axis, np.eye(3)[np.abs(axis).argmin()])
    across /= np.linalg.norm(across)
    frame = np.eye(4)
    frame[:3, 0], frame[:3, 1], frame[:3, 2] = across, np.cross(axis, across), axis
    frame[:3, 3] = one.points_mm[face]
    return frame


def _judged(
    matrix: np.ndarray,
    picked: Surroundings,
    rows: np.ndarray,
    other: Surroundings,
    likes: list[np.ndarray],
    near: float,
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
        fits = _same_surface(other, found, int(picked.kind[rows[k]]), origins[k], points[k],
                             axes[k], near)  # fmt: skip
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
    met = _meetings(picked, rows)
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
    """Which of the faces lie on the surface of one that was moved: (len(found),) bool."""
    way = other.origins_mm[found] - origin
    along = way @ axis
    aside = np.linalg.norm(way - along[:, None] * axis, axis=1)
    turn = other.axes[found] @ axis
    if kind == PLANE:
        return (turn > ANGLE_NEAR) & (np.abs(along) < near)
    if kind == CYLINDER:
        return (np.abs(turn) > ANGLE_NEAR) & (aside < near)
    if kind == CONE:
        return (turn > ANGLE_NEAR) & (aside < near)
    if kind == TORUS:
        return (np.abs(turn) > ANGLE_NEAR) & (np.linalg.norm(way, axis=1) < near)
    where = other.origins_mm[found] - origin if kind == SPHERE else other.points_mm[found] - point
    return np.linalg.norm(where, axis=1) < near


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
