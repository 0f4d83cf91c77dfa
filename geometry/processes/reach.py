"""How far must a tool stand out of its holder, so that the holder clears the part?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geometry.processes.subject import Subject
from geometry.processes.tools import holder_mm

__all__ = ["Ask", "tool_lengths_mm"]

PROBES = 10  # points of a feature's wall, spread over its samples
BEHIND = (0.35, 0.95)  # of the width by which a holder stands over a wall
CLEARANCE_MM = 1.0  # between holder and part


@dataclass(frozen=True)
class Ask:
    """A feature, the tool that makes it and the direction it comes from."""

    faces: tuple[int, ...]
    direction: np.ndarray
    tool_mm: float
    depth_mm: float


def tool_lengths_mm(subject: Subject, asks: Sequence[Ask]) -> np.ndarray:
    """Length that must stand out of the holder for each tool (n,) mm: the depth, or more where
    material beside the feature stands above its mouth within the holder's width.

    One cast for all: rays come down beside the walls, where the holder would be.
    """
    lengths = np.array([ask.depth_mm for ask in asks])
    if not len(asks):
        return lengths
    samples, diagonal = subject.fields.samples, subject.fields.diagonal_mm
    order = np.argsort(samples.face, kind="stable")
    starts = np.searchsorted(samples.face[order], np.arange(len(subject.faces) + 1))
    points, ways, floors, owners = [], [], [], []
    for number, ask in enumerate(asks):
        own = np.concatenate([order[starts[f] : starts[f + 1]] for f in ask.faces])
        floor = float((samples.points_mm[own] @ ask.direction).min())
        wall = np.abs(samples.normals[own] @ ask.direction) < 0.5
        beside = (holder_mm(ask.tool_mm) - ask.tool_mm) / 2
        if not wall.any() or beside <= 0:
            continue
        chosen = own[wall]
        chosen = chosen[:: max(len(chosen) // PROBES, 1)]
        for share in BEHIND:
            points.append(samples.points_mm[chosen] - share * beside * samples.normals[chosen])
        count = len(BEHIND) * len(chosen)
        ways.append(np.broadcast_to(ask.direction, (count, 3)))
        floors.append(np.full(count, floor))
        owners.append(np.full(count, number))
    if not points:
        return lengths
    origin, way = np.concatenate(points), np.concatenate(ways)
    height = np.einsum("ij,ij->i", origin, way)
    hits = subject.fields.scene.cast(origin + 2 * diagonal * way, -way)
    top = height + 2 * diagonal - hits.distance_mm
    need = np.where(np.isfinite(top), top - np.concatenate(floors) + CLEARANCE_MM, 0.0)
    np.maximum.at(lengths, np.concatenate(owners), need)
    return lengths
