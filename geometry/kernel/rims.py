"""Where do the rims of faces run in the parameters of their surfaces? At the nodes of Gauss's rule,
so that anything can be summed along them.
"""

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

from geometry.kernel.explored import SIGNS
from geometry.kernel.knots import Knots
from geometry.kernel.splines import Spline, plane_splines

__all__ = ["LINE", "Nodes", "curve_on", "rim_nodes", "rims_of"]

# Gauss-Legendre nodes along whole curves, and on the stretches of a spline between its knots: the
# more of them, the fewer nodes on each. The kernel writes two dozen along an arc.
_WHOLE = np.polynomial.legendre.leggauss(20)
_FEWEST = {2: 64, 3: 16, 4: 0}  # stretches, by nodes on each
_STRETCH = {nodes: np.polynomial.legendre.leggauss(nodes) for nodes in _FEWEST}
FEWEST_STRETCHES = 8  # of a spline
FLAT = 1e-12  # mm or rad: a rim that rises no more runs at one v
LINE, CIRCLE, ELLIPSE, BSPLINE, _NO_CURVE = (
    int(kind)
    for kind in (
        GeomAbs_Line,
        GeomAbs_Circle,
        GeomAbs_Ellipse,
        GeomAbs_BSplineCurve,
        GeomAbs_OtherCurve,
    )
)
CLOSED_SHARE = 1e-5  # of the length of a face's rims: what may be missing of them


@dataclass(frozen=True)
class Nodes:
    """Points along the rims of faces, the face on the left as its surface runs."""

    owner: np.ndarray  # (n,) face
    uv: np.ndarray  # (n, 2)
    dv: np.ndarray  # (n,) what of dv each stands for
    closed: np.ndarray  # (f,) bool: faces whose rims come back to where they began


def rim_nodes(faces: list[Any], rims: list[list[Any]]) -> Nodes:
    """Nodes along all rims of faces (TopoDS_Face); none along those at one v, which sum to nothing
    over v.

    rims: edges along those of each face, as `rims_of`.
    """
    straight: list[tuple[float, ...]] = []  # face, from u and v, to u and v
    ovals: list[tuple[float, ...]] = []  # face, sign, centre, half axes with their lengths, span
    splines: list[_Rim] = []
    others: list[_Rim] = []
    broken: list[int] = []
    begin, end = gp_Pnt2d(), gp_Pnt2d()
    for number, (face, edges) in enumerate(zip(faces, rims, strict=True)):
        along = rims_of(face, edges)
        if along is None:
            broken.append(number)
            continue
        for _, sign, curve, kind in along:
            first, last = curve.FirstParameter(), curve.LastParameter()
            if kind == LINE:
                curve.D0(first if sign > 0 else last, begin)
                curve.D0(last if sign > 0 else first, end)
                straight.append((number, *begin.Coord(), *end.Coord()))
            elif kind in (CIRCLE, ELLIPSE):
                ovals.append((number, sign, *_oval(curve, kind), first, last))
            else:
                own = splines if kind == BSPLINE else others
                own.append(_Rim(number, sign, curve, first, last))
    lines = np.array(straight).reshape(-1, 5)
    flat = np.abs(lines[:, 4] - lines[:, 2]) <= FLAT
    found = [_along_lines(lines[~flat]), _along_ovals(ovals), *map(_along_whole, others)]
    found += _along_splines(splines)
    owner, uv, step = (np.concatenate(column) for column in zip(*found, strict=True))
    every = np.concatenate([owner, lines[flat, 0].astype(np.int64)])
    runs = np.concatenate([step, lines[flat, 3:] - lines[flat, 1:3]]).T
    gaps = np.array([np.bincount(every, run, len(faces)) for run in runs])
    lengths = np.array([np.bincount(every, np.abs(run), len(faces)) for run in runs])
    closed = (np.abs(gaps) <= CLOSED_SHARE * lengths).all(axis=0) & (lengths > 0).any(axis=0)
    closed[broken] = False
    return Nodes(owner, uv, step[:, 1], closed)


def rims_of(face: Any, edges: list[Any]) -> list[tuple[Any, int, Any, int]] | None:
    """Edges along all rims of a face, −1 where a rim runs against its curve as the face's surface
    runs, the curve (`curve_on`), and what kind it is; None where a rim has none.

    edges: TopoDS_Edge along its rims, turned as they bound the face.
    """
    found = []
    sense = SIGNS.get(int(face.Orientation()), 1)
    for edge in edges:
        sign = SIGNS.get(int(edge.Orientation()))
        if sign is None:
            continue  # within the face or on one point of it
        curve, kind = _curve_and_kind(edge, face)
        if curve is None:
            return None
        found.append((edge, sense * sign, curve, kind))
    return found


def curve_on(edge: Any, face: Any) -> Any:
    """BRepAdaptor_Curve2d of an edge in the parameters of a face; None where it has none."""
    return _curve_and_kind(edge, face)[0]


def _curve_and_kind(edge: Any, face: Any) -> tuple[Any, int]:
    try:
        curve = BRepAdaptor_Curve2d(edge, face)
    except Exception:  # the kernel raises a different class for every degenerate curve
        return None, _NO_CURVE
    kind = int(curve.GetType())
    # none at all is told as another kind, and asking it would crash
    return (None if kind == _NO_CURVE else curve), kind


_Found = tuple[np.ndarray, np.ndarray, np.ndarray]  # owner, uv as of `Nodes`, du and dv


def _along_lines(lines: np.ndarray) -> _Found:
    """Nodes along lines (l, 5): face, from u and v, to u and v."""
    at, weights = _WHOLE
    run = lines[:, None, 3:] - lines[:, None, 1:3]
    uv = lines[:, None, 1:3] + (0.5 + 0.5 * at)[:, None] * run
    step = 0.5 * weights[:, None] * run
    owner = np.repeat(lines[:, 0].astype(np.int64), len(at))
    return owner, uv.reshape(-1, 2), step.reshape(-1, 2)


def _oval(curve: Any, kind: int) -> tuple[float, ...]:
    """Centre, half of the major and of the minor axis of a circle or an ellipse (6 numbers)."""
    if kind == CIRCLE:
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


def _along_whole(rim: "_Rim") -> _Found:
    """Nodes along a curve as a whole."""
    return _asked(rim, *_between(np.array([rim.first]), np.array([rim.last]), _WHOLE))


def _asked(rim: "_Rim", at: np.ndarray, weights: np.ndarray) -> _Found:
    """Nodes along a curve at parameters (n,) with weights, asked of the kernel one by one."""
    point, slope = gp_Pnt2d(), gp_Vec2d()
    uv, along = [], []
    for parameter in at.tolist():
        rim.curve.D1(parameter, point, slope)
        uv.append(point.Coord())
        along.append(slope.Coord())
    owner = np.full(len(at), rim.face, np.int64)
    return owner, np.array(uv), (rim.sign * weights)[:, None] * np.array(along)


def _along_splines(rims: list["_Rim"]) -> list[_Found]:
    """Nodes along B-splines, those of one degree with as many nodes on a stretch at once."""
    found: list[_Found] = []
    alike: dict[tuple[int, int], list[tuple[_Rim, Spline]]] = {}  # by degree and nodes
    splines = plane_splines([rim.curve.BSpline() for rim in rims])
    for rim, spline in zip(rims, splines, strict=True):
        nodes = _nodes_of(len(spline.knots[0]) - 1)
        if spline.rational or spline.periodic[0]:
            begin, end, _ = _stretches([rim], [spline])
            found.append(_asked(rim, *_between(begin, end, _STRETCH[nodes])))
        else:
            alike.setdefault((spline.degrees[0], nodes), []).append((rim, spline))
    for (_, nodes), own in alike.items():
        found.append(_along_alike(nodes, *map(list, zip(*own, strict=True))))
    return found


def _along_alike(nodes: int, rims: list["_Rim"], splines: list[Spline]) -> _Found:
    """Nodes along B-splines of one degree, without weights and not periodic, so many on each
    stretch.

    Source: Piegl and Tiller, The NURBS book, 1997, (3.1), (3.4).
    """
    begin, end, of_stretch = _stretches(rims, splines)
    at, weights = _between(begin, end, _STRETCH[nodes])
    spline = np.repeat(of_stretch, nodes)
    first, values, slopes = Knots(splines, 0).basis(spline, at)
    poles = np.concatenate([own.poles for own in splines]).T.copy()
    counts = np.array([len(own.poles) for own in splines])
    first += (np.cumsum(counts) - counts)[spline]
    uv, along = np.zeros((2, 2, len(at)))  # by columns: rows of two are looped over one by one
    for row, (value, slope) in enumerate(zip(values, slopes, strict=True)):
        pole = poles.take(first + row, axis=1)
        uv += value * pole
        along += slope * pole
    sign = np.array([rim.sign for rim in rims])[spline]
    owner = np.array([rim.face for rim in rims])[spline]
    return owner, uv.T, (sign * weights * along).T


def _nodes_of(stretches: int) -> int:
    """How many nodes a stretch of a spline has that consists of so many."""
    return next(nodes for nodes, fewest in _FEWEST.items() if stretches >= fewest)


def _stretches(
    rims: list["_Rim"], splines: list[Spline]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Parameters at which the stretches of splines begin (s,) and end (s,), and whose each is (s,):
    from knot to knot, cut finer where these are few.
    """
    ends = np.array([(rim.first, rim.last) for rim in rims])
    numbers = np.arange(len(rims))
    owner = np.repeat(numbers, [len(spline.knots[0]) for spline in splines])
    knots = np.concatenate([spline.knots[0] for spline in splines])
    within = (knots > ends[owner, 0]) & (knots < ends[owner, 1])
    owner = np.concatenate([numbers, owner[within], numbers])
    order = np.argsort(owner, kind="stable")
    owner = owner[order]
    cuts = np.concatenate([ends[:, 0], knots[within], ends[:, 1]])[order]
    inner = np.diff(owner) == 0
    owner, begin, size = owner[:-1][inner], cuts[:-1][inner], np.diff(cuts)[inner]
    end = cuts[1:][inner]
    pieces = -(-FEWEST_STRETCHES // np.bincount(owner))[owner]
    piece = np.arange(pieces.sum()) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    owner, begin, end, size, pieces = (
        np.repeat(column, pieces) for column in (owner, begin, end, size, pieces)
    )
    upto = np.where(piece + 1 < pieces, begin + (piece + 1) / pieces * size, end)
    return begin + piece / pieces * size, upto, owner


def _between(
    begin: np.ndarray, end: np.ndarray, rule: tuple[np.ndarray, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights (s n,) of a rule (n,) on stretches (s,) of parameters."""
    places, weights = rule
    half = 0.5 * (end - begin)[:, None]
    return (begin[:, None] + half * (1 + places)).ravel(), (half * weights).ravel()


@dataclass(frozen=True)
class _Rim:
    """A curve along a rim, between two of its parameters."""

    face: int
    sign: int  # −1 where the rim runs against it
    curve: Any  # BRepAdaptor_Curve2d
    first: float
    last: float
