"""About which axis is a part turned, and which of its area follows that axis?"""

from dataclasses import dataclass

import numpy as np

from geometry.fields.sampling import Samples
from geometry.topology import Topology, surface_code
from geometry.vectors import cross, norms, rejections

__all__ = ["TurningAxis", "best_axis", "with_faces"]

AXES_TRIED = 6
ALIKE, ALIKE_DIGITS = 1e-6, 6  # areas no further apart are the same but for rounding
LINES_COMPARED = 60  # lines of the largest round faces; the turning axis is among them
SAME_AXIS = 1 - 1e-5  # cosine of 0.26°
NEAR_SHARE = 2e-3  # of the diagonal: axes nearer than this are one
FOLLOWS = np.sin(np.radians(1.0))  # tangential part of the normal that a turned point may have
# the same of freeform faces, whose normals are known at the corners of their triangles alone
FOLLOWS_FREE = np.sin(np.radians(2.5))
LAST_ANALYTIC = surface_code("torus")  # kinds beyond are freeform
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
    kinds = [surface_code(name) for name in ("cylinder", "cone", "torus")]
    revolved = faces["surface"] == surface_code("revolution")
    rows = np.flatnonzero((np.isin(faces["kind"], kinds) | revolved) & (norms(faces["axis"]) > 0.5))
    rows = rows[
        np.argsort(-faces["area_mm2"][rows] * np.nan_to_num(faces["sweep_deg"][rows], nan=1.0))
    ]
    if not len(rows):
        # a ball turns about any axis through its centre
        balls = np.flatnonzero(faces["kind"] == surface_code("sphere"))
        return [(np.array([0.0, 0.0, 1.0]), faces["origin_mm"][ball]) for ball in balls[:1]]
    axis, origin = faces["axis"][rows], faces["origin_mm"][rows]
    left = np.ones(len(rows), bool)
    near = NEAR_SHARE * diagonal_mm
    middle = np.average(samples.points_mm, axis=0, weights=samples.area_mm2)
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
    outward = _outward(samples, axis, origin)
    tangential = np.abs(np.einsum("ij,ij->i", cross(axis, outward), samples.normals))
    freeform = topology.faces["kind"] > LAST_ANALYTIC
    limit = np.where(freeform, FOLLOWS_FREE, FOLLOWS)[samples.face]
    whole = samples.share_by_face(tangential < limit, len(topology.faces)) > WHOLE_FACE
    return _shares(axis, origin, whole, samples, outward)


def with_faces(found: TurningAxis, faces: np.ndarray, samples: Samples) -> TurningAxis:
    """The same axis with more faces (f,) bool that follow it, such as threads cut along it."""
    outward = _outward(samples, found.axis, found.origin_mm)
    return _shares(found.axis, found.origin_mm, found.faces | faces, samples, outward)


def _outward(samples: Samples, axis: np.ndarray, origin: np.ndarray) -> np.ndarray:
    """Unit vectors (n, 3) from an axis to the samples, square to it."""
    offset = samples.points_mm - origin
    radial = rejections(offset, axis)
    return np.asarray(radial / np.maximum(norms(radial)[:, None], 1e-300))


def _shares(
    axis: np.ndarray,
    origin: np.ndarray,
    whole: np.ndarray,
    samples: Samples,
    outward: np.ndarray,
) -> TurningAxis:
    turned = whole[samples.face]
    flat = np.abs(samples.normals @ axis) > np.cos(np.radians(1.0))
    outer = ~flat & (np.einsum("ij,ij->i", outward, samples.normals) > 0.1)
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
