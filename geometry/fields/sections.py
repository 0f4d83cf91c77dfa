"""How large and how stiff is a part where it is cut across?"""

import math
from dataclasses import dataclass

import numpy as np

from geometry.mesh import Mesh, lone_corners
from geometry.runs import run_starts
from geometry.vectors import row_wise, square_to

__all__ = ["Section", "sections", "sections_at"]

CUTS = 24  # along the part, evenly; cuts do not fall on ends
OFF_GRID = 0.5037  # of a step: cuts keep off faces that are square to the axis


@dataclass(frozen=True)
class Section:
    """A plane cut across an axis, by the triangles of the mesh."""

    offset_mm: float  # of the plane along the axis
    area_mm2: float
    perimeter_mm: float
    centroid_mm: np.ndarray  # (3,)
    second_moments_mm4: tuple[float, float]  # principal, about the centroid: least, largest
    section_modulus_mm3: float  # the lesser of both: second moment over the farthest fibre

    @property
    def modulus_mm(self) -> float:
        """Area over perimeter: how slowly the section cools."""
        return self.area_mm2 / self.perimeter_mm if self.perimeter_mm > 0 else math.nan


def sections(mesh: Mesh, axis: np.ndarray, count: int = CUTS) -> list[Section]:
    """Cuts evenly spread along an axis, those that meet no material left out."""
    along = mesh.vertices_mm @ axis
    low, length = float(along.min()), float(np.ptp(along))
    return sections_at(mesh, axis, low + length * (np.arange(count) + OFF_GRID) / count)


def sections_at(mesh: Mesh, axis: np.ndarray, offsets_mm: np.ndarray) -> list[Section]:
    """Cuts at places (k,) along a unit axis, those that meet no material left out.

    Integrals run along the border of each section, piece by piece (Green's theorem), so that its
    lines need not be chained.
    """
    across = square_to(axis)
    middle = mesh.vertices_mm.mean(axis=0)  # integrals about a far origin lose their digits
    place = (mesh.vertices_mm - middle) @ across.T
    height = (mesh.vertices_mm @ axis).take(mesh.triangles)
    low, high = row_wise(np.minimum, height), row_wise(np.maximum, height)
    met = (low <= offsets_mm[:, None]) & (high > offsets_mm[:, None])
    cut, row = np.divmod(np.flatnonzero(met), len(low))
    height = height.take(row, axis=0) - offsets_mm[cut][:, None]
    corners = place.take(mesh.triangles.take(row, axis=0), axis=0)
    up = height > 0
    # the corner that lies alone on its side comes first; the winding is kept
    alone = lone_corners(up)
    every = np.arange(len(row))
    first, level = corners[every, alone], height[every, alone]
    ends = []
    for step in (1, 2):
        other = (alone + step) % 3
        share = (level / (level - height[every, other]))[:, None]
        ends.append((1 - share) * first + share * corners[every, other])
    lone_up = up[every, alone][:, None]
    start, end = np.where(lone_up, ends[0], ends[1]), np.where(lone_up, ends[1], ends[0])
    area, perimeter, centre, principal, modulus = _measured(cut, len(offsets_mm), start, end)
    centroid = middle + (offsets_mm - middle @ axis)[:, None] * axis + centre @ across
    figures = zip(
        offsets_mm.tolist(), area.tolist(), perimeter.tolist(), centroid, principal.tolist(),
        modulus.tolist(), strict=True,
    )  # fmt: skip
    return [
        Section(offset_mm, area_mm2, perimeter_mm, centroid_mm, (least, largest), modulus_mm3)
        for offset_mm, area_mm2, perimeter_mm, centroid_mm, (least, largest), modulus_mm3 in figures
        if area_mm2 > 0 and least > 0  # else an open mesh, a grazing cut, or thinner than dust
    ]


def _measured(
    cut: np.ndarray, count: int, start: np.ndarray, end: np.ndarray
) -> tuple[np.ndarray, ...]:
    """Area, perimeter, centroid (k, 2), principal moments (k, 2) and least modulus of each cut."""

    def total(values: np.ndarray) -> np.ndarray:
        return np.bincount(cut, weights=values, minlength=count)

    (x0, y0), (x1, y1) = start.T, end.T
    cross = x0 * y1 - x1 * y0
    area = total(cross) / 2
    safe = np.where(area > 0, area, 1.0)
    centre = np.column_stack([total((x0 + x1) * cross), total((y0 + y1) * cross)])
    centre /= 6 * safe[:, None]
    moments = np.zeros((count, 2, 2))
    moments[:, 0, 0] = total((x0**2 + x0 * x1 + x1**2) * cross) / 12 - area * centre[:, 0] ** 2
    moments[:, 1, 1] = total((y0**2 + y0 * y1 + y1**2) * cross) / 12 - area * centre[:, 1] ** 2
    mixed = total((x0 * y1 + 2 * x0 * y0 + 2 * x1 * y1 + x1 * y0) * cross) / 24
    moments[:, 0, 1] = moments[:, 1, 0] = mixed - area * centre.prod(axis=1)
    principal, directions = np.linalg.eigh(moments)
    reach = np.abs(np.einsum("nj,njk->nk", start - centre[cut], directions[cut]))
    fibres = np.zeros((count, 2))
    first = run_starts(cut)  # pieces come cut by cut
    if len(first):
        fibres[cut[first]] = np.maximum.reduceat(reach, first)
    moduli = (principal / np.maximum(fibres, 1e-300)).min(axis=1)
    return area, total(np.hypot(x1 - x0, y1 - y0)), centre, principal, moduli
