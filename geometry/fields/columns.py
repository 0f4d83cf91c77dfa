"""How is the material spread along one direction and around one axis?"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from geometry.fields.rays import RayScene
from geometry.fields.thickness import quantile
from geometry.runs import run_starts
from geometry.vectors import about_axis, cross, norm, square_to

__all__ = ["Columns", "Revolution", "look_through", "revolve"]

RAYS_ACROSS = 44  # a side of the ray grid: 1,900 columns give volumes to about 1 %
OFF_GRID = (0.5 + 0.0137, 0.5 - 0.0071)  # rays must not run inside walls that lie on the grid
FULL = 0.985  # share of the length that a column of a constant section fills
LEAST_COLUMNS = 20  # fewer tell no plane
STANDING = 0.5  # of the length: what is longer and ends short of both ends is a profile's rest
SHORT = 0.3  # of the length: what is shorter is no part of the section that runs through
REFITS = 6  # of an end's plane, each without the farther half of the ends: cuts and holes stay out
LEAST_SAWN = 0.1  # of the length: what a slant leaves shorter is its tip
MOSTLY = 0.7  # the same for a profile with mitred ends and cross holes
PROFILE_BINS = 40  # heights at which the rings of a revolved body are compared
RINGS, TURNS = 48, 40  # of rays along an axis: 1,920 tell shares to about 1 %
GOLDEN = (np.sqrt(5) - 1) / 2  # the share of a turn that repeats last
SOLID_OF_REVOLUTION = 0.25  # a ring that is filled less than this is not part of the turned body
WINDOW_OPEN = 0.35  # of the turn: bolt holes leave more of their circle standing, spokes do not
RIM_CLOSED = 0.95  # of the turn: a rim goes round
SUNK = 0.6  # of the hub and of the rim: a web sunk between them is thinner
LEAST_VANE_BINS = 2  # heights: one alone is the slanted flank of a groove


@dataclass(frozen=True)
class Columns:
    """Material along parallel rays: pieces [low, high] of each column."""

    direction: np.ndarray  # (3,)
    across: np.ndarray  # (2, 3) unit vectors
    place_mm: np.ndarray  # (c, 2) of each column, in `across`
    column: np.ndarray  # (k,) of each piece
    low_mm: np.ndarray  # (k,) along direction, in the part's coordinates
    high_mm: np.ndarray  # (k,)
    cell_mm2: float
    length_mm: float  # extent of the part along direction
    start_mm: float
    box_mm: tuple[float, float]  # extents of the part across the rays, in `across`

    @cached_property
    def filled_mm(self) -> np.ndarray:
        """Material in each column (c,)."""
        return np.bincount(
            self.column, weights=self.high_mm - self.low_mm, minlength=len(self.place_mm)
        )

    @property
    def volume_mm3(self) -> float:
        """Volume by these columns."""
        return float((self.high_mm - self.low_mm).sum()) * self.cell_mm2

    @cached_property
    def doubled_share(self) -> float:
        """Share of the shadow with two layers of material or more above each other."""
        layers = np.bincount(self.column, minlength=len(self.place_mm))
        return float((layers > 1).sum()) / max(float((layers > 0).sum()), 1.0)

    @cached_property
    def projected_area_mm2(self) -> float:
        """Area of the part's shadow along the direction."""
        return float((self.filled_mm > 0).sum()) * self.cell_mm2

    @cached_property
    def constant_share(self) -> float:
        """Share of the volume in columns that run through the whole length: 1 for a cut-off
        profile or plate.
        """
        filled = self.filled_mm
        total = filled.sum()
        return float(filled[filled >= FULL * self.length_mm].sum() / total) if total > 0 else 0.0

    @cached_property
    def profile_share(self) -> float:
        """Share of the volume in columns that run through most of the length: profiles with holes
        and mitres too.
        """
        filled = self.filled_mm
        total = filled.sum()
        return float(filled[filled >= MOSTLY * self.length_mm].sum() / total) if total > 0 else 0.0

    @cached_property
    def sawn_share(self) -> float:
        """Share of the volume in columns that run from one plane to another: a section sawn off
        square or at a slant, cross holes or not. Never less than the constant share.
        """
        filled = self.filled_mm
        total = filled.sum()
        used = np.flatnonzero(filled > 0)
        if len(used) < LEAST_COLUMNS:
            return self.constant_share
        at_start, at_end, long = self._ends
        sawn = at_start & at_end & (long > LEAST_SAWN * self.length_mm)
        sawn &= filled[used] >= MOSTLY * long
        return max(float(filled[used][sawn].sum() / total), self.constant_share)

    @cached_property
    def standing_share(self) -> float:
        """Share of the shadow in columns that end short of both planes of the ends: bosses and
        lugs that stand out of a section, which no saw leaves.
        """
        filled = self.filled_mm
        used = np.flatnonzero(filled > 0)
        if len(used) < LEAST_COLUMNS:
            return 0.0
        at_start, at_end, long = self._ends
        standing = ~at_start & ~at_end & (filled[used] < STANDING * long)
        return float(standing.mean())

    @cached_property
    def hollowed_share(self) -> float:
        """Share of the shadow in columns that hold little material over the length: what a cutter
        would take out of a bar whose section is the whole shadow, as between the end walls of a
        tray. Pockets and windows of a profile are the smaller part of it.
        """
        filled = self.filled_mm
        used = np.flatnonzero(filled > 0)
        if len(used) < LEAST_COLUMNS:
            return 0.0
        _, _, long = self._ends
        return float((filled[used] < SHORT * long).mean())

    @cached_property
    def _ends(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Of each column with material whether it begins and ends on the plane of the ends (k,)
        bool, and the distance of the planes there, mm (k,).
        """
        used = np.flatnonzero(self.filled_mm > 0)
        count = len(self.place_mm)
        low, high = np.full(count, np.inf), np.full(count, -np.inf)
        np.minimum.at(low, self.column, self.low_mm)
        np.maximum.at(high, self.column, self.high_mm)
        start, end = self._end(used, low[used]), self._end(used, high[used])
        slack = (1 - FULL) * self.length_mm
        return np.abs(low[used] - start) <= slack, np.abs(high[used] - end) <= slack, end - start

    def _end(self, used: np.ndarray, height_mm: np.ndarray) -> np.ndarray:
        """Height (k,) above each used column of the plane that most of its ends lie on."""
        design = np.column_stack([np.ones(len(used)), self.place_mm[used]])
        kept = np.ones(len(used), bool)
        plane = np.zeros(3)
        for _ in range(REFITS):
            ends = design.compress(kept, axis=0)  # design[kept] takes three times as long
            plane = np.linalg.lstsq(ends, height_mm[kept], rcond=None)[0]
            off = np.abs(design @ plane - height_mm)
            near = off <= max(quantile(off, 0.5), (1 - FULL) * self.length_mm)
            if np.array_equal(near, kept):  # it stays as it is
                break
            kept = near
        return np.asarray(design @ plane)

    @cached_property
    def section_area_mm2(self) -> float:
        """Area of the section that runs through most of the length."""
        return float((self.filled_mm >= MOSTLY * self.length_mm).sum()) * self.cell_mm2


@dataclass(frozen=True)
class Revolution:
    """A part compared with the body that it sweeps about an axis."""

    axis: np.ndarray  # (3,)
    origin_mm: np.ndarray  # (3,) on the axis
    diameter_mm: float
    length_mm: float
    filled_share: float  # of the swept body that is material: 1 for a turned part
    swept_share: float  # of the material that lies in the swept body: arms and lugs stand out of it
    body_mm: float  # diameter of the swept body: what stands out of it makes the part wider
    windows_share: float  # of the radius where the turn is mostly open inside a closed rim
    windows_mm2: float  # what is open there, seen along the axis
    vanes_share: float  # of the radius where vanes alone join what goes round on both sides
    web_share: float  # of the radius in a web that is sunk between hub and rim


def look_through(
    scene: RayScene, points_mm: np.ndarray, direction: np.ndarray, across_x: np.ndarray
) -> Columns:
    """Casts a grid of rays along a direction through the whole part.

    points_mm: vertices of the mesh. Rays that leave through a gap of the mesh are dropped.
    """
    x = across_x - (across_x @ direction) * direction
    x /= norm(x)
    across = np.array([x, cross(direction, x)])
    flat, along = points_mm @ across.T, points_mm @ direction
    corner = flat.min(axis=0)
    width, depth = (flat.max(axis=0) - corner).tolist()
    # cells follow the shape of the shadow's box, so that a thin profile gets its rays too
    aspect = min(max(width / max(depth, 1e-300), 1 / 8), 8)
    columns = max(round(RAYS_ACROSS * math.sqrt(aspect)), 8)
    rows = max(round(RAYS_ACROSS / math.sqrt(aspect)), 8)
    grid = np.zeros((columns, rows, 2))
    grid[:, :, 0] = corner[0] + width * (np.arange(columns)[:, None] + OFF_GRID[0]) / columns
    grid[:, :, 1] = corner[1] + depth * (np.arange(rows) + OFF_GRID[1]) / rows
    place = grid.reshape(-1, 2)
    start, length = float(along.min()), float(np.ptp(along))
    heights, extent = (start, length), max(width, depth, length)
    ray, low, high, _ = _pieces(scene, place @ across, direction, heights, extent)
    cell_mm2 = width * depth / (columns * rows)
    return Columns(
        direction, across, place, ray, low, high, cell_mm2, length, start, (width, depth)
    )


def _pieces(
    scene: RayScene,
    feet_mm: np.ndarray,
    direction: np.ndarray,
    heights_mm: tuple[float, float],
    extent_mm: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Material along a ray from each foot (n, 3): ray (k,), low_mm (k,), high_mm (k,), and which
    rays tell (n,) bool.

    heights_mm: where the part begins along the direction, and its length; feet are moved below it.
    Rays that leave through a gap of the mesh are dropped.
    """
    start, length = heights_mm
    margin = 0.05 * length + 1e-3 * extent_mm
    lift = start - margin - feet_mm @ direction
    origins = feet_mm + lift[:, None] * direction
    ray, distance, _ = scene.crossings(origins, direction)
    # an edge that two triangles share is hit twice: hits at one distance are one crossing
    near = 1e-5 * (length + extent_mm)
    repeated = np.zeros(len(ray), bool)
    repeated[1:] = (ray[1:] == ray[:-1]) & (np.diff(distance) < near)
    ray, distance = ray[~repeated], distance[~repeated]
    even = np.bincount(ray, minlength=len(feet_mm)) % 2 == 0
    ray, distance = ray[even[ray]], distance[even[ray]]
    height = distance + start - margin
    return ray[::2], height[::2], height[1::2], even


def revolve(
    scene: RayScene, points_mm: np.ndarray, axis: np.ndarray, origin_mm: np.ndarray
) -> Revolution:
    """Compares a part with the rings that it would sweep about an axis, by rays along the axis on
    rings of equal area.

    points_mm: vertices of the mesh. A ring's own radius is known to each of its rays, so that a
    thin wall fills what it sweeps as well as a thick one.
    """
    along = points_mm @ axis
    start, length = float(along.min()), float(np.ptp(along))
    _, across = about_axis(points_mm - origin_mm, axis)
    outer = float(across.max(initial=0.0))
    x, y = -square_to(axis)
    ring, turn = np.divmod(np.arange(RINGS * TURNS), TURNS)
    radius = outer * np.sqrt((ring + 0.5) / RINGS)
    # each ring begins elsewhere, so that no wall runs along a whole row of rays
    angle = 2 * np.pi * (turn / TURNS + GOLDEN * ring)
    feet = origin_mm + radius[:, None] * (np.cos(angle)[:, None] * x + np.sin(angle)[:, None] * y)
    ray, low, high, known = _pieces(scene, feet, axis, (start, length), max(2 * outer, length))
    step = length / PROFILE_BINS
    edges = start + step * np.arange(PROFILE_BINS + 1)
    # each piece's ends and all edges between them, in order: their gaps are what lies in each bin
    overlap = np.diff(np.minimum(np.maximum(edges, low[:, None]), high[:, None]), axis=1)
    material = np.zeros((RINGS * TURNS, PROFILE_BINS))
    first = run_starts(ray)  # pieces come ray by ray, most rays have one
    further = np.delete(np.arange(len(ray)), first)
    material[ray[first]] = overlap[first]
    np.add.at(material, ray[further], overlap[further])
    rings = material.reshape(RINGS, TURNS, PROFILE_BINS)
    solid = rings > 0
    # a ray through a gap of the mesh says nothing of its ring
    told = known.reshape(RINGS, TURNS)
    rays = np.maximum(told.sum(axis=1), 1)
    filled = rings.sum(axis=1) / rays[:, None]
    swept = rings.max(axis=1)
    body = filled > SOLID_OF_REVOLUTION * swept
    last = np.flatnonzero(body.any(axis=1)).max(initial=-1)
    total, of_body = float(filled.sum()), float(filled[body].sum())
    whole = float(swept[body].sum())
    closed = (solid.any(axis=2) & told).sum(axis=1) / rays
    windows_share, windows_mm2 = _windows(closed, outer)
    return Revolution(
        axis=axis,
        origin_mm=origin_mm,
        diameter_mm=2 * outer,
        length_mm=length,
        filled_share=of_body / whole if whole > 0 else 0.0,
        swept_share=of_body / total if total > 0 else 0.0,
        body_mm=2 * outer * float(np.sqrt((last + 1) / RINGS)),
        windows_share=windows_share,
        windows_mm2=windows_mm2,
        web_share=_web(filled.sum(axis=1)),
        vanes_share=_vanes(solid.sum(axis=1) / rays[:, None]),
    )


def _windows(closed: np.ndarray, outer_mm: float) -> tuple[float, float]:
    """Share of the radius in rings that are mostly open between arms or windows, inside of one that
    goes round, and what is open in them, mm²; closed: share (r,) of each ring's turn, rings of one
    area.
    """
    rim = np.flatnonzero(closed > RIM_CLOSED).max(initial=-1)
    ring = np.arange(len(closed))
    opened = (ring < rim) & (closed > 0) & (closed < 1 - WINDOW_OPEN)
    edge = np.sqrt(np.arange(len(closed) + 1) / len(closed))
    ring_mm2 = np.pi * outer_mm**2 / len(closed)
    return float(np.diff(edge)[opened].sum()), float((1 - closed[opened]).sum()) * ring_mm2


def _vanes(closed: np.ndarray) -> float:
    """Share of the radius in rings that go round at two heights and are mostly open between, but
    for vanes; closed: share (r, z) of each ring's turn at each height, rings of one area.
    """
    round_ = closed > RIM_CLOSED
    before = np.logical_or.accumulate(round_, axis=1)
    after = np.logical_or.accumulate(round_[:, ::-1], axis=1)[:, ::-1]
    vaned = before & after & (closed > 0) & (closed < 1 - WINDOW_OPEN)
    edge = np.sqrt(np.arange(len(closed) + 1) / len(closed))
    return float(np.diff(edge)[vaned.sum(axis=1) >= LEAST_VANE_BINS].sum())


def _web(thick_mm: np.ndarray) -> float:
    """Share of the radius in rings that are thinner than others within and without; thick_mm: mean
    thickness (r,) of each ring along the axis, rings of one area.
    """
    within = np.maximum.accumulate(thick_mm)
    without = np.maximum.accumulate(thick_mm[::-1])[::-1]
    sunk = (thick_mm > 0) & (thick_mm < SUNK * np.minimum(within, without))
    edge = np.sqrt(np.arange(len(thick_mm) + 1) / len(thick_mm))
    return float(np.diff(edge)[sunk].sum())
