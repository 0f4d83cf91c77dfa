"""What area do straight and round edges enclose in a plane, and how is it spread?"""

from dataclasses import dataclass

import numpy as np

from geometry.vectors import cross, norms

__all__ = ["OPEN_SHARE", "Outlines", "enclosed", "summed"]

OPEN_SHARE = 1e-6  # of a face's outline: what its edges may miss each other by
SLIVER_SHARE = 1e-9  # of the square of its outline: less area is what rounding leaves


@dataclass(frozen=True)
class Outlines:
    """Area mm² (f,), centroid mm (f, 3) and ∫ x⊗x dA about it (f, 3, 3) mm⁴ by face, as if each was
    a plane; nan where an edge is neither straight nor round or the outline is open.
    """

    area_mm2: np.ndarray
    centroid_mm: np.ndarray
    second_mm4: np.ndarray


def enclosed(edges: np.ndarray, coedges: np.ndarray, count: int, exact: np.ndarray) -> Outlines:
    """What the outlines of `count` faces enclose.

    edges: EDGE rows; coedges: COEDGE rows; exact (e,): lines and circles as the file has them.
    Source: the fan of triangles from a point to all chords (shoelace formula) and the circular
    segments on them, whose centroid is 4 R sin³(φ/2) / 3 (φ − sin φ) from the centre; their second
    moments as in Roark's Formulas for Stress and Strain, table of the properties of sections.
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
    whole = summed(triangles + segments, face, count)
    area = norms(whole)
    normal = np.divide(whole, area[:, None], out=np.zeros_like(whole), where=area[:, None] > 0)
    reach = np.divide(
        4 * np.sin(angle / 2) ** 3, 3 * bulge, out=np.zeros(len(radius)), where=bulge > 1e-12
    )
    outward = used["middle_mm"] - used["origin_mm"]  # as long as the radius
    centre = used["origin_mm"] - tip + reach[:, None] * outward
    triangle = (triangles * normal[face]).sum(axis=1)
    segment = (segments * normal[face]).sum(axis=1)
    round_ = radius > 0
    moment = summed(
        triangle[:, None] * (start + end) / 3
        + segment[:, None] * np.where(round_[:, None], centre, 0),
        face, count,
    )  # fmt: skip
    gap = norms(summed(end - start, face, count))
    length = np.bincount(face, used["length_mm"], count)
    unknown = np.bincount(face, ~exact[coedges["edge"]], count) > 0
    unknown |= (area <= SLIVER_SHARE * length**2) | (gap > OPEN_SHARE * length)
    area[unknown] = np.nan
    middle = moment / area[:, None]
    both = start + end
    second = (triangle / 12)[:, None, None] * (_outer(start) + _outer(end) + _outer(both))
    second[round_] += _of_segments(
        angle[round_], radius[round_], segment[round_], way[round_],
        outward[round_], centre[round_],
    )  # fmt: skip
    second = summed(second.reshape(-1, 9), face, count).reshape(-1, 3, 3)
    return Outlines(area, first + middle, second - area[:, None, None] * _outer(middle))


def _of_segments(
    angle: np.ndarray,
    radius: np.ndarray,
    area: np.ndarray,
    way: np.ndarray,
    outward: np.ndarray,
    centroid: np.ndarray,
) -> np.ndarray:
    """∫ x⊗x dA (n, 3, 3) of circular segments with signed areas.

    way: unit normals (n, 3); outward: from the centre to the arc's middle (n, 3).
    """
    sine, cosine = np.sin(angle / 2), np.cos(angle / 2)
    least, cube = angle / 2 - sine * cosine, sine**3
    quarter = np.sign(area) * radius**4 / 4
    toward = outward / radius[:, None]
    across = cross(way, toward)
    # about the circle's centre, then about the segment's own
    from_centre = np.divide(2 * cube * radius, 3 * least, out=np.zeros(len(least)), where=least > 0)
    own = quarter * (least + 2 * cube * cosine) - area * from_centre**2
    beside = quarter * (least - 2 / 3 * cube * cosine)
    return np.asarray(
        own[:, None, None] * _outer(toward)
        + beside[:, None, None] * _outer(across)
        + area[:, None, None] * _outer(centroid)
    )


def _outer(vectors: np.ndarray) -> np.ndarray:
    return np.asarray(vectors[:, :, None] * vectors[:, None, :])


def summed(values: np.ndarray, face: np.ndarray, count: int) -> np.ndarray:
    """Rows (n, 3) added up by face."""
    # without any edge the counts are whole numbers
    return np.stack([np.bincount(face, column, count) for column in values.T], axis=1).astype(float)
