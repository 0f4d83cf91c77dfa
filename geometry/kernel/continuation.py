"""Which edges did a modeller only draw across a freeform surface? It goes on there as it came."""

from typing import Any

import numpy as np
from OCP.BRepAdaptor import BRepAdaptor_Curve, BRepAdaptor_Curve2d, BRepAdaptor_Surface
from OCP.gp import gp_Pnt, gp_Vec

from geometry.topology import surface_code
from geometry.vectors import cross

__all__ = ["continued_edges"]

PLACES = (0.5, 0.2, 0.8)  # along an edge
SAME_NORMAL = 1 - 1e-6  # cosine of 0.08°, as for split faces of one canonical surface
SAME_CURVATURE = 0.01  # share; a blend meets what it blends with a jump of its whole curvature
FLAT_PER_MM = 1e-4  # curvature of a radius of 10 m: less is none
_TORUS = surface_code("torus")


def continued_edges(
    edges: np.ndarray,
    edge_shapes: tuple[Any, ...],
    faces: np.ndarray,
    face_shapes: tuple[Any, ...],
    surfaces: list[BRepAdaptor_Surface | None],
) -> np.ndarray:
    """Whether two freeform faces meet at each edge (e,) with one normal and one curvature across.

    edges with faces and normals of freeform faces; surfaces by face, None where unreadable.
    """
    found = np.zeros(len(edges), bool)
    ends = edges["faces"]
    freeform = (ends >= 0).all(axis=1) & (ends[:, 0] != ends[:, 1])
    freeform &= (faces["kind"][ends] > _TORUS).all(axis=1)
    normals = edges["normals"]
    with np.errstate(invalid="ignore"):
        parallel = np.einsum("ij,ij->i", normals[:, 0], normals[:, 1]) > SAME_NORMAL
    for edge in np.flatnonzero(freeform & parallel).tolist():
        sides = [(face_shapes[face], surfaces[face]) for face in ends[edge].tolist()]
        if any(surface is None for _, surface in sides):
            continue
        try:
            found[edge] = _goes_on(edge_shapes[edge], sides)
        except Exception:  # no parameter curve: the kernel's errors share no base class
            continue
    return found


def _goes_on(edge: Any, sides: list[tuple[Any, Any]]) -> bool:
    """Whether normal and curvature across the edge are the same on both sides all along it."""
    curve = BRepAdaptor_Curve(edge)
    first, last = curve.FirstParameter(), curve.LastParameter()
    flat = [(BRepAdaptor_Curve2d(edge, face), surface) for face, surface in sides]
    point, along = gp_Pnt(), gp_Vec()
    for place in PLACES:
        at = first + place * (last - first)
        curve.D1(at, point, along)
        (normal, bend), (other, beyond) = (
            _bend(surface, uv.Value(at), np.array(along.Coord())) for uv, surface in flat
        )
        turned = float(normal @ other)
        if abs(turned) < SAME_NORMAL:
            return False
        beyond = beyond if turned > 0 else -beyond
        allowed = max(SAME_CURVATURE * max(abs(bend), abs(beyond)), FLAT_PER_MM)
        if not abs(bend - beyond) <= allowed:
            return False
    return True


def _bend(surface: BRepAdaptor_Surface, uv: Any, along: np.ndarray) -> tuple[np.ndarray, float]:
    """Normal of a surface at its parameters, and its curvature across a direction, 1/mm."""
    point = gp_Pnt()
    u, v, uu, vv, uv_ = (gp_Vec() for _ in range(5))
    surface.D2(uv.X(), uv.Y(), point, u, v, uu, vv, uv_)
    first, second = np.array(u.Coord()), np.array(v.Coord())
    normal = cross(first, second)
    normal /= np.linalg.norm(normal)
    across = cross(normal, along)
    across /= np.linalg.norm(across)
    # the direction across in the two directions of the parameters
    metric = np.array([[first @ first, first @ second], [first @ second, second @ second]])
    a, b = np.linalg.solve(metric, [first @ across, second @ across])
    bends = [float(normal @ np.array(d.Coord())) for d in (uu, uv_, vv)]
    return normal, float(bends[0] * a * a + 2 * bends[1] * a * b + bends[2] * b * b)
