"""How are the walls drafted along the pull of a mould, and what does the pull not release?"""

import math
from functools import cached_property
from typing import Any

import numpy as np

from geometry.fields.access import LIFT_SHARE
from geometry.fields.pull import STEEP_DEG
from geometry.fields.thickness import weighted_quantile
from geometry.processes.basis import Basis
from geometry.processes.grades import grade
from geometry.processes.measurement import Measurement, worst
from geometry.vectors import norms, rejections

__all__ = ["DRAFTED_DEG", "Drafts"]

DRAFT_STEPS_DEG = (0.3, 0.5, 1.0, 2.0, 3.0, 5.0)  # walls are told apart by these
AZIMUTHS = 16  # sectors around the pull
SECTOR_SHARE = 0.02  # of the drafted area: the round ends of a rod are little beside its shank
DRAFTED_DEG = (0.25, 8.0)  # a draft, neither a parallel wall nor a slope
WHOLE_WALL = 0.8  # share of a face that must be a wall along the pull before the face is one
GRIPPED = 0.5  # share of a wall that must face material across the gap for the tool to be gripped
LISTED = 60  # walls with too little draft that are listed


class Drafts(Basis):
    """Walls along the best pull."""

    @cached_property
    def drafted_share(self) -> float:
        """Share of the walls along the pull that are drafted: alike and all around, one slope is
        a cut, not a draft.
        """
        pull, samples = self.fields.pull, self.fields.samples
        low, high = DRAFTED_DEG
        drafted = (pull.draft_deg > low) & (pull.draft_deg < high) & ~pull.hidden
        drafted &= ~self.generated[samples.face]  # flanks of teeth lean too
        area = samples.area_mm2[drafted]
        if not len(area) or pull.wall_share <= 0:
            return 0.0
        x, y = self.fields.columns(pull.direction).across
        normals = samples.normals[drafted]
        turn = np.arctan2(normals @ y, normals @ x) / (2 * math.pi) + 0.5
        bins = np.bincount(
            (turn * AZIMUTHS).astype(int) % AZIMUTHS, weights=area, minlength=AZIMUTHS
        )
        around = int((bins > SECTOR_SHARE * area.sum()).sum())
        angle = pull.draft_deg[drafted]
        usual = weighted_quantile(angle, area, 0.5)
        alike = float(area[np.abs(angle - usual) < max(0.35 * usual, 0.3)].sum() / area.sum())
        # walls that lean all the same way are drafted by a tilted pull, not by a designer
        lean = np.sign(normals @ pull.direction)[:, None] * (rejections(normals, pull.direction))
        tilt = float(np.linalg.norm(area @ lean) / area.sum())
        share = samples.share(drafted) / pull.wall_share
        return (
            share
            * grade("drafted.around", around)
            * grade("drafted.alike", alike)
            * grade("drafted.tilt", tilt)
        )

    @cached_property
    def draft_median_deg(self) -> float:
        """Median draft of the drafted walls; nan without any."""
        pull, samples = self.fields.pull, self.fields.samples
        low, high = DRAFTED_DEG
        chosen = (pull.draft_deg > low) & (pull.draft_deg < high + 2) & ~pull.hidden
        return weighted_quantile(pull.draft_deg[chosen], samples.area_mm2[chosen], 0.5)

    @cached_property
    def _leaning(self) -> np.ndarray:
        """Samples of walls that lean as one half of a mould forms them (n,) bool."""
        pull, samples = self.fields.pull, self.fields.samples
        leaning = (pull.draft_deg > DRAFTED_DEG[0]) & (pull.draft_deg < STEEP_DEG)
        return np.asarray(leaning & ~pull.hidden & ~self.generated[samples.face])

    @cached_property
    def leaning_share(self) -> float:
        """Share of the walls along the pull that leans, holes left out, which are drilled; round
        sections have no other.
        """
        pull, samples = self.fields.pull, self.fields.samples
        walls = (pull.draft_deg < STEEP_DEG) & ~pull.hidden & ~self.hole_faces[samples.face]
        return samples.share(self._leaning & walls) / max(samples.share(walls), 1e-300)

    @cached_property
    def both_dies(self) -> float:
        """How much both halves of a mould form the walls alike, as the two dies of a forging do."""
        up = self.fields.samples.normals @ self.fields.pull.direction > 0
        share = self.fields.samples.share
        halves = share(self._leaning & up), share(self._leaning & ~up)
        return grade("forging.both_walls", sum(halves)) * grade(
            "forging.both_dies", min(halves) / max(*halves, 1e-300)
        )

    @cached_property
    def die_walls(self) -> float:
        """How much the walls are those of a forging's two dies: drafted or round, and both halves
        alike.
        """
        return self.drafted_or_round * self.both_dies

    @property
    def drafted_or_round(self) -> float:
        """Whether walls are drafted alike and all around, or sections are round."""
        return max(
            grade("forging.drafted", self.drafted_share),
            grade("forging.leaning", self.leaning_share),
        )

    @cached_property
    def solid_undercut_share(self) -> float:
        """Share of the area that no pull releases, holes left out: they are drilled afterwards."""
        samples = self.fields.samples
        return samples.share(self.fields.pull.hidden & ~self.hole_faces[samples.face])

    @cached_property
    def drafts(self) -> tuple[Measurement, ...]:
        """Walls along the pull by how much draft they have: one measurement for all walls of one
        class.
        """
        return self.drafts_without(np.zeros(len(self.faces), bool))

    def drafts_without(self, left_out: np.ndarray) -> tuple[Measurement, ...]:
        """The same without some faces (f,) bool."""
        whole = self.walls_along_pull[~left_out[self.walls_along_pull]]
        if not len(whole):
            return ()
        draft, height, inside = self.wall_drafts
        found = []
        steps = np.searchsorted(DRAFT_STEPS_DEG, draft[whole], side="right")
        for step in np.unique(steps):
            for gripped in (False, True):
                own = whole[(steps == step) & (inside[whole] == gripped)]
                if not len(own):
                    continue
                found.append(
                    Measurement(
                        "draft_deg",
                        float(np.round(draft[own].min(), 3)),
                        tuple(own.tolist()),
                        None,
                        {"height_mm": float(height[own].max()), "inside": float(gripped)},
                    )
                )
        return tuple(worst(found))

    @cached_property
    def walls_along_pull(self) -> np.ndarray:
        """Faces that are walls along the best pull (k,) ids."""
        share = self.fields.samples.share_by_face(self._wall_samples, len(self.faces))
        return np.flatnonzero(share > WHOLE_WALL)

    @cached_property
    def _wall_samples(self) -> np.ndarray:
        pull = self.fields.pull
        return (pull.draft_deg < DRAFT_STEPS_DEG[-1]) & ~pull.hidden

    @cached_property
    def wall_drafts(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Mean draft_deg (f,), height_mm along the pull (f,), and whether the tool is gripped
        there (f,) bool: the part stands opposite, so that it shrinks onto what is between.
        """
        pull, samples, count = self.fields.pull, self.fields.samples, len(self.faces)
        walls = self._wall_samples
        weight = samples.area_mm2 * walls
        whole = np.maximum(np.bincount(samples.face, weights=weight, minlength=count), 1e-300)
        draft = np.bincount(samples.face, weights=weight * pull.draft_deg, minlength=count) / whole
        height = self.heights_mm(pull.direction)
        own = np.flatnonzero(walls)
        across = samples.normals[own]
        across = rejections(across, pull.direction)
        across /= np.maximum(norms(across)[:, None], 1e-300)
        lift = LIFT_SHARE * self.fields.diagonal_mm + 1.5 * samples.chord_error_mm[own]
        start = samples.points_mm[own] + lift[:, None] * samples.normals[own]
        met = self.fields.scene.occluded(start, across)
        gripped = np.bincount(samples.face[own], weights=weight[own] * met, minlength=count)
        return draft, height, gripped / whole > GRIPPED

    def heights_mm(self, direction: np.ndarray) -> np.ndarray:
        """Extent of every face along a direction (f,); 0 of a face without triangles."""
        mesh, found = self.part.mesh, np.zeros(len(self.faces))
        along = (mesh.vertices_mm @ direction)[mesh.triangles.ravel()]
        drawn = np.flatnonzero(self.faces["triangle_count"] > 0)
        first = 3 * self.faces["first_triangle"][drawn]  # triangles are sorted by face
        found[drawn] = np.maximum.reduceat(along, first) - np.minimum.reduceat(along, first)
        return found

    def short_drafts(self, wanted_deg: float, left_out: np.ndarray) -> dict[str, Any]:
        """Metrics of the walls along the pull that have less draft than wanted: how many, and the
        steepest with draft_deg, height_mm and whether they lie inside.

        left_out: faces (f,) bool that are no walls of the mould.
        """
        draft, height, inside = self.wall_drafts
        walls = self.walls_along_pull[~left_out[self.walls_along_pull]]
        short = walls[draft[walls] < wanted_deg - 0.05]
        order = short[np.argsort(draft[short].round(3), kind="stable")][:LISTED]
        columns = (order, draft[order].round(3), height[order], inside[order])
        return {
            "short_draft_walls": len(short),
            "draft_faces": [
                {"face": face, "draft_deg": lean, "height_mm": high, "inside": gripped}
                for face, lean, high, gripped in zip(
                    *(column.tolist() for column in columns), strict=True
                )
            ],
        }
