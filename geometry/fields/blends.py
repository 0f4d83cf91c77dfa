"""How was a part shaped: cut with sharp edges, or run into a mould with rounded ones?"""

from dataclasses import dataclass

import numpy as np

from geometry.topology import (
    CONCAVE,
    SMOOTH,
    SURFACES,
    Topology,
    between_faces,
    surface_code,
)

__all__ = ["Shaping", "shaping"]

FILLET_TURN_DEG = 190.0  # a fillet never covers more of a turn; a pin or bore does
FREEFORM = ("bezier", "bspline", "revolution", "extrusion", "offset", "other")
IS_FREEFORM = np.array([name in FREEFORM for name in SURFACES])  # by code


@dataclass(frozen=True)
class Shaping:
    """Which faces are blends or freeform, and how edges meet."""

    fillets: np.ndarray  # (b,) bool: narrow round faces that run tangent into their neighbours
    freeform_share: float  # of the area, fillets left out
    smooth_mm: np.ndarray  # (e,) of the joined edges: length of those that run over tangent, else 0
    bent_mm: float  # length of all other edges between two faces
    sharp_concave_share: float  # of the concave edges by length: sharp rather than filleted


def shaping(topology: Topology, left_out: np.ndarray | None = None) -> Shaping:
    """Reads blends off smooth edges: a fillet touches two neighbours smoothly along its long
    sides.

    topology: joined, as a modeller's halves of a bore run tangent into each other; left_out: (b,)
    bool of the body's own faces that say nothing of how the rest was shaped; they and their edges
    are not counted, shares stay those of the whole area.
    """
    faces, edges = topology.faces, topology.edges
    counted = np.ones(len(faces), bool)
    if left_out is not None:
        counted[topology.standing_for[left_out]] = False
    kind, area = faces["kind"], faces["area_mm2"]
    total = float(area.sum())
    ends = edges["faces"]
    real = between_faces(edges) & ~edges["seam"]
    smooth = real & (edges["convexity"] == SMOOTH)
    length = edges["length_mm"]
    tangent = np.zeros(len(faces))
    np.add.at(tangent, ends[smooth].ravel(), np.repeat(length[smooth], 2))
    whole = np.zeros(len(faces))
    np.add.at(whole, ends[real].ravel(), np.repeat(length[real], 2))
    freeform = IS_FREEFORM[kind] & counted
    torus, sphere = kind == surface_code("torus"), kind == surface_code("sphere")
    partial = (kind == surface_code("cylinder")) & (faces["sweep_deg"] < FILLET_TURN_DEG)
    fillets = (torus | sphere | partial | freeform) & (tangent > 0.55 * whole) & (whole > 0)
    # only a narrow face rounds an edge: its area is small against what surrounds it
    narrow = area < 0.35 * np.maximum(_neighbour_area(topology), 1e-300)
    fillets &= narrow & counted
    real &= counted[ends].all(axis=1)  # edges without a face on one side are not real
    smooth &= real
    inner = fillets & (faces["sense"] < 0)
    inner_length = length[real & (edges["convexity"] == CONCAVE)].sum()
    inner_blend = whole[inner].sum() / 2
    bent = float(length[real & ~smooth].sum())
    return Shaping(
        fillets=fillets[topology.standing_for],
        freeform_share=float(area[freeform & ~fillets].sum()) / total,
        smooth_mm=np.where(smooth, length, 0.0),
        bent_mm=bent,
        sharp_concave_share=float(inner_length / max(inner_length + inner_blend, 1e-300)),
    )


def _neighbour_area(topology: Topology) -> np.ndarray:
    ends = topology.edges["faces"]
    real = between_faces(topology.edges)
    area = topology.faces["area_mm2"]
    total = np.zeros(len(area))
    pairs = ends[real]
    # one number a pair: to sort rows takes five times as long
    keys = np.unique(pairs.min(axis=1).astype(np.int64) * len(area) + pairs.max(axis=1))
    low, high = np.divmod(keys, len(area))
    np.add.at(total, low, area[high])
    np.add.at(total, high, area[low])
    return total
