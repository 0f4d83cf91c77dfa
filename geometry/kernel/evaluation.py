"""Where do many parameters of many surfaces lie, and which way do the surfaces run there? One pass
of numpy over all: the kernel asked point by point takes ten times as long.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from OCP.GeomAbs import GeomAbs_BSplineSurface
from OCP.gp import gp_Pnt, gp_Vec

from geometry.topology import surface_code

__all__ = ["Surfaces"]

_CONE, _SPHERE, _TORUS = (surface_code(name) for name in ("cone", "sphere", "torus"))
_BSPLINE = int(GeomAbs_BSplineSurface)


class Surfaces:
    """Surfaces of faces (BRepAdaptor_Surface), told from each other by their place in the list."""

    def __init__(self, adaptors: list[Any]) -> None:
        self.adaptors = adaptors
        kinds = [int(adaptor.GetType()) for adaptor in adaptors]
        canonical = [i for i, kind in enumerate(kinds) if kind <= _TORUS]
        by_degrees: dict[tuple[int, int, bool], dict[int, Any]] = {}
        self._others: dict[int, Any] = {}
        for i, (adaptor, kind) in enumerate(zip(adaptors, kinds, strict=True)):
            if kind <= _TORUS:
                continue
            spline = adaptor.BSpline() if kind == _BSPLINE else None
            if spline is None or spline.IsUPeriodic() or spline.IsVPeriodic():
                self._others[i] = adaptor
                continue
            rational = spline.IsURational() or spline.IsVRational()
            degrees = spline.UDegree(), spline.VDegree(), rational
            by_degrees.setdefault(degrees, {})[i] = spline
        self._families: list[Any] = [_Splines(*key, own) for key, own in by_degrees.items()]
        if canonical:
            self._families.append(_Canonical({i: adaptors[i] for i in canonical}))
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


class _Canonical:
    """Planes, cylinders, cones, spheres and tori as the kernel has their parameters."""

    def __init__(self, adaptors: dict[int, Any]) -> None:
        self.members = list(adaptors)
        frames, sizes = [], []
        for adaptor in adaptors.values():
            kind = int(adaptor.GetType())
            if kind == 0:
                position, size = adaptor.Plane().Position(), (0.0, 0.0, 0.0)
            elif kind < _CONE:
                position, size = adaptor.Cylinder().Position(), (adaptor.Cylinder().Radius(), 0, 0)
            elif kind == _CONE:
                cone = adaptor.Cone()
                position, size = cone.Position(), (cone.RefRadius(), 0.0, cone.SemiAngle())
            elif kind == _SPHERE:
                position, size = adaptor.Sphere().Position(), (0.0, adaptor.Sphere().Radius(), 0.0)
            else:
                torus = adaptor.Torus()
                position, size = torus.Position(), (torus.MajorRadius(), torus.MinorRadius(), 0.0)
            frames.append(
                (
                    position.Location().Coord(),
                    position.XDirection().Coord(),
                    position.YDirection().Coord(),
                    position.Direction().Coord(),
                )
            )
            sizes.append((kind, *size))
        self._frames = np.array(frames)  # (s, 4, 3)
        self._sizes = np.array(sizes, dtype=np.float64)  # (s, 4): kind, two radii mm, half angle

    def at(self, surface: np.ndarray, uv: np.ndarray) -> np.ndarray:
        """As `Surfaces.at`, by place among the members."""
        kind, major, minor, slope = self._sizes[surface].T
        frame = self._frames[surface]
        u, v = uv.T
        tube, flat = kind >= _SPHERE, kind == 0
        cos_v, sin_v = np.cos(v), np.sin(v)
        reach = major + np.where(tube, minor * cos_v, v * np.sin(slope))
        height = np.where(tube, minor * sin_v, v * np.cos(slope))
        reach_v = np.where(tube, -minor * sin_v, np.sin(slope))
        height_v = np.where(tube, minor * cos_v, np.cos(slope))
        cos_u, sin_u = np.cos(u), np.sin(u)
        zero, one = np.zeros(len(u)), np.ones(len(u))
        # along the x, y and main axes of each frame
        local = np.array(
            [
                [np.where(flat, u, reach * cos_u), np.where(flat, v, reach * sin_u),
                 np.where(flat, zero, height)],
                [np.where(flat, one, -reach * sin_u), np.where(flat, zero, reach * cos_u), zero],
                [np.where(flat, zero, reach_v * cos_u), np.where(flat, one, reach_v * sin_u),
                 np.where(flat, zero, height_v)],
            ]
        )  # fmt: skip
        out = np.einsum("dkn,nkx->ndx", local, frame[:, 1:])
        out[:, 0] += frame[:, 0]
        return out


class _Splines:
    """B-spline surfaces of the same degrees, none of them periodic.

    Source: Piegl and Tiller, The NURBS book, 1997, A2.2 (basis functions), (2.7) (derivatives).
    """

    def __init__(self, u_degree: int, v_degree: int, rational: bool, own: dict[int, Any]) -> None:
        self.members = list(own)
        self._u = _Knots(
            [_repeated(s.NbUKnots(), s.UKnot, s.UMultiplicity) for s in own.values()], u_degree
        )
        self._v = _Knots(
            [_repeated(s.NbVKnots(), s.VKnot, s.VMultiplicity) for s in own.values()], v_degree
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


def _repeated(count: int, knot: Callable[[int], float], times: Callable[[int], int]) -> np.ndarray:
    """Knots of one direction, each as often as it counts; the kernel's own sequence takes a hundred
    times as long to go through.
    """
    at = range(1, count + 1)
    return np.repeat([knot(i) for i in at], [times(i) for i in at])


class _Knots:
    """Knot sequences of one direction of several surfaces, all of one degree."""

    def __init__(self, rows: list[np.ndarray], degree: int) -> None:
        self._degree = degree
        self._knots = np.concatenate(rows)
        sizes = np.array([len(row) for row in rows])
        self._starts = np.cumsum(sizes) - sizes
        self._last = self._starts + sizes - degree - 2  # of the spans
        self._low = np.array([row[degree] for row in rows])
        self._size = np.array([row[-degree - 1] for row in rows]) - self._low
        # in one rising sequence: those of each surface between its number and half of one more
        owner = np.repeat(np.arange(len(rows)), sizes)
        self._keys = self._key(owner, self._knots)

    def _key(self, surface: np.ndarray, at: np.ndarray) -> np.ndarray:
        share = (at - self._low[surface]) / self._size[surface]
        return surface + 0.5 * np.clip(share, 0.0, 1.0)

    def basis(
        self, surface: np.ndarray, at: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """First pole (n,) of each span, the basis functions (d + 1, n) and their slopes there."""
        degree, knots = self._degree, self._knots
        start = self._starts[surface]
        span = np.searchsorted(self._keys, self._key(surface, at), side="right") - 1
        span = np.clip(span, start + degree, self._last[surface])
        values = np.zeros((degree + 1, len(at)))
        slopes = np.zeros_like(values)
        values[0] = 1.0
        for order in range(1, degree + 1):
            saved = np.zeros(len(at))
            for r in range(order):
                left, right = knots[span + r + 1 - order], knots[span + r + 1]
                share = values[r] / (right - left)
                if order == degree:
                    slopes[r] -= degree * share
                    slopes[r + 1] += degree * share
                values[r] = saved + (right - at) * share
                saved = (at - left) * share
            values[order] = saved
        return span - start - degree, values, slopes
