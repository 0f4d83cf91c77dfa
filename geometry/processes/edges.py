"""How do the faces of a part meet: in corners of a cutter, or in blends of a mould?"""

import math
from functools import cached_property
from itertools import combinations

import numpy as np

from geometry.components import components
from geometry.processes.basis import LAST_ANALYTIC
from geometry.processes.grades import grade
from geometry.processes.measurement import Measurement, worst
from geometry.processes.walls import Walls
from geometry.topology import CONCAVE, radii_across_mm, surface_code
from geometry.vectors import norms

__all__ = ["Edges"]

PLANE, CYLINDER, CONE, TORUS = (
    surface_code(name) for name in ("plane", "cylinder", "cone", "torus")
)
SQUARE_COSINE = 0.35  # a face may lean by 20° over a tool's side: a form tool makes it
OBTUSE_TURN_DEG = 75.0  # the faces turn by less than this: neither gets in the way of a tool's end
HALF_TURN_DEG = 170.0  # what goes further round is a body, not the corner of a block
ACROSS_COS = 0.9  # axes closer than 26° run along each other: an end mill's side follows both
SEEN_ALONG = 0.7  # share of a face that is seen along the tool
UPRIGHT = math.sin(math.radians(1.0))  # normals between the corners of a triangle are less exact
WHOLE_WALL = 0.95  # share of a face that stands upright
LEAST_CUTTER_MM = 0.7  # radius: smaller inner corners are not milled
BULL_NOSE = 1.3  # corner over the fillet of its floor, of a tool whose end is rounded: ours
DRAWN_SHARP = 0.7  # of what sharp corners say, where a block is drawn without any round one: ours
SHELL_CORNERS = 0.8  # of what round corners say of a cutter, where one thin wall goes round: ours


class Edges(Walls):
    """Sharp inner edges, inner radii and blends."""

    @cached_property
    def sharp_inner_edges(self) -> tuple[np.ndarray, np.ndarray]:
        """Sharp concave edges, and which of them no rotating tool makes: (k,) ids, (k,) bool.

        A tool turns about an axis square to the edge: the rim of its end leaves the edge. It
        stands with its end on one face or with its side along one face (a drill in its own
        hole, whose tip falls away from the wall), or is a form tool that looks into an obtuse
        corner. Where each of these ways is barred, wall meets wall along the tool.
        """
        edges = self.part.topology.edges
        ids = np.flatnonzero(
            (edges["convexity"] == CONCAVE) & (edges["length_mm"] > 1e-3 * self.fields.diagonal_mm)
        )
        if not len(ids):
            return ids, np.zeros(0, bool)
        normals = edges["normals"][ids]
        known = np.isfinite(normals).all(axis=(1, 2))
        # hobs, taps and groove cutters leave corners of their own
        known &= ~self.form_cut[edges["faces"][ids]].any(axis=1)
        first, second = np.nan_to_num(normals[:, 0]), np.nan_to_num(normals[:, 1])
        cosine = np.einsum("ij,ij->i", first, second)[:, None]
        # beyond the chord error of the mesh, short of anything across a small feature
        lift = np.minimum(1.5e-3 * self.fields.diagonal_mm, 0.2 * edges["length_mm"][ids])
        start = edges["middle_mm"][ids] + lift[:, None] * (first + second)
        turn = -edges["angle_deg"][ids]
        square = np.abs(cosine[:, 0]) < SQUARE_COSINE
        obtuse = turn < OBTUSE_TURN_DEG
        ways = (
            (first, square),
            (second, square),
            (_unit(second - cosine * first), obtuse),  # along the first face
            (_unit(first - cosine * second), obtuse),
            (_unit(first + second), obtuse),
        )
        reached = np.zeros(len(ids), bool)
        for direction, allowed in ways:
            reached |= allowed & ~self.fields.scene.occluded(start, direction)
        return ids, known & ~reached

    @cached_property
    def uncuttable_edge_mm(self) -> float:
        """Length of sharp inner edges that no cutter makes."""
        ids, uncuttable = self.sharp_inner_edges
        return float(self.part.topology.edges["length_mm"][ids[uncuttable]].sum())

    @cached_property
    def cuttable_corners(self) -> float:
        """Whether rotating tools make all inner corners: 0 where so many are sharp along the tool
        that none has made the part.
        """
        uncut = 1 - grade("milling.corners", self.uncuttable_share)
        return 1 - uncut * self.meant_corners

    @property
    def meant_corners(self) -> float:
        """How much sharp inner corners are meant, and no habit of drawing."""
        return 1 - DRAWN_SHARP * self.sharp_block

    @cached_property
    def sharp_block(self) -> float:
        """How much the part is a solid block without a rounded inner corner: sharp ones are a habit
        of drawing then, and a cutter will leave its radius in them. In thin or hollow parts they
        are a mould's.
        """
        sharp = grade("sharp_block.sharp", self.shaping.sharp_concave_share)
        return sharp * grade("sharp_block.left", self.block_share) * (1 - self.thin_throughout)

    @cached_property
    def uncuttable_share(self) -> float:
        """Sharp inner edges that no cutter makes, over all edge length."""
        return self.uncuttable_edge_mm / max(self.edges_mm, 1e-300)

    @cached_property
    def edges_mm(self) -> float:
        """Length of all edges, but for those that a modeller only split a face by."""
        edges = self.part.joined.edges
        return float(edges["length_mm"][~edges["seam"]].sum())

    @cached_property
    def sharp_inner(self) -> tuple[Measurement, ...]:
        """All sharp inner edges as one place of radius 0; none, no measurement."""
        return self._sharp_without(np.zeros(len(self.faces), bool))

    def _sharp_without(self, left_out: np.ndarray) -> tuple[Measurement, ...]:
        ids, _ = self.sharp_inner_edges
        ids = ids[~left_out[self.part.topology.edges["faces"][ids]].any(axis=1)]
        if not len(ids):
            return ()
        faces = sorted(set(self.part.topology.edges["faces"][ids].ravel().tolist()))
        wall = self.wall_mm
        return (
            Measurement(
                "inner_edge_radius_mm",
                0.0,
                tuple(face for face in faces if face >= 0),
                None,
                {"wall_mm": wall},
            ),
        )

    @cached_property
    def inner_radii(self) -> tuple[Measurement, ...]:
        """Sharp inner edges, and internal fillets by their radius."""
        return self.inner_radii_without(np.zeros(len(self.faces), bool))

    def inner_radii_without(self, left_out: np.ndarray) -> tuple[Measurement, ...]:
        """The same without edges of some faces (f,) bool."""
        inner = self.shaping.fillets & (self.faces["sense"] < 0) & ~left_out
        tube = radii_across_mm(self.faces)
        found = list(self._sharp_without(left_out))
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
        view, faces, owner = self.fields.visibility, self.faces, self.fields.samples.face
        found = np.zeros(len(faces), bool)
        fillets = np.flatnonzero(self.shaping.fillets & (faces["kind"] == CYLINDER))
        along = np.zeros((len(view.directions), len(faces)), bool)
        cosines = np.abs(faces["axis"][fillets] @ view.directions.T)
        along[:, fillets] = (cosines > np.cos(np.radians(1.5))).T
        if not along.any():
            return found
        seen = view.seen_where(along[:, owner])
        # samples come face by face
        starts, ends = np.searchsorted(owner, [fillets, fillets + 1])
        for face, start, end in zip(fillets, starts, ends, strict=True):
            if end > start and along[:, face].any():
                found[face] = seen[:, start:end].mean(axis=1).max() > SEEN_ALONG
        return found

    @cached_property
    def outline_walls(self) -> np.ndarray:
        """Freeform walls that stand along a way from which they are seen: a cutter's side, a wire
        or a beam follows such an outline as any other, as of cams (f,) bool.
        """
        samples, view, count = self.fields.samples, self.fields.visibility, len(self.faces)
        found = np.zeros(count, bool)
        free = (self.faces["kind"] > LAST_ANALYTIC) & ~self.shaping.fillets & ~self.generated
        if not free.any():
            return found
        own = np.flatnonzero(free[samples.face])
        some = samples.subset(own)
        walls = np.zeros((len(view.directions), count), bool)
        for wall, way in zip(walls, view.directions, strict=True):
            upright = np.abs(some.normals @ way) < UPRIGHT
            wall[:] = free & (some.share_by_face(upright, count) > WHOLE_WALL)
        rows = np.flatnonzero(walls.any(axis=1))
        if not len(rows):
            return found
        seen = view.seen_where(walls[:, samples.face])
        for row in rows.tolist():
            found |= walls[row] & (some.share_by_face(seen[row][own], count) > SEEN_ALONG)
        return found

    @cached_property
    def freeform_share(self) -> float:
        """Share of the area in freeform faces, fillets and walls along an outline left out."""
        walls = float(self.faces["area_mm2"][self.outline_walls].sum() / self.area_mm2)
        return max(self.shaping.freeform_share - walls, 0.0)

    @cached_property
    def blended_share(self) -> float:
        """Share of the area in fillets that no cutter's side and end leave: rounded along edges
        that a tool would cut across.

        They are the mark of a mould, a die or a ball-nosed finish.
        """
        blended = self.shaping.fillets & ~self.cut_fillets
        return float(self.faces["area_mm2"][blended].sum() / self.area_mm2)

    @cached_property
    def arched_share(self) -> float:
        """Share of the area in bodies and passages that follow a part of a circle: elbows are
        cored or bent, no tool runs through them.
        """
        arched = self.bent_tubes & ~self.shaping.fillets
        return float(self.faces["area_mm2"][arched].sum() / self.area_mm2)

    @cached_property
    def inner_fillets(self) -> np.ndarray:
        """Fillets of inner corners (f,) bool; a freeform one is inner where its feature is."""
        inner = self.faces["sense"] < 0
        for feature in self.features("fillet"):
            if feature.kind == "internal":
                inner[list(feature.faces)] = True
        return np.asarray(self.shaping.fillets & inner)

    @cached_property
    def inner_blends(self) -> bool:
        """Whether any inner corner is filleted across a cutter's way."""
        return bool((self.inner_fillets & ~self.cut_fillets).any())

    @cached_property
    def cut_fillets(self) -> np.ndarray:
        """Fillets that an end mill leaves (f,) bool: with its side, or with the rounded end where
        the floor's radius is smaller than that of the corner above it. Where floor and corner are
        rounded alike neither is: drawn so, they are a mould's.
        """
        across = radii_across_mm(self.faces)
        inner = self.inner_fillets & np.isfinite(across)
        side = inner & self.side_milled & (across > LEAST_CUTTER_MM)
        floor = inner & ~self.side_milled
        ends = self.part.topology.edges["faces"]
        joined = components(ends[(ends >= 0).all(axis=1) & inner[ends].all(axis=1)], len(inner))
        corner_mm, floor_mm = np.zeros(len(inner)), np.full(len(inner), np.inf)
        np.maximum.at(corner_mm, joined[side], across[side])
        np.minimum.at(floor_mm, joined[floor], across[floor])
        bull_nosed = floor & (corner_mm[joined] > BULL_NOSE * across)
        alike = side & (corner_mm[joined] <= BULL_NOSE * floor_mm[joined])
        alike &= np.isfinite(floor_mm[joined])
        return np.asarray((self.side_milled & ~alike) | bull_nosed)

    @cached_property
    def cutter_marks(self) -> float:
        """Share of the inner corners that look as an end mill leaves them: a radius along the
        tool, sharp at the floor.
        """
        if self.is_gear:  # teeth are generated by a hob or a form cutter, or moulded with the body
            return 1 - self._hollow_gear
        inner = self.inner_fillets
        along = self.side_milled & self.cut_fillets
        extent = np.nan_to_num(self.faces["high_mm"] - self.faces["low_mm"])
        milled = float(extent[inner & along & (self.faces["radius_mm"] > LEAST_CUTTER_MM)].sum())
        rounded = inner & ~along
        tube = radii_across_mm(self.faces)
        # the length of a fillet is its area over a quarter turn of its radius
        length = self.faces["area_mm2"] / np.maximum(
            np.nan_to_num(tube, nan=np.inf) * math.pi / 2, 1e-300
        )
        others = float(length[rounded].sum()) + self.uncuttable_edge_mm
        enough = grade("cutter_marks.enough", milled / max(self.edges_mm, 1e-300))
        enough *= 1 - SHELL_CORNERS * self.even_shell
        return enough * milled / max(milled + others, 1e-300)

    @property
    def _hollow_gear(self) -> float:
        """How much a gear is a thin rim, web and hub: so it is moulded, teeth and all; cut from a
        blank it is solid between bore and teeth, or thicker than mouldings.
        """
        revolution = self.fields.revolution
        if revolution is None:
            return 0.0
        return self.thin_throughout * grade("gear.web", revolution.web_share)

    @cached_property
    def rounded_share(self) -> float:
        """How much of the edges is rounded over: most on moulded parts, few on cut ones.

        Corners along a tool count as far as others are rounded too: alone they say nothing, as a
        tool's side goes round an outline's corner as along its walls, and the corners of a bar
        were round before any cut.
        """
        joined = self.part.joined
        side = np.zeros(len(joined.faces), bool)
        side[joined.standing_for[self.side_milled & self.cut_fillets]] = True
        smooth_mm, bent_mm = self.shaping.smooth_mm, self.shaping.bent_mm
        along = side[joined.edges["faces"]].any(axis=1)
        across_mm = float(smooth_mm[~along].sum())
        across = grade("rounded.across", across_mm / max(across_mm + bent_mm, 1e-300))
        rounded_mm = across_mm + across * float(smooth_mm[along].sum())
        return grade("rounded.edges", rounded_mm / max(rounded_mm + bent_mm, 1e-300))

    @cached_property
    def _saddles(self) -> np.ndarray:
        """Sharp concave edges where two round bodies run into each other (k,) ids."""
        ids, _ = self.sharp_inner_edges
        ends = self.part.topology.edges["faces"][ids]
        round_body = (self.faces["kind"] != PLANE) & (self.faces["sense"] > 0) & ~self.generated
        return np.asarray(ids[round_body[ends].all(axis=1) & (ends >= 0).all(axis=1)])

    @cached_property
    def saddle_share(self) -> float:
        """Share of the edge length where two round bodies run into each other."""
        saddles_mm = self.part.topology.edges["length_mm"][self._saddles].sum()
        return float(saddles_mm / max(self.edges_mm, 1e-300))

    @cached_property
    def crossed_share(self) -> float:
        """Share of the area in round bodies with another across them, filleted or not: no lathe
        turns them, and a cutter must go around each in small steps.
        """
        joined = self.part.joined  # modellers halve what goes round
        faces, whole_of = joined.faces, joined.standing_for
        ends = self.part.topology.edges["faces"]
        met = [whole_of[ends[self._saddles]]]
        for fillet in np.flatnonzero(self.inner_fillets & ~self.side_milled):
            beside = self.part.topology.neighbours(int(fillet))[1]
            beside = np.unique(whole_of[beside[beside >= 0]])
            met.append(np.array(list(combinations(beside, 2)), int).reshape(-1, 2))
        pairs = np.concatenate(met)
        whole = (faces["sweep_deg"] > HALF_TURN_DEG) & (
            (faces["kind"] == CYLINDER) | (faces["kind"] == CONE)
        )
        whole &= faces["sense"] > 0
        axes = faces["axis"][pairs]
        cosine = np.abs(np.einsum("ij,ij->i", axes[:, 0], axes[:, 1]))
        both = whole[pairs].all(axis=1) & (cosine < ACROSS_COS)
        return float(faces["area_mm2"][np.unique(pairs[both])].sum() / self.area_mm2)

    @cached_property
    def crossing_bodies(self) -> float:
        """How much round bodies run into each other, by the length of their edges or their own
        area.
        """
        return max(
            grade("crossing.edges", self.saddle_share), grade("crossing.area", self.crossed_share)
        )


def _unit(vectors: np.ndarray) -> np.ndarray:
    """Vectors (n, 3) of length 1; what has no length stays 0."""
    return vectors / np.maximum(norms(vectors)[:, None], 1e-300)
