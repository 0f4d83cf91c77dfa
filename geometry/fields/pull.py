"""Which way does a mould open best, what does it catch on, and how is each face drafted?"""

from dataclasses import dataclass

import numpy as np

from geometry.components import components
from geometry.fields.access import Visibility
from geometry.fields.sampling import Samples
from geometry.topology import Topology

__all__ = ["Pull", "best_pull", "draft_deg", "judge_pull", "undercut_groups"]

STEEP_DEG = (
    20.0  # a face steeper than this against the pull needs no draft: it is a slope, not a wall
)
EXACT_DEG = 0.15  # a wall this close to parallel is drawn without draft
HIDDEN_FACE = (
    0.25  # share of a face's area that must be hidden before the face counts as an undercut
)
UNDERCUT_WEIGHT, FACING_WEIGHT, DEPTH_WEIGHT = 1.0, 0.12, 0.04
FACING = np.cos(
    np.radians(0.5)
)  # faces square to the pull: a tilted pull has none and drafts every wall by half


@dataclass(frozen=True)
class Pull:
    """A mould opening along ± direction."""

    direction: np.ndarray  # (3,)
    row: int  # of the visibility's directions
    hidden: np.ndarray  # (n,) bool: samples that neither half reaches
    draft_deg: (
        np.ndarray
    )  # (n,) angle between surface and pull, of the half that forms it; 90 = facing it
    undercut_share: float
    wall_share: float  # of the area that is a wall along the pull (needs draft)
    undrafted_share: float  # of the area: walls exactly parallel to the pull


def draft_deg(normals: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """Angle between surface and pull direction (n,): 0 parallel, 90 facing it, whichever half
    forms it.
    """
    return np.degrees(np.arcsin(np.clip(np.abs(normals @ direction), 0.0, 1.0)))


def judge_pull(samples: Samples, view: Visibility, row: int) -> Pull:
    """What a mould that opens along one of the seen directions meets."""
    direction = view.directions[row]
    hidden = ~(view.seen[row] | view.seen[view.opposite[row]])
    draft = draft_deg(samples.normals, direction)
    area = samples.area_mm2
    total = float(area.sum())
    wall = (draft < STEEP_DEG) & ~hidden
    exact = wall & (draft < EXACT_DEG)
    return Pull(
        direction=direction,
        row=row,
        hidden=hidden,
        draft_deg=draft,
        undercut_share=float(area[hidden].sum()) / total,
        wall_share=float(area[wall].sum()) / total,
        undrafted_share=float(area[exact].sum()) / total,
    )


def best_pull(samples: Samples, view: Visibility, points_mm: np.ndarray) -> Pull:
    """The opening with least undercut, then most area square to it, then least depth.

    Directions of the part's own faces only: a mould is built square to something.
    """
    rows = np.arange(0, view.from_geometry, 2)
    area = samples.area_mm2 / samples.area_mm2.sum()
    hidden = ~(view.seen[rows] | view.seen[view.opposite[rows]])
    undercut = hidden @ area
    along = np.abs(view.directions[rows] @ samples.normals.T)
    facing = (along > FACING) @ area
    depth = np.ptp(view.directions[rows] @ points_mm.T, axis=1)
    score = UNDERCUT_WEIGHT * undercut - FACING_WEIGHT * facing + DEPTH_WEIGHT * depth / depth.max()
    return judge_pull(samples, view, int(rows[int(np.argmin(np.round(score, 5)))]))


def undercut_groups(
    topology: Topology, samples: Samples, hidden: np.ndarray, least_area_mm2: float
) -> list[tuple[tuple[int, ...], float]]:
    """Connected faces that a mould cannot release, each with its hidden area: one core or slide a
    group.

    Groups smaller than `least_area_mm2` are left out.
    """
    count = len(topology.faces)
    share = samples.share_by_face(hidden, count)
    caught = share > HIDDEN_FACE
    area = np.bincount(samples.face, weights=samples.area_mm2 * hidden, minlength=count)
    ends = topology.edges["faces"]
    both = (ends >= 0).all(axis=1) & caught[ends[:, 0]] & caught[ends[:, 1]]
    pairs = ends[both]
    label = components(pairs, count)
    groups: dict[int, list[int]] = {}
    for face in np.flatnonzero(caught):
        groups.setdefault(int(label[face]), []).append(int(face))
    sized = [(tuple(faces), float(area[faces].sum())) for faces in groups.values()]
    return sorted((g for g in sized if g[1] >= least_area_mm2), key=lambda group: -group[1])
