"""Which knots and poles do many B-splines have? The kernel writes them all at once: asked for one
number after another it takes five times as long.
"""

import io
import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from OCP.BinTools import BinTools_Curve2dSet, BinTools_CurveSet, BinTools_SurfaceSet

__all__ = ["Spline", "extruded_splines", "plane_splines", "spline_surfaces"]

# The kernel's own format, least byte first: kind, whether it has weights and comes back to where it
# began, degrees, how many poles and knots; then the poles, and the knots with how often each counts
_CURVE = struct.Struct("<x??HII")
_SURFACE = struct.Struct("<x????HHIIII")
_KNOTS = np.dtype([("at", "<f8"), ("times", "<i4")])


@dataclass(frozen=True)
class Spline:
    """A B-spline curve in a plane, or a B-spline surface: of all but the poles one entry for each
    direction of its parameters.
    """

    degrees: tuple[int, ...]
    rational: bool  # its poles end in their weights
    periodic: tuple[bool, ...]
    poles: np.ndarray  # (…, 2) or (…, 3), one more where rational
    knots: tuple[np.ndarray, ...]  # (k,) rising
    times: tuple[np.ndarray, ...]  # (k,) how often each knot counts


def plane_splines(curves: list[Any]) -> list[Spline]:
    """Knots and poles of Geom2d_BSplineCurve."""
    return _curves(BinTools_Curve2dSet(), curves, 2)


def extruded_splines(curves: list[Any], along: list[tuple[float, float, float]]) -> list[Spline]:
    """Surfaces that Geom_BSplineCurve make along directions: as u runs along the curve, v counts
    along the direction, written for the span from 0 to 1 and straight beyond it.
    """
    found = []
    straight = np.array([0.0, 1.0]), np.array([2, 2])
    for curve, way in zip(_curves(BinTools_CurveSet(), curves, 3), along, strict=True):
        moved = np.array([*way, 0.0])[: curve.poles.shape[1]]
        found.append(
            Spline(
                (*curve.degrees, 1),
                curve.rational,
                (*curve.periodic, False),
                np.stack([curve.poles, curve.poles + moved], axis=1),
                (*curve.knots, straight[0]),
                (*curve.times, straight[1]),
            )
        )
    return found


def _curves(written: Any, curves: list[Any], space: int) -> list[Spline]:
    """Knots and poles of curves in a plane (2) or in space (3), which go into an empty set."""
    if not curves:
        return []
    numbers = [written.Add(curve) for curve in curves]
    data, at = _written(written)
    found: list[Spline] = []
    for _ in range(max(numbers)):
        rational, periodic, degree, poles, knots = _CURVE.unpack_from(data, at)
        at += _CURVE.size
        wide = space + 1 if rational else space
        pole = np.frombuffer(data, "<f8", poles * wide, at).reshape(poles, wide)
        at += pole.nbytes
        knot = np.frombuffer(data, _KNOTS, knots, at)
        at += knot.nbytes
        own = (knot["at"],), (knot["times"],)
        found.append(Spline((degree,), rational, (periodic,), pole, *own))
    return [found[number - 1] for number in numbers]


def spline_surfaces(surfaces: list[Any]) -> list[Spline]:
    """Knots and poles of Geom_BSplineSurface, along u and along v."""
    if not surfaces:
        return []
    written = BinTools_SurfaceSet()
    numbers = [written.Add(surface) for surface in surfaces]
    data, at = _written(written)
    found: list[Spline] = []
    for _ in range(max(numbers)):
        u_rational, v_rational, *periodic, u, v, rows, columns, u_knots, v_knots = (
            _SURFACE.unpack_from(data, at)
        )
        at += _SURFACE.size
        rational = u_rational or v_rational
        wide = 4 if rational else 3
        pole = np.frombuffer(data, "<f8", rows * columns * wide, at).reshape(rows, columns, wide)
        at += pole.nbytes
        by_u = np.frombuffer(data, _KNOTS, u_knots, at)
        at += by_u.nbytes
        by_v = np.frombuffer(data, _KNOTS, v_knots, at)
        at += by_v.nbytes
        own = (by_u["at"], by_v["at"]), (by_u["times"], by_v["times"])
        found.append(Spline((u, v), rational, tuple(periodic), pole, *own))
    return [found[number - 1] for number in numbers]


def _written(what: Any) -> tuple[bytes, int]:
    """What a set of curves or surfaces writes, and where the first of them begins."""
    stream = io.BytesIO()
    what.Write(stream)
    data = stream.getvalue()
    return data, data.index(b"\n") + 1
