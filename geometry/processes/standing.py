"""Which bosses around holes stand above everything else of a part?"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from geometry.topology import surface_code

__all__ = ["standing_eyes"]

ROUND = tuple(surface_code(name) for name in ("cylinder", "cone"))
SAME_WAY_COS = 0.9998  # 1°
UPPER = 0.75  # of its height: above it a boss stands alone; ribs between bosses end lower
APART = 0.1  # of its radius: so far a hole's axis may lie from that of its boss


def standing_eyes(
    bosses: Sequence[Any], holes: Sequence[Any], faces: np.ndarray, samples: Any
) -> int:
    """How many round bosses around a hole stand above all else along one way: nothing but such
    bosses reaches their upper quarter.

    faces: table (f,) of the part; samples: points on its surface with their faces.
    """
    eyes = [eye for boss in bosses if (eye := _eye(boss, holes, faces)) is not None]
    most = 0
    for _, way, _, _ in eyes:
        alike = [each for each in eyes if each[1] @ way > SAME_WAY_COS]
        own = np.unique(np.concatenate([each[0] for each in alike]))
        others = samples.points_mm[~np.isin(samples.face, own)] @ way
        highest = float(others.max()) if len(others) else -np.inf
        standing = [each for each in alike if each[2] - (1 - UPPER) * each[3] > highest]
        most = max(most, len(standing))
    return most


def _eye(
    boss: Any, holes: Sequence[Any], faces: np.ndarray
) -> tuple[np.ndarray, np.ndarray, float, float] | None:
    """Faces of a boss and its holes, the way it stands, the level of its top and its height in mm;
    None where no hole goes down its middle.
    """
    own = np.array(boss.faces, int)
    walls = own[np.isin(faces["kind"][own], ROUND) & (faces["sense"][own] > 0)]
    if boss.kind != "round" or not len(walls):
        return None
    way = np.asarray(boss.parameters["axis"], float)
    at, radius = faces["origin_mm"][walls[0]], float(np.nanmax(faces["radius_mm"][walls]))
    inside = []
    for hole in holes:
        along = np.asarray(hole.parameters["axis"], float)
        off = np.asarray(hole.parameters["origin_mm"], float) - at
        off = off - (off @ way) * way
        if abs(along @ way) > SAME_WAY_COS and np.linalg.norm(off) < APART * radius:
            inside.append(hole)
    flats = np.setdiff1d(own, walls)
    if not inside or not len(flats):
        return None
    top = float((faces["centroid_mm"][flats] @ way).max())
    taken = np.concatenate([own, *(np.array(hole.faces, int) for hole in inside)])
    return taken, way, top, float(boss.parameters["height_mm"])
