"""Which changes of a feature say the same again, and which are of one that only lost its name?"""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from geometry.features.feature import Feature
from geometry.topology import surface_code

__all__ = ["Told", "remeasured", "without_repeats"]

Told = list[dict[str, Any]]  # changed parameters of one feature, from → to

PLANE, CYLINDER = surface_code("plane"), surface_code("cylinder")
ROUND = ("hole", "cutout")  # whose width is their diameter
ROUND_AGAIN = ("width_mm", "length_mm", "perimeter_mm", "area_mm2")  # what a diameter says already
SIZES_AGAIN = ("perimeter_mm", "area_mm2")  # what length and width say
SIZES = ("diameter_mm", "width_mm", "length_mm")
PARALLEL = 1 - 1e-6  # cosine: two walls of one feature
SAME_MM = 5e-3  # a distance of two walls that is the parameter of a feature


def without_repeats(kind: str, found: Told) -> Told:
    """Changes of one feature of a type without those that another of them says already."""
    names = {str(change["parameter"]) for change in found}
    again: set[str] = set()
    if kind in ROUND and "diameter_mm" in names:
        again.update(ROUND_AGAIN)
    if names & set(SIZES):
        again.update(SIZES_AGAIN)
    stepped = {name for name in names if name.startswith("steps.")}
    if any("." in name or name in ("depth_mm", *SIZES) for name in names - stepped):
        again |= stepped  # a counterbore or a depth tells it
    ends = {str(change["parameter"]): (change["from"], change["to"]) for change in found}
    if ends.keys() >= {"thickness_mm", "base_thickness_mm"} and np.allclose(
        ends["thickness_mm"], ends["base_thickness_mm"], rtol=0, atol=SAME_MM
    ):
        again.add("base_thickness_mm")  # a rib without draft
    return [change for change in found if change["parameter"] not in again]


def remeasured(
    feature: Feature, faces: np.ndarray, others: np.ndarray, answers: Mapping[int, set[int]]
) -> Told | None:
    """What changed of a feature that is there as before but goes by no name any more: a rib that
    became too thick for one. None where it has gone.

    faces, others: FACE rows of its part and of the other; answers: faces of the other by face.
    """
    became = {face: answers.get(face, set()) for face in feature.faces}
    if not became or any(len(each) != 1 for each in became.values()):
        return None
    one, other = (
        rows[list(some)]
        for rows, some in (
            (faces, became),
            (others, [next(iter(each)) for each in became.values()]),
        )
    )
    if (one["kind"] != other["kind"]).any() or (one["sense"] != other["sense"]).any():
        return None
    lengths = {
        name: value
        for name, value in feature.parameters.items()
        if name.endswith("_mm") and isinstance(value, int | float)
    }
    found: Told = []
    for old, new in (*_between_planes(one, other), *_diameters(one, other)):
        for name in [name for name, value in lengths.items() if abs(value - old) < SAME_MM]:
            if abs(new - old) > SAME_MM:
                found.append({"parameter": name, "from": lengths.pop(name), "to": new})
    return without_repeats(feature.type, found) or None


def _between_planes(one: np.ndarray, other: np.ndarray) -> Sequence[tuple[float, float]]:
    """Distances of parallel walls before and after."""
    found = []
    for i, j in combinations(np.flatnonzero(one["kind"] == PLANE).tolist(), 2):
        if all(abs(rows["axis"][i] @ rows["axis"][j]) > PARALLEL for rows in (one, other)):
            before, after = (
                abs(float((rows["origin_mm"][j] - rows["origin_mm"][i]) @ rows["axis"][i]))
                for rows in (one, other)
            )
            found.append((before, after))
    return found


def _diameters(one: np.ndarray, other: np.ndarray) -> Sequence[tuple[float, float]]:
    some = np.flatnonzero(one["kind"] == CYLINDER)
    return [(2 * float(one["radius_mm"][i]), 2 * float(other["radius_mm"][i])) for i in some]
