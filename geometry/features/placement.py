"""Where is a feature, which way does it point, and what numbers does it have?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from geometry.features.feature import Feature
from geometry.part import Part
from geometry.topology import surface_code
from geometry.vectors import cross, norms

__all__ = [
    "WHOLE",
    "Placed",
    "distance_mm",
    "is_number",
    "placed",
    "power",
    "spin_deg",
    "turn_deg",
    "walls_turn_deg",
]

PLANE = surface_code("plane")
UPRIGHT = 0.2  # most cosine of a flat wall's normal to its feature's axis: drafted walls too
STANDS_DEG = 0.2  # a wall that turned less stands as it stood
LARGEST_SHARE = 0.99  # walls of about the same size: none of a square's is the largest
WHOLE = ("turned_profile",)  # describe the part: no place of their own
DERIVED = ("members", "bend")  # ids, which differ between files


@dataclass(frozen=True)
class Placed:
    """A feature with its place in the part."""

    feature: Feature
    centre_mm: np.ndarray  # (3,) its origin, or the middle of its faces
    axis: np.ndarray | None  # (3,) axis or direction
    size_mm: float  # root of the area of its faces
    numbers: Mapping[str, Any]  # parameters, nested ones with dotted names
    walls: np.ndarray  # (n, 3) normals of its flat faces, as long as those are large in mm²
    rows: np.ndarray  # FACE rows of its faces

    @cached_property
    def make(self) -> frozenset[str]:
        """What it consists of beside its plain body: counterbore, countersink, steps."""
        nested = {name.partition(".")[0] for name in self.numbers if "." in name}
        return frozenset(nested - {"thread"})


def placed(features: Sequence[Feature], part: Part) -> list[Placed]:
    """Features with their places."""
    faces = part.topology.faces
    found = []
    for feature in features:
        rows = faces[list(feature.faces)]
        area = np.maximum(rows["area_mm2"], 1e-12)
        middle = (
            (rows["centroid_mm"] * area[:, None]).sum(axis=0) / area.sum()
            if len(rows)
            else part.mass.centroid_mm
        )
        centre = np.asarray(feature.parameters.get("origin_mm", middle), float)
        axis = feature.parameters.get("axis", feature.parameters.get("direction"))
        found.append(
            Placed(
                feature,
                centre,
                None if axis is None else np.asarray(axis, float),
                float(np.sqrt(area.sum())) if len(rows) else 0.0,
                dict(_flat(feature.parameters)),
                (rows["axis"] * area[:, None])[rows["kind"] == PLANE],
                rows,
            )
        )
    return found


def distance_mm(a: Placed, b: Placed, matrix: np.ndarray) -> float:
    """How far the feature moved; along its axis a hole follows the face that it starts on."""
    between = b.centre_mm - (matrix[:3, :3] @ a.centre_mm + matrix[:3, 3])
    if a.axis is not None and b.axis is not None:
        between = between - (between @ b.axis) * b.axis
    return float(np.linalg.norm(between))


def turn_deg(a: Placed, b: Placed, matrix: np.ndarray) -> float | None:
    """Angle between the two axes, whichever way they point."""
    if a.axis is None or b.axis is None:
        return None
    axis = matrix[:3, :3] @ a.axis
    axis = axis / max(float(np.linalg.norm(axis)), 1e-300)
    return float(np.degrees(np.arctan2(np.linalg.norm(cross(axis, b.axis)), abs(axis @ b.axis))))


def spin_deg(a: Placed, b: Placed, matrix: np.ndarray) -> float | None:
    """Angle by which the walls of a feature turned about its own axis, 0 where a wall stands as
    one stood before; None where there is none.
    """
    if a.axis is None or b.axis is None:
        return None
    before, after = _upright(a.walls @ matrix[:3, :3].T, b.axis), _upright(b.walls, b.axis)
    if not len(before) or not len(after):
        return None
    sizes = [norms(walls) for walls in (before, after)]
    cosine = np.abs((before / sizes[0][:, None]) @ (after / sizes[1][:, None]).T)
    apart = np.degrees(np.arccos(np.minimum(cosine, 1.0)))
    largest = [size >= LARGEST_SHARE * size.max() for size in sizes]
    nearest = min(apart[largest[0]].min(), apart[:, largest[1]].min())
    return 0.0 if nearest < STANDS_DEG else float(apart[np.ix_(*largest)].min())


def walls_turn_deg(a: Placed, b: Placed, matrix: np.ndarray) -> float:
    """Angle by which the flat walls of a feature turned, whatever about; 0 where it has none."""
    before, after = a.walls @ matrix[:3, :3].T, b.walls
    if not len(before) or not len(after):
        return 0.0
    before, after = (w / norms(w)[:, None] for w in (before, after))
    cosine = np.abs(before @ after.T).max(axis=1)
    return float(np.degrees(np.arccos(np.minimum(cosine, 1.0))).max())


def _upright(walls: np.ndarray, axis: np.ndarray) -> np.ndarray:
    """Walls along an axis, drafted ones without their draft."""
    size = np.maximum(norms(walls), 1e-300)
    along = walls @ axis
    return (walls - along[:, None] * axis)[np.abs(along) < UPRIGHT * size]


def power(name: str, scale: float) -> float:
    """What a parameter grows by on a part that grew by a scale."""
    return scale if name.endswith("_mm") else scale**2 if name.endswith("_mm2") else 1.0


def is_number(value: Any) -> bool:
    """Whether a parameter is a length, an angle or a count."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _flat(parameters: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in parameters.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            yield from _flat(value, f"{name}.")
        elif isinstance(value, list | tuple) and value and isinstance(value[0], Mapping):
            for number, each in enumerate(value):
                yield from _flat(each, f"{name}.{number}.")
        elif key not in DERIVED:
            yield name, value
