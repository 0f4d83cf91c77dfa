"""Which faces are no more than a piece of their surface within the loops that a file draws on it?
They lack the curves of their rims in their own parameters, and nothing else that the kernel fixes.
"""

import math
from typing import Any

import numpy as np
from OCP.BRep import BRep_Tool
from OCP.gp import gp_Pnt2d
from OCP.ShapeAnalysis import ShapeAnalysis_Edge
from OCP.ShapeFix import ShapeFix_Wire
from OCP.TopAbs import TopAbs_FORWARD
from OCP.TopoDS import TopoDS

from geometry.kernel.explored import SIGNS, parts_of

__all__ = ["trim"]

JOINED_SHARE = 1e-3  # of a loop's extent, along either parameter: edges that end so near meet
CLEAR_SHARE = 0.05  # of the box about a loop, which it encloses at least; else its turn is in doubt
_NOWHERE = (math.nan,) * 4  # an edge that bounds nothing


def trim(
    faces: list[Any], tolerance_mm: float, least_tolerance_mm: float, most_tolerance_mm: float
) -> np.ndarray:
    """Gives the rims of faces (TopoDS_Face) their curves in the faces' parameters, in place, each
    as near as the kernel's shape fixing draws it; → whether each face is whole with them (f,).

    The others lack more: a seam, the edge in a tip or the surface's own rim, or their loops are
    not in order.
    """
    ends: list[tuple[float, ...]] = []  # u and v where an edge begins and where it ends
    loops: list[tuple[int, int, int]] = []  # face, sign, how many edges
    first, last, know = gp_Pnt2d(), gp_Pnt2d(), ShapeAnalysis_Edge()
    for number, either in enumerate(faces):
        face = TopoDS.Face_s(either.Oriented(TopAbs_FORWARD))
        for loop in map(TopoDS.Wire_s, parts_of(face, by_itself=True)):
            edges = [*map(TopoDS.Edge_s, parts_of(loop, by_itself=True))]
            loops.append((number, SIGNS.get(int(loop.Orientation()), 0), len(edges)))
            fix = ShapeFix_Wire(loop, face, tolerance_mm)
            fix.SetMinTolerance(least_tolerance_mm)
            fix.SetMaxTolerance(most_tolerance_mm)
            # what is projected runs at the pace of the edge; what a file draws may not
            fix.FixSameParameterMode = any(know.HasPCurve(edge, face) for edge in edges)
            fix.FixEdgeCurves()
            for edge in edges:
                BRep_Tool.UVPoints_s(edge, face, first, last)
                sign = SIGNS.get(int(edge.Orientation()))
                begin, end = (first, last) if sign == 1 else (last, first)
                ends.append((*begin.Coord(), *end.Coord()) if sign else _NOWHERE)
    return _whole(
        np.array(ends).reshape(-1, 2, 2), np.array(loops, np.int64).reshape(-1, 3), len(faces)
    )


def _whole(ends: np.ndarray, loops: np.ndarray, count: int) -> np.ndarray:
    """Faces (count,) bool whose loops all close: one round what is inside, the others within it
    round holes.

    ends (e, 2, 2): u and v where each edge begins and ends, loop by loop; loops (l, 3): face, 1 or
    −1 where the loop counts the other way round, how many edges.
    """
    owner, sign, edges = loops.T
    whole = np.bincount(owner[edges == 0], minlength=count) == 0
    owner, sign, edges = loops[edges > 0].T
    whole &= np.bincount(owner, minlength=count) > 0
    if not len(ends):
        return whole
    starts = np.cumsum(edges) - edges
    low = np.minimum.reduceat(ends.min(axis=1), starts)
    high = np.maximum.reduceat(ends.max(axis=1), starts)
    extent = high - low
    before = np.arange(len(ends)) - 1
    before[starts] = starts + edges - 1
    near = JOINED_SHARE * np.repeat(extent, edges, axis=0)
    begin, end = ends[:, 0], ends[:, 1]
    joined = (np.abs(begin - end[before]) <= near).all(axis=1)
    joined &= (np.abs(end - begin) > near).any(axis=1)
    # by corners alone: rims bend between them
    (u, v), (to_u, to_v) = (ends - np.repeat(begin[starts], edges, axis=0)[:, None]).transpose(
        1, 2, 0
    )
    enclosed = 0.5 * sign * np.add.reduceat(u * to_v - v * to_u, starts)
    clear = np.abs(enclosed) > CLEAR_SHARE * extent.prod(axis=1)
    sound = np.logical_and.reduceat(joined, starts) & clear
    whole &= np.bincount(owner, ~sound, count) == 0
    outer = np.flatnonzero(enclosed > 0)
    whole &= np.bincount(owner[outer], minlength=count) == 1
    around = np.zeros(count, np.int64)
    around[owner[outer]] = outer
    of = around[owner]
    room = JOINED_SHARE * extent[of]
    within = (low >= low[of] - room) & (high <= high[of] + room)
    return whole & (np.bincount(owner, ~within.all(axis=1), count) == 0)
