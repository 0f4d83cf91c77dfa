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
from geometry.processes.drawing import Draw, draw_of
from geometry.processes.grades import grade
from geometry.processes.measurement import Measurement, number_of, worst
from geometry.processes.pressing import blank_strip
from geometry.processes.sections import ROLLED_SHEET_SHARE
from geometry.processes.sheet_distances import sheet_measurements
from geometry.processes.shells import CLOSED_LEAST, WHOLE_DEG, Shells
from geometry.processes.spacing import countersink_gaps, spacing
from geometry.strip import Strip
from geometry.topology import surface_code

__all__ = ["Sheets"]

PLANE, CYLINDER, CONE, SPHERE = (
    surface_code(name) for name in ("plane", "cylinder", "cone", "sphere")
)
# reasons of a sheet model that mean another stock: tubes, T-sections, boxes without open corners
NO_SHEET = {"closed_section", "branched", "detached", "seams"}
PRESSED = ("draw", "bead", "louvre", "dimple", "emboss")  # kinds of forms that a press makes
SEAMED = 180.0  # thicknesses in the side of a square as large as one skin: ours
STRIP_STEP_DEG = 10.0  # arcs of an outline sampled for its strip
PANEL_SHARE = 0.5  # of the area on both skins: the widest side of the flattest tube has less
# of the metal of the hole: models of collars take more than there is; 1 is exact: ours
OVERDRAWN = 2.5
ALONG_COS = 0.99  # 8°: holes that lean more come from the edge


class Sheets(Shells):
    """A part looked at as sheet."""

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
        modelled = self._sheet_share * (1 - (1 - ROLLED_SHEET_SHARE) * self.rolled_share)
        if self.is_drawn:
            modelled *= self.within_redraws(self.sheet_thickness_mm)
        return (
            max(modelled, self.pressed_shell, self.bent_strip, self._blanked)
            * (1 - self.moulded_shell)
            * self._unbranched
            * self._open_shell
        )

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

        Loops that stand on one flat panel are louvres and bridges pressed out of it, no tube; and
        the corners of trays are often drawn closed: no mould fills so thin and large a wall.
        """
        if self.sheet is None:
            return False
        reasons = NO_SHEET & set(self.sheet.reasons)
        faces = self.part.joined.faces[sorted(self.sheet.faces)]
        panel = faces["area_mm2"][faces["kind"] == PLANE].max(initial=0.0)
        if 2 * panel > PANEL_SHARE * self.area_mm2:
            reasons -= {"closed_section"}
        if self._skin_slenderness > SEAMED:
            reasons -= {"seams"}
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
        if not self.fields.sheet_like.thickness_mm > 0:
            return 0.0
        return max(self._skin_slenderness, self._blank_slenderness * self._blanked)

    @property
    def _skin_slenderness(self) -> float:
        found = self.fields.sheet_like
        skin_mm = math.sqrt(found.area_share * self.area_mm2 / 2)
        return skin_mm / max(found.thickness_mm, 1e-300)

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
