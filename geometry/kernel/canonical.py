"""On which plane, cylinder, cone, sphere or torus does a face lie? The one that the file names, or
the one that a freeform surface is written for.
"""

import math
from typing import Any

import numpy as np
from OCP.BRepAdaptor import BRepAdaptor_Surface
from OCP.gp import gp_Cone, gp_Cylinder, gp_Pln, gp_Sphere
from OCP.ShapeAnalysis import ShapeAnalysis_CanonicalRecognition

from geometry.kernel.cylinder import axes_of, fit_cylinder
from geometry.kernel.evaluation import Surfaces
from geometry.kernel.torus import fit_torus, rotations_of
from geometry.topology import surface_code
from geometry.vectors import cross, norms, square_to

__all__ = [
    "CONE",
    "CYLINDER",
    "PLANE",
    "SPHERE",
    "TORUS",
    "canonical_tolerance_mm",
    "likely_kinds",
    "read_canonical",
    "recognise_canonical",
    "sampled",
]

CANONICAL_TOLERANCE_MM = (
    5e-3  # NURBS exports of a cylinder stay within 1 µm; hand-drawn freeform does not
)
CANONICAL_TOLERANCE_SHARE = (
    1e-4  # of the face's own size, so that a small blend is not taken for a plane
)

SAMPLES = 8  # in each direction of a freeform face
UNBOUNDED = 1e100  # parameters: the kernel's infinite is 2e100
# How far normals may be from those of a cylinder or cone that is to be tried: a face within the
# tolerance of one is not wavy enough to turn them by a tenth of it.
SLACK = 0.05
SQUARE = 1e-4  # of normals along the axis of a cylinder: a cone so slender is one within tolerance
LOOSE = 10.0  # times the tolerance: what lies no nearer to a circle or sphere is told to be none
FLAT_SHARE = 1e-12  # of squared spreads: less, and points lie on a line
TORUS_LARGEST = 1e4  # major over minor radius: beyond it the file means a cylinder

PLANE, CYLINDER, CONE, SPHERE, TORUS = (
    surface_code(name) for name in ("plane", "cylinder", "cone", "sphere", "torus")
)
STRIP = -1  # of a cylinder, so narrow that the kernel's recogniser misses it


def read_canonical(row: Any, surface: BRepAdaptor_Surface, code: int) -> None:
    """Fills frame and radii in the row of a face on one of the five surfaces."""
    if code == PLANE:
        _set_frame(row, surface.Plane().Position())
    elif code == CYLINDER:
        _set_cylinder(row, surface.Cylinder())
    elif code == CONE:
        _set_cone(row, surface.Cone())
    elif code == SPHERE:
        _set_sphere(row, surface.Sphere())
    else:
        torus = surface.Torus()
        _set_frame(row, torus.Position())
        row["radius_mm"], row["minor_radius_mm"] = torus.MajorRadius(), torus.MinorRadius()


def _set_frame(row: Any, position: Any) -> None:
    row["origin_mm"] = position.Location().Coord()
    row["axis"] = position.Direction().Coord()
    row["x_axis"] = position.XDirection().Coord()


def _set_plane(row: Any, plane: gp_Pln) -> None:
    _set_frame(row, plane.Position())


def _set_cylinder(row: Any, cylinder: gp_Cylinder) -> None:
    _set_frame(row, cylinder.Position())
    row["radius_mm"] = cylinder.Radius()


def _set_cone(row: Any, cone: gp_Cone) -> None:
    _set_frame(row, cone.Position())
    row["radius_mm"] = cone.RefRadius()
    angle = math.degrees(cone.SemiAngle())
    if angle < 0:
        x, y, z = row["axis"]
        row["axis"] = (-x, -y, -z)
    row["half_angle_deg"] = abs(angle)


def _set_sphere(row: Any, sphere: gp_Sphere) -> None:
    _set_frame(row, sphere.Position())
    row["radius_mm"] = sphere.Radius()


def recognise_canonical(
    row: Any,
    shape: Any,
    samples: tuple[np.ndarray, np.ndarray],
    likely: frozenset[int],
    tolerance_mm: float,
) -> None:
    """Gives a freeform face the kind it really is: plane, cylinder, cone, sphere or torus within
    tolerance.

    samples: its points (n, 3) mm and unit normals (n, 3), as `sampled`, before anyone asks this:
    the kernel's recogniser cuts B-splines to the face as it goes; likely: as `likely_kinds`.
    """
    look: Any = None
    for code, test, target, setter in (
        (PLANE, "IsPlane", gp_Pln, _set_plane),
        (CYLINDER, "IsCylinder", gp_Cylinder, _set_cylinder),
        (CONE, "IsCone", gp_Cone, _set_cone),
        (SPHERE, "IsSphere", gp_Sphere, _set_sphere),
    ):
        if code not in likely:
            continue
        look = look or ShapeAnalysis_CanonicalRecognition(shape)
        look.ClearStatus()
        found = target()
        if getattr(look, test)(tolerance_mm, found):
            setter(row, found)
            row["kind"] = code
            return
    if len(samples[0]) < SAMPLES * 2:
        return
    if STRIP in likely and _recognise_strip(row, *samples, tolerance_mm):
        return
    if TORUS in likely:
        _recognise_torus(row, *samples, tolerance_mm)


def canonical_tolerance_mm(size_mm: float) -> float:
    """What a face or edge of some size may be off the surface or curve that it is written for."""
    return min(CANONICAL_TOLERANCE_MM, CANONICAL_TOLERANCE_SHARE * size_mm)


def likely_kinds(
    samples: list[tuple[np.ndarray, np.ndarray]], tolerances_mm: np.ndarray
) -> list[frozenset[int]]:
    """Which of plane, cylinder (or a STRIP of one), cone, sphere and torus each face with such
    samples may lie on: the kernel takes a quarter of a millisecond to deny each.

    samples: as `sampled`; tolerances_mm (f,): what a face may be off.
    """
    every = frozenset((PLANE, CYLINDER, STRIP, CONE, SPHERE, TORUS))
    found = [every] * len(samples)
    whole = [i for i, (points, _) in enumerate(samples) if len(points) == SAMPLES**2]
    if not whole:
        return found
    points, normals = (np.array([samples[i][side] for i in whole]) for side in (0, 1))
    tolerance = tolerances_mm[whole]
    off, turn = (rows - rows.mean(axis=1, keepdims=True) for rows in (points, normals))
    # in the mean no plane is nearer than the one of least squares
    plane = _least_spread(off)[0] <= tolerance
    # the normals of a cylinder or a cone end in one plane
    spread, axis = _least_spread(turn)
    about = spread <= SLACK
    # where they are square to its axis, the section of a cylinder is a circle
    lift = np.abs(np.einsum("fnk,fk->fn", normals, axis)).max(axis=1)
    round_ = _round_gaps(_sections(off, axis)) <= LOOSE * tolerance
    square_axis, strip = axes_of(normals)
    strip &= _round_gaps(_sections(off, square_axis)) <= LOOSE * tolerance
    sphere = _round_gaps(off) <= LOOSE * tolerance
    straight = about & (round_ | (lift > SQUARE))
    for kind, told in (
        (PLANE, plane),
        (CYLINDER, straight),
        (STRIP, straight & strip),
        (CONE, straight),
        (SPHERE, sphere),
        (TORUS, rotations_of(points, normals).told),
    ):
        for row in np.flatnonzero(~told).tolist():
            found[whole[row]] -= {kind}
    return found


def _least_spread(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Root mean square (f,) of rows (f, n, 3) about nought in the direction (f, 3) where it is
    least.
    """
    values, vectors = np.linalg.eigh(rows.transpose(0, 2, 1) @ rows)
    return np.sqrt(np.maximum(values[:, 0], 0.0) / rows.shape[1]), vectors[:, :, 0]


def _sections(off: np.ndarray, axis: np.ndarray) -> np.ndarray:
    """Points (f, n, 3) about their middles as seen along an axis (f, 3): (f, n, 2)."""
    return np.asarray(off @ square_to(axis).transpose(0, 2, 1))


def _round_gaps(off: np.ndarray) -> np.ndarray:
    """How far points (f, n, k) about their middles are from the circle or sphere nearest to them:
    the largest distance (f,); none where they lie on a line or in a plane.

    Kåsa's fit, as `geometry.vectors.fit_circle`, by normal equations: their middles are nought.
    """
    squares = (off * off).sum(axis=2)
    matrix = off.transpose(0, 2, 1) @ off
    known = np.linalg.det(matrix) > FLAT_SHARE * squares.sum(axis=1) ** off.shape[2]
    centre = np.zeros((len(off), off.shape[2]))
    moment = (off * squares[:, :, None]).sum(axis=1) / 2
    centre[known] = np.linalg.solve(matrix[known], moment[known][:, :, None])[:, :, 0]
    away = off - centre[:, None]
    reach = np.sqrt((away * away).sum(axis=2))
    radius = np.sqrt(squares.mean(axis=1) + (centre * centre).sum(axis=1))
    return np.where(known, np.abs(reach - radius[:, None]).max(axis=1), 0.0)


def sampled(exact: Surfaces, surfaces: list[Any]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Points (n, 3) mm and unit normals (n, 3) on a grid over the parameters of each face; none
    where these have no bounds.

    surfaces: BRepAdaptor_Surface of each face; exact: the same.
    """
    share = np.linspace(0.0, 1.0, SAMPLES)
    found = [(np.zeros((0, 3)), np.zeros((0, 3)))] * len(surfaces)
    grids, owners = [], []
    for i, surface in enumerate(surfaces):
        u, last_u = surface.FirstUParameter(), surface.LastUParameter()
        v, last_v = surface.FirstVParameter(), surface.LastVParameter()
        if max(abs(u), abs(last_u), abs(v), abs(last_v)) < UNBOUNDED:
            along, across = u + share * (last_u - u), v + share * (last_v - v)
            grids.append(np.column_stack([along.repeat(SAMPLES), np.tile(across, SAMPLES)]))
            owners.append(i)
    if grids:
        seen = exact.at(np.repeat(owners, SAMPLES**2), np.concatenate(grids))
        normals = cross(seen[:, 1], seen[:, 2])
        sizes = norms(normals)
        for row, i in enumerate(owners):
            own = slice(row * SAMPLES**2, (row + 1) * SAMPLES**2)
            kept = sizes[own] > 1e-12
            found[i] = seen[own, 0][kept], normals[own][kept] / sizes[own][kept, None]
    return found


def _recognise_strip(
    row: Any, points_mm: np.ndarray, normals: np.ndarray, tolerance_mm: float
) -> bool:
    """Gives a freeform face that lies on a cylinder that kind: the kernel's recogniser misses
    narrow strips, as the crest of a thread.
    """
    found = fit_cylinder(points_mm, normals)
    if found is None or found.gap_mm > tolerance_mm:
        return False
    row["origin_mm"], row["axis"], row["radius_mm"] = found.origin_mm, found.axis, found.radius_mm
    row["x_axis"] = square_to(found.axis)[0]
    row["kind"] = CYLINDER
    return True


def _recognise_torus(
    row: Any, points_mm: np.ndarray, normals: np.ndarray, tolerance_mm: float
) -> None:
    """Gives a freeform face that lies on a torus that kind: the kernel's recogniser does not."""
    torus = fit_torus(points_mm, normals)
    if torus is None or torus.gap_mm > tolerance_mm:
        return
    if torus.major_mm > TORUS_LARGEST * torus.minor_mm:
        return
    row["origin_mm"], row["axis"] = torus.origin_mm, torus.axis
    row["x_axis"] = square_to(torus.axis)[0]
    row["radius_mm"], row["minor_radius_mm"] = torus.major_mm, torus.minor_mm
    row["kind"] = TORUS
