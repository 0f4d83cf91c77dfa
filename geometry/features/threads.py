"""Which threads are drawn as helices, and which thread does a drilled diameter stand for?"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from geometry.features.axes import Line, largest_axes
from geometry.features.feature import Draft
from geometry.features.smooth_lines import curve_through
from geometry.features.survey import Survey
from geometry.topology import CURVES
from geometry.vectors import fit_circle, norms, rejections, square_to

__all__ = ["COARSE_PITCH_MM", "designation", "find_threads", "tap_drill"]

# Tap drill mm → nominal diameter mm of the coarse thread, of the first choice (ISO 261) up to M24;
# larger bores are seats far more often than threads, and so are those of M14, M18 and M22.
# Source: ISO 2306:1972, drills for use prior to tapping screw threads, table of coarse pitches.
TAP_DRILLS_MM = {
    1.6: 2.0, 2.05: 2.5, 2.5: 3.0, 3.3: 4.0, 4.2: 5.0, 5.0: 6.0, 6.8: 8.0, 8.5: 10.0, 10.2: 12.0,
    14.0: 16.0, 17.5: 20.0, 21.0: 24.0,
}  # fmt: skip
LEAST_TURNS = 2.0  # pitches: what is tapped in sheet at least; in less nothing holds: ours
# Clearance holes mm of M1.4 to M20, all three series. Source: ISO 273:1979
CLEARANCE_MM = (
    1.5, 1.6, 1.8, 1.7, 2.0, 2.2, 2.4, 2.6, 2.7, 2.9, 3.1, 3.2, 3.4, 3.6, 4.3, 4.5, 4.8, 5.3, 5.5,
    5.8, 6.4, 6.6, 7.0, 8.4, 9.0, 10.0, 10.5, 11.0, 12.0, 13.0, 13.5, 14.5, 15.0, 15.5, 16.5, 17.0,
    17.5, 18.5, 21.0, 22.0, 24.0,
)  # fmt: skip
SAME_DRILL_MM = 0.1  # steps of drills: a clearance hole this near is drilled with the same one
# lengths over the nominal diameter that a thread right through is tapped in where a clearance hole
# is as likely: flanges are thinner, and nobody taps as far as beyond the second: ours
TAPPED_THROUGH = (1.25, 3.0)
# a tapped mouth is chamfered to the thread's outer diameter or a little wider. Source: DIN 76-1,
# 1 to 1.05 × the nominal diameter
CHAMFERED = (0.97, 1.12)
DRILL_NEAR_MM = 0.03  # modellers round to 0.05; neighbouring drills lie 0.1 apart

# Nominal diameter mm → coarse pitch mm. Source: ISO 261:1998, first and second choice.
COARSE_PITCH_MM = {
    2.0: 0.4, 2.5: 0.45, 3.0: 0.5, 3.5: 0.6, 4.0: 0.7, 5.0: 0.8, 6.0: 1.0, 7.0: 1.0, 8.0: 1.25,
    10.0: 1.5, 12.0: 1.75, 14.0: 2.0, 16.0: 2.0, 18.0: 2.5, 20.0: 2.5, 22.0: 2.5, 24.0: 3.0,
    27.0: 3.0, 30.0: 3.5, 33.0: 3.5, 36.0: 4.0, 39.0: 4.0, 42.0: 4.5, 45.0: 4.5, 48.0: 5.0,
}  # fmt: skip

CIRCLE = CURVES.index("circle")
LEAST_TURN_RAD = 3 * math.pi  # a turn and a half; a flute or a cam turns less
EVEN_SHARE = 0.03  # departure of a helix from constant radius and pitch, of its radius and pitch
MOST_AXES = 12
COARSEST = 0.35  # pitch over diameter: beyond it is a worm or an auger
COARSER = 1.05  # × the coarse pitch: beyond it a thread is no metric one but a worm's, or moves
SAME_AXIS = math.cos(math.radians(0.5))


def tap_drill(
    diameter_mm: float, depth_mm: float, *, through: bool = False, sink_mm: float = 0.0
) -> dict[str, Any] | None:
    """The thread whose tap drill has this diameter, as the contract writes it; None also where the
    hole is too short for one to hold, or as likely lets a thinner screw through.

    sink_mm: diameter of the cone at the mouth, 0 where there is none.
    """
    for drill, nominal in TAP_DRILLS_MM.items():
        if abs(drill - diameter_mm) > DRILL_NEAR_MM:
            continue
        holds = depth_mm >= LEAST_TURNS * COARSE_PITCH_MM[nominal]
        clears = min(abs(drill - clearance) for clearance in CLEARANCE_MM) < 1.01 * SAME_DRILL_MM
        tapped = TAPPED_THROUGH[0] <= depth_mm / nominal <= TAPPED_THROUGH[1]
        chamfered = CHAMFERED[0] <= sink_mm / nominal <= CHAMFERED[1]
        told = holds and (not through or not clears or tapped or chamfered)
        return {"designation": f"M{nominal:g}", "from": "tap_drill"} if told else None
    return None


def designation(diameter_mm: float, pitch_mm: float) -> str:
    """ISO metric designation of a diameter and pitch; a coarse pitch is left out."""
    nominal = min(COARSE_PITCH_MM, key=lambda d: abs(d - diameter_mm))
    near = abs(nominal - diameter_mm) < 0.03 * nominal
    if near and abs(COARSE_PITCH_MM[nominal] - pitch_mm) < 0.03 * pitch_mm:
        return f"M{nominal:g}"
    return f"M{nominal if near else round(diameter_mm, 1):g}x{round(pitch_mm, 2):g}"


def _is_metric(diameter_mm: float, pitch_mm: float) -> bool:
    """Whether a pitch is the coarse one of a diameter or finer, as all of ISO 261 are."""
    nominal = min(COARSE_PITCH_MM, key=lambda d: abs(d - diameter_mm))
    return pitch_mm < COARSER * COARSE_PITCH_MM[nominal]


@dataclass(frozen=True)
class Helix:
    """A curve that winds about an axis."""

    pitch_mm: float
    radius_mm: float
    phase: float  # place along the axis at angle 0, in pitches
    low_mm: float  # from where to where along the axis it winds
    high_mm: float

    def runs_on(self, other: "Helix") -> bool:
        """Whether two are pieces of one curve."""
        apart = abs(self.phase - other.phase + 0.5) % 1.0 - 0.5
        near = abs(self.radius_mm - other.radius_mm) < EVEN_SHARE * self.pitch_mm
        return near and abs(apart) < EVEN_SHARE


def find_threads(survey: Survey) -> list[Draft]:
    """Threads drawn as helices: faces whose edges wind about an axis at constant pitch."""
    wound = _long_edges(survey)
    edges = [edge for edge in wound if survey.edges["curve"][edge] != CIRCLE]
    drafts: list[Draft] = []
    used: set[int] = set()
    for origin, axis in _lines(survey, wound) if edges else []:
        turns: dict[int, list[Helix]] = {}
        for edge in edges:
            ends = [int(f) for f in survey.edges["faces"][edge]]
            if used & set(ends):
                continue
            helix = _helix(survey.polyline(edge), origin, axis)
            if helix is not None:
                for face in ends:
                    turns.setdefault(face, []).append(helix)
        for faces in _apart(survey, sorted(turns), axis):
            own = [one for face in faces for one in turns[face]]
            draft = _thread(survey, faces, own, origin, axis)
            if draft is not None:
                used.update(faces)
                drafts.append(draft)
    return drafts


def _apart(survey: Survey, faces: list[int], axis: np.ndarray) -> list[list[int]]:
    """Wound faces as the threads they belong to: stretches of the axis one after the other."""
    spans = []
    for face in faces:
        along = survey.points([face]) @ axis
        spans.append((float(along.min()), float(along.max()), face))
    found: list[list[int]] = []
    reach = -math.inf
    for low, high, face in sorted(spans):
        if low > reach + survey.near_mm:
            found.append([])
        found[-1].append(face)
        reach = max(reach, high)
    return [sorted(group) for group in found]


def _long_edges(survey: Survey) -> list[int]:
    """Edges far longer than the distance between their ends, or wound: candidates for helices."""
    records = survey.edges
    chord = norms(records["end_mm"] - records["start_mm"])
    wound = survey.whole & ~records["closed"] & (records["length_mm"] > 2 * chord)
    return [int(edge) for edge in np.flatnonzero(wound)]


def _lines(survey: Survey, edges: list[int]) -> list[Line]:
    """Axes that wound edges may turn about."""
    round_ = largest_axes(survey, MOST_AXES, cosine=SAME_AXIS)
    return [*round_, *_winding(survey, edges)]


def _winding(survey: Survey, edges: list[int]) -> list[Line]:
    """The axis that the longest of wound edges turns about: a nut has no round face of its own."""
    points = survey.polyline(max(edges, key=lambda e: float(survey.edges["length_mm"][e])))
    if len(points) < 12:
        return []
    turns = np.diff(_evenly(points), n=2, axis=0)  # of evenly spaced points these look at the axis
    axis = np.linalg.svd(turns)[2][-1]
    plane = square_to(axis).T
    flat = points @ plane
    centre, _ = fit_circle(flat)
    return [(plane @ centre + (points[0] @ axis) * axis, axis)]


def _evenly(points: np.ndarray) -> np.ndarray:
    """As many points (n, 3) at even distances along the curve through some."""
    curve = curve_through(points)
    places = curve.places_mm
    if len(places) < len(points):
        return points
    return curve(np.linspace(0, places[-1], len(points)))


def _helix(points: np.ndarray, origin: np.ndarray, axis: np.ndarray) -> Helix | None:
    """A polyline (n, 3) as a helix about an axis, None where it is not one."""
    if len(points) < 12:
        return None
    x, y = square_to(axis)
    offset = points - origin
    along = offset @ axis
    across, up = offset @ x, offset @ y
    radius = np.hypot(across, up)
    if np.ptp(radius) > EVEN_SHARE * radius.mean():
        return None
    angle = np.unwrap(np.arctan2(up, across))
    if abs(angle[-1] - angle[0]) < LEAST_TURN_RAD:
        return None
    slope, start = np.polyfit(angle, along, 1)
    pitch = abs(float(slope)) * 2 * math.pi
    if pitch <= 0 or np.abs(along - (slope * angle + start)).max() > EVEN_SHARE * pitch * 2:
        return None
    phase = float(start / pitch % 1.0)
    return Helix(pitch, float(radius.mean()), phase, float(along.min()), float(along.max()))


def _length_mm(helices: list[Helix]) -> float:
    """How far a thread winds along its axis: what lies beyond has no flanks, though it may be of
    one face with the thread's core.
    """
    lengths = []
    for helix in helices:
        pieces = [other for other in helices if helix.runs_on(other)]
        lengths.append(max(p.high_mm for p in pieces) - min(p.low_mm for p in pieces))
    return max(lengths)


def _thread(
    survey: Survey,
    faces: list[int],
    helices: list[Helix],
    origin: np.ndarray,
    axis: np.ndarray,
) -> Draft | None:
    pitch = float(np.median([helix.pitch_mm for helix in helices]))
    offset = survey.points(faces) - origin
    radius = norms(rejections(offset, axis))
    diameter = 2 * float(radius.max())
    if pitch > COARSEST * diameter:
        return None
    mesh = survey.part.mesh
    rows = np.concatenate([survey.triangles(face) for face in faces])
    middle = mesh.centroids_mm[rows] - origin
    outward = rejections(middle, axis)
    facing = np.einsum("ij,ij->i", outward, mesh.normals[rows]) @ mesh.areas_mm2[rows]
    kind = "external" if facing > 0 else "internal"
    named = {"designation": designation(diameter, pitch)} if _is_metric(diameter, pitch) else {}
    parameters = {
        **named,
        "pitch_mm": pitch,
        "diameter_mm": diameter,
        "length_mm": _length_mm(helices),
        "axis": axis.tolist(),
    }
    return Draft("thread", kind, tuple(faces), parameters)
