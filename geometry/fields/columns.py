"""How is the material spread along one direction and around one axis?"""

from dataclasses import dataclass

import numpy as np

from geometry.fields.rays import RayScene
from geometry.vectors import cross

__all__ = ["Columns", "Revolution", "look_through", "revolve"]

RAYS_ACROSS = 44  # a side of the ray grid: 1,900 columns give volumes to about 1 %
OFF_GRID = (0.5 + 0.0137, 0.5 - 0.0071)  # rays must not run inside walls that lie on the grid
FULL = 0.985  # share of the length that a column of a constant section fills
MOSTLY = 0.7  # the same for a profile with mitred ends and cross holes
PROFILE_BINS = 40
ALL_ROUND = (
    0.85  # share of a ring that is filled all round, counting errors of a coarse grid forgiven
)
SOLID_OF_REVOLUTION = 0.25  # a ring that is filled less than this is not part of the turned body


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

    @property
    def filled_mm(self) -> np.ndarray:
        """Material in each column (c,)."""
        return np.bincount(
            self.column, weights=self.high_mm - self.low_mm, minlength=len(self.place_mm)
        )

    @property
    def volume_mm3(self) -> float:
        """Volume by these columns."""
        return float((self.high_mm - self.low_mm).sum()) * self.cell_mm2

    @property
    def projected_area_mm2(self) -> float:
        """Area of the part's shadow along the direction."""
        return float((self.filled_mm > 0).sum()) * self.cell_mm2

    @property
    def constant_share(self) -> float:
        """Share of the volume in columns that run through the whole length: 1 for a cut-off
        profile or plate.
        """
        filled = self.filled_mm
        total = filled.sum()
        return float(filled[filled >= FULL * self.length_mm].sum() / total) if total > 0 else 0.0

    @property
    def profile_share(self) -> float:
        """Share of the volume in columns that run through most of the length: profiles with holes
        and mitres too.
        """
        filled = self.filled_mm
        total = filled.sum()
        return float(filled[filled >= MOSTLY * self.length_mm].sum() / total) if total > 0 else 0.0

    @property
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
    round_share: float  # of the material that lies in rings that are filled all round
    swept_share: float  # of the material that lies in the swept body: arms and lugs stand out of it


def look_through(
    scene: RayScene, points_mm: np.ndarray, direction: np.ndarray, across_x: np.ndarray
) -> Columns:
    """Casts a grid of rays along a direction through the whole part.

    points_mm: vertices of the mesh. Rays that leave through a gap of the mesh are dropped.
    """
    x = across_x - (across_x @ direction) * direction
    x /= np.linalg.norm(x)
    across = np.array([x, cross(direction, x)])
    flat, along = points_mm @ across.T, points_mm @ direction
    low, size = flat.min(axis=0), np.ptp(flat, axis=0)
    # cells follow the shape of the shadow's box, so that a thin profile gets its rays too
    aspect = float(np.clip(size[0] / max(size[1], 1e-300), 1 / 8, 8))
    counts = np.maximum(
        np.round(RAYS_ACROSS * np.array([np.sqrt(aspect), 1 / np.sqrt(aspect)])).astype(int), 8
    )
    u = low[0] + size[0] * (np.arange(counts[0]) + OFF_GRID[0]) / counts[0]
    v = low[1] + size[1] * (np.arange(counts[1]) + OFF_GRID[1]) / counts[1]
    place = np.stack(np.meshgrid(u, v, indexing="ij"), axis=-1).reshape(-1, 2)
    start, length = float(along.min()), float(np.ptp(along))
    margin = 0.05 * length + 1e-3 * float(np.linalg.norm(size))
    origins = place @ across + (start - margin) * direction
    ray, distance, _ = scene.crossings(origins, np.broadcast_to(direction, origins.shape))
    # an edge that two triangles share is hit twice: hits at one distance are one crossing
    near = 1e-5 * (length + float(size.max()))
    repeated = np.zeros(len(ray), bool)
    repeated[1:] = (ray[1:] == ray[:-1]) & (np.diff(distance) < near)
    ray, distance = ray[~repeated], distance[~repeated]
    even = np.bincount(ray, minlength=len(place)) % 2 == 0
    ray, distance = ray[even[ray]], distance[even[ray]]
    height = distance + start - margin
    return Columns(
        direction, across, place, ray[::2], height[::2], height[1::2],
        float(size[0] * size[1] / counts.prod()), length, start,
    )  # fmt: skip


def revolve(columns: Columns, origin_mm: np.ndarray) -> Revolution:
    """Compares the columns along an axis with the rings that they would sweep about it."""
    centre = columns.across @ origin_mm
    radius = np.linalg.norm(columns.place_mm - centre, axis=1)
    used = np.unique(columns.column)
    outer = float(radius[used].max()) if len(used) else 0.0
    outer += np.sqrt(columns.cell_mm2) / 2
    ring = np.minimum((radius / outer * PROFILE_BINS).astype(int), PROFILE_BINS)
    # columns that a full ring would have, also where it reaches beyond the part's own box
    rim = outer / PROFILE_BINS * np.arange(PROFILE_BINS + 1)
    possible = np.pi * np.diff(rim**2) / columns.cell_mm2
    step = columns.length_mm / PROFILE_BINS
    edges = columns.start_mm + step * np.arange(PROFILE_BINS + 1)
    low, high = columns.low_mm, columns.high_mm
    overlap = np.clip(
        np.minimum(high[:, None], edges[None, 1:]) - np.maximum(low[:, None], edges[None, :-1]),
        0,
        None,
    )
    material = np.zeros((PROFILE_BINS + 1, PROFILE_BINS))
    np.add.at(material, ring[columns.column], overlap)
    material = material[:PROFILE_BINS]
    fill = material / np.maximum(possible[:, None] * step, 1e-300)
    body = fill > SOLID_OF_REVOLUTION
    swept = float((possible[:, None] * step * body).sum())
    total = float(material.sum())
    full = fill > ALL_ROUND
    return Revolution(
        axis=columns.direction,
        origin_mm=origin_mm,
        diameter_mm=2 * outer,
        length_mm=columns.length_mm,
        filled_share=min(float(material[body].sum()) / swept, 1.0) if swept > 0 else 0.0,
        round_share=float(material[full].sum()) / total if total > 0 else 0.0,
        swept_share=float(material[body].sum()) / total if total > 0 else 0.0,
    )
