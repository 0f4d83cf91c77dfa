"""What do all processes share? Every field of a part, computed when first asked for and once."""

from functools import cached_property

import numpy as np

from geometry.fields.access import Visibility, candidate_directions, see
from geometry.fields.blends import Shaping, shaping
from geometry.fields.columns import Columns, Revolution, look_through, revolve
from geometry.fields.parting import Parting, parting_line, split_height
from geometry.fields.pull import Pull, best_pull
from geometry.fields.rays import RayScene, scene_of
from geometry.fields.reach import accessible
from geometry.fields.revolution import TurningAxis, best_axis
from geometry.fields.sampling import Samples, sample_faces
from geometry.fields.thickness import (
    Quantiles,
    SheetLike,
    Thickness,
    measure_ray_thickness,
    measure_spheres,
    quantile,
    sheet_like,
)
from geometry.part import Part
from geometry.shells import Void, find_voids

__all__ = ["Fields", "Wall"]

CONSTANT_VOLUME = (0.9, 1.1)  # one gauge encloses so much of the volume of a sheet part
SPHERE_QUANTILE = 0.995  # the largest sphere but for single samples
PRISMS = 3  # directions tried for a constant section
CAPS = np.cos(np.radians(0.5))  # normals this close to a direction belong to its end faces


class Wall:
    """Wall thickness of a part in the contract's words."""

    def __init__(self, fields: "Fields") -> None:
        self._fields = fields

    @cached_property
    def summary(self) -> dict[str, float | bool]:
        """Keys of the contract's `wall`; empty where no two sides of the part lie opposite each
        other.
        """
        fields = self._fields
        low, middle, high = (fields.wall_quantile(share) for share in (0.02, 0.5, 0.98))
        if np.isnan(middle):
            return {}
        # rays run along a sheet and a plate too; no wall is thicker than the largest sphere inside
        thickest = fields.thickest_section_mm
        low, middle, high = np.fmin([low, middle, high], thickest).tolist()
        if np.isfinite(thickest):
            high = thickest
        sheet = fields.sheet_like
        constant = CONSTANT_VOLUME[0] < sheet.volume_share < CONSTANT_VOLUME[1]
        found: dict[str, float | bool] = {
            "median_mm": middle, "min_mm": low, "max_mm": high, "constant": constant,
        }  # fmt: skip
        if constant:
            found["sheet_thickness_mm"] = sheet.thickness_mm
        return found


class Fields:
    """Lazy fields of one part; samples are ids of the body's own faces."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.diagonal_mm = part.mesh.diagonal_mm
        self._columns: dict[bytes, Columns] = {}

    def compute(self) -> None:
        """Compute every field now: what is measured on them later is then time of its own."""
        for name, of_class in vars(Fields).items():
            if isinstance(of_class, cached_property):
                getattr(self, name)

    @cached_property
    def scene(self) -> RayScene:
        """The part's triangles, ready for rays."""
        return scene_of(self.part.mesh)

    @cached_property
    def samples(self) -> Samples:
        """Evenly spread points of every face."""
        return sample_faces(self.part.mesh, len(self.part.topology.faces))

    @cached_property
    def voids(self) -> tuple[Void, ...]:
        """Spaces that the material closes in, the largest first."""
        return find_voids(self.part.topology, self.part.mesh)

    @cached_property
    def thickness(self) -> Thickness:
        """Wall thickness along inward rays."""
        return measure_ray_thickness(self.scene, self.part.mesh, self.samples, self.diagonal_mm)

    @cached_property
    def spheres(self) -> tuple[np.ndarray, np.ndarray]:
        """Largest inscribed sphere at every sample: radius_mm (n,), centre_mm (n, 3)."""
        radius, centre, _ = self._spheres
        return radius, centre

    @cached_property
    def _spheres(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return measure_spheres(self.scene, self.samples, self.thickness, self.diagonal_mm)

    @cached_property
    def sphere_quantiles(self) -> Quantiles:
        """Radii of the spheres by the surface that touches them, mm."""
        radius, _ = self.spheres
        known = np.isfinite(radius)
        return Quantiles(radius[known], self.samples.area_mm2[known])

    @cached_property
    def thickest_mm(self) -> float:
        """Diameter of the largest sphere inside, but for single samples; nan without any."""
        return self._largest_mm(self.spheres[0])

    @cached_property
    def thickest_section_mm(self) -> float:
        """The same to the hundredth, as it is told: at the rim of a plate spheres shrink until they
        all but fit, and are then as large as what fits about their centre.
        """
        radius, centre, free = self._spheres
        held, free = radius.copy(), free.copy()
        known = np.flatnonzero(np.isfinite(radius))
        large = known[radius[known] > quantile(radius[known], 0.5)]
        large = large[np.argsort(-radius[large])]
        told = int((1 - SPHERE_QUANTILE) * len(known)) + 2  # so many of the largest are told by
        asked = 0
        while asked < len(large):
            rows = large[asked : asked + max(told, asked)]
            unknown = rows[np.isnan(free[rows])]
            if len(unknown):
                free[unknown], _, _ = self.scene.nearest(centre[unknown])
            held[rows] = np.minimum(radius[rows], free[rows])
            asked += len(rows)
            next_mm = radius[large[asked]] if asked < len(large) else 0.0
            if np.count_nonzero(held[large[:asked]] >= next_mm) >= told:
                break  # whatever comes is smaller
        return self._largest_mm(held)

    def _largest_mm(self, radius: np.ndarray) -> float:
        return 2 * quantile(radius[np.isfinite(radius)], SPHERE_QUANTILE)

    @cached_property
    def visibility(self) -> Visibility:
        """What can be reached from which direction."""
        directions, own = candidate_directions(self.part.joined, self.part.mass.box)
        hull = self.part.mass.hull.points_mm
        return see(self.scene, self.samples, directions, own, self.diagonal_mm, hull)

    def accessible(
        self,
        direction: np.ndarray,
        diameter_mm: float,
        length_mm: float,
        holder_diameter_mm: float = 0.0,
    ) -> np.ndarray:
        """Which samples a cutter of this size touches from one direction: (n,) bool."""
        return accessible(
            self.scene, self.part.topology, self.samples, direction, diameter_mm, length_mm,
            holder_diameter_mm=holder_diameter_mm, diagonal_mm=self.diagonal_mm,
        )  # fmt: skip

    @cached_property
    def pull(self) -> Pull:
        """The best opening of a mould."""
        return best_pull(self.samples, self.visibility, self.part.mesh.vertices_mm)

    @cached_property
    def parting(self) -> Parting:
        """Where the halves of a mould meet that opens along the best pull."""
        samples, pull, mesh = self.samples, self.pull, self.part.mesh
        height = split_height(self.part.topology, samples, self.visibility, pull, mesh.vertices_mm)
        seen, count = self.visibility.seen, len(self.part.topology.faces)
        halves = seen[pull.row], seen[self.visibility.opposite[pull.row]], pull.hidden
        reached = np.array([samples.share_by_face(half, count) for half in halves])
        return parting_line(self.part.topology, mesh, pull.direction, reached, height)

    @cached_property
    def turning_axis(self) -> TurningAxis | None:
        """The axis that most of the round area follows."""
        return best_axis(self.part.topology, self.samples, self.diagonal_mm)

    @cached_property
    def revolution(self) -> Revolution | None:
        """The part against the body it sweeps about its turning axis."""
        axis = self.turning_axis
        if axis is None:
            return None
        return revolve(self.scene, self.part.mesh.vertices_mm, axis.axis, axis.origin_mm)

    @cached_property
    def sheet_like(self) -> SheetLike:
        """The one thickness that encloses most of the volume."""
        return sheet_like(self.samples, self.thickness, self.part.mass.volume_mm3, self.diagonal_mm)

    @cached_property
    def shaping(self) -> Shaping:
        """Blends, freeform faces and sharp edges."""
        return shaping(self.part.joined)

    @cached_property
    def prisms(self) -> tuple[Columns, ...]:
        """Columns along the directions in which the part looks most like a cut-off profile or a
        plate.
        """
        normals, area = self.samples.normals, self.samples.area_mm2
        rows = np.arange(0, self.visibility.from_geometry, 2)
        directions = self.visibility.directions[rows]
        along = np.abs(directions @ normals.T)
        cap = along > CAPS
        side = along < np.sqrt(1 - CAPS**2)
        share = (cap | side) @ area / area.sum()
        best = np.argsort(-np.round(share, 3), kind="stable")[:PRISMS]
        return tuple(self.columns(directions[i]) for i in best)

    @cached_property
    def plate(self) -> Columns:
        """Columns along the direction with the most material in full columns, the shortest of
        equals.
        """
        return max(self.prisms, key=lambda c: (round(c.constant_share, 1), -c.length_mm))

    @cached_property
    def profile(self) -> Columns:
        """Columns along the direction with the most material in nearly full columns, the longest
        of equals.
        """
        return max(self.prisms, key=lambda c: (round(c.profile_share, 1), c.length_mm))

    def columns(self, direction: np.ndarray) -> Columns:
        """Material along rays in one direction."""
        key = np.round(direction, 9).tobytes()
        if key not in self._columns:
            axes = self.part.mass.box.axes
            across = axes[np.abs(axes @ direction).argmin()]
            self._columns[key] = look_through(
                self.scene, self.part.mesh.vertices_mm, direction, across
            )
        return self._columns[key]

    @cached_property
    def wall(self) -> Wall:
        """Wall thickness for people."""
        return Wall(self)

    def wall_quantile(self, share: float) -> float:
        """Wall thickness that `share` of the walls' area stays below, mm; nan without walls."""
        return self._wall_quantiles.at(share)

    @cached_property
    def _wall_quantiles(self) -> Quantiles:
        walls = self.thickness.opposed
        return Quantiles(self.thickness.ray_mm[walls], self.samples.area_mm2[walls])
