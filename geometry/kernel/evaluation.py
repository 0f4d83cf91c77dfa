"""Where do many parameters of many surfaces lie, and which way do the surfaces run there? One pass
of numpy over all: the kernel asked point by point takes ten times as long.
"""

from typing import Any

import numpy as np
from OCP.GeomAbs import GeomAbs_BSplineSurface
from OCP.gp import gp_Pnt, gp_Vec

from geometry.kernel.knots import Knots, knots_along

__all__ = ["Surfaces"]


class Surfaces:
    """Surfaces of faces (BRepAdaptor_Surface), told from each other by their place in the list."""

    def __init__(self, adaptors: list[Any]) -> None:
        self.splines: dict[int, Any] = {}  # Geom_BSplineSurface of those that are
        by_degrees: dict[tuple[int, int, bool], dict[int, Any]] = {}
        self._others: dict[int, Any] = {}
        for i, adaptor in enumerate(adaptors):
            is_spline = adaptor.GetType() == GeomAbs_BSplineSurface
            spline = adaptor.BSpline() if is_spline else None
            if spline is not None:
                self.splines[i] = spline
            if spline is None or spline.IsUPeriodic() or spline.IsVPeriodic():
                self._others[i] = adaptor
                continue
            rational = spline.IsURational() or spline.IsVRational()
            degrees = spline.UDegree(), spline.VDegree(), rational
            by_degrees.setdefault(degrees, {})[i] = spline
        self._families = [_Splines(*key, own) for key, own in by_degrees.items()]
        self._family = np.full(len(adaptors), -1)  # of each surface, -1 where it has none
        self._place = np.zeros(len(adaptors), np.int64)  # in its family
        for number, family in enumerate(self._families):
            self._family[family.members] = number
            self._place[family.members] = np.arange(len(family.members))

    def at(self, surface: np.ndarray, uv: np.ndarray) -> np.ndarray:
        """Point, derivative by u and derivative by v (n, 3, 3) mm of surfaces (n,) at (n, 2)."""
        out = np.zeros((len(uv), 3, 3))
        family = self._family[surface]
        for number, own in enumerate(self._families):
            rows = np.flatnonzero(family == number)
            if len(rows):
                out[rows] = own.at(self._place[surface[rows]], uv[rows])
        rows = np.flatnonzero(family < 0)
        if len(rows):
            point, along_u, along_v = gp_Pnt(), gp_Vec(), gp_Vec()
            found = []
            for i, (u, v) in zip(surface[rows].tolist(), uv[rows].tolist(), strict=True):
                self._others[i].D1(u, v, point, along_u, along_v)
                found.append((point.Coord(), along_u.Coord(), along_v.Coord()))
            out[rows] = found
        return out


class _Splines:
    """B-spline surfaces of the same degrees, none of them periodic.

    Source: Piegl and Tiller, The NURBS book, 1997, A2.2 (basis functions), (2.7) (derivatives).
    """

    def __init__(self, u_degree: int, v_degree: int, rational: bool, own: dict[int, Any]) -> None:
        self.members = list(own)
        self._u, self._v = (
            Knots([np.repeat(*knots_along(spline, side)) for spline in own.values()], degree)
            for side, degree in enumerate((u_degree, v_degree))
        )
        self._rational = rational
        poles: list[tuple[float, ...]] = []
        starts, counts = [], []
        for spline in own.values():
            starts.append(len(poles))
            rows, columns = spline.NbUPoles(), spline.NbVPoles()
            counts.append(columns)
            places = [(i, j) for i in range(1, rows + 1) for j in range(1, columns + 1)]
            if rational:
                for i, j in places:
                    weight = spline.Weight(i, j)
                    x, y, z = spline.Pole(i, j).Coord()
                    poles.append((x * weight, y * weight, z * weight, weight))
            else:
                poles += [spline.Pole(i, j).Coord() for i, j in places]
        self._poles = np.array(poles)  # (p, 3), or (p, 4) homogeneous
        self._starts, self._columns = np.array(starts), np.array(counts)

    def at(self, surface: np.ndarray, uv: np.ndarray) -> np.ndarray:
        """As `Surfaces.at`, by place among the members."""
        row, by_u, by_u_slope = self._u.basis(surface, uv[:, 0])
        column, by_v, by_v_slope = self._v.basis(surface, uv[:, 1])
        columns = self._columns[surface]
        first = self._starts[surface] + row * columns + column
        wide = self._poles.shape[1]
        out = np.zeros((len(uv), 3, wide))
        for weight, slope in zip(by_u, by_u_slope, strict=True):
            across, across_slope = np.zeros((2, len(uv), wide))
            for step, (own, own_slope) in enumerate(zip(by_v, by_v_slope, strict=True)):
                pole = self._poles[first + step]
                across += own[:, None] * pole
                across_slope += own_slope[:, None] * pole
            out[:, 0] += weight[:, None] * across
            out[:, 1] += slope[:, None] * across
            out[:, 2] += weight[:, None] * across_slope
            first = first + columns
        if not self._rational:
            return out
        scale = out[:, :, 3:]
        point = out[:, :1, :3] / scale[:, :1]
        slopes = (out[:, 1:, :3] - scale[:, 1:] * point) / scale[:, :1]
        return np.concatenate([point, slopes], axis=1)
