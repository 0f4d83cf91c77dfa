"""What of a cast or forged part is left to the cutter, and what do mould and die see of the rest?

A hole that is drilled, a groove of a ring, a seat that is turned are not in the raw part: their
walls need no draft, are no thin webs and hold nothing in a mould.
"""

from functools import cached_property
from typing import Any

import numpy as np

from geometry.fields.pull import undercut_groups
from geometry.fields.thickness import weighted_quantile
from geometry.processes.actions import Action, Actions
from geometry.processes.grades import grade
from geometry.processes.measurement import Measurement, number_of, worst
from geometry.processes.tools import LARGEST_DRILL_MM
from geometry.processes.traces import Traces
from geometry.topology import surface_code

__all__ = ["NearNet"]

CYLINDER = surface_code("cylinder")
# kinds of slots and grooves that only a cutter leaves: undercut, or seats of rings and keys
CUT_KINDS = ("external", "internal", "o_ring", "keyway", "t_slot", "dovetail")
WIDEST_RING_MM = 20.0  # a wider groove about an axis is a waist that is cast: ours
SEAT_TURN_DEG = 355.0  # a seat goes all the way round
ALONG_PULL = np.cos(np.radians(1.0))  # bores that the mould's halves could core: ours
MOSTLY_DRAFTED = 0.5  # of the walls: where the others lean, a parallel seat is turned: ours

OPENINGS = ("hole", "pocket", "slot")  # of a body that is drawn solid


class NearNet(Actions, Traces):
    """A part as it leaves mould or die."""

    @cached_property
    def drilled(self) -> list[Any]:
        """Parallel round holes that a drill makes once the metal is cast or forged."""
        return [h for h in self._parallel if number_of(h, "diameter_mm") <= LARGEST_DRILL_MM]

    @cached_property
    def bored(self) -> list[Any]:
        """Parallel round holes beyond drills: cast or pierced with an allowance, then bored."""
        return [h for h in self._parallel if number_of(h, "diameter_mm") > LARGEST_DRILL_MM]

    @cached_property
    def ring_cuts(self) -> list[Any]:
        """Grooves, keyways and undercut slots that only a cutter leaves."""
        found = [f for f in self.features("groove", "slot") if f.kind in CUT_KINDS]
        return [
            f for f in found if f.type == "slot" or not number_of(f, "width_mm") > WIDEST_RING_MM
        ]

    @property
    def _parallel(self) -> list[Any]:
        round_walls = self.faces["kind"] == CYLINDER
        return [hole for hole in self.holes if round_walls[list(hole.faces)].any()]

    @cached_property
    def cut_later(self) -> np.ndarray:
        """Faces of what is not in the raw part at all (f,) bool: drilled holes, ring grooves, drawn
        threads.
        """
        features = (*self.drilled, *self.ring_cuts)
        return self.mask(face for f in features for face in f.faces) | self.threaded

    @cached_property
    def seats(self) -> tuple[Measurement, ...]:
        """Diameters of parallel bores, and of round outer faces that stand parallel to the pull
        where the other walls are drafted: what is cut to size with an allowance, largest first.
        """
        bores = [
            Measurement("seat_mm", number_of(hole, "diameter_mm"), hole.faces, hole.id)
            for hole in self.bored
        ]
        outside = []
        if self.drafted_share > MOSTLY_DRAFTED:
            joined = self.part.joined  # modellers halve what goes round
            along = np.abs(joined.faces["axis"] @ self.fields.pull.direction) > ALONG_PULL
            round_ = (joined.faces["kind"] == CYLINDER) & (joined.faces["sense"] > 0)
            whole = np.flatnonzero(round_ & along & (joined.faces["sweep_deg"] > SEAT_TURN_DEG))
            outside = [
                Measurement(
                    "seat_mm",
                    2 * float(joined.faces["radius_mm"][face]),
                    tuple(int(member) for member in joined.members(int(face))),
                )
                for face in whole
            ]
        return tuple(worst([*bores, *outside], largest=True))

    @cached_property
    def raw_walls(self) -> np.ndarray:
        """Faces that mould or die give as drawn (f,) bool."""
        seats = self.mask(face for seat in self.seats for face in seat.faces)
        return ~(self.cut_later | (seats & (self.faces["kind"] == CYLINDER)))

    @cached_property
    def raw_drafts(self) -> tuple[Measurement, ...]:
        """Walls along the pull by their draft, what is cut to size left out."""
        return self.drafts_without(~self.raw_walls)

    @cached_property
    def raw_inner_radii(self) -> tuple[Measurement, ...]:
        """Inner edges and fillets of the raw part by their radius."""
        return self.inner_radii_without(self.cut_later)

    @cached_property
    def raw_sections(self) -> tuple[Measurement, ...]:
        """Walls between faces that are there when the metal freezes, thinnest first."""
        cut = self.cut_later
        return tuple(wall for wall in self.walls if not cut[list(wall.faces)].any())

    @cached_property
    def raw_thin_wall_mm(self) -> float:
        """The thinnest of them; the thinnest wall of all where there is none."""
        found = [wall.value for wall in self.raw_sections]
        if not found:
            return self.thin_wall_mm
        return float(np.fmin.reduce([min(found), self.wall_mm, self.fields.thickest_section_mm]))

    @cached_property
    def drawn_solid(self) -> float:
        """How much a body is the envelope of a hollow part: drafted or rounded as a mould leaves
        it, and thicker than any foundry casts or any mould cools.
        """
        return self.mould_traces * grade("envelope.section", self.usual_section_mm)

    @property
    def meant_hollow(self) -> bool:
        """Whether that is likelier than not, so that no section drawn is one that will be made."""
        return self.drawn_solid > 0.5

    @property
    def cored_envelope(self) -> float:
        """The same of a body with a hole or a pocket, through which a foundry holds its core and
        gets it out. What is hollow and closed all around is blown, or made of powder in a mould
        that turns, and never cast.
        """
        return self.drawn_solid if self.features(*OPENINGS) else 0.0

    @cached_property
    def solid_section(self) -> float:
        """How much the usual section is that of a lever or lump, 1, and not of a hollow part, 0; a
        hole that is drilled afterwards makes no part hollow.
        """
        walls, near = self.fields.thickness, self.fields.samples.face
        far = self.part.mesh.face_of_triangle[walls.far_triangle]
        raw = walls.opposed & ~self.cut_later[near] & ~self.cut_later[far]
        area = self.fields.samples.area_mm2
        wall_mm = weighted_quantile(walls.ray_mm[raw], area[raw], 0.5)
        return grade("forging.solid", wall_mm / self.cube_mm) * (1 - self.drawn_solid)

    @cached_property
    def raw_hidden(self) -> np.ndarray:
        """Samples of the raw part that neither half of a mould reaches (n,) bool."""
        return np.asarray(self.fields.pull.hidden & ~self.cut_later[self.fields.samples.face])

    @property
    def raw_undercut_mm2(self) -> float:
        """Area that neither half reaches in the raw part, of undercuts that count."""
        return sum(area for _, area in self.raw_undercuts)

    @cached_property
    def raw_undercuts(self) -> list[tuple[tuple[int, ...], float]]:
        """Undercuts of the raw part: connected faces with their hidden area."""
        return undercut_groups(
            self.part.topology, self.fields.samples, self.raw_hidden, self.least_mm2
        )

    @cached_property
    def raw_actions(self) -> tuple[Action, ...]:
        """What releases them."""
        if np.array_equal(self.raw_hidden, self.fields.pull.hidden):
            return self.actions
        return self.actions_for(self.raw_undercuts, self.raw_hidden)
