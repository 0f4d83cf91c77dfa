"""How much is a part sheet or plate: one thickness between two skins?"""

import math
from functools import cached_property
from typing import Any

import numpy as np
import shapely

from geometry.bend_order import BendOrder, find_bend_order
from geometry.errors import GeometryError
from geometry.fields.columns import Columns
from geometry.flat import Flat, unfold
from geometry.folding import Folding
from geometry.processes.drafts import DRAFTED_DEG
from geometry.processes.drawing import Draw, draw_of
from geometry.processes.grades import grade
from geometry.processes.measurement import Measurement, number_of, worst
from geometry.processes.pressing import blank_strip
from geometry.processes.profiles import Profiles
from geometry.processes.sections import ROLLED_SHEET_SHARE
from geometry.processes.sheet_distances import sheet_measurements
from geometry.processes.skins import Skins, find_skins
from geometry.processes.spacing import countersink_gaps, spacing
from geometry.processes.traces import Traces
from geometry.strip import Strip
from geometry.topology import CONCAVE, radii_across_mm, surface_code

__all__ = ["Sheets"]

PLANE, CYLINDER, CONE, SPHERE, TORUS = (
    surface_code(name) for name in ("plane", "cylinder", "cone", "sphere", "torus")
)
# reasons of a sheet model that mean another stock: tubes, T-sections, boxes without open corners
NO_SHEET = {"closed_section", "branched", "detached", "seams"}
PRESSED = ("draw", "bead", "louvre", "dimple", "emboss")  # kinds of forms that a press makes
STRIP_STEP_DEG = 10.0  # arcs of an outline sampled for its strip
WHOLE_DEG = 350.0  # walls that go round close upon themselves: no corner
LEAST_CREASE_DEG = 20.0  # edges that turn by less are not worth a bending radius
ROLL_RADIUS_T = 10.0  # × thickness: rounder faces are walls, not corners
# of a shell's sheet share: pans are pressed with tapered walls as well as moulded: ours
DRAFTED_SHELL = 0.5
BY_HABIT = 0.9  # of what sharp corners say against a press, where they are drawn by habit: ours
DRAWN_SHELL = 0.5  # likeness to a drawn shell, 0…1: more likely than not
PANEL_SHARE = 0.5  # of the area on both skins: the widest side of the flattest tube has less
# of the metal of the hole: models of collars take more than there is; 1 is exact: ours
OVERDRAWN = 2.5
ALONG_COS = 0.99  # 8°: holes that lean more come from the edge
CLOSED_LEAST = 0.05  # of the area: smaller round walls are holes


class Sheets(Traces, Profiles):
    """A part looked at as sheet."""

    @cached_property
    def sheet_thickness_mm(self) -> float:
        """Gauge by the sheet model where there is one, else by the field."""
        if self.sheet is not None:
            return float(self.sheet.thickness_mm)
        if self.is_drawn and self.skins is not None:
            return self.skins.thickness_mm
        return self.fields.sheet_like.thickness_mm

    @cached_property
    def sheet_places(self) -> tuple[Measurement, ...]:
        """Bends, flanges, holes, slots, tabs, reliefs and their distances, measured in the flat.

        Holes of a part that does not lie flat are measured face by face.
        """
        thickness = self.sheet_thickness_mm
        sunk = countersink_gaps(self.holes, thickness)
        if self.sheet is not None and self.sheet.blank is not None:
            return (*sheet_measurements(self.sheet, self.part), *sunk)
        diameters = worst(
            Measurement(
                "hole_diameter_mm",
                number_of(hole, "diameter_mm"),
                hole.faces,
                hole.id,
                {"depth_mm": number_of(hole, "depth_mm"), "thickness_mm": thickness},
            )
            for hole in self.holes
        )
        return (
            *diameters,
            *sunk,
            *spacing(self.part, self.holes, self.features("bend"), thickness),
        )

    @cached_property
    def flat(self) -> Flat | None:
        """The flat pattern, None where there is no sheet or nothing lays it flat."""
        if self.sheet is None:
            return None
        try:
            return unfold(self.part, model=self.sheet)
        except GeometryError:
            return None

    @cached_property
    def strip(self) -> Strip | None:
        """How the flat, or the round blank of a drawn shell, lies on a strip."""
        if self.flat is not None:
            points = self.flat.outline.sampled(STRIP_STEP_DEG)
            outline = shapely.Polygon(points).buffer(0)
            if outline.geom_type != "Polygon" or not outline.area > 0:
                return None
            return blank_strip(outline, self.flat.area_mm2, self.flat.thickness_mm)
        if self.draw is None:
            return None
        blank = shapely.Point(0, 0).buffer(self.draw.blank_mm / 2)
        return blank_strip(blank, float(blank.area), self.sheet_thickness_mm)

    @cached_property
    def draw(self) -> Draw | None:
        """The deep draw of a shell that no bending makes, None for other parts."""
        if not self.is_drawn:
            return None
        return draw_of(self.part, self.sheet_thickness_mm, self.fields.revolution)

    @cached_property
    def folding(self) -> Folding | None:
        """Its panels as they turn about the bends; None of what has no bends or does not lie
        flat.
        """
        if self.flat is None or self.is_rolled_cone or not self.sheet.bends:
            return None
        return Folding(self.sheet)

    @cached_property
    def bend_order(self) -> BendOrder | None:
        """The order in which a press brake bends the part, None where nobody looked."""
        if self.folding is None:
            return None
        return find_bend_order(self.sheet, self.folding)

    @cached_property
    def sheet_share(self) -> float:
        """How much the part is one thickness between two skins: 1 for sheet and plate, bent or
        flat.

        A model with bends knows better than the field, which sees too little of short flanges.
        """
        rolled = 1 - (1 - ROLLED_SHEET_SHARE) * self.rolled_share
        return (
            max(self._sheet_share * rolled, self.pressed_shell, self.bent_strip, self._blanked)
            * (1 - self.moulded_shell)
            * self._unbranched
            * self._open_shell
        )

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
        blank = self.volume_mm3 / skins.thickness_mm
        return (
            whole
            * grade("skins.doubled", columns.doubled_share)
            * grade("skins.stretch", blank / max(shadow, 1e-300))
        )

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
    def _sheet_share(self) -> float:
        found = self.fields.sheet_like
        enclosed = grade("sheet.enclosed", found.volume_share) * grade(
            "sheet.doubled", found.volume_share
        )
        field = (
            enclosed
            * grade("sheet.skins", found.area_share)
            * grade("sheet.closed", self.closed_share)
        )
        if self.sheet is None:  # nothing that lies flat or unfolds
            return field * grade("sheet.flat", float(self.box_mm[2]) / found.thickness_mm)
        if self._is_other_stock:
            return field
        tubes = float(self.faces["area_mm2"][self.bent_tubes].sum() / self.area_mm2)
        whole = grade("sheet.accounted", self.sheet.constant_share) * grade(
            "sheet.paired", self.sheet.paired_share
        )
        whole *= grade("sheet.tube", tubes)
        return max(field, whole) if self.is_formed_sheet else field * whole

    @cached_property
    def _is_other_stock(self) -> bool:
        """Whether the sheet model closes upon itself or branches as no sheet does.

        Loops that stand on one flat panel are louvres and bridges pressed out of it, no tube.
        """
        if self.sheet is None:
            return False
        reasons = NO_SHEET & set(self.sheet.reasons)
        faces = self.part.joined.faces[sorted(self.sheet.faces)]
        panel = faces["area_mm2"][faces["kind"] == PLANE].max(initial=0.0)
        if 2 * panel > PANEL_SHARE * self.area_mm2:
            reasons -= {"closed_section"}
        return bool(reasons)

    @cached_property
    def is_formed_sheet(self) -> bool:
        """Whether the sheet model has bends or drawn places, so that only it knows the thickness
        everywhere.
        """
        if self.sheet is None or self._is_other_stock:
            return False
        return (
            bool(self.sheet.bends)
            or self.is_drawn
            or self.is_rolled_cone
            or any(f.kind in PRESSED for f in self.features("form"))
            or any(f.kind == "extruded_hole" and self._is_raised(f) for f in self.sheet.forms)
        )

    def _is_raised(self, form: Any) -> bool:
        """Whether the metal of a collar can come from the hole that it stands around: a bush on a
        plate needs many times as much.
        """
        faces = self.part.joined.faces[sorted(form.faces)]
        round_ = faces["kind"] == CYLINDER
        bores = faces["radius_mm"][round_ & (faces["sense"] < 0)]
        walls = faces["radius_mm"][round_ & (faces["sense"] > 0)]
        if not len(bores) or not len(walls):
            return bool(form.hole_mm > 0)
        bore = float(bores.min()) ** 2
        collar = (float(walls.max()) ** 2 - bore) * form.height_mm / self.sheet_thickness_mm
        return collar <= OVERDRAWN * bore

    @property
    def is_drawn(self) -> bool:
        """Whether there are shells that no bending or rolling makes: by the sheet model, or by
        fields where there is none.
        """
        if self.sheet is not None and "drawn" in self.sheet.reasons:
            return True
        return self.pressed_shell > DRAWN_SHELL

    @property
    def thin_sheet(self) -> float:
        """How much the part is one thickness and thin against its size."""
        return self.sheet_share * grade("sheet.slender", self.sheet_slenderness)

    @cached_property
    def drawn_shell(self) -> float:
        """How much the part is a shell that a press draws from sheet."""
        return self.thin_sheet if self.is_drawn else 0.0

    @cached_property
    def closed_share(self) -> float:
        """Share of the area in round walls that close upon themselves: sheet would need a seam."""
        closed = (self.faces["sweep_deg"] > WHOLE_DEG) & np.isin(
            self.faces["kind"], [CYLINDER, CONE, SPHERE]
        )
        closed |= self.bent_tubes
        large = self.faces["area_mm2"] > CLOSED_LEAST * self.area_mm2
        return float(self.faces["area_mm2"][closed & large].sum() / self.area_mm2)

    @cached_property
    def sheet_slenderness(self) -> float:
        """Side of a square as large as one skin, over the thickness; of what is blanked out of thin
        sheet the side of a square as large as the piece of sheet around it.
        """
        found = self.fields.sheet_like
        if not found.thickness_mm > 0:
            return 0.0
        skin = math.sqrt(found.area_share * self.area_mm2 / 2) / found.thickness_mm
        return max(skin, self._blank_slenderness * self._blanked)

    @property
    def _blank_slenderness(self) -> float:
        plate = self.fields.plate
        return math.sqrt(math.prod(plate.box_mm)) / max(plate.length_mm, 1e-300)

    @cached_property
    def _blanked(self) -> float:
        """How much the part is a flat outline cut straight through thin sheet, however narrow it is
        between its edges: retaining rings and spring plates, whose edges have as much area as their
        skins.
        """
        if self.is_formed_sheet or self.is_drawn:
            return 0.0
        plate = self.fields.plate
        return (
            grade("cut_through.flat", plate.constant_share)
            * grade("sheet.slender", self._blank_slenderness)
            * grade("sheet.blanked", plate.length_mm)
        )

    @cached_property
    def plate(self) -> Columns:
        """Columns through the sheet's skins, or through the flattest side."""
        return self.fields.plate

    @cached_property
    def cut_through(self) -> float:
        """How much of a sheet goes straight through it: counterbores, pockets, bosses and holes
        in its edge take away from it.
        """
        if self.is_drawn:
            # rays of the field miss the parallel side across tight radii; the model pairs faces
            constant = 0.0 if self.sheet is None else self.sheet.constant_share
            return max(grade("cut_through.drawn", constant), self.pressed_shell)
        if self.is_formed_sheet:
            return grade("cut_through.formed", self.fields.sheet_like.volume_share)
        if self.bent_strip > 0:
            return self.bent_strip
        # a plate with something on it is a cut piece along its edge, not through its thickness
        through = self.fields.plate.length_mm / self.sheet_thickness_mm
        return (
            grade("cut_through.flat", self.fields.plate.constant_share)
            * grade("cut_through.alone", through)
            * grade("cut_through.stepped", self._stepped_share)
        )

    @cached_property
    def _stepped_share(self) -> float:
        """Share of the holes and cut-outs of a flat plate that no beam or punch leaves: stepped,
        ending within the plate, or coming from its edge. Countersinks are drilled into sheet too.
        """
        cavities = self.features("hole", "pocket", "slot")
        normal = self.fields.plate.direction
        cut = 0
        for cavity in cavities:
            axis = cavity.parameters.get("axis")
            along = axis is None or abs(float(np.asarray(axis, float) @ normal)) > ALONG_COS
            steps = cavity.parameters.get("steps") or ()
            cut += cavity.kind == "blind" or len(steps) > 1 or not along
        return cut / len(cavities) if cavities else 0.0
