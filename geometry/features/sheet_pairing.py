"""May so much of a part lie back to back at one distance that it is a sheet?"""

import numpy as np

from geometry.features.sheet_panels import (
    THICKNESS_MM,
    THICKNESS_SHARE,
    freeform_mm2,
    offset_faces,
)
from geometry.features.sheet_regions import Regions
from geometry.runs import places_in
from geometry.topology import surface_code

__all__ = ["may_be_paired"]

PLANE, CYLINDER, TORUS = (surface_code(name) for name in ("plane", "cylinder", "torus"))

CHORDS_SHARE = 0.02  # of a face's area: what the chords of its holes may add to its outline
MOST_PAIRS = 200_000  # of planes that are compared by their distances; a sheet has few


def may_be_paired(regions: Regions, thickest_mm: float, least_mm2: float) -> bool:
    """Whether so much surface may lie back to back at one distance up to a thickness: told in a
    tenth of the time that finding the distance takes.

    Planes with one behind them that looks the other way, round faces with one about the same axis
    that looks inwards, and all freeform faces.
    """
    faces = regions.faces
    kinds, areas = faces["kind"], faces["area_mm2"]
    least_mm2 = (least_mm2 - 2 * freeform_mm2(faces)) / (1 + CHORDS_SHARE)
    flat_mm2 = float(areas[kinds == PLANE].sum())
    flat_counts = flat_mm2 >= least_mm2
    if flat_counts:  # a bar's planes alone do not, and its turned faces are told first
        flat_mm2 = _paired_planes_mm2(regions, thickest_mm)
        if flat_mm2 >= least_mm2:
            return True
    hollow_mm2 = np.bincount(kinds, np.where(faces["sense"] < 0, areas, 0.0), TORUS + 1)
    outer = np.flatnonzero((kinds != PLANE) & (faces["sense"] > 0) & (hollow_mm2[kinds] > 0))
    outer = outer[np.argsort(-areas[outer], kind="stable")]
    most = np.where(kinds[outer] == CYLINDER, areas[outer], hollow_mm2[kinds[outer]])
    paired_mm2 = flat_mm2 + 2 * float(most.sum())
    for face, most_mm2 in zip(outer.tolist(), most.tolist(), strict=True):
        if paired_mm2 < least_mm2:
            return False
        paired_mm2 += 2 * (_paired_round_mm2(faces, face) - most_mm2)
    if not flat_counts and paired_mm2 >= least_mm2:
        paired_mm2 += _paired_planes_mm2(regions, thickest_mm) - flat_mm2
    return paired_mm2 >= least_mm2


def _paired_planes_mm2(regions: Regions, thickest_mm: float) -> float:
    """Area of the planes with one behind them that looks the other way, at one distance up to a
    thickness: at whichever most of them have one.
    """
    planes = np.flatnonzero(regions.faces["kind"] == PLANE)
    if not len(planes):
        return 0.0
    offset, up = regions.offset_mm[planes], regions.side[planes] > 0
    # planes of one frame stand in one stretch of these places, further from others than any reach
    reach = (1 + THICKNESS_SHARE) * thickest_mm + 2 * THICKNESS_MM
    stretch = float(np.ptp(offset)) + 2 * reach
    place = regions.frame_of_face[planes] * stretch + offset
    fronts, backs = np.flatnonzero(up), np.flatnonzero(~up)
    backs = backs[np.argsort(place[backs], kind="stable")]
    first = np.searchsorted(place[backs], place[fronts] - reach)
    count = np.searchsorted(place[backs], place[fronts]) - first
    if count.sum() > MOST_PAIRS:
        behind = np.searchsorted(np.sort(place[fronts]), [place[backs], place[backs] + reach])
        paired = np.concatenate([fronts[count > 0], backs[behind[1] > behind[0]]])
        return float(regions.faces["area_mm2"][planes[paired]].sum())
    front, back = np.repeat(fronts, count), backs[places_in(first, count)]
    over = ~regions.apart(planes[front], planes[back])
    front, back = front[over], back[over]
    gaps = np.tile(place[front] - place[back], 2)
    return _most_at_once_mm2(regions.faces["area_mm2"], planes[np.append(front, back)], gaps)


def _most_at_once_mm2(areas: np.ndarray, faces: np.ndarray, gaps_mm: np.ndarray) -> float:
    """Most area of faces that have another at one distance, each counted once; faces (n,), with
    the distance of another from each (n,).
    """
    if not len(faces):
        return 0.0
    order = np.lexsort((gaps_mm, faces))
    faces, high = faces[order], gaps_mm[order]
    # a gap is at a distance whose least is between these: each face's stretches of them, joined
    low = (1 - 2 * THICKNESS_SHARE) * high - 4 * THICKNESS_MM
    begins = np.append(True, (faces[1:] != faces[:-1]) | (low[1:] > high[:-1]))
    ends = np.append(begins[1:], True)
    own, places = areas[faces[begins]], np.append(low[begins], high[ends])
    steps = np.append(own, -own)[np.argsort(places, kind="stable")]
    return float(np.cumsum(steps).max())


def _paired_round_mm2(faces: np.ndarray, face: int) -> float:
    """More surface than a face that looks outwards can share with those inside it."""
    inner = offset_faces(faces, face)
    area = faces["area_mm2"][inner]
    if faces["kind"][face] != CYLINDER or not len(inner):
        return float(area.sum())
    # what lies halfway between is larger than the inner one
    middle = (1 + faces["radius_mm"][face] / faces["radius_mm"][inner]) / 2
    return min(float(faces["area_mm2"][face]), float((area * middle).sum()))
