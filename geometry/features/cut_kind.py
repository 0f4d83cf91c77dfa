"""What kind of cut is a depression by its openings: pocket, passage, slot or step?"""

import math
from dataclasses import dataclass

import numpy as np

from geometry.features.accepted import ALONG, LOOKS_OUT
from geometry.features.depressions import Depression, Opening
from geometry.features.openings import END_OPEN, INNER_OPEN, OPPOSITE
from geometry.features.survey import CYLINDER, PLANE, Survey, unit
from geometry.topology import CONCAVE
from geometry.vectors import cross, norms, rejections

__all__ = ["Kind", "kind_of_cut"]

UNEVEN = 5.0  # of two flanks, the higher over the lower: no groove has such
SAME_COSINE = 1e-4  # what a re-export leaves between equal angles
STRAIGHT_OUT = math.cos(math.radians(2))  # between a run and the end that it comes out of
ROUND_CHANNEL_DEG = 120.0  # a hollow that turns more is a round slot, less a rounded step


@dataclass(frozen=True)
class Kind:
    """Type and kind of a cut, the direction out of its opening, and its run."""

    type: str
    kind: str
    top: np.ndarray
    run: np.ndarray | None


def kind_of_cut(survey: Survey, cut: Depression, found: list[Opening]) -> Kind:
    """Type and kind of a cut by how many openings it has and how they lie to each other."""
    normals = [o.normal for o in found]
    pair = _opposite(normals)
    if cut.ring and cut.run is not None:
        along = cut.run if normals[0] @ cut.run > -ALONG else -cut.run
        if min(cut.run_share) > INNER_OPEN or _has_no_floor(survey, cut):
            return Kind("pocket", "through", along, None)
    if cut.run is not None and cut.neck is not None and min(cut.run_share) > INNER_OPEN:
        # whatever bounds its mouth: two lands of a round rim look two ways
        return Kind("slot", "through", _neck_top(survey, cut, cut.neck), cut.run)
    if cut.run is not None and not cut.around and min(cut.run_share) > INNER_OPEN:
        # also where a round stock has one rim all round: a flat across a shaft
        top = _channel_top(survey, cut, cut.run)
        if top is not None:
            return Kind("slot", "through", top, cut.run)
    if len(normals) == 1:
        return Kind("pocket", "closed", normals[0], None)
    if pair is None:
        ledge = None if _is_corner(survey, cut, found) else _ledge_top(survey, cut, normals)
        if ledge is not None:
            return Kind("step", "through", ledge, cut.run)
        if len(normals) == 2:
            return Kind("slot", "blind", normals[0], normals[1])
        return Kind("step", "blind", _widest_floor(survey, cut, normals), None)
    others = [n for i, n in enumerate(normals) if i not in pair]
    run = unit(normals[pair[0]] - normals[pair[1]])
    if not others and cut.run is not None and not cut.around:
        return Kind("slot", "through", _inward(survey, cut, cut.run), cut.run)
    if not others:
        return Kind("pocket", "through", normals[pair[0]], None)
    if len(others) == 1:
        return Kind("slot", "through", others[0], run)
    return Kind("step", "through", others[0], run)


def _has_no_floor(survey: Survey, cut: Depression) -> bool:
    """Whether all that closes round a run stands along it, and both ends lead on: a window in the
    wall of something hollow, which may lean.
    """
    ends = [o for o in cut.openings if o.length_mm > 0 and abs(o.normal @ cut.run) > LOOKS_OUT]
    sides = [(o, int(o.normal @ cut.run > 0)) for o in ends]
    both = {side for o, side in sides if max(o.beyond, cut.run_beyond[side]) > END_OPEN}
    axes = survey.faces["axis"][cut.faces] @ cut.run
    flat = survey.kind[cut.faces] == PLANE
    round_ = survey.kind[cut.faces] == CYLINDER
    along = (flat & (np.abs(axes) < ALONG)) | (round_ & (np.abs(axes) > LOOKS_OUT))
    return len(both) == 2 and not cut.floor and bool(along.all())


def _neck_top(survey: Survey, cut: Depression, neck: tuple[int, int]) -> np.ndarray:
    """Which way an undercut slot opens: along its run's neck, away from what is under it."""
    assert cut.run is not None  # asked of those that run through alone
    rows = survey.faces
    top = unit(cross(cut.run, rows["axis"][neck[0]]))
    under = [face for face in cut.faces if face not in neck]
    rise = rows["centroid_mm"][list(neck)].mean(axis=0) - rows["centroid_mm"][under].mean(axis=0)
    return top if rise @ top > 0 else -top


def _channel_top(survey: Survey, cut: Depression, run: np.ndarray) -> np.ndarray | None:
    """Which way a channel opens whose section alone tells it: two walls and a floor, or a round.

    A crossing cut may have taken the rim away that would tell it.
    """
    kinds = survey.kind[cut.faces]
    axes = survey.faces["axis"][cut.faces]
    if (kinds == CYLINDER).all() and (np.abs(axes @ run) > math.cos(math.radians(3))).all():
        triangles = np.concatenate([survey.triangles(face) for face in cut.faces])
        top = _inward(survey, cut, run)
        across = np.clip(survey.part.mesh.normals[triangles] @ top, -1, 1)
        deep = 2 * math.degrees(np.arccos(across.min())) > ROUND_CHANNEL_DEG
        return top if deep or _is_fluted(survey, cut, run) else None
    if not (kinds == PLANE).all():
        return _u_top(survey, cut, run)
    own = set(cut.faces)
    for floor in cut.faces:
        walls = [g for e, g in survey.near[floor] if g in own and survey.turns[e] == CONCAVE]
        sides = survey.faces["axis"][walls]
        normal = survey.faces["axis"][floor]
        square = np.abs(sides @ normal) < ALONG
        if len(walls) > 1 and square.all() and (sides @ sides.T < OPPOSITE).any():
            return np.asarray(normal)
    return None


def _u_top(survey: Survey, cut: Depression, run: np.ndarray) -> np.ndarray | None:
    """Which way a channel with two parallel walls and a round end opens, whatever bounds its mouth:
    in the round nose of a lever two edges of it do, that look aside.
    """
    rows = survey.faces[cut.faces]
    flat, round_ = rows["kind"] == PLANE, rows["kind"] == CYLINDER
    along = np.abs(rows["axis"] @ run)
    if not (flat | round_).all() or not ((along < ALONG) | round_).all():
        return None
    walls, ends = rows["axis"][flat], rows[round_]
    hollow = (ends["sense"] < 0) & (along[round_] > LOOKS_OUT)
    if not len(walls) or not hollow.all() or ends["sweep_deg"].sum() < ROUND_CHANNEL_DEG:
        return None
    if not (walls @ walls.T < OPPOSITE).any() or (np.abs(walls @ walls[0]) < -OPPOSITE).any():
        return None
    triangles = np.concatenate([survey.triangles(f) for f in np.array(cut.faces)[round_].tolist()])
    mesh = survey.part.mesh
    whole = mesh.areas_mm2[triangles] @ mesh.normals[triangles]
    return unit(whole - (whole @ run) * run)


def _is_fluted(survey: Survey, cut: Depression, run: np.ndarray) -> bool:
    """Whether both rims of a hollow lie on one round surface about an axis along it: a flute."""
    own = set(cut.faces)
    crowns = [
        g
        for face in cut.faces
        for edge, g in survey.near[face]
        if g not in own and abs(survey.edges["tangent"][edge] @ run) > LOOKS_OUT
    ]
    rows = survey.faces[crowns]
    if len(crowns) < 2 or (rows["kind"] != CYLINDER).any() or (rows["sense"] < 0).any():
        return False
    if np.ptp(rows["radius_mm"]) > 2 * survey.near_mm:
        return False
    apart = rows["origin_mm"] - rows["origin_mm"][0]
    apart = rejections(apart, run)
    return bool(norms(apart).max() < 2 * survey.near_mm)


def _is_corner(survey: Survey, cut: Depression, found: list[Opening]) -> bool:
    """Whether a cut opens in three plane faces square to each other and runs along none of them: a
    corner of the stock is gone, however far its wall leans to one side.
    """
    normals = np.array([o.normal for o in found])
    if cut.run is not None and (np.abs(normals @ cut.run) > STRAIGHT_OUT).any():
        return False  # through an end that another cut has taken
    beside = sorted({face for o in found for face in o.faces})
    square = np.abs(normals @ normals.T)[~np.eye(len(found), dtype=bool)] < ALONG
    alone = len(found) == sum(o.length_mm > 0 for o in cut.openings) == 3
    return alone and bool(square.all() and (survey.kind[beside] == PLANE).all())


def _ledge_top(survey: Survey, cut: Depression, normals: list[np.ndarray]) -> np.ndarray | None:
    """Which way a step opens that a round stock bounds, as a flat at a shaft's end does: a floor
    and a wall that each look out of an opening of their own, free along the corner between.
    """
    axes = survey.faces["axis"][cut.faces]
    if len(cut.faces) != 2 or cut.run is None or min(cut.run_share) < INNER_OPEN:
        return None
    if (survey.kind[cut.faces] != PLANE).any() or abs(axes[0] @ axes[1]) > ALONG:
        return None
    looks = np.array(normals) @ axes.T > LOOKS_OUT
    heights = [
        float(np.ptp(survey.points([face]) @ cross(cut.run, axis)))
        for face, axis in zip(cut.faces, axes, strict=True)
    ]
    uneven = max(heights) > UNEVEN * min(heights)
    return np.asarray(axes[0]) if uneven or looks.any(axis=0).all() else None


def _inward(survey: Survey, cut: Depression, run: np.ndarray) -> np.ndarray:
    """Where a channel's walls look on the whole, across its run."""
    mesh = survey.part.mesh
    triangles = np.concatenate([survey.triangles(face) for face in cut.faces])
    whole = mesh.areas_mm2[triangles] @ mesh.normals[triangles]
    whole = whole - (whole @ run) * run
    if np.linalg.norm(whole) < 1e-9 * mesh.areas_mm2[triangles].sum():
        whole = cross(run, np.eye(3)[np.abs(run).argmin()])
    return unit(whole)


def _opposite(normals: list[np.ndarray]) -> tuple[int, int] | None:
    best: tuple[float, tuple[int, int]] | None = None
    for i in range(len(normals)):
        for j in range(i + 1, len(normals)):
            cosine = float(normals[i] @ normals[j])
            # of pairs as opposite as each other the first: openings come the longest first
            if cosine < OPPOSITE and (best is None or cosine < best[0] - SAME_COSINE):
                best = (cosine, (i, j))
    return None if best is None else best[1]


def _widest_floor(survey: Survey, cut: Depression, normals: list[np.ndarray]) -> np.ndarray:
    """Of several openings, the one that the largest plane face looks out of."""
    planes = [f for f in cut.faces if survey.kinds[f] == PLANE]
    if not planes:
        return normals[0]
    floor = max(planes, key=lambda f: float(survey.faces["area_mm2"][f]))
    axis = survey.faces["axis"][floor]
    return max(normals, key=lambda n: float(n @ axis))
