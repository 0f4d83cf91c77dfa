"""Which motion, mirroring or scale lays one part on another?

Hypotheses come from what two parts share: pairs of faces that are alike and rare, the directions in
which most of the surface looks, the axes of inertia, and no motion at all (a revision usually keeps
its coordinates). Each is judged by how many faces fall on a partner; the best are judged again by
the distance between the surfaces.

Source: hypothesise and verify after Fischler & Bolles, Random sample consensus, CACM 1981, with
rare pairs instead of random ones.
"""

from dataclasses import dataclass
from itertools import combinations, permutations, product
from typing import Any

import numpy as np

from geometry.fields.facetable import (
    ANGLE_NEAR,
    CYLINDER,
    PLANE,
    SIZE_NEAR,
    FaceTable,
    alike,
    face_table,
    moved,
    same_surface,
    scaled,
    turned,
)
from geometry.fields.registration import (
    MIRROR_PRICE,
    STAY_PRIZE,
    closeness,
    closest_motion,
    distinct,
    kabsch,
)
from geometry.part import Part

__all__ = ["UNIT_SLIPS", "Alignment", "align"]

PLACE_NEAR = (
    3e-4  # of the diagonal: how far a face may lie from its partner while motions are judged
)
SCALE_NEAR = 2e-3  # how far box, area and volume may disagree about one scale
UNIT_SLIPS = (25.4, 1000.0, 10.0, 100.0, 39.37007874015748, 12.0, 304.8)
ANCHORS = 14  # rare faces of which pairs are tried
MAX_PARTNERS = 10  # a face with more lookalikes is no anchor
MAX_PAIR_HYPOTHESES = 600
JUDGED_FACES = 160  # largest faces of A that judge a motion on surfaces
FEW_FACES = 0.1  # agreement below which the distance of the surfaces decides


@dataclass(frozen=True)
class Alignment:
    """How A is laid on B: x_b = matrix · x_a."""

    matrix: np.ndarray  # (4, 4) with mirroring and scale
    mirrored: bool
    scale: float
    agreement: float  # 0…1: faces of A that lie on faces of B


def align(a: Part, b: Part) -> Alignment:
    """The best motion of A onto B, plain, mirrored or scaled."""
    scale = _scale(a, b)
    table_a, table_b = scaled(face_table(a), scale), face_table(b)
    likes = alike(table_a, table_b)
    near = PLACE_NEAR * max(table_a.diagonal_mm, table_b.diagonal_mm)
    candidates = [
        np.eye(4)[None],
        _from_pairs(table_a, table_b, likes, near),
        _from_revised(table_a, table_b, likes, near),
    ]
    rotations = _rotations(a, b, table_a, table_b)
    centre_a, centre_b = scale * a.mass.centroid_mm, b.mass.centroid_mm
    candidates.append(_about(rotations, centre_a, centre_b))
    box_a, box_b = scale * a.mass.box.centre_mm, b.mass.box.centre_mm
    candidates.append(_about(rotations, box_a, box_b))
    candidates.append(_by_offsets(table_a, table_b, rotations))
    matrices = np.concatenate(candidates)
    strict = _strict_scores(matrices, table_a, table_b, likes, near)
    price = np.where(np.linalg.det(matrices[:, :3, :3]) < 0, MIRROR_PRICE, 0.0)
    price[0] -= STAY_PRIZE
    # planes and axes that stay although their faces changed size speak for a motion too
    promising = np.unique(np.concatenate([[0], np.argsort(price - strict)[:40]]))
    loose = np.array([_surface_score(matrices[i], table_a, table_b, near) for i in promising])
    total = strict[promising] + 0.5 * loose - price[promising]
    finalists = promising[distinct(matrices[promising], total, near)]
    nearness = closeness(a, b, matrices[finalists], scale)
    rank = dict(zip(promising.tolist(), total.tolist(), strict=True))
    judged = np.array([rank[int(i)] for i in finalists]) + nearness
    matrix = _refined(matrices[finalists[judged.argmax()]], table_a, table_b, likes, near)
    agreement = float(_strict_scores(matrix[None], table_a, table_b, likes, near)[0])
    if agreement < FEW_FACES:
        matrix = closest_motion(a, b, np.concatenate([matrix[None], matrices]), price, scale)
    scaling = np.diag([scale, scale, scale, 1.0])
    return Alignment(
        matrix @ scaling, bool(np.linalg.det(matrix[:3, :3]) < 0), scale, min(agreement, 1.0)
    )


def _scale(a: Part, b: Part) -> float:
    """Size of B over A where B is A made larger or smaller, else 1.

    Box, area and volume must tell the same factor; for the slips of units that happen, nearly.
    """
    boxes = b.mass.box.size_mm / np.maximum(a.mass.box.size_mm, 1e-300)
    volume = abs(b.mass.volume_mm3 / a.mass.volume_mm3) ** (1 / 3)
    area = (b.mass.area_mm2 / max(a.mass.area_mm2, 1e-300)) ** 0.5
    factors = np.array([*boxes, volume, area])
    middle = float(np.median(factors))
    for slip in (*UNIT_SLIPS, *(1 / s for s in UNIT_SLIPS)):
        # a revision may change a little besides; no design makes all three sides ten times as long
        if np.all(np.abs(factors / slip - 1) < 0.1):
            return slip
    if np.ptp(factors) < SCALE_NEAR * middle and abs(middle - 1) > 2 * SCALE_NEAR:
        return volume
    return 1.0


def _from_pairs(a: FaceTable, b: FaceTable, likes: list[np.ndarray], near: float) -> np.ndarray:
    """Motions (k, 4, 4), plain and mirrored, that lay two rare faces of A on two of B."""
    partners = np.array([len(found) for found in likes])
    usable = np.flatnonzero((partners > 0) & (partners <= MAX_PARTNERS))
    anchors = usable[np.lexsort((-a.areas_mm2[usable], partners[usable]))][:ANCHORS]
    pairs = [
        (first, second, p, q)
        for first, second in combinations(anchors, 2)
        for p, q in product(likes[first], likes[second])
    ]
    return _laid(a, b, pairs, near)


def _from_revised(a: FaceTable, b: FaceTable, likes: list[np.ndarray], near: float) -> np.ndarray:
    """Motions (k, 4, 4) that lay a rare face of A on its like and an unlike one on what it became.

    Finds how a flange is turned about its axis when all its bolt holes were made larger.
    """
    partners = np.array([len(found) for found in likes])
    usable = np.flatnonzero((partners > 0) & (partners <= MAX_PARTNERS))
    anchors = usable[np.lexsort((-a.areas_mm2[usable], partners[usable]))][:4]
    known = np.unique(np.concatenate([np.zeros(0, int), *likes]))
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
        mine = likes[first] if len(likes[first]) else new[
            (b.kind[new] == a.kind[first]) & (b.sense[new] == a.sense[first])]  # fmt: skip
        pairs += [(first, second, p, q) for p, q in product(mine, new[fits])]
    return _laid(a, b, pairs, near)


def _laid(
    a: FaceTable, b: FaceTable, pairs: "list[tuple[Any, Any, Any, Any]]", near: float
) -> np.ndarray:
    """Motions (k, 4, 4), plain and mirrored, that lay faces (first, second) on faces (p, q)."""
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
    matrices, residual, spread = kabsch(np.array(sources), np.array(targets))
    fits = (residual < 3 * near) & (spread > 1e-3 * a.diagonal_mm)
    return np.concatenate([matrices[0][fits], matrices[1][fits]])


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
    """All ways to lay three orthogonal rows on three others: 48, or 8 in their order."""
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
    """Motions (k, 4, 4) that lay most planes and axes on each other, one direction after the other.

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
    matrices: np.ndarray, a: FaceTable, b: FaceTable, likes: list[np.ndarray], near: float
) -> np.ndarray:
    """Share of A's faces, half by number, half by area, that fall on a face like them: (k,)."""
    weight = 0.5 / len(a.kind) + 0.5 * a.areas_mm2 / max(a.areas_mm2.sum(), 1e-300)
    mine = np.repeat(np.arange(len(likes)), [len(found) for found in likes])
    if not len(mine):
        return np.zeros(len(matrices))
    if len(mine) > 20_000:  # thousands of equal holes: any part of them tells as much
        keep = np.flatnonzero(np.array([len(found) for found in likes]) > 0)[
            :: len(likes) // 300 + 1
        ]
        mine = np.repeat(keep, [len(likes[i]) for i in keep])
        theirs = np.concatenate([likes[i] for i in keep])
    else:
        theirs = np.concatenate(likes)
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
    """Share of A's largest faces on the plane, axis or centre of a face of B, of any size."""
    top = np.argsort(-a.areas_mm2, kind="stable")[:JUDGED_FACES]
    share = a.areas_mm2[top]
    weight = 0.5 / len(top) + 0.5 * share / max(share.sum(), 1e-300)
    exact = same_surface(matrix, a, b, top, near).any(axis=1)
    about = same_surface(matrix, a, b, top, near, any_radius=True).any(axis=1)
    return float(weight @ (0.6 * exact + 0.4 * about))


def _refined(
    matrix: np.ndarray, a: FaceTable, b: FaceTable, likes: list[np.ndarray], near: float
) -> np.ndarray:
    """The motion fitted to every face that has a partner, to the precision of the files."""
    if (
        np.array_equal(matrix, np.eye(4))
        and _strict_scores(matrix[None], a, b, likes, 1e-2 * near)[0]
        >= _strict_scores(matrix[None], a, b, likes, near)[0]
    ):
        return matrix  # exact already: no rounding of a fit
    arm = 0.25 * a.diagonal_mm
    for _ in range(2):
        place, turn = moved(matrix, a.points_mm), turned(matrix, a.axes)
        source, target = [], []
        for face, found in enumerate(likes):
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
        fitted, residual, spread = kabsch(np.array(source)[None], np.array(target)[None])
        mirrored = int(np.linalg.det(matrix[:3, :3]) < 0)
        if spread[0] < 1e-3 * a.diagonal_mm:
            matrix = _along_line(matrix, np.array(source), np.array(target))
            continue
        if residual[0] > 3 * near:
            return matrix
        better = fitted[mirrored, 0]
        if np.abs(better[:3, :3] - matrix[:3, :3]).max() > 0.02:
            return matrix  # points on one line leave the turn about it open
        matrix = better
    return matrix


def _along_line(matrix: np.ndarray, source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The motion fitted to points (n, 3) on one line, the turn about it left as it is."""
    mean_s, mean_t = source.mean(axis=0), target.mean(axis=0)
    # the line of each, run through the same way
    start, end = (
        np.linalg.svd(points - mean, full_matrices=False)[2][0]
        for points, mean in ((source, mean_s), (target, mean_t))
    )
    start = matrix[:3, :3] @ start
    end = end * np.sign(start @ end)
    if start @ end < ANGLE_NEAR:
        return matrix
    axis = np.cross(start, end)
    skew = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    better = np.eye(4)
    better[:3, :3] = (np.eye(3) + skew + skew @ skew / (1 + start @ end)) @ matrix[:3, :3]
    better[:3, 3] = mean_t - better[:3, :3] @ mean_s
    return better
