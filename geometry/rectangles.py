"""How long and wide is the least rectangle around an outline?"""

import numpy as np
import shapely

from geometry.vectors import norms

__all__ = ["extents"]


def extents(outline: shapely.Geometry) -> tuple[float, float]:
    """Length and width of the least rectangle around an outline, 0 around a line or a point."""
    box = shapely.minimum_rotated_rectangle(outline)
    if box.geom_type != "Polygon":
        return 0.0, 0.0
    ring = np.asarray(box.exterior.coords)
    sides = norms(np.diff(ring[:3], axis=0))
    return float(sides.max()), float(sides.min())
