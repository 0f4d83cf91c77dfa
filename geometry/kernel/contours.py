"""How much area do planes and surfaces of revolution have within their rims, and how much lies
between them and a point? Summed along the rims in the parameters of the surfaces.

By Green's theorem: what is to be summed over a face is integrated along u by formulas, and that
along the rims by Gauss's rule. All faces are done in one pass, where the kernel takes each by
itself, and with a rule that is a few hundred thousandths off where curved rims meet.
"""

from typing import Any

import numpy as np
from OCP.TopAbs import TopAbs_REVERSED

from geometry.kernel.patches import Cones
from geometry.kernel.rims import rim_nodes
from geometry.topology import surface_code

__all__ = ["within_rims"]

PLANE, CYLINDER, CONE, SPHERE = (
    surface_code(name) for name in ("plane", "cylinder", "cone", "sphere")
)
NOTHING = 1e-12  # of what rims sweep: what they enclose of it when they run out and back
_UPPER = np.array([[0, 1, 2], [1, 3, 4], [2, 4, 5]])  # places in the upper half of a matrix


def within_rims(
    faces: list[Any], rims: list[list[Any]], surfaces: list[Any], tip_mm: np.ndarray
) -> tuple[np.ndarray, np.ndarray, Cones]:
    """Area mm² (f,) and centroid mm (f, 3) of faces, and the cones over them from a point (3,) with
    the faces' normals; nan where a face's rims do not close or enclose nothing.

    faces: TopoDS_Face each; rims: TopoDS_Edge along those of each; surfaces: their
    BRepAdaptor_Surface: planes, cylinders, cones, spheres and tori.
    """
    nodes = rim_nodes(faces, rims)
    frames, sizes = _frames(surfaces)
    # u is counted from each face's middle, so that a gap in a rim counts for little
    middles = _middles(nodes.owner, nodes.uv[:, 0], len(faces))
    origins, axes = _shifted(frames, sizes[:, 0] == PLANE, middles)
    centres = np.einsum("fij,fj->fi", axes, origins - tip_mm)
    u, v = nodes.uv[:, 0] - middles[nodes.owner], nodes.uv[:, 1]
    columns = _products(
        sizes.T.take(nodes.owner, axis=1), centres.T.take(nodes.owner, axis=1), u, v
    )
    sums = np.array([np.bincount(nodes.owner, c * nodes.dv, len(faces)) for c in columns], float)
    most = np.bincount(nodes.owner, np.abs(columns[0] * nodes.dv), len(faces))
    sums[:, ~nodes.closed | (np.abs(sums[0]) <= NOTHING * most)] = np.nan
    sums[:4] *= np.sign(sums[0])  # beyond its tip a cone has its inside out
    hand = np.sign(np.linalg.det(axes))
    sums[4:] *= [
        hand[i] * (-1 if f.Orientation() == TopAbs_REVERSED else 1) for i, f in enumerate(faces)
    ]
    area, once, volume, first = sums[0], sums[1:4].T, sums[4] / 3, sums[5:8].T / 4
    second = sums[8:][_UPPER].transpose(2, 0, 1) / 5
    turned = axes.transpose(0, 2, 1)
    cones = Cones(volume, (turned @ first[:, :, None])[:, :, 0], turned @ second @ axes)
    return area, tip_mm + (turned @ once[:, :, None])[:, :, 0] / area[:, None], cones


def _middles(owner: np.ndarray, u: np.ndarray, count: int) -> np.ndarray:
    """Middle of the range of u (n,) of each owner (count,)."""
    low, high = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(low, owner, u)
    np.maximum.at(high, owner, u)
    bare = low > high
    low[bare] = high[bare] = 0.0
    return (low + high) / 2


def _shifted(frames: np.ndarray, flat: np.ndarray, u: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Origins (f, 3) and axes (f, 3, 3) of frames (f, 4, 3) in which what was at u (f,) is at 0."""
    origin, x, y, z = frames.transpose(1, 0, 2)
    c, s = np.where(flat, 1.0, np.cos(u))[:, None], np.where(flat, 0.0, np.sin(u))[:, None]
    moved = origin + np.where(flat, u, 0.0)[:, None] * x
    return moved, np.stack([c * x + s * y, c * y - s * x, z], axis=1)


def _frames(surfaces: list[Any]) -> tuple[np.ndarray, np.ndarray]:
    """Origins and unit axes x, y, z (f, 4, 3) of surfaces, and their sizes (f, 4): surface code,
    two radii in mm, half angle in radians.
    """
    frames, sizes = [], []
    for surface in surfaces:
        code = int(surface.GetType())
        if code == PLANE:
            position, size = surface.Plane().Position(), (0.0, 0.0, 0.0)
        elif code == CYLINDER:
            cylinder = surface.Cylinder()
            position, size = cylinder.Position(), (cylinder.Radius(), 0.0, 0.0)
        elif code == CONE:
            cone = surface.Cone()
            position, size = cone.Position(), (cone.RefRadius(), 0.0, cone.SemiAngle())
        elif code == SPHERE:
            sphere = surface.Sphere()
            position, size = sphere.Position(), (0.0, sphere.Radius(), 0.0)
        else:
            torus = surface.Torus()
            position, size = torus.Position(), (torus.MajorRadius(), torus.MinorRadius(), 0.0)
        axes = position.XDirection(), position.YDirection(), position.Direction()
        frames.append((position.Location().Coord(), *(axis.Coord() for axis in axes)))
        sizes.append((code, *size))
    return np.array(frames).reshape(-1, 4, 3), np.array(sizes, dtype=np.float64).reshape(-1, 4)


def _products(
    sizes: np.ndarray, centre: np.ndarray, u: np.ndarray, v: np.ndarray
) -> list[np.ndarray]:
    """∫ of 1, x, x·n, x (x·n) and x⊗x (x·n) along u from 0 to u at v (n,), of what a unit of v
    holds, in the frames of the surfaces: 14 columns (n,), of a symmetric matrix its upper half.

    sizes (4, n): as of `_frames`; centre (3, n): origin of each frame from the tip, in the frame.
    """
    code, major, minor, slope = sizes
    flat, tube = code == PLANE, code >= SPHERE
    turn = np.where(tube, v, -slope)  # of the normal from square to the axis
    look, lift = np.where(flat, 0.0, np.cos(turn)), np.where(flat, 1.0, np.sin(turn))
    reach = np.where(flat, 1.0, major + np.where(tube, minor * look, v * np.sin(slope)))
    height = np.where(flat, 0.0, np.where(tube, minor * lift, v * np.cos(slope)))
    stretch = reach * np.where(tube, minor, 1.0)  # area of a unit of u and v
    # x = a + r cos u, y = b + s sin u, z; on planes x = a + r u
    a, b, z = centre[0], centre[1] + np.where(flat, v, 0.0), centre[2] + height
    r, s = reach, np.where(flat, 0.0, reach)
    # x·n = f + g cos u + h sin u
    f = (z * lift + np.where(flat, 0.0, reach * look)) * stretch
    g, h = centre[0] * look * stretch, centre[1] * look * stretch
    one, c, d, cc, cd, dd, ccc, ccd, cdd, ddd = _powers(u, flat)
    t, tc, td = f * one + g * c + h * d, f * c + g * cc + h * cd, f * d + g * cd + h * dd
    tcc = f * cc + g * ccc + h * ccd
    tcd, tdd = f * cd + g * ccd + h * cdd, f * dd + g * cdd + h * ddd
    tx, ty = a * t + r * tc, b * t + s * td
    return [
        stretch * one, stretch * (a * one + r * c), stretch * (b * one + s * d), stretch * z * one,
        t, tx, ty, z * t,
        a * tx + r * (a * tc + r * tcc), a * ty + r * (b * tc + s * tcd), z * tx,
        b * ty + s * (b * td + s * tdd), z * ty, z * z * t,
    ]  # fmt: skip


def _powers(u: np.ndarray, flat: np.ndarray) -> list[np.ndarray]:
    """∫ from 0 to u (n,) of 1, of c = cos u and d = sin u, of c c, c d, d d, c c c, c c d, c d d,
    and d d d; on planes c = u and d = 0.
    """
    c, d = np.cos(u), np.sin(u)
    ccc, ddd = c * c * c / 3, d * d * d / 3  # powers take ten times as long
    zero = np.zeros(len(u))
    turning = [
        u, d, 1 - c, (u + d * c) / 2, d * d / 2, (u - d * c) / 2, d - ddd, 1 / 3 - ccc, ddd,
        ccc - c + 2 / 3,
    ]  # fmt: skip
    if not flat.any():
        return turning
    square = u * u
    rising = [
        u, square / 2, zero, square * u / 3, zero, zero, square * square / 4, zero, zero, zero,
    ]  # fmt: skip
    return [np.where(flat, own, other) for own, other in zip(rising, turning, strict=True)]
