"""What area do straight and round edges enclose in a plane?"""

import numpy as np

from geometry.vectors import cross

__all__ = ["enclosed"]

OPEN_SHARE = 1e-6  # of a face's outline: what its edges may miss each other by
SLIVER_SHARE = 1e-9  # of the square of its outline: less area is what rounding leaves


def enclosed(
    edges: np.ndarray, coedges: np.ndarray, count: int, exact: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Area mm² (count,) and centroid mm (count, 3) by face, as if each was a plane; nan where an
    edge is neither straight nor round or the outline is open.

    edges: EDGE rows; coedges: COEDGE rows; exact (e,): lines and circles as the file has them.
    Source: the fan of triangles from a point to all chords (shoelace formula) and the circular
    segments on them, whose centroid is 4 R sin³(φ/2) / 3 (φ − sin φ) from the centre.
    """
    face, used = coedges["face"], edges[coedges["edge"]]
    first = np.zeros((count, 3))
    first[face[::-1]] = used["start_mm"][::-1]
    tip = first[face]
    turned = coedges["reversed"][:, None]
    start = np.where(turned, used["end_mm"], used["start_mm"]) - tip
    end = np.where(turned, used["start_mm"], used["end_mm"]) - tip
    triangles = 0.5 * cross(start, end)
    radius = np.nan_to_num(used["radius_mm"])
    angle = np.divide(used["length_mm"], radius, out=np.zeros(len(radius)), where=radius > 0)
    bulge = angle - np.sin(angle)
    way = np.where(turned, -1.0, 1.0) * used["axis"]
    segments = (0.5 * radius**2 * bulge)[:, None] * way
    whole = _summed(triangles + segments, face, count)
    area = np.linalg.norm(whole, axis=1)
    normal = np.divide(whole, area[:, None], out=np.zeros_like(whole), where=area[:, None] > 0)
    reach = np.divide(
        4 * np.sin(angle / 2) ** 3, 3 * bulge, out=np.zeros(len(radius)), where=bulge > 1e-12
    )
    outward = used["middle_mm"] - used["origin_mm"]  # as long as the radius
    centre = used["origin_mm"] - tip + reach[:, None] * outward
    moment = _summed(
        (triangles * normal[face]).sum(axis=1)[:, None] * (start + end) / 3
        + (segments * normal[face]).sum(axis=1)[:, None] * np.where(radius[:, None] > 0, centre, 0),
        face, count,
    )  # fmt: skip
    gap = np.linalg.norm(_summed(end - start, face, count), axis=1)
    length = np.bincount(face, used["length_mm"], count)
    unknown = np.bincount(face, ~exact[coedges["edge"]], count) > 0
    unknown |= (area <= SLIVER_SHARE * length**2) | (gap > OPEN_SHARE * length)
    area[unknown] = np.nan
    return area, first + moment / area[:, None]


def _summed(values: np.ndarray, face: np.ndarray, count: int) -> np.ndarray:
    """Rows (n, 3) added up by face."""
    # without any edge the counts are whole numbers
    return np.stack([np.bincount(face, column, count) for column in values.T], axis=1).astype(float)
