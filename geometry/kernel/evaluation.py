"""Where do many parameters of many surfaces lie, and which way do the surfaces run there? One pass
of numpy over all: the kernel asked point by point takes ten times as long.
"""

from typing import Any

import numpy as np
from OCP.GeomAbs import (
    GeomAbs_BSplineCurve,
    GeomAbs_BSplineSurface,
    GeomAbs_SurfaceOfExtrusion,
)
from OCP.gp import gp_Pnt, gp_Vec

from geometry.kernel.knots import Knots
from geometry.kernel.splines import Spline, extruded_splines, spline_surfaces

__all__ = ["Surfaces"]


class Surfaces:
    """Surfaces of faces (BRepAdaptor_Surface), told from each other by their place in the list."""

    def __init__(self, adaptors: list[Any]) -> None:
        kinds = [adaptor.GetType() for adaptor in adaptors]
        rows = [i for i, kind in enumerate(kinds) if kind == GeomAbs_BSplineSurface]
        splines = spline_surfaces([adaptors[i].BSpline() for i in rows])
        drawn = {
            i: curve.BSpline()
            for i, kind in enumerate(kinds)
            if kind == GeomAbs_SurfaceOfExtrusion
            if (curve := adaptors[i].BasisCurve()).GetType() == GeomAbs_BSplineCurve
        }
        ways = [adaptors[i].Direction().Coord() for i in drawn]
        splines += extruded_splines(list(drawn.values()), ways)
        self.splines = dict(zip([*rows, *drawn], splines, strict=True))  # of those that are
        alike: dict[tuple[Any, ...], dict[int, Spline]] = {}
        for i, spline in self.splines.items():
            if not any(spline.periodic):
                alike.setdefault((*spline.degrees, spline.rational), {})[i] = spline
        self._adaptors = adaptors
        self._families = [_Splines(own) for own in alike.values()]
        self._family = np.full(len(adaptors), -1)  # of each surface, -1 where it has none
        self._place = np.zeros(len(adaptors), np.int64)  # in its family
        for number, family in enumerate(self._families):
            self._family[family.members] = number
            self._place[family.members] = np.arange(len(family.members))

    def at(self, surface: np.ndarray, uv: np.ndarray) -> np.ndarray:
        """Point, derivative by u and derivative by v (n, 3, 3) mm of surfaces (n,) at (n, 2)."""
        out = np.zeros((3, 3, len(uv)))  # by columns: rows of three are looped over one by one
        family = self._family[surface]
        for number, own in enumerate(self._families):
            rows = np.flatnonzero(family == number)
            if len(rows):
                out[:, :, rows] = own.at(self._place[surface[rows]], uv[rows])
        rows = np.flatnonzero(family < 0)
        if len(rows):
            point, along_u, along_v = gp_Pnt(), gp_Vec(), gp_Vec()
            found = []
            for i, (u, v) in zip(surface[rows].tolist(), uv[rows].tolist(), strict=True):
                self._adaptors[i].D1(u, v, point, along_u, along_v)
                found.append((point.Coord(), along_u.Coord(), along_v.Coord()))
            out[:, :, rows] = np.array(found).transpose(1, 2, 0)
        return out.transpose(2, 0, 1)


class _Splines:
    """B-spline surfaces of the same degrees, none of them periodic.

    Source: Piegl and Tiller, The NURBS book, 1997, A2.2 (basis functions), (2.7) (derivatives).
    """

    def __init__(self, own: dict[int, Spline]) -> None:
        self.members = list(own)
        splines = list(own.values())
        self._u, self._v = (Knots(splines, side) for side in (0, 1))
        self._rational = splines[0].rational
        flat = [spline.poles.reshape(-1, spline.poles.shape[2]) for spline in splines]
        self._poles = np.concatenate(flat).T.copy()  # (3, p), or (4, p) homogeneous
        if self._rational:
            self._poles[:3] *= self._poles[3]
        counts = np.array([len(poles) for poles in flat])
        self._starts = np.cumsum(counts) - counts
        self._columns = np.array([spline.poles.shape[1] for spline in splines])

    def at(self, surface: np.ndarray, uv: np.ndarray) -> np.ndarray:
        """Columns (3, 3, n) of what `Surfaces.at` tells, by place among the members."""
        row, by_u, by_u_slope = self._u.basis(surface, uv[:, 0])
        column, by_v, by_v_slope = self._v.basis(surface, uv[:, 1])
        columns = self._columns[surface]
        first = self._starts[surface] + row * columns + column
        wide = len(self._poles)
        out = np.zeros((3, wide, len(uv)))
        for weight, slope in zip(by_u, by_u_slope, strict=True):
            across, across_slope = np.zeros((2, wide, len(uv)))
            for step, (own, own_slope) in enumerate(zip(by_v, by_v_slope, strict=True)):
                pole = self._poles.take(first + step, axis=1)
                across += own * pole
                across_slope += own_slope * pole
            out[0] += weight * across
            out[1] += slope * across
            out[2] += weight * across_slope
            first = first + columns
        if not self._rational:
            return out
        scale = out[:, 3:]
        point = out[:1, :3] / scale[:1]
        slopes = (out[1:, :3] - scale[1:] * point) / scale[:1]
        return np.concatenate([point, slopes])
