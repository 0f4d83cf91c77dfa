"""What of a part gives way to a tool, or asks for an odd one: walls, bosses, rounds, floors?"""

import math
from collections.abc import Sequence

import numpy as np
from scipy.spatial import cKDTree

from geometry.mass import convex_hull
from geometry.processes.measurement import Measurement, number_of, worst
from geometry.processes.subject import Subject
from geometry.runs import distinct_rows
from geometry.topology import CONCAVE, CONVEX, Topology, radii_across_mm, surface_code
from geometry.vectors import cross, norms, square_to

__all__ = ["bosses", "floors", "narrow_cavities", "outer_rounds", "slender_walls", "turned_corners"]

PLANE, TORUS = surface_code("plane"), surface_code("torus")
OPPOSITE = -np.cos(np.radians(6.0))  # of the sides of a wall; drafts lean by less
UPON = np.cos(np.radians(10.0))  # a wall's top is square to its height
OPPOSED_APART = math.sqrt(2 - 2 * UPON)  # between a unit vector and the opposite of one so far off
ALONG_SIDE = math.sin(math.radians(10.0))  # of a wall: an end is square to it
DECIMALS = 9  # of a direction; noise of a translator beyond
FOOT_SHARE = 0.1  # of a wall's height: how uneven the floor may be that it stands on
HELD_SHARE = 0.5  # of its width at the foot: a boss on a plate's face holds no plate
CORNERS = 200  # of a wall's side, from which on only those of its hull are asked
ON_AXIS_SHARE = 2e-3  # of the diagonal: edges so near to the turning axis turn about it


def slender_walls(subject: Subject) -> list[Measurement]:
    """Height over thickness of walls that stand free at one end and are held at the other."""
    found, ends = [], _Ends(subject)
    joined = subject.part.joined
    for wall in subject.walls:
        first, second = np.unique(joined.standing_for[list(wall.faces)]).tolist()
        tops = ends.free(first, second)
        sides = [_Side(joined, side) for side in (first, second) if tops]
        heights: dict[bytes, float] = {}  # the tips of a rack's teeth look one way: asked once
        for top in tops:
            way = top.tobytes()
            if way not in heights:
                heights[way] = _held_height_mm(sides, top)
            height = heights[way]
            if height > 0 and wall.value > 0:
                context = {"thickness_mm": wall.value, "height_mm": height}
                found.append(
                    Measurement("wall_slenderness", height / wall.value, wall.faces, None, context)
                )
    return worst(found, largest=True)


class _Ends:
    """Flat faces at which walls may end, and which of their directions look against each other."""

    def __init__(self, subject: Subject) -> None:
        self._topology = subject.part.joined
        faces = self._topology.faces
        self._axis = faces["axis"]
        self._flat = (faces["kind"] == PLANE) & np.isfinite(self._axis).all(axis=1)
        flat = np.flatnonzero(self._flat)
        distinct, way = distinct_rows(np.round(self._axis[flat], DECIMALS))
        self._way = np.full(len(faces), -1)
        self._way[flat] = way
        # of every direction those that look against it, found once: walls share their ends
        tree = cKDTree(distinct) if len(distinct) else None
        self._against: list[list[int]] = (
            [] if tree is None else tree.query_ball_point(-distinct, OPPOSED_APART).tolist()
        )

    def free(self, first: int, second: int) -> list[np.ndarray]:
        """Normals of the free ends that two sides of a wall have in common, but for a loose
        plate.
        """
        axis, flat = self._axis, self._flat
        if not (flat[first] and flat[second]) or axis[first] @ axis[second] > OPPOSITE:
            return []
        beside = (set(self._topology.neighbours(side)[1].tolist()) for side in (first, second))
        shared = [end for end in set.intersection(*beside) if flat[end]]
        upright = [end for end in shared if abs(float(axis[end] @ axis[first])) < ALONG_SIDE]
        ways = {int(self._way[end]) for end in upright}
        return [axis[end] for end in upright if ways.isdisjoint(self._against[self._way[end]])]


class _Side:
    """Where a flat side of a wall reaches, and where it ends in an inner corner or in a blend."""

    def __init__(self, topology: Topology, face: int) -> None:
        edges = topology.edges.take(topology.neighbours(face)[0])
        self.axis = topology.faces["axis"][face]
        self.corners_mm = _farthest(
            np.concatenate([edges["start_mm"], edges["middle_mm"], edges["end_mm"]]), self.axis
        )
        held = edges[edges["convexity"] != CONVEX]
        self._middle_mm, self._along_mm = held["middle_mm"], held["end_mm"] - held["start_mm"]

    def held(self, top: np.ndarray, below_mm: float) -> bool:
        """Whether it ends, below a height along top and over most of its width there, in an inner
        corner or in a blend that leads on.
        """
        across = cross(self.axis, top)
        low = self.corners_mm[self.corners_mm @ top < below_mm]
        held = np.abs(self._along_mm[self._middle_mm @ top < below_mm] @ across).sum()
        return bool(len(low) and held > HELD_SHARE * np.ptp(low @ across) and held > 0)


def _held_height_mm(sides: Sequence[_Side], top: np.ndarray) -> float:
    """How high a wall stands on something, up to an end that looks along top; 0 where it stands on
    nothing, as a plate does whose outline has no two sides alike, for all its width.
    """
    (low_a, high_a), (low_b, high_b) = (_reach(side.corners_mm, top) for side in sides)
    foot = max(low_a, low_b)
    height = min(high_a, high_b) - foot
    below = foot + FOOT_SHARE * height
    return height if height > 0 and any(side.held(top, below) for side in sides) else 0.0


def _farthest(points_mm: np.ndarray, axis: np.ndarray) -> np.ndarray:
    """Of many points (n, 3) in a plane those alone that they reach farthest with."""
    if len(points_mm) > CORNERS:
        hull = convex_hull(points_mm @ square_to(axis).T)
        return points_mm if hull is None else points_mm[hull.vertices]
    return points_mm


def _reach(points_mm: np.ndarray, direction: np.ndarray) -> tuple[float, float]:
    """Lowest and highest of some places (n, 3) along a direction."""
    height = points_mm @ direction
    return float(height.min()), float(height.max())


def bosses(subject: Subject) -> list[Measurement]:
    """Height over diameter of round bosses."""
    found = []
    for boss in subject.features("boss"):
        diameter, height = number_of(boss, "diameter_mm"), number_of(boss, "height_mm")
        if diameter > 0 and height > 0:
            found.append(Measurement("boss_height_ratio", height / diameter, boss.faces, boss.id))
    return worst(found, largest=True)


def floors(subject: Subject) -> list[Measurement]:
    """Radius between floor and walls over the radius of the walls' corners."""
    found = []
    for cavity in subject.features("pocket", "slot"):
        floor, corner = number_of(cavity, "floor_radius_mm"), number_of(cavity, "corner_radius_mm")
        if floor > 0 and corner > 0:
            found.append(Measurement("floor_radius_ratio", floor / corner, cavity.faces, cavity.id))
    return worst(found, largest=True)


def narrow_cavities(subject: Subject) -> list[Measurement]:
    """Width of pockets and slots, the narrowest first."""
    return worst(
        Measurement(
            "cavity_width_mm",
            number_of(cavity, "width_mm"),
            cavity.faces,
            cavity.id,
            {"depth_mm": number_of(cavity, "depth_mm")},
        )
        for cavity in subject.features("pocket", "slot")
    )


def outer_rounds(subject: Subject) -> tuple[Measurement, ...]:
    """Rounded outer edges that only a ball or a formed tool leaves, as one place."""
    faces = subject.faces
    rounded = subject.shaping.fillets & (faces["sense"] > 0) & ~subject.side_milled
    tube = radii_across_mm(faces)
    rounded &= np.isfinite(tube)
    if not rounded.any():
        return ()
    places = tuple(np.flatnonzero(rounded).tolist())
    return (Measurement("outer_round_mm", float(tube[rounded].max()), places),)


def turned_corners(subject: Subject) -> list[Measurement]:
    """Radius of the inner corners about the turning axis; those of reliefs and holes apart."""
    axis = subject.turning_axis
    if axis is None:
        return []
    edges, faces = subject.part.topology.edges, subject.faces
    own = np.zeros(len(faces) + 1, bool)
    own[:-1] = axis.faces
    for feature in (*subject.holes, *subject.features("groove", "thread", "gear")):
        own[list(feature.faces)] = False
    near = ON_AXIS_SHARE * subject.fields.diagonal_mm
    offset = np.nan_to_num(edges["origin_mm"]) - axis.origin_mm
    away = norms(cross(offset, axis.axis))
    about = np.isfinite(edges["radius_mm"]) & (np.abs(edges["axis"] @ axis.axis) > UPON)
    sharp = (
        about & (edges["convexity"] == CONCAVE) & (away < near) & own[edges["faces"]].all(axis=1)
    )
    found = []
    if sharp.any():
        places = np.unique(edges["faces"][sharp])
        found.append(Measurement("turned_corner_mm", 0.0, tuple(places.tolist())))
    rounds = np.flatnonzero(own[:-1] & (faces["kind"] == TORUS) & (faces["sense"] < 0))
    found += [
        Measurement("turned_corner_mm", float(faces["minor_radius_mm"][face]), (int(face),))
        for face in rounds
    ]
    return worst(found)
