"""How much is a part a shell between two sides, and did a press or a mould shape it?"""

import math
from functools import cached_property

import numpy as np
import shapely

from geometry.processes.drafts import DRAFTED_DEG
from geometry.processes.grades import grade
from geometry.processes.profiles import Profiles
from geometry.processes.skins import Skins, find_skins
from geometry.processes.traces import Traces
from geometry.topology import CONCAVE, radii_across_mm, surface_code

__all__ = ["CLOSED_LEAST", "WHOLE_DEG", "Shells"]

CYLINDER = surface_code("cylinder")
WHOLE_DEG = 350.0  # walls that go round close upon themselves: no corner
LEAST_CREASE_DEG = 20.0  # edges that turn by less are not worth a bending radius
ROLL_RADIUS_T = 10.0  # × thickness: rounder faces are walls, not corners
# of a shell's sheet share: pans are pressed with tapered walls as well as moulded: ours
DRAFTED_SHELL = 0.5
BY_HABIT = 0.9  # of what sharp corners say against a press, where they are drawn by habit: ours
DRAWN_SHELL = 0.5  # likeness to a drawn shell, 0…1: more likely than not
CLOSED_LEAST = 0.05  # of the area: smaller round walls are holes


class Shells(Traces, Profiles):
    """A part looked at as a shell: two sides that look at each other, pressed or moulded."""

    @cached_property
    def sheet_thickness_mm(self) -> float:
        """Gauge by the sheet model where there is one, else by the field."""
        if self.sheet is not None:
            return float(self.sheet.thickness_mm)
        if self.is_drawn and self.skins is not None:
            return self.skins.thickness_mm
        return self.fields.sheet_like.thickness_mm

    @property
    def is_drawn(self) -> bool:
        """Whether there are shells that no bending or rolling makes: by the sheet model, or by
        fields where there is none.
        """
        if self.sheet is not None and "drawn" in self.sheet.reasons:
            return True
        return self.pressed_shell > DRAWN_SHELL

    @cached_property
    def skins(self) -> Skins | None:
        """The two sides of a shell, by fields alone; None where no section is known."""
        return find_skins(self.fields)

    @cached_property
    def pressed_shell(self) -> float:
        """How much the part is a shell of about one thickness that a press could draw from a flat
        blank, by fields alone: sheet models ask for one exact thickness, drawing thins by a fifth.

        Two sides that only rims part and that look at each other, nothing thicker, one layer along
        the draw, and no more metal over its shadow than redraws reach: a tube is no such shell.
        What lies flat or unfolds has a model that knows better.
        """
        skins = self.skins
        if skins is None or self.is_rolled_cone or not (self._is_doubly_curved or self._is_round):
            return 0.0
        height_t = float(self.box_mm[2]) / skins.thickness_mm
        formed = 1.0 if self.sheet is not None else grade("skins.formed", height_t)
        tight = grade("skins.tight", skins.tight_share)
        whole = formed * self._two_skins * max(tight, self._sharp_by_habit) * self._drawn_wide
        if not whole > 0:
            return 0.0
        columns = self.fields.columns(self.fields.pull.direction)
        shadow = columns.projected_area_mm2
        if not self._is_doubly_curved:  # a cup has a bottom, a tube has none
            hull = shapely.MultiPoint(self.part.mesh.vertices_mm @ columns.across.T).convex_hull
            whole *= grade("skins.bottom", shadow / max(float(hull.area), 1e-300))
        return (
            whole
            * grade("skins.doubled", columns.doubled_share)
            * self.within_redraws(skins.thickness_mm)
        )

    def within_redraws(self, thickness_mm: float) -> float:
        """How much the metal over the shadow of a shell of some thickness is no more than redraws
        reach: a tube has more.
        """
        shadow = self.fields.columns(self.fields.pull.direction).projected_area_mm2
        return grade("skins.stretch", self.volume_mm3 / thickness_mm / max(shadow, 1e-300))

    @property
    def _is_doubly_curved(self) -> bool:
        """Whether no sheet model says that the part lies flat, or is bent or closed."""
        return self.sheet is None or "drawn" in self.sheet.reasons

    @property
    def _is_round(self) -> bool:
        """Whether the sheet model closes upon itself without any bend: a tube, or a cup whose
        corner is sharp.
        """
        return "closed_section" in self.sheet.reasons and not self.sheet.bends

    @property
    def _two_skins(self) -> float:
        """How much the part is two sides that look at each other, of about one thickness."""
        skins = self.skins
        if skins is None:
            return 0.0
        return (
            grade("skins.two", skins.two_share)
            * grade("skins.facing", skins.facing_share)
            * grade("skins.even", skins.even_share)
            * grade("skins.enclosed", skins.enclosed_share)
            * grade("sheet.doubled", skins.enclosed_share)
            * grade("skins.thick", skins.thick_ratio)
        )

    @cached_property
    def _drawn_wide(self) -> float:
        """How much the widest round wall of a shell is wide enough for its thickness that a punch
        draws it: what is narrower is a sleeve or a bush cut from bar. 1 without round walls.
        """
        faces = self.part.joined.faces
        whole = (faces["kind"] == CYLINDER) & (faces["sweep_deg"] > WHOLE_DEG)
        bores = whole & (faces["sense"] < 0) & (faces["area_mm2"] > CLOSED_LEAST * self.area_mm2)
        if self.skins is None or not bores.any():
            return 1.0
        punch_mm = 2 * float(faces["radius_mm"][bores].max())
        return grade("skins.punch", punch_mm / self.skins.thickness_mm)

    @cached_property
    def bent_strip(self) -> float:
        """How much a part without a sheet model is a strip of one thickness bent along one
        direction, by fields alone: springs and clips that are drawn with splines, or whose wall
        varies with them. A section that closes upon itself is a tube.
        """
        section = self.profile_section
        if self.sheet is not None or section is None or section.voids or self.skins is None:
            return 0.0
        height_t = float(self.box_mm[2]) / self.skins.thickness_mm
        run = grade("extrusion.section", self.fields.profile.profile_share)
        return grade("skins.formed", height_t) * self._two_skins * run

    @cached_property
    def moulded_shell(self) -> float:
        """How much a shell that no bending makes is a mould's and not a press': its inner corners
        are sharp, which no punch draws, or its walls are drafted alike all around. One sharp rim of
        several, as where a flange is drawn without the die's radius, says little.

        What develops is bent, however its flanges lean.
        """
        if self.sheet is not None and self.sheet.developable:
            return 0.0
        creased = self.creased_share if self.is_drawn else 0.0
        lean = grade("shell.mould_draft", self.draft_median_deg)
        # pans of thin sheet lean too, for the die to let go of them
        thick = grade("shell.mould_wall", self.sheet_thickness_mm)
        alike = lean * max(DRAFTED_SHELL * thick, grade("shell.creased_drafted", creased))
        sharp = grade("shell.creased", creased) * (1 - BY_HABIT * self._sharp_by_habit)
        filled = grade("moulding.thin_wall", self.sheet_thickness_mm)
        return filled * max(sharp, self.drafted_share * alike * self._sides_of_walls)

    @cached_property
    def _sharp_by_habit(self) -> float:
        """How much sharp corners of a shell are a habit of drawing and tell no process from
        another: mould and press round them alike. Of thin walls, sharp inside and outside, along
        rims that go round; where walls are drafted, or meet in corners sharp along the pull, the
        shape was thought of in a mould.
        """
        skins = self.skins
        if skins is None:
            return 0.0
        return (
            (1 - grade("rolled.sharp", skins.thickness_mm))
            * grade("shell.creased", self.creased_share)
            * grade("shell.creased", skins.sharp_share)
            * (1 - self.drafted_share)
            * (1 - grade("thin_throughout.corners", self.uncuttable_share))
        )

    @cached_property
    def _sides_of_walls(self) -> float:
        """Share of the walls along the pull in sides of a drawn shell: the rim of a sheared disc
        lies along the pull as well and is no wall that a mould would draft.
        """
        if not self.is_drawn or self.skins is None:
            return 1.0
        samples, pull = self.fields.samples, self.fields.pull
        walls = samples.area_mm2 * ((pull.draft_deg < DRAFTED_DEG[1]) & ~pull.hidden)
        return float(walls[self.skins.faces[samples.face]].sum() / max(walls.sum(), 1e-300))

    @cached_property
    def creased_share(self) -> float:
        """Share of the length of inner corners between the sides of the sheet that is sharp; 0
        without sides or corners.
        """
        topology = self.part.joined
        if self.sheet is not None:
            thickness = float(self.sheet.thickness_mm)
            sides = np.array(sorted(set(self.sheet.faces) - set(self.sheet.edge_faces)), int)
        elif self.skins is not None:
            topology, thickness = self.part.topology, self.skins.thickness_mm
            sides = np.flatnonzero(self.skins.faces)
        else:
            return 0.0
        faces, edges = topology.faces, topology.edges
        between = np.isin(edges["faces"], sides).all(axis=1)
        sharp = between & (edges["convexity"] == CONCAVE)
        sharp &= edges["angle_deg"] < -LEAST_CREASE_DEG
        tube = radii_across_mm(faces[sides])
        wall = (faces["kind"][sides] == CYLINDER) & (faces["sweep_deg"][sides] > WHOLE_DEG)
        inner = (faces["sense"][sides] < 0) & ~wall
        inner &= (tube > 0) & (tube < ROLL_RADIUS_T * thickness)
        # the length of a rounded corner is its area over a quarter turn of its radius
        rounded = float((faces["area_mm2"][sides][inner] / (tube[inner] * math.pi / 2)).sum())
        creased = float(edges["length_mm"][sharp].sum())
        return creased / (creased + rounded) if creased > 0 else 0.0

    @cached_property
    def _unbranched(self) -> float:
        """How much a drawn shell has two sides only: each hollow boss on it adds one."""
        if not self.is_drawn or self.skins is None:
            return 1.0
        return grade("skins.branches", self.skins.branches)

    @cached_property
    def _open_shell(self) -> float:
        """How much a drawn shell is open from some side, so that a punch reaches into it: a bottle
        has two layers of metal whichever way one looks, but for its mouth.
        """
        if not self.is_drawn:
            return 1.0
        fields = self.fields
        ways = (fields.pull.direction, fields.plate.direction, fields.profile.direction)
        return grade("skins.vessel", min(fields.columns(way).doubled_share for way in ways))
