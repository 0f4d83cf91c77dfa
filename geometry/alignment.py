"""Which motion, mirroring or scale lays one part on another?

Hypotheses come from what two parts share: pairs of faces that are alike and rare, the directions in which most of the
surface looks, the axes of inertia, and no motion at all (a revision usually keeps its coordinates). Each is judged by
how many faces fall on a partner; the best are judged again by the distance between the surfaces.

Source: hypothesise and verify after Fischler & Bolles, Random sample consensus, CACM 1981, with rare pairs instead of
random ones; rotation from points after Kabsch, Acta Cryst. A32, 1976; iterated closest points after Besl & McKay 1992.
"""

from dataclasses import dataclass
from itertools import combinations, permutations, product

import numpy as np

from geometry.fields.rays import RayScene
from geometry.mesh import sample_surface
from geometry.part import Part
from geometry.topology import surface_code

__all__ = ["Alignment", "FaceTable", "align", "face_table", "moved", "same_surface", "turned"]

PLANE, CYLINDER, CONE, SPHERE, TORUS = (
    surface_code(name) for name in ("plane", "cylinder", "cone", "sphere", "torus")
)

SIZE_NEAR = 2e-3  # relative difference in size at which two faces may be one: noise of re-encoding
PLACE_NEAR = (
    3e-4  # of the diagonal: how far a face may lie from its partner while motions are judged
)
ANGLE_NEAR = 1 - 2e-5  # cosine of 0.4°
SCALE_NEAR = 2e-3  # how far box, area and volume may disagree about one scale
UNIT_SLIPS = (25.4, 1000.0, 10.0, 100.0, 39.37007874015748, 12.0, 304.8)
MIRROR_PRICE = 0.05  # a mirror image must explain this much more than a motion
STAY_PRIZE = 0.02  # of two equal motions the one that keeps the coordinates is meant
ANCHORS = 14  # rare faces of which pairs are tried
MAX_PARTNERS = 10  # a face with more lookalikes is no anchor
MAX_PAIR_HYPOTHESES = 600
JUDGED_FACES = 160  # largest faces of A that judge a motion on surfaces
FINALISTS = 24
FEW_FACES = 0.1  # agreement below which the distance of the surfaces decides
CLOSEST_TRIED, CLOSEST_STARTS = 120, 8
PROBES = 700  # surface points that judge a finalist


@dataclass(frozen=True)
class FaceTable:
    """Joined faces of a part as plain arrays, for comparing."""

    kind: np.ndarray  # (n,)
    sense: np.ndarray  # (n,)
    sizes_mm: (
        np.ndarray
    )  # (n, 4) root of the area, radius, minor radius, length of all loops; 0 where none
    half_angle_deg: np.ndarray  # (n,) 0 where none
    points_mm: np.ndarray  # (n, 3) centroids
    origins_mm: np.ndarray  # (n, 3)
    axes: np.ndarray  # (n, 3) zero for spheres and freeform faces
    areas_mm2: np.ndarray  # (n,)
    diagonal_mm: float

    @property
    def directed(self) -> np.ndarray:
        """Faces whose axis has one sense: planes and cones (n,)."""
        return (self.kind == PLANE) | (self.kind == CONE)


@dataclass(frozen=True)
class Alignment:
    """How A is laid on B: x_b = matrix · x_a."""

    matrix: np.ndarray  # (4, 4) with mirroring and scale
    mirrored: bool
    scale: float
    agreement: float  # 0…1: faces of A that lie on faces of B


def face_table(part: Part) -> FaceTable:
    """The faces of a part, split ones joined, ready for comparing."""
    faces, edges, coedges = part.joined.faces, part.joined.edges, part.joined.coedges
    # a seam is where the parametrisation starts, not where the face ends
    bound = coedges[~edges["seam"][coedges["edge"]]]
    perimeter = np.bincount(
        bound["face"], weights=edges["length_mm"][bound["edge"]], minlength=len(faces)
    )
    kind = faces["kind"].astype(int)
    area = np.maximum(faces["area_mm2"], 0.0)
    radius = np.where(kind == CONE, 0.0, np.nan_to_num(faces["radius_mm"]))
    return FaceTable(
        kind=kind,
        sense=np.where(kind <= TORUS, faces["sense"], 0).astype(int),
        sizes_mm=np.column_stack(
            [np.sqrt(area), radius, np.nan_to_num(faces["minor_radius_mm"]), perimeter]
        ),
        half_angle_deg=np.nan_to_num(faces["half_angle_deg"]),
        points_mm=np.nan_to_num(faces["centroid_mm"]),
        origins_mm=np.nan_to_num(faces["origin_mm"]),
        axes=np.where((kind <= TORUS)[:, None] & (kind != SPHERE)[:, None], faces["axis"], 0.0),
        areas_mm2=area,
        diagonal_mm=part.mesh.diagonal_mm,
    )


def moved(matrix: np.ndarray, points_mm: np.ndarray) -> np.ndarray:
    """Points (n, 3) under a motion (4, 4)."""
    return points_mm @ matrix[:3, :3].T + matrix[:3, 3]


def turned(matrix: np.ndarray, directions: np.ndarray) -> np.ndarray:
    """Unit directions (n, 3) under a motion (4, 4); zero stays zero."""
    found = directions @ matrix[:3, :3].T
    return found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-300)


def align(a: Part, b: Part) -> Alignment:
    """The best motion of A onto B, plain, mirrored or scaled."""
    scale = _scale(a, b)
    table_a, table_b = _scaled(face_table(a), scale), face_table(b)
    alike = _alike(table_a, table_b)
    near = PLACE_NEAR * max(table_a.diagonal_mm, table_b.diagonal_mm)
    candidates = [
        np.eye(4)[None],
        _from_pairs(table_a, table_b, alike, near),
        _from_revised(table_a, table_b, alike, near),
    ]
    rotations = _rotations(a, b, table_a, table_b)
    centre_a, centre_b = scale * a.mass.centroid_mm, b.mass.centroid_mm
    candidates.append(_about(rotations, centre_a, centre_b))
    box_a, box_b = scale * a.mass.box.centre_mm, b.mass.box.centre_mm
    candidates.append(_about(rotations, box_a, box_b))
    candidates.append(_by_offsets(table_a, table_b, rotations))
    matrices = np.concatenate(candidates)
    strict = _strict_scores(matrices, table_a, table_b, alike, near)
    price = np.where(np.linalg.det(matrices[:, :3, :3]) < 0, MIRROR_PRICE, 0.0)
    price[0] -= STAY_PRIZE
    # planes and axes that stay although their faces changed size speak for a motion too
    promising = np.unique(np.concatenate([[0], np.argsort(price - strict)[:40]]))
    loose = np.array([_surface_score(matrices[i], table_a, table_b, near) for i in promising])
    total = strict[promising] + 0.5 * loose - price[promising]
    finalists = promising[_distinct(matrices[promising], total, near)]
    closeness = _closeness(a, b, matrices[finalists], scale)
    rank = dict(zip(promising.tolist(), total.tolist(), strict=True))
    judged = np.array([rank[int(i)] for i in finalists]) + closeness
    matrix = _refined(matrices[finalists[judged.argmax()]], table_a, table_b, alike, near)
    agreement = float(_strict_scores(matrix[None], table_a, table_b, alike, near)[0])
    if agreement < FEW_FACES:
        matrix = _by_distance(a, b, np.concatenate([matrix[None], matrices]), price, scale)
    scaling = np.diag([scale, scale, scale, 1.0])
    return Alignment(
        matrix @ scaling, bool(np.linalg.det(matrix[:3, :3]) < 0), scale, min(agreement, 1.0)
    )


def _scale(a: Part, b: Part) -> float:
    """Size of B over A where B is A made larger or smaller, else 1.

    Box, area and volume must tell the same factor; for the slips of units that happen, box and volume nearly.
    """
    boxes = b.mass.box.size_mm / np.maximum(a.mass.box.size_mm, 1e-300)
    volume = abs(b.mass.volume_mm3 / a.mass.volume_mm3) ** (1 / 3)
    area = (b.mass.area_mm2 / max(a.mass.area_mm2, 1e-300)) ** 0.5
    factors = np.array([*boxes, volume, area])
    middle = float(np.median(factors))
    for slip in (*UNIT_SLIPS, *(1 / s for s in UNIT_SLIPS)):
        # a revision may change a little besides: no design change makes all three sides ten times as long
        if np.all(np.abs(factors / slip - 1) < 0.1):
            return slip
    if np.ptp(factors) < SCALE_NEAR * middle and abs(middle - 1) > 2 * SCALE_NEAR:
        return volume
    return 1.0


def _scaled(table: FaceTable, scale: float) -> FaceTable:
    if scale == 1.0:
        return table
    return FaceTable(
        table.kind, table.sense, table.sizes_mm * scale, table.half_angle_deg, table.points_mm * scale,
        table.origins_mm * scale, table.axes, table.areas_mm2 * scale**2, table.diagonal_mm * scale,
    )  # fmt: skip


def _alike(a: FaceTable, b: FaceTable) -> list[np.ndarray]:
    """Faces of B of the kind and size of each face of A."""
    found: list[np.ndarray] = [np.zeros(0, int)] * len(a.kind)
    near = 1e-5 * max(a.diagonal_mm, b.diagonal_mm)
    for kind, sense in {(int(k), int(s)) for k, s in zip(a.kind, a.sense, strict=True)}:
        mine = np.flatnonzero((a.kind == kind) & (a.sense == sense))
        theirs = np.flatnonzero((b.kind == kind) & (b.sense == sense))
        if not len(theirs):
            continue
        order = theirs[np.argsort(b.sizes_mm[theirs, 0])]
        size = b.sizes_mm[order, 0]
        reach = SIZE_NEAR * a.sizes_mm[mine, 0] + near
        low = np.searchsorted(size, a.sizes_mm[mine, 0] - reach)
        high = np.searchsorted(size, a.sizes_mm[mine, 0] + reach)
        for face, first, last in zip(mine, low, high, strict=True):
            some = order[first:last]
            off = np.abs(b.sizes_mm[some] - a.sizes_mm[face])
            fits = (off <= SIZE_NEAR * np.maximum(a.sizes_mm[face], b.sizes_mm[some]) + near).all(1)
            fits &= np.abs(b.half_angle_deg[some] - a.half_angle_deg[face]) < 0.2
            found[face] = some[fits]
    return found


def _from_pairs(a: FaceTable, b: FaceTable, alike: list[np.ndarray], near: float) -> np.ndarray:
    """Motions (k, 4, 4), plain and mirrored, that lay two rare faces of A on two of B."""
    partners = np.array([len(found) for found in alike])
    usable = np.flatnonzero((partners > 0) & (partners <= MAX_PARTNERS))
    anchors = usable[np.lexsort((-a.areas_mm2[usable], partners[usable]))][:ANCHORS]
    pairs = [
        (first, second, p, q)
        for first, second in combinations(anchors, 2)
        for p, q in product(alike[first], alike[second])
    ]
    return _laid(a, b, pairs, near)


def _from_revised(a: FaceTable, b: FaceTable, alike: list[np.ndarray], near: float) -> np.ndarray:
    """Motions (k, 4, 4) that lay one rare face of A on its like, and a face without any like on one that it may have become.

    Finds how a flange is turned about its axis when all its bolt holes were made larger.
    """
    partners = np.array([len(found) for found in alike])
    usable = np.flatnonzero((partners > 0) & (partners <= MAX_PARTNERS))
    anchors = usable[np.lexsort((-a.areas_mm2[usable], partners[usable]))][:4]
    known = np.unique(np.concatenate([np.zeros(0, int), *alike]))
    revised = np.flatnonzero(partners == 0)
    revised = revised[np.argsort(-a.areas_mm2[revised], kind="stable")][: 2 * ANCHORS]
    new = np.setdiff1d(np.arange(len(b.kind)), known)
    new = new[np.argsort(-b.areas_mm2[new], kind="stable")][: 4 * ANCHORS]
    if not len(anchors):
        anchors = revised[:4]
    pairs = []
    for first, second in product(anchors, revised):
        if first == second:
            continue
        ratio = b.sizes_mm[new, 0] / max(a.sizes_mm[second, 0], 1e-300)
        fits = (b.kind[new] == a.kind[second]) & (b.sense[new] == a.sense[second])
        fits &= (ratio > 0.5) & (ratio < 2)
        mine = alike[first] if len(alike[first]) else new[
            (b.kind[new] == a.kind[first]) & (b.sense[new] == a.sense[first])]  # fmt: skip
        pairs += [(first, second, p, q) for p, q in product(mine, new[fits])]
    return _laid(a, b, pairs, near)


def _laid(
    a: FaceTable, b: FaceTable, pairs: "list[tuple[int, int, int, int]]", near: float
) -> np.ndarray:
    """Motions (k, 4, 4), plain and mirrored, that lay faces (first, second) of A on faces (p, q) of B."""
    if not pairs:
        return np.zeros((0, 4, 4))
    rows = np.array(pairs)
    rows = rows[rows[:, 2] != rows[:, 3]]
    apart = np.linalg.norm(a.points_mm[rows[:, 1]] - a.points_mm[rows[:, 0]], axis=1)
    theirs = np.linalg.norm(b.points_mm[rows[:, 3]] - b.points_mm[rows[:, 2]], axis=1)
    rows = rows[np.abs(apart - theirs) <= near][:MAX_PAIR_HYPOTHESES]
    arm = 0.25 * a.diagonal_mm
    sources, targets = [], []
    for first, second, p, q in rows.tolist():
        faces = ((first, p), (second, q))
        arms = [
            (a.points_mm[mine] + arm * a.axes[mine], b.points_mm[other] + arm * b.axes[other])
            for mine, other in faces
            if a.directed[mine]
        ]
        # two bores side by side leave open which way their axes point
        ways = [arms] if arms else [
            [(a.points_mm[first] + arm * a.axes[first], b.points_mm[p] + way * arm * b.axes[p])]
            for way in (1.0, -1.0)
        ]  # fmt: skip
        for extra in ways:
            points = [(a.points_mm[mine], b.points_mm[other]) for mine, other in faces] + extra
            points += points[:1] * (4 - len(points))
            sources.append(np.array([mine for mine, _ in points]))
            targets.append(np.array([other for _, other in points]))
    if not sources:
        return np.zeros((0, 4, 4))
    matrices, residual, spread = _kabsch(np.array(sources), np.array(targets))
    fits = (residual < 3 * near) & (spread > 1e-3 * a.diagonal_mm)
    return np.concatenate([matrices[0][fits], matrices[1][fits]])


def _kabsch(source: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Best motions of point sets (k, m, 3): (2, k, 4, 4) plain and mirrored, the plain residual and the spread (k,).

    Spread is the second singular length: 0 where the points lie on one line and leave a turn open.
    """
    mean_s, mean_t = source.mean(axis=1, keepdims=True), target.mean(axis=1, keepdims=True)
    s, t = source - mean_s, target - mean_t
    u, _, vt = np.linalg.svd(np.einsum("kmi,kmj->kij", s, t))
    spread = np.linalg.svd(s, compute_uv=False)[:, 1]
    sign = np.sign(np.linalg.det(u) * np.linalg.det(vt))
    matrices = np.tile(np.eye(4), (2, len(source), 1, 1))
    residual = np.zeros((2, len(source)))
    for mirrored in (0, 1):
        flip = np.tile(np.eye(3), (len(source), 1, 1))
        flip[:, 2, 2] = sign * (-1 if mirrored else 1)
        rotation = np.einsum("kji,kjl,kml->kim", vt, flip, u)
        matrices[mirrored, :, :3, :3] = rotation
        matrices[mirrored, :, :3, 3] = mean_t[:, 0] - np.einsum(
            "kij,kj->ki", rotation, mean_s[:, 0]
        )
        off = np.einsum("kij,kmj->kmi", rotation, s) - t
        residual[mirrored] = np.linalg.norm(off, axis=2).max(axis=1)
    return matrices, residual.min(axis=0), spread


def _rotations(a: Part, b: Part, table_a: FaceTable, table_b: FaceTable) -> np.ndarray:
    """Rotations and reflections (k, 3, 3) that lay main directions of A on those of B."""
    found = [np.eye(3), *_symmetries(_inertia_axes(a), _inertia_axes(b), signs_only=True)]
    for mine, theirs in product(_triads(table_a)[:2], _triads(table_b)[:2]):
        found += _symmetries(mine, theirs)
    found += _symmetries(a.mass.box.axes, b.mass.box.axes)
    stacked = np.array(found)
    _, first = np.unique(np.round(stacked.reshape(-1, 9), 4), axis=0, return_index=True)
    return stacked[np.sort(first)]


def _symmetries(
    mine: np.ndarray, theirs: np.ndarray, *, signs_only: bool = False
) -> list[np.ndarray]:
    """All ways to lay three orthogonal directions (rows) on three others: 48, or 8 when their order is known."""
    orders = [(0, 1, 2)] if signs_only else list(permutations(range(3)))
    return [
        (np.array(signs)[:, None] * theirs[list(order)]).T @ mine
        for order in orders
        for signs in product((1.0, -1.0), repeat=3)
    ]


def _inertia_axes(part: Part) -> np.ndarray:
    _, axes = np.linalg.eigh(part.mass.inertia)
    return axes.T


def _triads(table: FaceTable) -> list[np.ndarray]:
    """Orthogonal directions (3, 3) in which most of the surface looks or turns."""
    known = np.linalg.norm(table.axes, axis=1) > 0.5
    if not known.any():
        return []
    axes, weight = table.axes[known], table.areas_mm2[known]
    order = np.argsort(-weight, kind="stable")[:400]
    axes, weight = axes[order], weight[order]
    same = np.abs(axes @ axes.T) > ANGLE_NEAR
    mass = same @ weight
    directions: list[np.ndarray] = []
    for i in np.argsort(-mass, kind="stable"):
        if all(abs(axes[i] @ d) < 0.9999 for d in directions):
            directions.append(axes[i])
        if len(directions) == 4:
            break
    triads = []
    for first, second in combinations(directions, 2):
        if abs(first @ second) < 0.02:
            x = first / np.linalg.norm(first)
            y = second - (second @ x) * x
            y /= np.linalg.norm(y)
            triads.append(np.array([x, y, np.cross(x, y)]))
    if not triads:
        x = directions[0] / np.linalg.norm(directions[0])
        helper = directions[1] if len(directions) > 1 else np.eye(3)[np.abs(x).argmin()]
        y = helper - (helper @ x) * x
        y /= np.linalg.norm(y)
        triads.append(np.array([x, y, np.cross(x, y)]))
    return triads


def _about(rotations: np.ndarray, point_a: np.ndarray, point_b: np.ndarray) -> np.ndarray:
    """Motions (k, 4, 4) that turn A by rotations and lay a point on another."""
    matrices = np.tile(np.eye(4), (len(rotations), 1, 1))
    matrices[:, :3, :3] = rotations
    matrices[:, :3, 3] = point_b - rotations @ point_a
    return matrices


def _by_offsets(a: FaceTable, b: FaceTable, rotations: np.ndarray) -> np.ndarray:
    """Motions (k, 4, 4) that lay most planes and axes on planes and axes, one direction after the other.

    Lays a part on a longer one: along every direction the shift wins that most faces share.
    """
    triads = _triads(b)[:1]
    if not triads:
        return np.zeros((0, 4, 4))
    triad = triads[0]
    top_a = np.argsort(-a.areas_mm2, kind="stable")[:JUDGED_FACES]
    top_b = np.argsort(-b.areas_mm2, kind="stable")[:JUDGED_FACES]
    near = PLACE_NEAR * max(a.diagonal_mm, b.diagonal_mm)
    matrices = []
    for rotation in rotations:
        axes = a.axes[top_a] @ rotation.T
        origins = a.origins_mm[top_a] @ rotation.T
        shift = np.zeros(3)
        for direction in triad:
            shift += direction * _best_shift(
                direction, axes, origins, a, top_a, b, top_b, near
            )  # fmt: skip
        matrix = np.eye(4)
        matrix[:3, :3], matrix[:3, 3] = rotation, shift
        matrices.append(matrix)
    return np.array(matrices)


def _best_shift(
    direction: np.ndarray,
    axes: np.ndarray,
    origins: np.ndarray,
    a: FaceTable,
    top_a: np.ndarray,
    b: FaceTable,
    top_b: np.ndarray,
    near: float,
) -> float:
    """The shift along a direction on which most planes across it and axes beside it agree."""
    shifts, votes = [], []
    for code in (PLANE, CYLINDER):
        mine = axes @ direction
        theirs = b.axes[top_b] @ direction
        if code == PLANE:
            pick_a = (a.kind[top_a] == PLANE) & (np.abs(mine) > ANGLE_NEAR)
            pick_b = (b.kind[top_b] == PLANE) & (np.abs(theirs) > ANGLE_NEAR)
        else:
            pick_a = (a.kind[top_a] == CYLINDER) & (np.abs(mine) < 0.01)
            pick_b = (b.kind[top_b] == CYLINDER) & (np.abs(theirs) < 0.01)
        i, j = np.flatnonzero(pick_a), np.flatnonzero(pick_b)
        if not len(i) or not len(j):
            continue
        shift = (b.origins_mm[top_b[j]] @ direction)[None] - (origins[i] @ direction)[:, None]
        if code == PLANE:
            same = mine[i][:, None] * theirs[j][None] > 0
        else:
            r = a.sizes_mm[top_a[i], 1][:, None], b.sizes_mm[top_b[j], 1][None]
            same = np.abs(r[0] - r[1]) < SIZE_NEAR * r[0] + near
            same &= a.sense[top_a[i]][:, None] == b.sense[top_b[j]][None]
        size = a.sizes_mm[top_a[i], 0][:, None], b.sizes_mm[top_b[j], 0][None]
        weight = (
            np.minimum(size[0], size[1])
            / np.maximum(size[0], size[1])
            * np.minimum(size[0], size[1])
        )
        shifts.append(shift[same])
        votes.append(weight[same])
    if not shifts or not sum(map(len, shifts)):
        return 0.0
    shift, vote = np.concatenate(shifts), np.concatenate(votes)
    order = np.argsort(shift)
    shift, summed = shift[order], np.concatenate([[0.0], np.cumsum(vote[order])])
    low, high = np.searchsorted(shift, shift - near), np.searchsorted(shift, shift + near, "right")
    best = int((summed[high] - summed[low]).argmax())
    return float(shift[low[best] : high[best]].mean())


def _strict_scores(
    matrices: np.ndarray, a: FaceTable, b: FaceTable, alike: list[np.ndarray], near: float
) -> np.ndarray:
    """Share of A's faces, half by number and half by area, that fall on a face of B like them: (k,)."""
    weight = 0.5 / len(a.kind) + 0.5 * a.areas_mm2 / max(a.areas_mm2.sum(), 1e-300)
    mine = np.repeat(np.arange(len(alike)), [len(found) for found in alike])
    if not len(mine):
        return np.zeros(len(matrices))
    if len(mine) > 20_000:  # thousands of equal holes: any part of them tells as much
        keep = np.flatnonzero(np.array([len(found) for found in alike]) > 0)[
            :: len(alike) // 300 + 1
        ]
        mine = np.repeat(keep, [len(alike[i]) for i in keep])
        theirs = np.concatenate([alike[i] for i in keep])
    else:
        theirs = np.concatenate(alike)
    scores = np.zeros(len(matrices))
    for k, matrix in enumerate(matrices):
        off = moved(matrix, a.points_mm)[mine] - b.points_mm[theirs]
        close = np.einsum("ij,ij->i", off, off) < near**2
        if not close.any():
            continue
        turn = np.einsum("ij,ij->i", turned(matrix, a.axes[mine[close]]), b.axes[theirs[close]])
        directed = a.directed[mine[close]]
        bare = ~b.axes[theirs[close]].any(axis=1)
        right = bare | np.where(directed, turn > ANGLE_NEAR, np.abs(turn) > ANGLE_NEAR)
        scores[k] = weight[np.unique(mine[close][right])].sum()
    return scores


def _surface_score(matrix: np.ndarray, a: FaceTable, b: FaceTable, near: float) -> float:
    """Share of A's largest faces that lie on the same plane, axis or centre as a face of B, whatever their size."""
    top = np.argsort(-a.areas_mm2, kind="stable")[:JUDGED_FACES]
    share = a.areas_mm2[top]
    weight = 0.5 / len(top) + 0.5 * share / max(share.sum(), 1e-300)
    exact = same_surface(matrix, a, b, top, near).any(axis=1)
    about = same_surface(matrix, a, b, top, near, any_radius=True).any(axis=1)
    return float(weight @ (0.6 * exact + 0.4 * about))


def same_surface(
    matrix: np.ndarray,
    a: FaceTable,
    b: FaceTable,
    rows: np.ndarray,
    near: float,
    *,
    any_radius: bool = False,
) -> np.ndarray:
    """Whether faces of A lie on the surfaces of faces of B after a motion: (len(rows), n_b) bool.

    any_radius asks for the same axis or centre alone: the hole drilled larger.
    """
    origin, axis = moved(matrix, a.origins_mm[rows]), turned(matrix, a.axes[rows])
    kind = a.kind[rows][:, None]
    between = b.origins_mm[None] - origin[:, None]
    turn = axis @ b.axes.T
    along = np.einsum("ijk,ik->ij", between, axis)
    distance = np.linalg.norm(between, axis=2)
    aside = np.sqrt(np.maximum(distance**2 - along**2, 0.0))
    radius = np.abs(a.sizes_mm[rows, 1][:, None] - b.sizes_mm[None, :, 1]) <= (
        SIZE_NEAR * a.sizes_mm[rows, 1][:, None] + near
    )
    radius |= any_radius
    tube = np.abs(a.sizes_mm[rows, 2][:, None] - b.sizes_mm[None, :, 2]) <= near
    tube |= any_radius
    angle = np.abs(a.half_angle_deg[rows][:, None] - b.half_angle_deg[None]) < 0.2
    straight = np.abs(turn) > ANGLE_NEAR
    fits = np.select(
        [kind == PLANE, kind == CYLINDER, kind == CONE, kind == SPHERE, kind == TORUS],
        [
            (turn > ANGLE_NEAR) & (np.abs(along) < near),
            straight & (aside < near) & radius,
            (turn > ANGLE_NEAR) & (aside < near) & angle,
            (distance < near) & radius,
            straight & (distance < near) & radius & tube,
        ],
        False,
    )
    return fits & (kind == b.kind[None]) & (a.sense[rows][:, None] == b.sense[None])


def _distinct(
    matrices: np.ndarray, score: np.ndarray, near: float, limit: int = FINALISTS
) -> np.ndarray:
    """Places of the best motions that differ from each other, best first."""
    kept: list[int] = []
    motions = matrices[:, :3].reshape(-1, 12).copy()
    # rotations and shifts in one measure: 1e-3 rad and `near`
    cells = motions / np.tile([1e-3, 1e-3, 1e-3, max(near, 1e-12)], 3)
    for i in np.argsort(-score, kind="stable"):
        if not kept or np.abs(cells[kept] - cells[i]).max(axis=1).min() > 1.0:
            kept.append(int(i))
        if len(kept) == limit:
            break
    return np.array(kept)


def _closeness(a: Part, b: Part, matrices: np.ndarray, scale: float) -> np.ndarray:
    """0…1 for each motion: how much of either surface lies close to the other."""
    rng = np.random.default_rng(7)
    on_a = sample_surface(a.mesh, PROBES, rng)[0] * scale
    on_b = sample_surface(b.mesh, PROBES, rng)[0]
    scene_a = RayScene(a.mesh.vertices_mm * scale, a.mesh.triangles)
    scene_b = RayScene(b.mesh.vertices_mm, b.mesh.triangles)
    soft = 0.01 * b.mesh.diagonal_mm
    found = []
    for matrix in matrices:
        there = scene_b.nearest(moved(matrix, on_a))[0]
        back = scene_a.nearest(moved(np.linalg.inv(matrix), on_b))[0]
        found.append(0.5 * (np.exp(-there / soft).mean() + np.exp(-back / soft).mean()))
    return np.array(found)


def _refined(
    matrix: np.ndarray, a: FaceTable, b: FaceTable, alike: list[np.ndarray], near: float
) -> np.ndarray:
    """The motion fitted to every face that has a partner, to the precision of the files."""
    if (
        np.array_equal(matrix, np.eye(4))
        and _strict_scores(matrix[None], a, b, alike, 1e-2 * near)[0]
        >= _strict_scores(matrix[None], a, b, alike, near)[0]
    ):
        return matrix  # exact already: no rounding of a fit
    arm = 0.25 * a.diagonal_mm
    for _ in range(2):
        place, turn = moved(matrix, a.points_mm), turned(matrix, a.axes)
        source, target = [], []
        for face, found in enumerate(alike):
            if not len(found):
                continue
            other = found[np.linalg.norm(b.points_mm[found] - place[face], axis=1).argmin()]
            if np.linalg.norm(b.points_mm[other] - place[face]) > near:
                continue
            source.append(a.points_mm[face])
            target.append(b.points_mm[other])
            cosine = float(turn[face] @ b.axes[other])
            if abs(cosine) > ANGLE_NEAR and (cosine > 0 or not a.directed[face]):
                source.append(a.points_mm[face] + arm * a.axes[face])
                target.append(b.points_mm[other] + arm * np.sign(cosine) * b.axes[other])
        if len(source) < 3:
            return matrix
        fitted, residual, spread = _kabsch(np.array(source)[None], np.array(target)[None])
        mirrored = int(np.linalg.det(matrix[:3, :3]) < 0)
        if spread[0] < 1e-3 * a.diagonal_mm or residual[0] > 3 * near:
            return matrix
        better = fitted[mirrored, 0]
        if np.abs(better[:3, :3] - matrix[:3, :3]).max() > 0.02:
            return matrix  # points on one line leave the turn about it open
        matrix = better
    return matrix


def _by_distance(
    a: Part, b: Part, matrices: np.ndarray, price: np.ndarray, scale: float
) -> np.ndarray:
    """The motion after which two parts that share no face lie closest, each of the most promising improved."""
    price = np.concatenate([[-STAY_PRIZE], price])
    some = _distinct(matrices, -price, 0.01 * b.mesh.diagonal_mm, CLOSEST_TRIED)
    worth = _closeness(a, b, matrices[some], scale) - price[some]
    starts = some[np.argsort(-worth)[:CLOSEST_STARTS]]
    improved = np.array([_closest_points(a, b, matrices[i], scale) for i in starts])
    tried = np.concatenate([matrices[starts], improved])
    worth = _closeness(a, b, tried, scale) - np.tile(price[starts], 2)
    return np.asarray(tried[worth.argmax()])


def _closest_points(a: Part, b: Part, matrix: np.ndarray, scale: float) -> np.ndarray:
    """The motion improved by trimmed iterated closest points, for parts that share no face."""
    rng = np.random.default_rng(11)
    points = sample_surface(a.mesh, 3 * PROBES, rng)[0] * scale
    scene = RayScene(b.mesh.vertices_mm, b.mesh.triangles)
    best, least = matrix, np.inf
    mirrored = int(np.linalg.det(matrix[:3, :3]) < 0)
    for _ in range(20):
        here = moved(matrix, points)
        distance, closest, _ = scene.nearest(here)
        kept = np.argsort(distance)[: int(0.7 * len(points))]
        error = float(distance[kept].mean())
        if error < least:
            best = matrix
        if error > 0.999 * least:
            break
        least = error
        matrix = _kabsch(points[kept][None], closest[kept][None])[0][mirrored, 0]
    return best
