"""Which smooth curve do the corners of a polyline stand for?"""

import numpy as np
from scipy.interpolate import CubicSpline

from geometry.vectors import norms

__all__ = ["curve_through"]


def curve_through(line: np.ndarray) -> tuple[np.ndarray, CubicSpline]:
    """The curve through the corners (n, 3) mm of a polyline, and at which lengths along its chords
    they are (k,) mm; corners that follow at no distance count once.
    """
    steps = norms(np.diff(line, axis=0))
    apart = np.concatenate([[True], steps > 0])
    corners, places = line[apart], np.concatenate([[0.0], np.cumsum(steps)])[apart]
    if len(places) < 2:
        corners, places = np.repeat(corners, 2, axis=0), np.array([0.0, 1.0])
    return places, CubicSpline(places, corners)
