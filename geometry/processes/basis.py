"""What is known of a part before any process asks: record, features, sheet model, fields?"""

import math
from collections.abc import Iterable
from functools import cached_property
from typing import Any

import numpy as np

from geometry.fields.blends import Shaping, shaping
from geometry.fields.fields import Fields
from geometry.fields.revolution import TurningAxis, with_faces
from geometry.part import Part
from geometry.processes.measurement import number_of
from geometry.processes.tools import LARGEST_DRILL_MM
from geometry.runs import distinct_rows
from geometry.shells import Void
from geometry.topology import surface_code
from geometry.vectors import about_axis, cross, norms, off_line

__all__ = ["LAST_ANALYTIC", "TURNED_OUTSIDE", "Basis", "is_broached"]

CYLINDER, TORUS = surface_code("cylinder"), surface_code("torus")
WHOLE_TURN_DEG = 300.0  # what goes round is turned, with the rest of the outside
TURNED_OUTSIDE = (
    0.7  # share of the outside that is round about the axis: a ring on a shank has less
)
LEAST_VOID_SHARE = 1e-6  # of the volume: smaller ones are gaps between faces
ROLLED_RING_DEG = 240.0  # a strip rolled farther round is a ring, slit; half shells are cut of tube
LEAST_TUBE = 0.35  # of the way around a tube: modellers halve it; less is a rounded edge
LAST_ANALYTIC = surface_code("torus")  # kinds beyond are freeform
SAME_AXIS_COS = 0.9999  # 0.8°: axes of threads are fitted to helices
SAME_AXIS_SHARE = 5e-3  # of the diagonal
TOOTHED = 0.25  # of the area
LEAST_TEETH = 10  # fewer are arms, lobes or bolt bosses
SAME_TOOTH = 0.01  # of the diagonal: how far the centres of like flanks may differ
SAME_TOOTH_AREA = 0.1  # share by which their areas may differ
# depth over pitch: gears 0.72 by ISO 53, knurls at most 0.5 by DIN 82, splines 0.35 by DIN 5480
FLAT_TEETH = 0.6
DEEP_TEETH = 0.86  # the longest usual gear teeth have 2.7 modules over π; deeper ones are fins
SIDEWAYS = 0.2  # cosine: flanks look this much around the axis at least, lands do not


def is_broached(cavity: Any) -> bool:
    """Whether a cavity is a keyway in a bore: no mill turns round in there."""
    return bool(cavity.kind == "keyway" and cavity.parent is not None)


class Basis:
    """A part with its features, sheet model and fields."""

    def __init__(self, part: Part, recognition: Any, fields: Fields, sheet: Any) -> None:
        self.part = part
        self.recognition = recognition
        self.fields = fields
        self.sheet = sheet
        self.faces = part.topology.faces
        self.area_mm2 = part.mass.area_mm2
        self.volume_mm3 = part.mass.volume_mm3
        self.box_mm = part.size_mm

    def features(self, *types: str) -> list[Any]:
        """Recognised features of some types."""
        if len(types) == 1:
            return list(self._features_of.get(types[0], ()))
        return [f for f in self.recognition.features if f.type in types]

    @cached_property
    def _features_of(self) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for feature in self.recognition.features:
            found.setdefault(feature.type, []).append(feature)
        return found

    @property
    def is_rolled_cone(self) -> bool:
        """Whether the sheet is one cone that rolls out flat."""
        return self.sheet is not None and self.sheet.rolled is not None

    @property
    def is_rolled_ring(self) -> bool:
        """Whether the sheet is one strip rolled round until its ends almost meet."""
        if self.sheet is None or not self.sheet.developable or len(self.sheet.bends) != 1:
            return False
        (bend,) = self.sheet.bends
        alone = bend.kind == "roll" and not bend.flanges
        return bool(alone and bend.angle_deg > ROLLED_RING_DEG)

    @cached_property
    def voids(self) -> tuple[Void, ...]:
        """Spaces that the material closes in, beyond what modelling leaves."""
        least = LEAST_VOID_SHARE * self.volume_mm3
        return tuple(void for void in self.fields.voids if void.volume_mm3 > least)

    @cached_property
    def holes(self) -> list[Any]:
        """Round holes."""
        return self.features("hole")

    @cached_property
    def hole_faces(self) -> np.ndarray:
        """Faces of round holes (f,) bool."""
        return self.mask(face for hole in self.holes for face in hole.faces)

    @cached_property
    def cavities(self) -> list[Any]:
        """Pockets, and slots with walls worth the name: faces that together are smaller than one
        wall of a slot stand in the open, and mills of any size go round them.
        """
        return [
            each
            for each in self.features("pocket", "slot")
            if each.type == "pocket"
            or not self.faces["area_mm2"][list(each.faces)].sum()
            < number_of(each, "depth_mm") * number_of(each, "length_mm")
        ]

    @cached_property
    def drilled_faces(self) -> np.ndarray:
        """Cylinders of round holes that a drill makes (f,) bool."""
        small = [h for h in self.holes if number_of(h, "diameter_mm") <= LARGEST_DRILL_MM]
        drilled = self.mask(face for hole in small for face in hole.faces)
        return np.asarray(drilled & (self.faces["kind"] == CYLINDER))

    @property
    def is_gear(self) -> bool:
        """Whether the part is a gear or sprocket, more teeth than body. Splines, serrations and
        knurls are flatter: they are cut or rolled into a body that a lathe turned. What is deeper
        is fins.
        """
        return self._is_toothed and not self._is_splined and not self._is_finned

    @cached_property
    def _is_toothed(self) -> bool:
        recognised = [face for gear in self.features("gear") for face in gear.faces]
        teeth = float(self.faces["area_mm2"][recognised].sum() / self.area_mm2)
        return max(teeth, self.toothed_share) > TOOTHED

    @cached_property
    def tooth_ratio(self) -> float:
        """Depth over pitch of the teeth around the axis, the deepest where there are several rings,
        square to the cone that the teeth of a bevel gear stand on; nan without any.
        """
        axis = self.fields.turning_axis
        if axis is None or not self._is_toothed:
            return math.nan
        mesh, found = self.part.mesh, [math.nan]
        for flanks, teeth in self._rings_of_teeth:
            own = np.unique(mesh.triangles[np.isin(mesh.face_of_triangle, flanks)])
            height, radius = about_axis(mesh.vertices_mm[own] - axis.origin_mm, axis.axis)
            pitch = math.pi * float(radius.max() + radius.min()) / teeth
            height -= height.mean()
            lean = float(height @ radius / max(height @ height, 1e-300))
            depth = float(np.ptp(radius - lean * height)) / math.hypot(1, lean)
            found.append(depth / pitch)
        return float(np.fmax.reduce(found))

    @cached_property
    def _rings_of_teeth(self) -> list[tuple[np.ndarray, int]]:
        """Flanks at one height and how many teeth they make: those of one kind that look one way
        round.
        """
        axis, samples = self.fields.turning_axis, self.fields.samples
        if axis is None or not self._repeats:
            return []
        around = cross(axis.axis, samples.points_mm - axis.origin_mm)
        around /= np.maximum(norms(around)[:, None], 1e-300)
        look = np.einsum("ij,ij->i", around, samples.normals)
        joined = self.part.joined
        area = self.faces["area_mm2"] * samples.share_by_face(look > SIDEWAYS, len(self.faces))
        turned = np.bincount(joined.standing_for, area, len(joined.faces))
        share = turned / np.maximum(joined.faces["area_mm2"], 1e-300)
        height = (joined.faces["centroid_mm"] - axis.origin_mm) @ axis.axis
        step = SAME_TOOTH * self.fields.diagonal_mm
        rings: dict[int, list[np.ndarray]] = {}
        for group in self._repeats:
            rings.setdefault(round(float(height[group].mean()) / step), []).append(group)
        found = []
        for groups in rings.values():
            teeth = max(int((share[group] > 0.5).sum()) for group in groups)
            if teeth >= LEAST_TEETH:
                found.append((np.array(joined.body_faces(np.concatenate(groups))), teeth))
        return found

    @cached_property
    def turning_axis(self) -> TurningAxis | None:
        """The axis that most of the round area follows; drawn threads, splines and knurls about it
        follow it too.
        """
        axis = self.fields.turning_axis
        if axis is None or not (self.threaded.any() or self._is_splined):
            return axis
        about = self.mask(
            face
            for thread in self.features("thread")
            for face in thread.faces
            if self.threaded[face] and self._about(thread, axis)
        )
        if self._is_splined:
            about[self._repeated] = True
        return with_faces(axis, about, self.fields.samples)

    @property
    def _is_splined(self) -> bool:
        return self._is_toothed and self.tooth_ratio < FLAT_TEETH

    @property
    def _is_finned(self) -> bool:
        return self._is_toothed and self.tooth_ratio > DEEP_TEETH

    def _about(self, feature: Any, axis: TurningAxis) -> bool:
        """Whether a feature's own axis is the turning axis."""
        own, at = feature.parameters.get("axis"), feature.parameters.get("origin_mm")
        if own is None or abs(np.asarray(own, float) @ axis.axis) < SAME_AXIS_COS:
            return False
        if at is None:
            return True
        off = off_line(np.asarray(at, float), axis.origin_mm, axis.axis)
        return off < SAME_AXIS_SHARE * self.fields.diagonal_mm

    @cached_property
    def toothed_share(self) -> float:
        """Share of the area in outward faces that repeat ten times or more around the axis; none
        where fewer look one way round: both sides of seven blades are no teeth.
        """
        if not self._rings_of_teeth:
            return 0.0
        return float(self.faces["area_mm2"][self._repeated].sum() / self.area_mm2)

    @cached_property
    def bent_tubes(self) -> np.ndarray:
        """Faces of tubes that follow a circle (f,) bool, or a part of it; a ring is turned
        where the rest of the outside is.
        """
        faces = self.faces
        found = (faces["kind"] == TORUS) & (faces["minor_radius_mm"] < faces["radius_mm"])
        axis = self.fields.turning_axis
        if axis is not None and axis.outer_share > TURNED_OUTSIDE:
            found &= ~(axis.faces & (faces["sweep_deg"] > WHOLE_TURN_DEG))
        turn = np.radians(faces["sweep_deg"])
        tube = 2 * math.pi * turn * faces["radius_mm"] * faces["minor_radius_mm"]
        return np.asarray(
            found & (faces["area_mm2"] > LEAST_TUBE * np.nan_to_num(tube, nan=np.inf))
        )

    @cached_property
    def threaded(self) -> np.ndarray:
        """Faces of threads that are drawn as helices (f,) bool."""
        return self.mask(
            face
            for thread in self.features("thread")
            for face in thread.faces
            if self.faces["kind"][face] > LAST_ANALYTIC
        )

    @cached_property
    def generated(self) -> np.ndarray:
        """Faces of teeth and drawn threads (f,) bool: hobs, taps and dies give them their shape,
        and they say nothing of how the rest was made.
        """
        teeth = self.mask(face for gear in self.features("gear") for face in gear.faces)
        if self._is_toothed and not self._is_finned:
            teeth[self._repeated] = True
        return teeth | self.threaded

    @cached_property
    def form_cut(self) -> np.ndarray:
        """Generated faces, and those of ring grooves, T-slots and dovetails (f,) bool: cutters that
        are wider than the way in reach them and leave their corners sharp. So does the broach of
        a keyway in a bore.
        """
        cut = [
            f
            for f in self.features("groove", "slot")
            if f.type == "groove" or f.kind in ("t_slot", "dovetail") or is_broached(f)
        ]
        return self.generated | self.mask(face for feature in cut for face in feature.faces)

    @cached_property
    def shaping(self) -> Shaping:
        """Blends, freeform faces and sharp edges, but for generated faces."""
        if not self.generated.any():
            return self.fields.shaping
        return shaping(self.part.joined, self.generated)

    def mask(self, faces: Iterable[int]) -> np.ndarray:
        """Which of all faces these are (f,) bool."""
        found = np.zeros(len(self.faces), bool)
        found[list(faces)] = True
        return found

    @cached_property
    def _repeated(self) -> np.ndarray:
        """Outward faces that repeat ten times or more around the axis (k,) ids."""
        repeated = np.zeros(len(self.part.joined.faces), bool)
        repeated[np.concatenate([np.zeros(0, int), *self._repeats])] = True
        return np.flatnonzero(repeated[self.part.joined.standing_for])

    @cached_property
    def _repeats(self) -> list[np.ndarray]:
        """The same, in groups that are alike, of the joined faces: one tooth split in two is alike
        to the others.
        """
        axis = self.fields.turning_axis
        if axis is None:
            return []
        faces = self.part.joined.faces
        on_axis = np.zeros(len(faces), bool)
        on_axis[self.part.joined.standing_for[axis.faces]] = True
        offset = faces["centroid_mm"] - axis.origin_mm
        height, radius = about_axis(offset, axis.axis)
        bore = (faces["sense"] < 0) & (faces["sweep_deg"] > 180)
        loose = np.flatnonzero(~on_axis & ~bore & (radius > 1e-3 * self.fields.diagonal_mm))
        if len(loose) < LEAST_TEETH:
            return []
        step = SAME_TOOTH * self.fields.diagonal_mm
        area = faces["area_mm2"][loose]
        alike = np.round(
            np.column_stack(
                [
                    np.log(np.maximum(area, 1e-300)) / SAME_TOOTH_AREA,
                    radius[loose] / step,
                    height[loose] / step,
                ]
            )
        )
        _, group = distinct_rows(alike)
        many = np.flatnonzero(np.bincount(group) >= LEAST_TEETH)
        return [loose[group == each] for each in many]
