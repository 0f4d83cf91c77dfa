"""Which rings of teeth are no gear's: serrations, involute splines, ratchets, sprockets?"""

import itertools
import math
from collections.abc import Set
from dataclasses import dataclass

import numpy as np

from geometry.features.axes import largest_axes
from geometry.features.feature import Draft
from geometry.features.gears import toothed
from geometry.features.survey import CYLINDER, Survey
from geometry.features.teeth import Cut, Section, Teeth, cut_through, section_across, teeth_at
from geometry.vectors import about_axis, norms, square_to

__all__ = ["find_serrations"]

FEWEST_TEETH = 8
MOST_AXES = 4  # tried, those of the largest round faces
SAME_AXIS = math.cos(math.radians(0.5))
STRAIGHT = 1e-3  # how much longer than its chord a straight edge may be
EVEN_SHARE = 0.03  # spread of the pitch that a drawing's rounding explains
WIDEST_RAD = 2 * math.pi / FEWEST_TEETH * (1 + EVEN_SHARE)  # from one crest of a ring to the next
# between a flank and the circle about the axis; corners of a bar for a spanner of twelve points
# have 30°
LEAST_FLANK_DEG = 38.0
RADIAL_DEG = 88.0  # likewise of walls along the spokes, which no tooth has on both sides
PARALLEL_SHARE = 0.04  # of a width between two heights: walls of slots and of straight splines
LOW, HIGH = 0.3, 0.7  # of a tooth's height: where widths are compared
TIP, POINTED_SHARE = 0.9, 0.2  # of the height, and of the pitch there: serrations are narrower
LEANS_DEG = 20.0  # that one flank is steeper than the other: what a pawl holds against
SEAT_SHARE = 0.2  # of the pitch: radius of a roller's seat


@dataclass(frozen=True)
class _Ring:
    """Teeth about an axis as a cut across shows them."""

    teeth: Teeth
    outer: bool
    profile: str  # serration, ratchet, sprocket, teeth


def find_serrations(survey: Survey, taken: Set[int]) -> list[Draft]:
    """A circular pattern of teeth, without members of their own, for each ring of them.

    Its keys beside those of patterns: `profile`, `internal`, `outer_diameter_mm` at the tips,
    `root_diameter_mm`, `length_mm`.
    """
    drafts: list[Draft] = []
    used = set(taken)
    for origin, axis in largest_axes(survey, MOST_AXES, cosine=SAME_AXIS):
        toothless: set[Section] = set()
        for seeds, place_mm in _crests(survey, origin, axis):
            if used & set(seeds):
                continue
            section = section_across(survey, seeds, axis, place_mm)
            if section in toothless:
                continue
            cut = cut_through(survey, section.faces, origin, axis, place_mm)
            ring = _ring(survey, cut, axis)
            if ring is None:
                toothless.add(section)
                continue
            faces, low, high = toothed(survey, cut, ring.teeth, origin, axis)
            if used & faces:
                continue
            used |= faces
            parameters = {
                "count": ring.teeth.count,
                "pitch_deg": 360.0 / ring.teeth.count,
                "axis": axis.tolist(),
                "profile": ring.profile,
                "outer_diameter_mm": 2 * ring.teeth.tip_mm,
                "root_diameter_mm": 2 * ring.teeth.root_mm,
                "length_mm": high - low,
                "internal": not ring.outer,
            }
            drafts.append(Draft("pattern", "circular", tuple(sorted(faces)), parameters))
            if not ring.outer:
                drafts.append(_passage(survey, ring, faces, origin, axis, (low, high)))
    return drafts


def _passage(
    survey: Survey,
    ring: _Ring,
    faces: set[int],
    origin: np.ndarray,
    axis: np.ndarray,
    reach_mm: tuple[float, float],
) -> Draft:
    """The pocket whose walls are the teeth of a hub; reach_mm: from where to where on the axis."""
    low, high = reach_mm
    middle = origin + ((low + high) / 2 - origin @ axis) * axis
    closed = survey.rays.occluded(np.array([middle, middle]), np.array([axis, -axis]))
    parameters = {
        "profile": "other",
        "depth_mm": high - low,
        "length_mm": 2 * ring.teeth.root_mm,
        "width_mm": 2 * ring.teeth.root_mm,
        "direction": (-axis if closed[0] else axis).tolist(),
        "islands": 0,
    }
    kind = "closed" if closed.any() else "through"
    return Draft("pocket", kind, tuple(sorted(faces)), parameters)


def _crests(
    survey: Survey, origin: np.ndarray, axis: np.ndarray
) -> list[tuple[tuple[int, ...], float]]:
    """Straight edges along an axis and equally far from it, as crests of teeth are: the faces
    beside them, and a place along the axis that most of them reach past.
    """
    records = survey.edges
    way = records["end_mm"] - records["start_mm"]
    chord = norms(way)
    along = np.abs(way @ axis) > SAME_AXIS * np.maximum(chord, 1e-300)
    straight = chord > (1 - STRAIGHT) * records["length_mm"]
    edges = np.flatnonzero(survey.whole & ~records["seam"] & along & straight)
    offset = records["middle_mm"][edges] - origin
    height, radius = about_axis(offset, axis)
    turn = np.arctan2(*(square_to(axis) @ offset.T))
    near = 8 * survey.near_mm
    found = []
    order = np.argsort(radius)
    parted = np.flatnonzero(np.diff(radius[order]) > near) + 1
    runs = list(itertools.pairwise([0, *parted.tolist(), len(order)]))
    for first, last in reversed(runs):
        if last - first < FEWEST_TEETH or radius[order[first]] < near:
            continue
        run = order[first:last]
        turns = np.sort(turn[run])
        if np.diff(turns, append=turns[0] + 2 * math.pi).max() > WIDEST_RAD:
            continue
        seeds = tuple(sorted(set(records["faces"][edges[run]].ravel().tolist())))
        found.append((seeds, float(np.median(height[run]) + origin @ axis)))
    return found


def _ring(survey: Survey, cut: Cut, axis: np.ndarray) -> _Ring | None:
    """The teeth of a cut, None where they are uneven, blunt, or parted by straight slots."""
    if not len(cut.start):
        return None
    high, low = float(cut.radii_mm.max()), float(cut.radii_mm.min())
    level = (high + low) / 2
    if np.count_nonzero(cut.passed(level)) < 2 * FEWEST_TEETH or high - low < 8 * survey.near_mm:
        return None
    ups, downs = teeth_at(cut, level)
    count = len(ups)
    if count < FEWEST_TEETH:
        return None
    middle = (cut.start + cut.end) / 2
    length = norms(cut.end - cut.start)
    outer = bool(length @ np.einsum("ij,ij->i", cut.outward, middle) > 0)
    pitch = 2 * math.pi / count
    thick = downs - ups
    spread = np.abs(thick / np.median(thick) - 1).max()
    if np.abs(np.diff(ups) / pitch - 1).max() > EVEN_SHARE or spread > 2 * EVEN_SHARE:
        return None
    angles, flanks = _flanks(cut, level)
    if min(angles) > RADIAL_DEG:
        return None  # the gaps of a castellated ring, or between the dogs of a clutch
    _, upper = _flanks(cut, low + HIGH * (high - low))
    if max(angles) < LEAST_FLANK_DEG or max(len(flanks), len(upper)) < 2 * count:
        return None  # a flute has one face for both its sides
    widths = [_widths(cut, low + share * (high - low)) for share in (LOW, HIGH)]
    if any(a <= 0 or abs(b / a - 1) < PARALLEL_SHARE for a, b in zip(*widths, strict=True)):
        return None
    tip, root = (high, low) if outer else (low, high)
    teeth = Teeth(tuple(flanks), count, float(count), tip, root)
    if abs(angles[0] - angles[1]) > LEANS_DEG:
        return _Ring(teeth, outer, "ratchet")
    if outer and _has_seats(survey, cut, axis, SEAT_SHARE * pitch * level) >= count:
        return _Ring(teeth, outer, "sprocket")
    tip_width = _widths(cut, root + TIP * (tip - root))[0]
    pointed = tip_width < POINTED_SHARE * pitch * tip
    return _Ring(teeth, outer, "serration" if pointed else "teeth")


def _flanks(cut: Cut, level: float) -> tuple[tuple[float, float], list[int]]:
    """Mean angle of both flanks to the circle at a radius, in degrees, and their faces."""
    first, second = norms(cut.start), norms(cut.end)
    through = np.flatnonzero((first > level) != (second > level))
    place = (cut.start[through] + cut.end[through]) / 2
    place /= np.maximum(norms(place), 1e-300)[:, None]
    normal = cut.outward[through]
    out = np.abs(np.einsum("ij,ij->i", normal, place))
    steep = np.degrees(np.arccos(np.clip(out, 0, 1)))
    ahead = normal[:, 1] * place[:, 0] - normal[:, 0] * place[:, 1] > 0
    means = [float(steep[side].mean()) if side.any() else 0.0 for side in (ahead, ~ahead)]
    return (means[0], means[1]), np.unique(cut.owner[through]).tolist()


def _widths(cut: Cut, radius: float) -> tuple[float, float]:
    """Usual width of what stands and of what lies between at a radius."""
    ups, downs = teeth_at(cut, radius)
    if len(ups) < FEWEST_TEETH:
        return 0.0, 0.0
    return float(np.median(downs - ups)) * radius, float(np.median(ups[1:] - downs[:-1])) * radius


def _has_seats(survey: Survey, cut: Cut, axis: np.ndarray, least_mm: float) -> int:
    """How many hollow cylinders along an axis, as seats of a chain's rollers, a cut meets."""
    rows = survey.faces[list(cut.faces)]
    round_ = (rows["kind"] == CYLINDER) & (rows["sense"] < 0) & (rows["radius_mm"] > least_mm)
    return int((round_ & (np.abs(rows["axis"] @ axis) > SAME_AXIS)).sum())
