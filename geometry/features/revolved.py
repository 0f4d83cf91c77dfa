"""Which freeform faces turn about an axis: barrels, crowns, spheroids, any profile of a lathe?"""

import math

import numpy as np

from geometry.features.axes import Line, distinct_axes
from geometry.features.survey import FREEFORM, Survey
from geometry.topology import CURVES
from geometry.vectors import norms, rejections, square_to

__all__ = ["circle_axes", "revolved"]

CIRCLE = CURVES.index("circle")
SAME_AXIS = math.cos(math.radians(0.3))
MOST_AXES = 4  # tried: a part is turned about one
FEWEST_POINTS = 12  # of a face's mesh, to tell its radius at every height
# of the diagonal: how far the radius at one height may be off that of its neighbours in the mesh,
# whose corners lie on the surface
ROUND_SHARE = 2e-3


def circle_axes(survey: Survey) -> list[Line]:
    """Origins and axes of the circles that bound freeform faces, the longest circles first."""
    records = survey.edges
    ends = records["faces"]
    freeform = (survey.kind[np.maximum(ends, 0)] >= FREEFORM).any(axis=1)
    rows = np.flatnonzero(survey.whole & freeform & (records["curve"] == CIRCLE))
    rows = rows[np.argsort(-records["length_mm"][rows], kind="stable")]
    lines = ((records["origin_mm"][edge], records["axis"][edge]) for edge in rows.tolist())
    return distinct_axes(lines, MOST_AXES, near_mm=4 * survey.near_mm, cosine=SAME_AXIS)


def revolved(
    survey: Survey, origin: np.ndarray, axis: np.ndarray
) -> tuple[dict[int, float], dict[int, float]]:
    """Freeform faces that turn about an axis, those that look outwards and those that look inwards:
    by face how far round it goes, in degrees.
    """
    outside: dict[int, float] = {}
    inside: dict[int, float] = {}
    x, y = square_to(axis)
    mesh, rimmed = survey.part.mesh, _rimmed(survey, origin, axis)
    for face in np.flatnonzero((survey.kind >= FREEFORM) & rimmed).tolist():
        away = survey.points([face]) - origin
        height, across, up = away @ axis, away @ x, away @ y
        radius = np.hypot(across, up)
        if len(away) < FEWEST_POINTS or not _is_profile(survey, height, radius):
            continue
        angle = np.sort(np.degrees(np.arctan2(up, across)))
        gap = float(np.diff(np.append(angle, angle[0] + 360)).max())
        rows = survey.triangles(face)
        middle = mesh.centroids_mm[rows] - origin
        outward = rejections(middle, axis)
        looks = mesh.areas_mm2[rows] @ np.einsum("ij,ij->i", outward, mesh.normals[rows])
        (outside if looks > 0 else inside)[face] = 360.0 if gap < 45 else 360.0 - gap
    return outside, inside


def _is_profile(survey: Survey, height: np.ndarray, radius: np.ndarray) -> bool:
    """Whether points at equal places along the axis are equally far from it, or, of a steep face,
    the other way round.
    """
    near = ROUND_SHARE * survey.diagonal_mm
    along, out = (height, radius) if np.ptp(height) > np.ptp(radius) else (radius, height)
    order = np.argsort(along, kind="stable")
    along, out = along[order], out[order]
    steps = np.diff(out)
    allowed = near + 2 * np.ptp(out) / max(np.ptp(along), near) * np.diff(along)
    return bool((np.abs(steps) <= allowed).mean() > 0.95)


def _rimmed(survey: Survey, origin: np.ndarray, axis: np.ndarray) -> np.ndarray:
    """Which faces a circle or an arc about an axis bounds: (f,) bool."""
    edges, near = survey.edges, 4 * survey.near_mm
    circles = np.flatnonzero(survey.whole & (edges["curve"] == CIRCLE))
    off = norms(rejections(edges["origin_mm"][circles] - origin, axis))
    about = (off < near) & (np.abs(edges["axis"][circles] @ axis) > SAME_AXIS)
    found = np.zeros(survey.count, bool)
    found[edges["faces"][circles[about]]] = True
    return found
