"""Which places can a milling cutter of a given size touch from one direction?"""

import numpy as np

from geometry.fields.access import GRAZING, LIFT_SHARE
from geometry.fields.rays import RayScene
from geometry.fields.sampling import Samples, rim_chords
from geometry.topology import Topology
from geometry.vectors import norms, square_to

__all__ = ["accessible"]

AROUND = 12  # places of the cutter's axis beside a point of a floor, and rays on a rim
RINGS = (1.0, 0.55)  # of the radius: circles of rays that stand for a cylinder, the rim first
CHORDS = 4  # directions in which a tight place is measured for its middle
CHORDS_OFF = 2.0  # a bore's triangles stand in by one chord error, its middle is off by one
EDGE = 0.98  # of the radius: how far off its axis a cutter still cuts a floor
FLOOR = np.sin(np.radians(20.0))  # steeper than this a place is cut by the cutter's side alone
WALL = np.sin(np.radians(6.0))  # flatter than this a place is cut by the cutter's end alone
SLACK_SHARE = 5e-4  # of the radius: a cutter as wide as its slot still goes in


def accessible(
    scene: RayScene,
    topology: Topology,
    samples: Samples,
    direction: np.ndarray,
    diameter_mm: float,
    length_mm: float,
    *,
    holder_diameter_mm: float = 0.0,
    diagonal_mm: float,
) -> np.ndarray:
    """Whether a flat end mill that comes from `direction` (3,) touches each sample: (n,) bool.

    The cutter is a cylinder of the diameter that stands length_mm out of its holder, a wider
    cylinder; 0: no holder. Its end stands at the height of the sample. Beside a wall there is one
    place for its axis, on a floor there are several; a place is free when rays along the cutter's
    and the holder's rims meet nothing. What is thinner than the gaps between the rays, a quarter
    of the diameter, may be missed; a cutter wider by twice the mesh's chord error still goes in.

    Source: the cutter as a swept cylinder over its contact point, Choi, Jerard, Sculptured
    Surface Machining, 1998, ch. 5 (interference by offset).
    """
    facing = samples.normals @ direction
    reachable = facing > -GRAZING
    found = np.zeros(len(samples), bool)
    radius = diameter_mm / 2
    across = square_to(direction)
    lift = LIFT_SHARE * diagonal_mm
    # the mesh cuts corners: a bore's chords stand into it by the chord error
    slack = SLACK_SHARE * radius + lift + CHORDS_OFF * rim_chords(topology, samples)[samples.face]

    def stand(rows: np.ndarray, centre: np.ndarray) -> None:
        """Marks the samples at whose places (k, 3) the cutter and its holder are free."""
        fit = np.maximum(radius - slack[rows], radius / 2)
        free = _clear(scene, centre + lift * direction, direction, across, fit)
        if holder_diameter_mm > diameter_mm and free.any():
            at = np.flatnonzero(free)
            above = centre[at] + length_mm * direction
            wide = holder_diameter_mm / 2 - slack[rows[at]]
            free[at] = _clear(scene, above, direction, across, wide)
        found[rows[free]] = True

    sideways = samples.normals @ across.T
    steep = norms(sideways)
    wall = np.flatnonzero(reachable & (steep > WALL))
    beside = sideways[wall] / steep[wall, None] * radius
    stand(wall, samples.points_mm[wall] + beside @ across)
    floor = np.flatnonzero(reachable & (facing > FLOOR) & ~found)
    stand(floor, samples.points_mm[floor])
    for turn in 2 * np.pi * np.arange(AROUND) / AROUND:
        left = floor[~found[floor]]
        if not len(left):
            return found
        way = np.array([np.cos(turn), np.sin(turn)]) @ across
        stand(left, samples.points_mm[left] + EDGE * radius * way)
    # between walls as far apart as the cutter is wide it stands in the middle alone; the middle
    # of a chord is on the middle line of a slot, and that of the chord across it in a bore's axis
    for turn in np.pi * np.arange(CHORDS) / CHORDS:
        left = floor[~found[floor]]
        if not len(left):
            break
        way = np.array([np.cos(turn), np.sin(turn)]) @ across
        middle = samples.points_mm[left]
        for line in (way, np.cross(direction, way)):
            middle = middle + _to_middle(scene, middle + 2 * lift * direction, line)
            apart = norms(middle - samples.points_mm[left])
            near = apart <= radius
            stand(left[near], middle[near])
    return found


def _to_middle(scene: RayScene, origins: np.ndarray, line: np.ndarray) -> np.ndarray:
    """From points (k, 3) to the middles between the walls along a line (k, 3); 0 where open."""
    ahead, behind = (scene.cast(origins, way).distance_mm for way in (line, -line))
    shift = np.where(np.isfinite(ahead) & np.isfinite(behind), ahead, 0.0)
    shift -= np.where(np.isfinite(ahead) & np.isfinite(behind), behind, 0.0)
    return np.asarray(shift[:, None] / 2 * line)


def _clear(
    scene: RayScene,
    centre: np.ndarray,
    direction: np.ndarray,
    across: np.ndarray,
    radius: np.ndarray,
) -> np.ndarray:
    """Whether a cylinder of each radius (k,) that stands on each centre (k, 3) and reaches up
    without end meets nothing: (k,) bool.
    """
    turn = 2 * np.pi * np.arange(AROUND) / AROUND
    circle = np.column_stack([np.cos(turn), np.sin(turn)]) @ across
    free = np.ones(len(centre), bool)
    # the widest ring first: most collisions show there, and what collides is not asked again
    for ring in RINGS:
        at = np.flatnonzero(free)
        if not len(at):
            break
        start = centre[at][:, None] + (ring * radius[at])[:, None, None] * circle
        ways = np.broadcast_to(direction, (start.shape[0] * start.shape[1], 3))
        hit = scene.occluded(start.reshape(-1, 3), ways).reshape(len(at), -1).any(axis=1)
        free[at[hit]] = False
    return free
