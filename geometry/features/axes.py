"""Which lines are one axis, and which axes do a part's round faces have?"""

from collections.abc import Iterable

import numpy as np

from geometry.features.survey import CONE, CYLINDER, Survey
from geometry.vectors import off_line

__all__ = ["Line", "distinct_axes", "is_axis", "largest_axes"]

Line = tuple[np.ndarray, np.ndarray]  # a point (3,) mm on it and a unit vector (3,) along it


def is_axis(
    place: np.ndarray,
    way: np.ndarray,
    origin: np.ndarray,
    axis: np.ndarray,
    *,
    near_mm: float,
    cosine: float,
) -> bool:
    """Whether the line through `place` along `way` is an axis: no farther from it than near_mm, and
    at an angle of more than `cosine` to it; a way of length 0 has any direction.
    """
    if not off_line(place, origin, axis) < near_mm:
        return False
    return bool(abs(way @ axis) > cosine) or not way.any()


def distinct_axes(lines: Iterable[Line], most: int, *, near_mm: float, cosine: float) -> list[Line]:
    """The first `most` lines of which none is one with another, as `is_axis` takes it."""
    found: list[Line] = []
    for line in lines:
        if not any(is_axis(*line, *other, near_mm=near_mm, cosine=cosine) for other in found):
            found.append(line)
        if len(found) == most:
            break
    return found


def largest_axes(survey: Survey, most: int, *, cosine: float) -> list[Line]:
    """Axes of the largest cylinders and cones, each once."""
    rows = survey.faces
    faces = np.flatnonzero(np.isin(survey.kind, (CYLINDER, CONE)))
    faces = faces[np.argsort(-rows["area_mm2"][faces], kind="stable")]
    lines = ((rows["origin_mm"][face], rows["axis"][face]) for face in faces.tolist())
    return distinct_axes(lines, most, near_mm=4 * survey.near_mm, cosine=cosine)
