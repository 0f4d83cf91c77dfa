"""How far must a tool stand out of its holder, so that the holder clears the part?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geometry.processes.subject import Subject
from geometry.processes.tools import holder_mm
from geometry.vectors import cross, rejections

__all__ = ["Ask", "face_lengths_mm", "tool_lengths_mm"]

PROBES = 10  # points of a feature's wall, spread over its samples
BEHIND = (0.35, 0.95)  # of the width by which a holder stands over a wall
CLEARANCE_MM = 1.0  # between holder and part
FACE_PROBES = 5  # points of a bare face
AROUND = 6  # places of a holder's rim that are asked above each
RIM = 0.9  # of the holder's radius


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
    # samples come face by face
    starts = np.searchsorted(samples.face, np.arange(len(subject.faces) + 1)).tolist()
    every = np.arange(len(samples))
    floors = np.zeros(len(asks))
    points, owners = [], []
    for number, ask in enumerate(asks):
        beside = (holder_mm(ask.tool_mm) - ask.tool_mm) / 2
        if beside <= 0:
            continue
        own = np.concatenate([every[starts[f] : starts[f + 1]] for f in ask.faces])
        wall = np.abs(samples.normals[own] @ ask.direction) < 0.5
        if not wall.any():
            continue
        floors[number] = (samples.points_mm[own] @ ask.direction).min()
        chosen = own[wall]
        chosen = chosen[:: max(len(chosen) // PROBES, 1)]
        places, normals = samples.points_mm[chosen], samples.normals[chosen]
        points += [places - share * beside * normals for share in BEHIND]
        owners += [number] * (len(BEHIND) * len(chosen))
    if not points:
        return lengths
    owner = np.array(owners)
    origin, way = np.concatenate(points), np.array([ask.direction for ask in asks])[owner]
    height = np.einsum("ij,ij->i", origin, way)
    hits = subject.fields.scene.cast(origin + 2 * diagonal * way, -way)
    top = height + 2 * diagonal - hits.distance_mm
    need = np.where(np.isfinite(top), top - floors[owner] + CLEARANCE_MM, 0.0)
    np.maximum.at(lengths, owner, need)
    return lengths


def face_lengths_mm(
    subject: Subject, faces: np.ndarray, direction: np.ndarray, tools_mm: np.ndarray
) -> np.ndarray:
    """Length that must stand out of the holder for faces (k,) ids that tools (k,) mm scan: what
    stands within the holder's width above the place that is cut, (k,) mm.

    One cast for all: rays come down around points of each face, where the rim of the holder is.
    """
    lengths = np.zeros(len(faces))
    samples, diagonal = subject.fields.samples, subject.fields.diagonal_mm
    starts = np.searchsorted(samples.face, np.arange(len(subject.faces) + 1))
    chosen, owners = [], []
    for number, face in enumerate(faces):
        own = np.arange(starts[face], starts[face + 1])
        own = own[:: max(len(own) // FACE_PROBES, 1)]
        chosen.append(own)
        owners.append(np.full(len(own), number))
    if not chosen or not sum(map(len, chosen)):
        return lengths
    points, owner = np.concatenate(chosen), np.concatenate(owners)
    normals, places = samples.normals[points], samples.points_mm[points]
    level = rejections(normals, direction)
    middle = places + tools_mm[owner, None] / 2 * level
    axes = subject.part.mass.box.axes
    x = axes[np.abs(axes @ direction).argmin()]
    x = x - (x @ direction) * direction
    x = x / np.linalg.norm(x)
    y = cross(direction, x)
    turn = np.arange(AROUND) * 2 * np.pi / AROUND
    rim = np.outer(np.cos(turn), x) + np.outer(np.sin(turn), y)
    radius = np.array([RIM * holder_mm(float(tool)) / 2 for tool in tools_mm])[owner]
    origin = (middle[:, None, :] + radius[:, None, None] * rim[None, :, :]).reshape(-1, 3)
    hits = subject.fields.scene.cast(
        origin + 2 * diagonal * direction, np.broadcast_to(-direction, origin.shape)
    )
    top = origin @ direction + 2 * diagonal - hits.distance_mm
    above = top - np.repeat(places @ direction, AROUND)
    need = np.where(np.isfinite(above), above + CLEARANCE_MM, 0.0)
    np.maximum.at(lengths, np.repeat(owner, AROUND), need)
    return lengths
