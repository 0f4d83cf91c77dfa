"""How are the walls drafted along the pull of a mould, and what does the pull not release?"""

import math
from functools import cached_property

import numpy as np

from geometry.fields.thickness import weighted_quantile
from geometry.processes.basis import Basis
from geometry.processes.measurement import Measurement, ramp, worst

__all__ = ["Drafts"]

DRAFT_STEPS_DEG = (0.3, 0.5, 1.0, 2.0, 3.0, 5.0)  # walls are told apart by these
AZIMUTHS = 16  # sectors around the pull
DRAFTED_DEG = (0.25, 8.0)  # a draft, neither a parallel wall nor a slope


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
    def draft_median_deg(self) -> float:
        """Median draft of the drafted walls; nan without any."""
        pull, samples = self.fields.pull, self.fields.samples
        low, high = DRAFTED_DEG
        chosen = (pull.draft_deg > low) & (pull.draft_deg < high + 2) & ~pull.hidden
        return weighted_quantile(pull.draft_deg[chosen], samples.area_mm2[chosen], 0.5)

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
        return self._drafts_without(np.zeros(0, int))

    @cached_property
    def metal_drafts(self) -> tuple[Measurement, ...]:
        """The same without holes that are drilled once the metal is cast or forged."""
        return self._drafts_without(self.drilled_faces)

    def _drafts_without(self, left_out: np.ndarray) -> tuple[Measurement, ...]:
        pull, samples = self.fields.pull, self.fields.samples
        count = len(self.faces)
        walls = (pull.draft_deg < DRAFT_STEPS_DEG[-1]) & ~pull.hidden
        share = samples.share_by_face(walls, count)
        whole = np.setdiff1d(np.flatnonzero(share > 0.8), left_out)
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
