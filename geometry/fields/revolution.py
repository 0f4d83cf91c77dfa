"""About which axis is a part turned, and which of its area follows that axis?"""

from dataclasses import dataclass

import numpy as np

from geometry.fields.sampling import Samples
from geometry.topology import Topology, surface_code
from geometry.vectors import cross_matrix, norms, rejections

__all__ = ["TurningAxis", "best_axis", "with_faces"]

AXES_TRIED = 6
ALIKE, ALIKE_DIGITS = 1e-6, 6  # areas no further apart are the same but for rounding
LINES_COMPARED = 60  # lines of the largest round faces; the turning axis is among them
SAME_AXIS = 1 - 1e-5  # cosine of 0.26°
NEAR_SHARE = 2e-3  # of the diagonal: axes nearer than this are one
FOLLOWS = np.sin(np.radians(1.0))  # tangential part of the normal that a turned point may have
# the same of freeform faces, whose normals are known at the corners of their triangles alone
FOLLOWS_FREE = np.sin(np.radians(2.5))
CYLINDER, CONE, TORUS = (surface_code(name) for name in ("cylinder", "cone", "torus"))
LAST_ANALYTIC = TORUS  # kinds beyond are freeform
WHOLE_FACE = 0.95  # share of a face's samples that must follow before the face counts


@dataclass(frozen=True)
class TurningAxis:
    """An axis and the area that a lathe could make about it."""

    axis: np.ndarray  # (3,)
    origin_mm: np.ndarray  # (3,)
    faces: np.ndarray  # (f,) bool: faces that are rotationally symmetric about it
    turned_share: float  # of the whole area
    lateral_share: float  # of the area that is not flat across the axis
    outer_share: float  # of the outward lateral area: shafts and flanges, not bores


def best_axis(topology: Topology, samples: Samples, diagonal_mm: float) -> TurningAxis | None:
    """The axis of round faces that the most lateral area follows; None where no face is round. Of
    holes that are alike the one nearest to the middle of the surface.
    """
    best: TurningAxis | None = None
    for axis, origin in _axes(topology, samples, diagonal_mm):
        found = _follow(topology, samples, axis, origin)
        if best is None or _rank(found) > (1 + ALIKE) * _rank(best):
            best = found
    return best


def _rank(found: TurningAxis) -> float:
    return found.turned_share * (0.2 + found.lateral_share)


def _axes(
    topology: Topology, samples: Samples, diagonal_mm: float
) -> list[tuple[np.ndarray, np.ndarray]]:
    faces = topology.faces
    kind = faces["kind"]
    revolved = faces["surface"] == surface_code("revolution")
    turned = (kind == CYLINDER) | (kind == CONE) | (kind == TORUS) | revolved
    rows = np.flatnonzero(turned & (norms(faces["axis"]) > 0.5))
    sweep_deg = faces["sweep_deg"][rows]
    sweep_deg = np.where(np.isnan(sweep_deg), 1.0, sweep_deg)
    rows = rows[np.argsort(-faces["area_mm2"][rows] * sweep_deg)]
    if not len(rows):
        # a ball turns about any axis through its centre
        balls = np.flatnonzero(faces["kind"] == surface_code("sphere"))
        return [(np.array([0.0, 0.0, 1.0]), faces["origin_mm"][ball]) for ball in balls[:1]]
    axis, origin = faces["axis"][rows], faces["origin_mm"][rows]
    left = np.ones(len(rows), bool)
    near = NEAR_SHARE * diagonal_mm
    middle = samples.area_mm2 @ samples.points_mm / samples.area_mm2.sum()
    to_middle = middle - origin
    aside = norms(to_middle - (to_middle * axis).sum(axis=1)[:, None] * axis)
    found: list[tuple[float, float, int]] = []
    for i in range(len(rows)):
        if not left[i] or len(found) > LINES_COMPARED:
            continue
        between = origin - origin[i]
        off = norms(between - (between @ axis[i])[:, None] * axis[i])
        same = left & (np.abs(axis @ axis[i]) > SAME_AXIS) & (off < near)
        left &= ~same
        area = float(faces["area_mm2"][rows[same]].sum())
        found.append((-float(f"{area:.{ALIKE_DIGITS}g}"), float(aside[i]), i))
    return [(axis[i], origin[i]) for _, _, i in sorted(found)[:AXES_TRIED]]


def _follow(
    topology: Topology, samples: Samples, axis: np.ndarray, origin: np.ndarray
) -> TurningAxis:
    radial = _radial(samples, axis, origin)
    # a · (b × c) = b · (c × a): of the normals alone the product is one small matrix
    aside = np.einsum("ij,ij->i", radial, samples.normals @ cross_matrix(axis))
    freeform = topology.faces["kind"] > LAST_ANALYTIC
    limit = np.where(freeform, FOLLOWS_FREE, FOLLOWS)[samples.face]
    follows = np.abs(aside) <= limit * norms(radial)
    whole = samples.share_by_face(follows, len(topology.faces)) > WHOLE_FACE
    return _shares(axis, origin, whole, samples, radial)


def with_faces(found: TurningAxis, faces: np.ndarray, samples: Samples) -> TurningAxis:
    """The same axis with more faces (f,) bool that follow it, such as threads cut along it."""
    radial = _radial(samples, found.axis, found.origin_mm)
    return _shares(found.axis, found.origin_mm, found.faces | faces, samples, radial)


def _radial(samples: Samples, axis: np.ndarray, origin: np.ndarray) -> np.ndarray:
    """From an axis to the samples, square to it (n, 3) mm."""
    return rejections(samples.points_mm - origin, axis)


def _shares(
    axis: np.ndarray,
    origin: np.ndarray,
    whole: np.ndarray,
    samples: Samples,
    radial_mm: np.ndarray,
) -> TurningAxis:
    turned = whole[samples.face]
    flat = np.abs(samples.normals @ axis) > np.cos(np.radians(1.0))
    outwards = np.einsum("ij,ij->i", radial_mm, samples.normals) > 0.1 * norms(radial_mm)
    outer = ~flat & outwards
    area = samples.area_mm2
    total, lateral, outside = area.sum(), area[~flat].sum(), area[outer].sum()
    return TurningAxis(
        axis=axis,
        origin_mm=origin,
        faces=whole,
        turned_share=float(area[turned].sum() / total),
        lateral_share=float(area[turned & ~flat].sum() / lateral) if lateral > 0 else 0.0,
        outer_share=float(area[turned & outer].sum() / outside) if outside > 0 else 0.0,
    )
