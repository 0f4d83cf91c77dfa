"""What do several processes ask of a part? Its walls, holes and edges, and how much it looks like
each kind of stock.
"""

import math
from functools import cached_property
from typing import Any

import numpy as np

from geometry.fields.columns import Columns
from geometry.fields.fields import Fields
from geometry.fields.thickness import weighted_quantile
from geometry.part import Part
from geometry.processes.measurement import Measurement, number_of, ramp, worst
from geometry.processes.sheet_distances import sheet_measurements
from geometry.processes.spacing import spacing
from geometry.topology import CONCAVE, surface_code

__all__ = ["Subject"]

PLANE, CYLINDER, CONE, SPHERE, TORUS = (
    surface_code(name) for name in ("plane", "cylinder", "cone", "sphere", "torus")
)
LEAST_SAMPLES = 3  # a face's wall is a number only where so many rays found its other side
LEAST_WALL_SHARE = 0.004  # of the area: thin spots smaller than this are edges, not walls
DRAFT_STEPS_DEG = (0.3, 0.5, 1.0, 2.0, 3.0, 5.0)  # walls are told apart by these
TOOTHED = 0.25  # of the area
LEAST_TEETH = 10  # fewer are arms, lobes or bolt bosses
SAME_TOOTH = 0.01  # of the diagonal: how far the centres of like flanks may differ
SAME_TOOTH_AREA = 0.1  # share by which their areas may differ
AZIMUTHS = 16  # sectors around the pull
DRAFTED_DEG = (0.25, 8.0)  # a draft, neither a parallel wall nor a slope
# reasons of a sheet model that mean another stock: tubes and T-sections
NO_SHEET = {"closed_section", "branched", "detached"}
PRESSED = ("draw", "bead", "louvre", "dimple", "emboss")  # kinds of forms that a press makes
LEAST_CUTTER_MM = 0.7  # radius: smaller inner corners are not milled
CLOSED_LEAST = 0.05  # of the area: smaller round walls are holes
BAR_SIDES = 6  # hexagonal bar is the only polygon that lathes take as it comes
SPHERE_QUANTILE = 0.995  # the largest sphere but for single samples


class Subject:
    """A part with its features, sheet model and fields, and what processes share of them."""

    def __init__(self, part: Part, recognition: Any, fields: Fields, sheet: Any) -> None:
        self.part = part
        self.recognition = recognition
        self.fields = fields
        self.sheet = sheet
        self.faces = part.topology.faces
        self.area_mm2 = part.mass.area_mm2
        self.volume_mm3 = part.mass.volume_mm3
        self.box_mm = part.size_mm

    # --- features ---

    def features(self, *types: str) -> list[Any]:
        """Recognised features of some types."""
        return [f for f in self.recognition.features if f.type in types]

    @cached_property
    def holes(self) -> list[Any]:
        """Round holes."""
        return self.features("hole")

    @cached_property
    def is_gear(self) -> bool:
        """Whether the part is a gear, spline or sprocket: teeth make up much of its surface."""
        recognised = [face for gear in self.features("gear") for face in gear.faces]
        teeth = float(self.faces["area_mm2"][recognised].sum() / self.area_mm2)
        return max(teeth, self.toothed_share) > TOOTHED

    @cached_property
    def toothed_share(self) -> float:
        """Share of the area in outward faces that repeat ten times or more around the axis."""
        axis = self.fields.turning_axis
        if axis is None:
            return 0.0
        offset = self.faces["centroid_mm"] - axis.origin_mm
        height = offset @ axis.axis
        radius = np.linalg.norm(offset - np.outer(height, axis.axis), axis=1)
        bore = (self.faces["sense"] < 0) & (self.faces["sweep_deg"] > 180)
        loose = np.flatnonzero(~axis.faces & ~bore & (radius > 1e-3 * self.fields.diagonal_mm))
        step = SAME_TOOTH * self.fields.diagonal_mm
        area = self.faces["area_mm2"][loose]
        alike = np.round(
            np.column_stack(
                [np.log(area) / SAME_TOOTH_AREA, radius[loose] / step, height[loose] / step]
            )
        )
        _, group, count = np.unique(alike, axis=0, return_inverse=True, return_counts=True)
        return float(area[count[group.ravel()] >= LEAST_TEETH].sum() / self.area_mm2)

    @cached_property
    def sheet_thickness_mm(self) -> float:
        """Gauge by the sheet model where there is one, else by the field."""
        if self.sheet is not None:
            return float(self.sheet.thickness_mm)
        return self.fields.sheet_like.thickness_mm

    @cached_property
    def sheet_places(self) -> tuple[Measurement, ...]:
        """Bends, flanges, holes, slots, tabs, reliefs and their distances, measured in the flat.

        Holes of a part that does not lie flat are measured face by face.
        """
        if self.sheet is not None and self.sheet.blank is not None:
            return sheet_measurements(self.sheet, self.part)
        thickness = self.sheet_thickness_mm
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
        return (*diameters, *spacing(self.part, self.holes, self.features("bend"), thickness))

    # --- walls ---

    @cached_property
    def wall_mm(self) -> float:
        """Ordinary wall: half of the walls' area is thinner."""
        return self.fields.wall_quantile(0.5)

    @cached_property
    def thin_wall_mm(self) -> float:
        """Thinnest wall that is not just a spot."""
        found = [m.value for m in self.walls]
        return min(found) if found else self.fields.wall_quantile(0.05)

    @cached_property
    def thickest_mm(self) -> float:
        """Diameter of the largest sphere inside."""
        radius, _ = self.fields.spheres
        known = np.isfinite(radius)
        if not known.any():
            return math.nan
        return 2 * float(np.quantile(radius[known], SPHERE_QUANTILE))

    @cached_property
    def usual_section_mm(self) -> float:
        """Diameter of the inscribed sphere that half of the surface stays below: walls and solid
        bodies alike.
        """
        radius, _ = self.fields.spheres
        known = np.isfinite(radius)
        area = self.fields.samples.area_mm2
        return 2 * weighted_quantile(radius[known], area[known], 0.5)

    @cached_property
    def section_ratio(self) -> float:
        """Thickest section over the ordinary one."""
        return self.thickest_mm / self.usual_section_mm if self.usual_section_mm > 0 else math.nan

    @cached_property
    def thin_throughout(self) -> float:
        """Whether no section anywhere is thicker than a moulded wall with its bosses; larger
        parts have thicker walls.
        """
        length = float(self.box_mm[0])
        return ramp(self.thickest_mm, 4.6 + 0.01 * length, 3.0 + 0.007 * length)

    @cached_property
    def bulk(self) -> float:
        """Thickest section over the side of a cube of the same volume: bars and lumps, not
        shells.
        """
        return self.thickest_mm / max(self.volume_mm3, 1e-300) ** (1 / 3)

    @cached_property
    def simpler_stock(self) -> float:
        """How much the part is sheet, bar or profile already."""
        if self.is_gear:
            return 0.0
        sheet = (
            self.sheet_share * ramp(self.sheet_slenderness, 4, 10) * (0.3 + 0.7 * self.cut_through)
        )
        return max(sheet, self.turned, self.profile_body)

    @cached_property
    def cut_through(self) -> float:
        """How much of a sheet goes straight through it: counterbores, pockets and bosses take
        away from it.
        """
        if self.is_formed_sheet:
            return ramp(self.fields.sheet_like.volume_share, 0.65, 0.9)
        return ramp(self.fields.plate.constant_share, 0.93, 0.99)

    @cached_property
    def tube_stock(self) -> float:
        """How much the part is a piece of tube as the mill delivers it: long, hollow, one
        section.
        """
        hollow = ramp(self.section_fill, 0.6, 0.45)
        return (
            self.turned_body
            * ramp(self.fields.profile.profile_share, 0.85, 0.95)
            * hollow
            * ramp(self.profile_slenderness, 5, 10)
        )

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
    def walls(self) -> tuple[Measurement, ...]:
        """Wall thickness by pairs of faces that lie opposite each other, thinnest first."""
        thickness, samples = self.fields.thickness, self.fields.samples
        chosen = np.flatnonzero(thickness.opposed)
        far = self.part.mesh.face_of_triangle[thickness.far_triangle[chosen]]
        near = samples.face[chosen]
        other = near != far  # a bore seen across is no wall
        chosen, near, far = chosen[other], near[other], far[other]
        count = len(self.faces)
        key = np.minimum(near, far).astype(np.int64) * count + np.maximum(near, far)
        if not len(key):
            return ()  # a ball has no two sides
        order = np.lexsort((thickness.ray_mm[chosen], key))
        key, chosen = key[order], chosen[order]
        starts = np.flatnonzero(np.r_[True, key[1:] != key[:-1]])
        ends = np.r_[starts[1:], len(key)].astype(int)
        found = []
        for start, end in zip(starts, ends, strict=True):
            own = chosen[start:end]
            area = samples.area_mm2[own]
            if len(own) < LEAST_SAMPLES or area.sum() < LEAST_WALL_SHARE * self.area_mm2:
                continue
            value = weighted_quantile(thickness.ray_mm[own], area, 0.1)
            a, b = divmod(int(key[start]), count)
            found.append(
                Measurement(
                    "wall_mm", value, (a, b), None, {"length_mm": float(np.sqrt(area.sum()))}
                )
            )
        return tuple(worst(found))

    # --- edges ---

    @cached_property
    def sharp_inner_edges(self) -> tuple[np.ndarray, np.ndarray]:
        """Sharp concave edges, and which of them no flat cutter can make: (k,) ids, (k,) bool.

        A cutter makes a sharp inner edge when it comes along the normal of one of its two faces
        and is not in the way
        of anything: its end makes the one face, its side the other.
        """
        edges = self.part.topology.edges
        ids = np.flatnonzero(
            (edges["convexity"] == CONCAVE) & (edges["length_mm"] > 1e-3 * self.fields.diagonal_mm)
        )
        if not len(ids):
            return ids, np.zeros(0, bool)
        normals = edges["normals"][ids]
        middle = edges["middle_mm"][ids]
        known = np.isfinite(normals).all(axis=(1, 2))
        # teeth are generated by a hob, whose corners are its own
        teeth = [face for gear in self.features("gear") for face in gear.faces]
        known &= ~np.isin(edges["faces"][ids], teeth).any(axis=1)
        # beyond the chord error of the mesh, short of anything across a small feature
        lift = np.minimum(1.5e-3 * self.fields.diagonal_mm, 0.2 * edges["length_mm"][ids])[:, None]
        start = middle + lift * np.nan_to_num(normals[:, 0] + normals[:, 1])
        reached = np.zeros(len(ids), bool)
        along_other = np.abs(
            np.einsum("ij,ij->i", np.nan_to_num(normals[:, 0]), np.nan_to_num(normals[:, 1]))
        )
        square = (
            along_other < 0.35
        )  # cosine: a tool's side can stand on a face that leans by 20°, with a form tool
        for side in (0, 1):
            direction = np.nan_to_num(normals[:, side])
            free = ~self.fields.scene.occluded(start, direction)
            reached |= free & square
        # an obtuse corner is made by a tool that looks into it
        bisector = np.nan_to_num(normals[:, 0] + normals[:, 1])
        bisector /= np.maximum(np.linalg.norm(bisector, axis=1, keepdims=True), 1e-300)
        obtuse = edges["angle_deg"][ids] > -75
        reached |= obtuse & ~self.fields.scene.occluded(start, bisector)
        return ids, known & ~reached

    @cached_property
    def uncuttable_edge_mm(self) -> float:
        """Length of sharp inner edges that no cutter makes."""
        ids, uncuttable = self.sharp_inner_edges
        return float(self.part.topology.edges["length_mm"][ids[uncuttable]].sum())

    @cached_property
    def sharp_inner(self) -> tuple[Measurement, ...]:
        """All sharp inner edges as one place of radius 0; none, no measurement."""
        ids, _ = self.sharp_inner_edges
        if not len(ids):
            return ()
        faces = np.unique(self.part.topology.edges["faces"][ids])
        wall = self.wall_mm
        return (
            Measurement(
                "inner_edge_radius_mm",
                0.0,
                tuple(int(f) for f in faces if f >= 0),
                None,
                {"wall_mm": wall},
            ),
        )

    @cached_property
    def inner_radii(self) -> tuple[Measurement, ...]:
        """Sharp inner edges, and internal fillets by their radius."""
        inner = self.fields.shaping.fillets & (self.faces["sense"] < 0)
        tube = np.where(
            self.faces["kind"] == TORUS, self.faces["minor_radius_mm"], self.faces["radius_mm"]
        )
        found = list(self.sharp_inner)
        rounded = np.round(tube, 2)
        for radius in np.unique(rounded[inner & np.isfinite(tube)]):
            own = np.flatnonzero(inner & (rounded == radius))
            found.append(
                Measurement(
                    "inner_edge_radius_mm",
                    float(radius),
                    tuple(own.tolist()),
                    None,
                    {"wall_mm": self.wall_mm},
                )
            )
        return tuple(worst(found))

    @cached_property
    def side_milled(self) -> np.ndarray:
        """Fillets that can be seen along their own axis: the side of an end mill leaves such
        corners (f,) bool.
        """
        fields, view, faces = self.fields, self.fields.visibility, self.faces
        found = np.zeros(len(faces), bool)
        for face in np.flatnonzero(fields.shaping.fillets & (faces["kind"] == CYLINDER)):
            along = np.abs(view.directions @ faces["axis"][face])
            rows = np.flatnonzero(along > np.cos(np.radians(1.5)))
            own = np.flatnonzero(fields.samples.face == face)
            seen = view.seen[np.ix_(rows, own)].mean(axis=1) if len(own) else np.zeros(0)
            found[face] = bool(len(rows)) and seen.max(initial=0.0) > 0.7
        return found

    @cached_property
    def blended_share(self) -> float:
        """Share of the area in fillets that no cutter's side leaves: rounded along edges that a
        tool would cut across.

        They are the mark of a mould, a die or a ball-nosed finish.
        """
        blended = self.fields.shaping.fillets & ~self.side_milled
        return float(self.faces["area_mm2"][blended].sum() / self.area_mm2)

    @cached_property
    def cutter_marks(self) -> float:
        """Share of the inner corners that look as an end mill leaves them: a radius along the
        tool, sharp at the floor.
        """
        if self.is_gear:
            return 1.0  # teeth are generated by a hob or a form cutter
        inner = self.fields.shaping.fillets & (self.faces["sense"] < 0)
        extent = np.nan_to_num(self.faces["high_mm"] - self.faces["low_mm"])
        milled = float(
            extent[inner & self.side_milled & (self.faces["radius_mm"] > LEAST_CUTTER_MM)].sum()
        )
        rounded = inner & ~self.side_milled
        tube = np.where(
            self.faces["kind"] == TORUS, self.faces["minor_radius_mm"], self.faces["radius_mm"]
        )
        # the length of a fillet is its area over a quarter turn of its radius
        length = self.faces["area_mm2"] / np.maximum(
            np.nan_to_num(tube, nan=np.inf) * math.pi / 2, 1e-300
        )
        others = float(length[rounded].sum()) + self.uncuttable_edge_mm
        enough = ramp(milled / float(self.part.topology.edges["length_mm"].sum()), 0.001, 0.006)
        return enough * milled / max(milled + others, 1e-300)

    @cached_property
    def rounded_share(self) -> float:
        """How much of the edges is rounded over: most on moulded parts, few on cut ones."""
        return ramp(self.fields.shaping.smooth_share, 0.4, 0.65)

    @cached_property
    def saddle_share(self) -> float:
        """Share of the sharp concave edge length where two round bodies run into each other."""
        ids, _ = self.sharp_inner_edges
        if not len(ids):
            return 0.0
        edges = self.part.topology.edges
        ends = edges["faces"][ids]
        round_body = (self.faces["kind"] != PLANE) & (self.faces["sense"] > 0)
        both = round_body[ends].all(axis=1) & (ends >= 0).all(axis=1)
        length = edges["length_mm"][ids]
        return float(length[both].sum() / self.part.topology.edges["length_mm"].sum())

    # --- moulds ---

    @cached_property
    def drafted_share(self) -> float:
        """Share of the walls along the pull that are drafted: alike and all around, one slope is
        a cut, not a draft.
        """
        pull, samples = self.fields.pull, self.fields.samples
        low, high = DRAFTED_DEG
        drafted = (pull.draft_deg > low) & (pull.draft_deg < high) & ~pull.hidden
        area = samples.area_mm2[drafted]
        if not len(area) or pull.wall_share <= 0:
            return 0.0
        x, y = self.fields.columns(pull.direction).across
        normals = samples.normals[drafted]
        turn = np.arctan2(normals @ y, normals @ x) / (2 * math.pi) + 0.5
        bins = np.bincount(
            (turn * AZIMUTHS).astype(int) % AZIMUTHS, weights=area, minlength=AZIMUTHS
        )
        around = int((bins > 0.04 * area.sum()).sum())
        angle = pull.draft_deg[drafted]
        usual = weighted_quantile(angle, area, 0.5)
        alike = float(area[np.abs(angle - usual) < max(0.35 * usual, 0.3)].sum() / area.sum())
        # walls that lean all the same way are drafted by a tilted pull, not by a designer
        lean = np.sign(normals @ pull.direction)[:, None] * (
            normals - np.outer(normals @ pull.direction, pull.direction)
        )
        tilt = float(np.linalg.norm(area @ lean) / area.sum())
        share = samples.share(drafted) / pull.wall_share
        return share * ramp(around, 2, 4) * ramp(alike, 0.3, 0.6) * ramp(tilt, 0.7, 0.3)

    @cached_property
    def solid_undercut_share(self) -> float:
        """Share of the area that no pull releases, holes left out: they are drilled afterwards."""
        samples = self.fields.samples
        drilled = [face for hole in self.holes for face in hole.faces]
        return samples.share(self.fields.pull.hidden & ~np.isin(samples.face, drilled))

    @cached_property
    def drafts(self) -> tuple[Measurement, ...]:
        """Walls along the pull by how much draft they have: one measurement for all walls of one
        class.
        """
        pull, samples = self.fields.pull, self.fields.samples
        count = len(self.faces)
        walls = (pull.draft_deg < DRAFT_STEPS_DEG[-1]) & ~pull.hidden
        share = samples.share_by_face(walls, count)
        whole = np.flatnonzero(share > 0.8)
        if not len(whole):
            return ()
        weight = samples.area_mm2 * walls
        total = np.bincount(samples.face, weights=weight * pull.draft_deg, minlength=count)
        mean = total / np.maximum(
            np.bincount(samples.face, weights=weight, minlength=count), 1e-300
        )
        height = np.ptp(self.faces["bbox_mm"] @ pull.direction, axis=1)
        found = []
        steps = np.searchsorted(DRAFT_STEPS_DEG, mean[whole], side="right")
        for step in np.unique(steps):
            own = whole[steps == step]
            found.append(
                Measurement(
                    "draft_deg",
                    float(np.round(mean[own].min(), 3)),
                    tuple(own.tolist()),
                    None,
                    {"height_mm": float(height[own].max())},
                )
            )
        return tuple(worst(found))

    # --- kinds of stock ---

    @cached_property
    def sheet_share(self) -> float:
        """How much the part is one thickness between two skins: 1 for sheet and plate, bent or
        flat.

        A model with bends knows better than the field, which sees too little of short flanges.
        """
        found = self.fields.sheet_like
        enclosed = ramp(found.volume_share, 0.72, 0.92) * ramp(found.volume_share, 1.3, 1.1)
        field = enclosed * ramp(found.area_share, 0.45, 0.65) * ramp(self.closed_share, 0.6, 0.3)
        if self.sheet is None or NO_SHEET & set(self.sheet.reasons):
            return field
        whole = ramp(self.sheet.constant_share, 0.8, 0.98) * ramp(
            self.sheet.paired_share, 0.45, 0.62
        )
        return max(field, whole) if self.is_formed_sheet else field * whole

    @cached_property
    def is_formed_sheet(self) -> bool:
        """Whether the sheet model has bends or drawn places, so that only it knows the thickness
        everywhere.
        """
        if self.sheet is None or NO_SHEET & set(self.sheet.reasons):
            return False
        return (
            bool(self.sheet.bends)
            or self.is_drawn
            or any(f.kind in PRESSED for f in self.features("form"))
        )

    @property
    def is_drawn(self) -> bool:
        """Whether the sheet model holds shells that no bending makes."""
        return self.sheet is not None and "drawn" in self.sheet.reasons

    @cached_property
    def draft_median_deg(self) -> float:
        """Median draft of the drafted walls; nan without any."""
        pull, samples = self.fields.pull, self.fields.samples
        low, high = DRAFTED_DEG
        chosen = (pull.draft_deg > low) & (pull.draft_deg < high + 2) & ~pull.hidden
        return weighted_quantile(pull.draft_deg[chosen], samples.area_mm2[chosen], 0.5)

    @cached_property
    def closed_share(self) -> float:
        """Share of the area in round walls that close upon themselves: sheet would need a seam."""
        closed = (self.faces["sweep_deg"] > 350) & np.isin(
            self.faces["kind"], [CYLINDER, CONE, SPHERE]
        )
        large = self.faces["area_mm2"] > CLOSED_LEAST * self.area_mm2
        return float(self.faces["area_mm2"][closed & large].sum() / self.area_mm2)

    @cached_property
    def sheet_slenderness(self) -> float:
        """Side of a square as large as one skin, over the thickness."""
        found = self.fields.sheet_like
        if not found.thickness_mm > 0:
            return 0.0
        return math.sqrt(found.area_share * self.area_mm2 / 2) / found.thickness_mm

    @cached_property
    def plate(self) -> Columns:
        """Columns through the sheet's skins, or through the flattest side."""
        return self.fields.plate

    @cached_property
    def round_bar_share(self) -> float:
        """Share of the outward area around the turning axis that is turned or the sides of a
        hexagonal bar.
        """
        axis = self.fields.turning_axis
        if axis is None:
            return 0.0
        offset = self.faces["centroid_mm"] - axis.origin_mm
        radial = offset - np.outer(offset @ axis.axis, axis.axis)
        along = np.abs(self.faces["axis"] @ axis.axis)
        outward = np.einsum("ij,ij->i", self.faces["axis"], radial) > 0
        sides = np.flatnonzero((self.faces["kind"] == PLANE) & (along < 1e-3) & outward)
        away = np.einsum("ij,ij->i", self.faces["axis"][sides], radial[sides])
        best = 0.0
        for distance in np.unique(np.round(away, 3)):
            same = sides[np.abs(away - distance) < 0.01 * distance]
            if len(_distinct(self.faces["axis"][same])) == BAR_SIDES:
                best = max(best, float(self.faces["area_mm2"][same].sum()))
        normals, samples = self.fields.samples.normals, self.fields.samples
        radial_s = samples.points_mm - axis.origin_mm
        radial_s = radial_s - np.outer(radial_s @ axis.axis, axis.axis)
        outer = (np.einsum("ij,ij->i", radial_s, normals) > 0) & (
            np.abs(normals @ axis.axis) < 0.999
        )
        total = float(samples.area_mm2[outer].sum())
        return min(axis.outer_share + best / total, 1.0) if total > 0 else 0.0

    @cached_property
    def turned_body(self) -> float:
        """How much the part is a body of revolution: filled all round, round outside, round
        inside.
        """
        axis, revolution = self.fields.turning_axis, self.fields.revolution
        if axis is None or revolution is None:
            return 0.0
        outer = ramp(self.round_bar_share, 0.3, 0.8)
        lateral = ramp(max(axis.lateral_share, self.round_bar_share * 0.9), 0.35, 0.85)
        return ramp(revolution.filled_share, 0.76, 0.88) * (0.6 * outer + 0.4 * lateral)

    @cached_property
    def sturdy(self) -> float:
        """Whether a chuck can hold the turned part: a thin disc gives way, a tube or a shaft does
        not.
        """
        axis, revolution = self.fields.turning_axis, self.fields.revolution
        if axis is None or revolution is None:
            return 0.0
        samples = self.fields.samples
        flat = samples.share(np.abs(samples.normals @ axis.axis) > 0.98)
        thin = ramp(self.thickest_mm / max(revolution.diameter_mm, 1e-300), 0.07, 0.14)
        thick = ramp(self.thickest_mm, 3.0, 7.0)
        return max(thin, thick, ramp(flat, 0.6, 0.4))

    @cached_property
    def turned(self) -> float:
        """How much the part is a body of revolution that a lathe can hold."""
        return self.turned_body * (0.25 + 0.75 * self.sturdy)

    @cached_property
    def profile_body(self) -> float:
        """How much the part is a length of one section, cut off."""
        columns = self.fields.profile
        return ramp(columns.profile_share, 0.72, 0.93) * ramp(self.profile_slenderness, 1.2, 3.5)

    @cached_property
    def profile_slenderness(self) -> float:
        """Length over the diameter of the circle around the section."""
        columns = self.fields.profile
        return columns.length_mm / max(self.profile_circle_mm, 1e-300)

    @cached_property
    def profile_circle_mm(self) -> float:
        """Diameter of the circle around the section of the best profile direction."""
        columns = self.fields.profile
        flat = self.part.mesh.vertices_mm @ columns.across.T
        middle = (flat.min(axis=0) + flat.max(axis=0)) / 2
        return 2 * float(np.linalg.norm(flat - middle, axis=1).max())

    @cached_property
    def section_fill(self) -> float:
        """Area of the profile's section over its box: near 1 for flat and square bars."""
        columns = self.fields.profile
        flat = self.part.mesh.vertices_mm @ columns.across.T
        return columns.section_area_mm2 / max(float(np.prod(np.ptp(flat, axis=0))), 1e-300)


def _distinct(normals: np.ndarray) -> list[np.ndarray]:
    found: list[np.ndarray] = []
    for normal in normals:
        if all(normal @ other < 0.99 for other in found):
            found.append(normal)
    return found
