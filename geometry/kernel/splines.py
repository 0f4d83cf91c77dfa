"""Which knots and poles do many B-splines have? The kernel writes them all at once: asked for one
number after another it takes five times as long.
"""

import io
import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from OCP.BinTools import BinTools_Curve2dSet, BinTools_SurfaceSet

__all__ = ["Spline", "plane_splines", "spline_surfaces"]

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
    if not curves:
        return []
    written = BinTools_Curve2dSet()
    numbers = [written.Add(curve) for curve in curves]
    data, at = _written(written)
    found: list[Spline] = []
    for _ in range(max(numbers)):
        rational, periodic, degree, poles, knots = _CURVE.unpack_from(data, at)
        at += _CURVE.size
        wide = 3 if rational else 2
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
