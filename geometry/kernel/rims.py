"""Where do the rims of faces run in the parameters of their surfaces? At the nodes of Gauss's rule,
so that anything can be summed along them.
"""

import itertools
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from OCP.BRepAdaptor import BRepAdaptor_Curve2d
from OCP.GeomAbs import (
    GeomAbs_BSplineCurve,
    GeomAbs_Circle,
    GeomAbs_Ellipse,
    GeomAbs_Line,
    GeomAbs_OtherCurve,
)
from OCP.gp import gp_Pnt2d, gp_Vec2d
from OCP.TopAbs import TopAbs_FORWARD, TopAbs_REVERSED
from OCP.TopoDS import TopoDS

from geometry.kernel.explored import edges_of
from geometry.kernel.knots import Knots

__all__ = ["Nodes", "curve_on", "rim_nodes", "rims_of"]

# Gauss-Legendre nodes along whole curves, and on the stretches of a spline between its knots: the
# more of them, the fewer nodes on each. The kernel writes two dozen along an arc.
_WHOLE = np.polynomial.legendre.leggauss(20)
_FEWEST = {2: 64, 3: 16, 4: 0}  # stretches, by nodes on each
_STRETCH = {nodes: np.polynomial.legendre.leggauss(nodes) for nodes in _FEWEST}
FEWEST_STRETCHES = 8  # of a spline
FLAT = 1e-12  # mm or rad: a rim that rises no more runs at one v
_SIGNS = {int(TopAbs_FORWARD): 1, int(TopAbs_REVERSED): -1}  # as numbers they compare faster
CLOSED_SHARE = 1e-5  # of the length of a face's rims: what may be missing of them


@dataclass(frozen=True)
class Nodes:
    """Points along the rims of faces, the face on the left as its surface runs."""

    owner: np.ndarray  # (n,) face
    uv: np.ndarray  # (n, 2)
    dv: np.ndarray  # (n,) what of dv each stands for
    closed: np.ndarray  # (f,) bool: faces whose rims come back to where they began


def rim_nodes(faces: list[Any]) -> Nodes:
    """Nodes along all rims of faces (TopoDS_Face); none along those at one v, which sum to nothing
    over v.
    """
    straight: list[tuple[float, ...]] = []  # face, from u and v, to u and v
    splines: dict[tuple[int, int], list[_Spline]] = {}  # by degree and nodes on a stretch
    ovals: list[tuple[float, ...]] = []  # face, sign, centre, half axes with their lengths, span
    others: list[tuple[int, int, Any]] = []
    broken: list[int] = []
    for number, face in enumerate(faces):
        rims = rims_of(TopoDS.Face_s(face.Oriented(TopAbs_FORWARD)))
        if rims is None:
            broken.append(number)
            continue
        for _, sign, curve in rims:
            kind = curve.GetType()
            first, last = curve.FirstParameter(), curve.LastParameter()
            if kind == GeomAbs_Line:
                begin, end = (curve.Value(at).Coord() for at in (first, last)[::sign])
                straight.append((number, *begin, *end))
                continue
            if kind in (GeomAbs_Circle, GeomAbs_Ellipse):
                ovals.append((number, sign, *_oval(curve), first, last))
                continue
            spline = curve.BSpline() if kind == GeomAbs_BSplineCurve else None
            if spline is None or spline.IsRational() or spline.IsPeriodic():
                others.append((number, sign, curve))
            else:
                own = _Spline(number, sign, spline, first, last)
                key = spline.Degree(), _nodes_of(spline.NbKnots() - 1)
                splines.setdefault(key, []).append(own)
    lines = np.array(straight).reshape(-1, 5)
    flat = np.abs(lines[:, 4] - lines[:, 2]) <= FLAT
    found = [_along_lines(lines[~flat]), _along_ovals(ovals), _along_others(others)]
    found += [_along_splines(*key, own) for key, own in splines.items()]
    owner, uv, step = (np.concatenate(column) for column in zip(*found, strict=True))
    every = np.concatenate([owner, lines[flat, 0].astype(np.int64)])
    runs = np.concatenate([step, lines[flat, 3:] - lines[flat, 1:3]]).T
    gaps = np.array([np.bincount(every, run, len(faces)) for run in runs])
    lengths = np.array([np.bincount(every, np.abs(run), len(faces)) for run in runs])
    closed = (np.abs(gaps) <= CLOSED_SHARE * lengths).all(axis=0) & (lengths > 0).any(axis=0)
    closed[broken] = False
    return Nodes(owner, uv, step[:, 1], closed)


def rims_of(face: Any) -> list[tuple[Any, int, Any]] | None:
    """Edges along all rims of a face, −1 where a rim runs against its curve, and the curve
    (`curve_on`); None where a rim has none.
    """
    found = []
    for edge in edges_of(face):
        sign = _SIGNS.get(int(edge.Orientation()))
        if sign is None:
            continue  # within the face or on one point of it
        curve = curve_on(edge, face)
        if curve is None:
            return None
        found.append((edge, sign, curve))
    return found


def curve_on(edge: Any, face: Any) -> Any:
    """BRepAdaptor_Curve2d of an edge in the parameters of a face; None where it has none."""
    try:
        curve = BRepAdaptor_Curve2d(edge, face)
    except Exception:  # the kernel raises a different class for every degenerate curve
        return None
    # none at all is told as another kind, and asking it would crash
    return None if curve.GetType() == GeomAbs_OtherCurve else curve


_Found = tuple[np.ndarray, np.ndarray, np.ndarray]  # owner, uv as of `Nodes`, du and dv


def _along_lines(lines: np.ndarray) -> _Found:
    """Nodes along lines (l, 5): face, from u and v, to u and v."""
    at, weights = _WHOLE
    run = lines[:, None, 3:] - lines[:, None, 1:3]
    uv = lines[:, None, 1:3] + (0.5 + 0.5 * at)[:, None] * run
    step = 0.5 * weights[:, None] * run
    owner = np.repeat(lines[:, 0].astype(np.int64), len(at))
    return owner, uv.reshape(-1, 2), step.reshape(-1, 2)


def _oval(curve: Any) -> tuple[float, ...]:
    """Centre, half of the major and of the minor axis of a circle or an ellipse (6 numbers)."""
    if curve.GetType() == GeomAbs_Circle:
        oval = curve.Circle()
        major = minor = oval.Radius()
    else:
        oval = curve.Ellipse()
        major, minor = oval.MajorRadius(), oval.MinorRadius()
    x, y = oval.XAxis().Direction(), oval.YAxis().Direction()
    return (
        *oval.Location().Coord(), major * x.X(), major * x.Y(), minor * y.X(), minor * y.Y()
    )  # fmt: skip


def _along_ovals(ovals: list[tuple[float, ...]]) -> _Found:
    """Nodes along arcs of circles and ellipses: face, 1 or −1 by direction, as `_oval`, span."""
    rows = np.array(ovals).reshape(-1, 10)
    at, weights = _between(rows[:, 8], rows[:, 9], _WHOLE)
    row = np.repeat(rows, len(_WHOLE[0]), axis=0)
    c, s = np.cos(at)[:, None], np.sin(at)[:, None]
    uv = row[:, 2:4] + c * row[:, 4:6] + s * row[:, 6:8]
    step = (row[:, 1] * weights)[:, None] * (c * row[:, 6:8] - s * row[:, 4:6])
    return row[:, 0].astype(np.int64), uv, step


def _along_others(curves: list[tuple[int, int, Any]]) -> _Found:
    """Nodes along whole curves: face, 1 or −1 by direction, BRepAdaptor_Curve2d."""
    point, slope = gp_Pnt2d(), gp_Vec2d()
    owner, uv, step = [], [], []
    for face, sign, curve in curves:
        ends, rule = [curve.FirstParameter(), curve.LastParameter()], _WHOLE
        if curve.GetType() == GeomAbs_BSplineCurve:  # periodic or with weights
            spline = curve.BSpline()
            knots = [spline.Knot(i) for i in range(1, spline.NbKnots() + 1)]
            ends, rule = _cuts(knots, *ends), _STRETCH[_nodes_of(len(knots) - 1)]
        at, weights = _between(np.array(ends[:-1]), np.array(ends[1:]), rule)
        for parameter, weight in zip(at.tolist(), weights.tolist(), strict=True):
            curve.D1(parameter, point, slope)
            owner.append(face)
            uv.append(point.Coord())
            step.append((sign * weight * slope.X(), sign * weight * slope.Y()))
    return (
        np.array(owner, dtype=np.int64),
        np.array(uv).reshape(-1, 2),
        np.array(step).reshape(-1, 2),
    )


def _along_splines(degree: int, nodes: int, splines: list["_Spline"]) -> _Found:
    """Nodes along B-splines of one degree, so many on each stretch.

    Source: Piegl and Tiller, The NURBS book, 1997, (3.1), (3.4).
    """
    curves = [own.curve for own in splines]
    distinct = [[c.Knot(i) for i in range(1, c.NbKnots() + 1)] for c in curves]
    knots = Knots(
        [
            np.repeat(own, _multiplicities(curve, degree))
            for curve, own in zip(curves, distinct, strict=True)
        ],
        degree,
    )
    counts = [c.NbPoles() for c in curves]
    poles = np.array(
        [
            c.Pole(i).Coord()
            for c, many in zip(curves, counts, strict=True)
            for i in range(1, many + 1)
        ]
    )
    cuts = [_cuts(row, own.first, own.last) for row, own in zip(distinct, splines, strict=True)]
    at, weights = _between(
        np.array([cut for own in cuts for cut in own[:-1]]),
        np.array([cut for own in cuts for cut in own[1:]]),
        _STRETCH[nodes],
    )
    spline = np.repeat(np.arange(len(splines)), [(len(own) - 1) * nodes for own in cuts])
    first, values, slopes = knots.basis(spline, at)
    first += (np.cumsum(counts) - counts)[spline]
    uv, along = np.zeros((len(at), 2)), np.zeros((len(at), 2))
    for row, (value, slope) in enumerate(zip(values, slopes, strict=True)):
        pole = poles[first + row]
        uv += value[:, None] * pole
        along += slope[:, None] * pole
    sign = np.array([own.sign for own in splines])[spline]
    owner = np.array([own.face for own in splines])[spline]
    return owner, uv, (sign * weights)[:, None] * along


def _multiplicities(curve: Any, degree: int) -> list[int]:
    """How often each knot of a B-spline counts."""
    count = curve.NbKnots()
    ends = curve.Multiplicity(1), curve.Multiplicity(count)
    if curve.NbPoles() + degree + 1 == sum(ends) + count - 2:  # each inner one once, as is usual
        return [ends[0], *[1] * (count - 2), ends[1]]
    return [curve.Multiplicity(i) for i in range(1, count + 1)]


def _nodes_of(stretches: int) -> int:
    """How many nodes a stretch of a spline has that consists of so many."""
    return next(nodes for nodes, fewest in _FEWEST.items() if stretches >= fewest)


def _cuts(knots: list[float], first: float, last: float) -> list[float]:
    """Parameters at which stretches begin and end, from one to another: at knots, and between them
    where these are few.
    """
    cuts = [first, *(knot for knot in knots if first < knot < last), last]
    pieces = math.ceil(FEWEST_STRETCHES / (len(cuts) - 1))
    if pieces == 1:
        return cuts
    shares = [piece / pieces for piece in range(pieces)]
    return [a + share * (b - a) for a, b in itertools.pairwise(cuts) for share in shares] + [last]


def _between(
    begin: np.ndarray, end: np.ndarray, rule: tuple[np.ndarray, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights (s n,) of a rule (n,) on stretches (s,) of parameters."""
    places, weights = rule
    half = 0.5 * (end - begin)[:, None]
    return (begin[:, None] + half * (1 + places)).ravel(), (half * weights).ravel()


@dataclass(frozen=True)
class _Spline:
    """A B-spline without weights along a rim, between two of its parameters."""

    face: int
    sign: int  # −1 where the rim runs against it
    curve: Any  # Geom2d_BSplineCurve
    first: float
    last: float
