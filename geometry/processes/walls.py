"""How thick is a part: its ordinary wall, its thinnest and its thickest place?"""

import math
from functools import cached_property
from itertools import pairwise

import numpy as np

from geometry.fields.thickness import Quantiles
from geometry.processes.basis import Basis
from geometry.processes.grades import grade
from geometry.processes.measurement import Measurement, worst
from geometry.runs import run_starts
from geometry.topology import surface_code
from geometry.vectors import off_line

__all__ = ["Walls"]

LEAST_SAMPLES = 3  # a face's wall is a number only where so many rays found its other side
LEAST_WALL_SHARE = 0.004  # of the area: thin spots smaller than this are edges, not walls
THIN_SHARE = 0.1  # of a wall's area is thinner than the wall is told to be
MOSTLY = 0.85  # of the area: what is thicker than the rest is a pad or a hub
SOLID_PAD = (
    0.6  # of the thickest section: mouldings have solid places, but none twice as thick; ours
)
CYLINDER = surface_code("cylinder")
COAXIAL = np.cos(np.radians(0.1))  # sides of one tube: modellers write the same axis twice
OFF_SHARE = 0.01  # of a wall: how far the axes of its two sides may lie apart


class Walls(Basis):
    """Thickness of walls and sections."""

    @cached_property
    def wall_mm(self) -> float:
        """Ordinary wall: half of the walls' area is thinner."""
        return self.fields.wall_quantile(0.5)

    @cached_property
    def thin_wall_mm(self) -> float:
        """Thinnest wall that is not just a spot."""
        found = [m.value for m in self.walls]
        thin = min(found) if found else self.fields.wall_quantile(0.05)
        # rays along a tube are no wall of it
        return float(np.fmin.reduce([thin, self.wall_mm, self.fields.thickest_section_mm]))

    @cached_property
    def thickest_mm(self) -> float:
        """Diameter of the largest sphere inside."""
        return self.fields.thickest_mm

    @cached_property
    def usual_section_mm(self) -> float:
        """Diameter of the inscribed sphere that half of the surface stays below: walls and solid
        bodies alike.
        """
        return self._section_mm(0.5)

    def _section_mm(self, share: float) -> float:
        """Diameter of the inscribed sphere that a share of the surface stays below, nan of none."""
        return 2 * self.fields.sphere_quantiles.at(share)

    @cached_property
    def section_spread(self) -> float:
        """Between the tenth and the ninetieth of a hundred parts of the surface, the spheres in it
        differ by this, over the ordinary wall: 0 where all walls are as thick. Rays would say that
        the rim of a tray is as thick as the tray is high.
        """
        return (self._section_mm(0.9) - self._section_mm(0.1)) / max(self.wall_mm, 1e-300)

    @cached_property
    def section_ratio(self) -> float:
        """Thickest section over the ordinary one."""
        return self.thickest_mm / self.usual_section_mm if self.usual_section_mm > 0 else math.nan

    @cached_property
    def thin_throughout(self) -> float:
        """Whether hardly a section is thicker than a moulded wall with its bosses; larger parts
        have thicker walls, and one solid pad or hub makes no part thick.
        """
        return grade("thin_throughout.section", self.thickness_of_most_mm, float(self.box_mm[0]))

    @cached_property
    def thickness_of_most_mm(self) -> float:
        """Section that most of the surface stays below, or a share of the thickest; nan of none."""
        if math.isnan(self.thickest_mm):
            return math.nan
        return max(self._section_mm(MOSTLY), SOLID_PAD * self.thickest_mm)

    @cached_property
    def bulk(self) -> float:
        """Thickest section over the side of a cube of the same volume: bars and lumps, not
        shells.
        """
        return self.thickest_mm / self.cube_mm

    @property
    def cube_mm(self) -> float:
        """Side of a cube of the same volume."""
        return max(self.volume_mm3, 1e-300) ** (1 / 3)

    @cached_property
    def even_wall_share(self) -> float:
        """Share of the area whose inscribed sphere is within a third of the usual one: an even
        wall.
        """
        radius, _ = self.fields.spheres
        known = np.isfinite(radius)
        usual = self.usual_section_mm / 2
        same = known & (np.abs(np.nan_to_num(radius) - usual) <= usual / 3)
        area = self.fields.samples.area_mm2
        return float(area[same].sum() / max(area[known].sum(), 1e-300))

    @cached_property
    def block_share(self) -> float:
        """Volume over that of the enclosing box."""
        return self.volume_mm3 / max(float(np.prod(self.box_mm)), 1e-300)

    @property
    def even_shell(self) -> float:
        """How much the part is one thin wall around a space: a mould leaves its corners as round as
        a cutter would, walls as thick as the floor say that nothing was cut.
        """
        even = grade("even_shell.even", self.even_wall_share)
        return self.thin_throughout * even * grade("hollow.empty", 1 - self.block_share)

    @cached_property
    def walls(self) -> tuple[Measurement, ...]:
        """Wall thickness by pairs of faces that lie opposite each other, thinnest first. The pieces
        of a split face are one.
        """
        thickness, samples = self.fields.thickness, self.fields.samples
        joined = self.part.joined
        chosen = np.flatnonzero(thickness.opposed)
        far = joined.standing_for[self.part.mesh.face_of_triangle[thickness.far_triangle[chosen]]]
        near = joined.standing_for[samples.face[chosen]]
        other = near != far  # a bore seen across is no wall
        chosen, near, far = chosen[other], near[other], far[other]
        count = len(joined.faces)
        key = np.minimum(near, far).astype(np.int64) * count + np.maximum(near, far)
        if not len(key):
            return ()  # a ball has no two sides
        order = np.lexsort((thickness.ray_mm[chosen], key))
        key, chosen = key[order], chosen[order]
        starts = run_starts(key)
        found = []
        for start, end in pairwise([*starts.tolist(), len(key)]):
            if end - start < LEAST_SAMPLES:
                continue
            own = chosen[start:end]
            area = samples.area_mm2[own]
            area_mm2 = float(area.sum())
            if area_mm2 < LEAST_WALL_SHARE * self.area_mm2:
                continue
            a, b = divmod(int(key[start]), count)
            thin_mm = Quantiles(thickness.ray_mm[own], area, ascending=True).at(THIN_SHARE)
            value = self._exact_mm(a, b, thin_mm)
            length = {"length_mm": math.sqrt(area_mm2)}
            drawn = joined.body_faces((a, b))
            found.append(Measurement("wall_mm", value, drawn, None, length))
        return tuple(worst(found))

    def _exact_mm(self, first: int, second: int, measured_mm: float) -> float:
        """The wall between two cylinders about one axis by their radii: the chords of a mesh are as
        long as the cylinder is large, whatever its wall. Else as measured.
        """
        one, other = self.part.joined.faces[[first, second]]
        if not one["kind"] == other["kind"] == CYLINDER or one["sense"] + other["sense"] != 0:
            return measured_mm
        exact = abs(float(other["radius_mm"] - one["radius_mm"]))
        off = off_line(other["origin_mm"], one["origin_mm"], one["axis"])
        coaxial = abs(float(one["axis"] @ other["axis"])) > COAXIAL and off < OFF_SHARE * exact
        return exact if coaxial else measured_mm
