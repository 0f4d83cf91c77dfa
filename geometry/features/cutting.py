"""What kind of cut is a depression: pocket, passage, slot or step, and how large is it?"""

import math
from typing import Any

import numpy as np

from geometry.features.depressions import OPPOSITE, Depression, Opening
from geometry.features.feature import Draft
from geometry.features.survey import CONE, CYLINDER, PLANE, Survey, unit
from geometry.mass import minimal_box

__all__ = ["cut_draft"]

ALONG = math.sin(math.radians(6))  # a wall stands up along a direction within its draft
HULL_OPEN = 0.05  # share of rays that an opening at the stock's own surface lets out
INNER_OPEN = 0.45  # likewise of an opening inside the stock, which must lead on to the outside
ELSEWHERE = math.cos(math.radians(55))  # an inner opening nearer to another leads the same way


def cut_draft(survey: Survey, cut: Depression) -> Draft | None:
    """The depression as a feature, None where its openings say nothing known."""
    found = _accepted(cut)
    if not found:
        return None
    kind = _kind(survey, cut, found)
    if kind is None:
        return None
    type_, sub, top, run = kind
    return _measured(survey, cut, type_, sub, top, run)


def _accepted(cut: Depression) -> list[Opening]:
    """The openings that count: the stock's own first, then those inside it that lead elsewhere."""
    found = sorted(
        (o for o in cut.openings if o.hull and o.share > HULL_OPEN), key=lambda o: -o.length_mm
    )
    inner = [o for o in cut.openings if not o.hull and o.share > INNER_OPEN]
    for opening in sorted(inner, key=lambda o: -o.share * o.length_mm):
        if all(opening.normal @ other.normal < ELSEWHERE for other in found):
            found.append(opening)
    return found or sorted(cut.openings, key=lambda o: -o.length_mm)[:1]


Kind = tuple[str, str, np.ndarray, np.ndarray | None]


def _kind(survey: Survey, cut: Depression, found: list[Opening]) -> Kind | None:
    """Type, kind, the direction out of the opening and the run."""
    normals = [o.normal for o in found]
    count = len(normals)
    pair = _opposite(normals)
    if cut.ring and cut.run is not None and min(cut.run_share) > INNER_OPEN:
        return "pocket", "through", cut.run, None
    if count == 1:
        return "pocket", "closed", normals[0], None
    if pair is None:
        if count == 2:
            top, side = _top_and_side(survey, cut, found)
            return "slot", "blind", top, side
        return "step", "blind", _floor_normal(survey, cut, normals), None
    others = [n for i, n in enumerate(normals) if i not in pair]
    run = unit(normals[pair[0]] - normals[pair[1]])
    if not others:
        return "pocket", "through", normals[pair[0]], None
    if len(others) == 1:
        return "slot", "through", others[0], run
    return "step", "through", others[0], run


def _opposite(normals: list[np.ndarray]) -> tuple[int, int] | None:
    best: tuple[float, tuple[int, int]] | None = None
    for i in range(len(normals)):
        for j in range(i + 1, len(normals)):
            cosine = float(normals[i] @ normals[j])
            if cosine < OPPOSITE and (best is None or cosine < best[0]):
                best = (cosine, (i, j))
    return None if best is None else best[1]


def _floor_normal(survey: Survey, cut: Depression, normals: list[np.ndarray]) -> np.ndarray:
    planes = [f for f in cut.faces if survey.kind[f] == PLANE]
    if not planes:
        return normals[0]
    floor = max(planes, key=lambda f: survey.faces["area_mm2"][f])
    axis = survey.faces["axis"][floor]
    return max(normals, key=lambda n: float(n @ axis))


def _top_and_side(
    survey: Survey, cut: Depression, found: list[Opening]
) -> tuple[np.ndarray, np.ndarray]:
    """Of a blind slot's two openings the one with the longer rim is the top."""
    return found[0].normal, found[1].normal


def _measured(
    survey: Survey, cut: Depression, type_: str, sub: str, top: np.ndarray, run: np.ndarray | None
) -> Draft:
    points = survey.points(cut.faces)
    depth = float(np.ptp(points @ top))
    parameters: dict[str, Any] = {
        "profile": _profile(survey, cut, type_, top, run),
        "depth_mm": depth,
    }
    if type_ == "pocket":
        size = _flat_size(points, top)
        parameters |= {
            "length_mm": size[0],
            "width_mm": size[1],
            "direction": top.tolist(),
            "islands": 0,
        }
        corner = _corner_radius(survey, cut, top)
        if corner is not None:
            parameters["corner_radius_mm"] = corner
    elif type_ == "slot" and run is not None:
        run = unit(run - (run @ top) * top)
        across = np.cross(top, run)
        parameters |= {
            "width_mm": float(np.ptp(points @ across)),
            "length_mm": float(np.ptp(points @ run)),
            "direction": top.tolist(),
        }
    elif type_ == "step":
        if run is not None:
            other = unit(np.cross(top - (top @ run) * run, run))
            sizes = sorted([depth, float(np.ptp(points @ other))])
        else:
            size = _flat_size(points, top)
            sizes = sorted([depth, size[1]])
        parameters |= {"depth_mm": sizes[0], "width_mm": sizes[1]}
    return Draft(type_, sub, tuple(cut.faces), parameters)


def _flat_size(points: np.ndarray, top: np.ndarray) -> tuple[float, float]:
    """Length and width of the smallest rectangle around points seen along a direction."""
    helper = np.eye(3)[np.abs(top).argmin()]
    x = unit(np.cross(top, helper))
    y = np.cross(top, x)
    flat = np.column_stack([points @ x, points @ y, np.zeros(len(points))])
    lifted = np.concatenate([flat, flat + [0, 0, 1e4 * max(1.0, float(np.ptp(flat)))]])
    size = minimal_box(lifted).size_mm
    return float(size[1]), float(size[2])


def _walls(survey: Survey, cut: Depression, top: np.ndarray) -> list[int]:
    result = []
    for face in cut.faces:
        kind, axis = survey.kind[face], survey.faces["axis"][face]
        if (kind == PLANE and abs(axis @ top) < ALONG) or (
            kind in (CYLINDER, CONE) and abs(axis @ top) > 1 - ALONG
        ):
            result.append(face)
    return result


def _profile(
    survey: Survey, cut: Depression, type_: str, top: np.ndarray, run: np.ndarray | None
) -> str:
    walls = _walls(survey, cut, top)
    flats = [f for f in walls if survey.kind[f] == PLANE]
    rounds = [f for f in walls if survey.kind[f] in (CYLINDER, CONE)]
    if type_ == "step":
        others = [f for f in cut.faces if survey.kind[f] != PLANE]
        if others:
            return "circle"
        axes = survey.faces["axis"][cut.faces]
        if len(cut.faces) == 3 and run is not None:
            return "two_sides"
        square = all(abs(a @ b) < ALONG for i, a in enumerate(axes) for b in axes[i + 1 :])
        if square:
            return "rectangle" if run is not None or len(cut.faces) == 3 else "triangle"
        return "slanted" if run is not None else "triangle"
    if type_ == "slot" and run is not None:
        planes = [f for f in cut.faces if survey.kind[f] == PLANE]
        if not planes:
            return "circle"
        sides = [f for f in planes if abs(survey.faces["axis"][f] @ run) < ALONG]
        if (
            len(sides) == 2
            and abs(survey.faces["axis"][sides[0]] @ survey.faces["axis"][sides[1]]) < 0.99
        ):
            return "triangle"
        half = [
            f
            for f in cut.faces
            if survey.kind[f] == CYLINDER and survey.faces["sweep_deg"][f] > 170
        ]
        return "obround" if half else "rectangle"
    if not flats and rounds:
        return "circle"
    half = [f for f in rounds if survey.faces["sweep_deg"][f] > 170]
    if len(flats) == 2 and len(half) == 2:
        return "obround"
    axes = survey.faces["axis"][flats]
    if len(flats) == 3:
        return "triangle"
    if len(flats) == 4 and _pairs(axes) == 2:
        return "rectangle"
    if len(flats) == 6 and _pairs(axes) == 3:
        return "hexagon"
    return "other"


def _pairs(axes: np.ndarray) -> int:
    return sum(
        bool(axes[i] @ axes[j] < -0.99) for i in range(len(axes)) for j in range(i + 1, len(axes))
    )


def _corner_radius(survey: Survey, cut: Depression, top: np.ndarray) -> float | None:
    radii = [
        float(survey.faces["radius_mm"][f])
        for f in cut.faces
        if survey.kind[f] == CYLINDER
        and survey.faces["sense"][f] < 0
        and abs(survey.faces["axis"][f] @ top) > 0.99
    ]
    return min(radii) if radii else None
