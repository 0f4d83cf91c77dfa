"""What are a body's faces, edges and loops in numbers? Each thing is read from the kernel once."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from OCP.BRep import BRep_Tool
from OCP.BRepAdaptor import BRepAdaptor_Curve, BRepAdaptor_Surface
from OCP.BRepTools import BRepTools, BRepTools_WireExplorer
from OCP.GCPnts import GCPnts_AbscissaPoint
from OCP.gp import gp_Pnt, gp_Vec
from OCP.TopAbs import TopAbs_EDGE, TopAbs_FACE, TopAbs_REVERSED, TopAbs_VERTEX, TopAbs_WIRE
from OCP.TopExp import TopExp
from OCP.TopoDS import TopoDS, TopoDS_Vertex

from geometry.kernel.canonical import (
    CONE,
    CYLINDER,
    PLANE,
    SPHERE,
    TORUS,
    canonical_tolerance_mm,
    likely_kinds,
    read_canonical,
    recognise_canonical,
    sampled,
)
from geometry.kernel.continuation import continued_edges
from geometry.kernel.contours import within_rims
from geometry.kernel.curves import CIRCLE, CURVE_POINTS, LINE, straight_or_round
from geometry.kernel.evaluation import Surfaces
from geometry.kernel.explored import explored, numbered, parts_of
from geometry.kernel.outlines import Outlines, enclosed
from geometry.kernel.patches import Cones, cones_of_round
from geometry.kernel.properties import face_properties, is_long_spline
from geometry.kernel.quadrature import integrated
from geometry.kernel.rims import curve_on
from geometry.topology import COEDGE, CURVES, EDGE, FACE, LOOP, surface_code
from geometry.vectors import norms

__all__ = ["Extracted", "extract"]

_OTHER_CURVE = CURVES.index("other")
_REVERSED = int(TopAbs_REVERSED)  # as numbers orientations compare in half the time
_Place = tuple[float, float, float]
_ORIGIN: _Place = (0.0, 0.0, 0.0)
_UNREAD = {  # what is known of a face before the kernel is asked
    "surface": 0, "kind": 0, "sense": 0, "tolerance_mm": 0.0, "area_mm2": 0.0,
    "centroid_mm": _ORIGIN, "origin_mm": _ORIGIN, "axis": _ORIGIN, "x_axis": _ORIGIN,
    "radius_mm": math.nan, "minor_radius_mm": math.nan, "half_angle_deg": math.nan,
    "sweep_deg": math.nan,
}  # fmt: skip
_KERNEL_SURFACES = {  # GeomAbs_SurfaceType → code
    0: PLANE, 1: CYLINDER, 2: CONE, 3: SPHERE, 4: TORUS,
    5: surface_code("bezier"), 6: surface_code("bspline"), 7: surface_code("revolution"),
    8: surface_code("extrusion"), 9: surface_code("offset"), 10: surface_code("other"),
}  # fmt: skip


@dataclass(frozen=True)
class Extracted:
    """Arrays of a body, before mesh and canonical extents are filled in."""

    faces: np.ndarray
    edges: np.ndarray
    loops: np.ndarray
    coedges: np.ndarray
    shapes: tuple[Any, ...]  # TopoDS_Face by face id
    edge_shapes: tuple[Any, ...]  # TopoDS_Edge by edge id
    failed_faces: tuple[int, ...]  # faces the kernel could not measure
    within_long: np.ndarray  # (f,) bool: faces that a spline of many spans bounds
    continued: np.ndarray  # (e,) bool: edges drawn across one freeform surface
    outlines: Outlines  # by face, of planes
    cones: Cones  # by face, of what goes about an axis, its normal away from axis, centre or tube
    own_cones: Cones  # by face, of what formulas do not tell, with the faces' own normals
    tip_mm: np.ndarray  # (3,) of the cones


def extract(body: Any) -> Extracted:
    """Faces in the order of TopExp.MapShapes, edges likewise, loops with their coedges."""
    face_map, edge_map, vertex_map = (
        numbered(body, kind) for kind in (TopAbs_FACE, TopAbs_EDGE, TopAbs_VERTEX)
    )
    face_shapes = tuple(TopoDS.Face_s(face_map.FindKey(i)) for i in range(1, face_map.Extent() + 1))
    edge_shapes = tuple(TopoDS.Edge_s(edge_map.FindKey(i)) for i in range(1, edge_map.Extent() + 1))
    faces = np.zeros(len(face_shapes), FACE)
    faces["low_mm"] = faces["high_mm"] = math.nan
    edges = np.zeros(len(edge_shapes), EDGE)
    edges["faces"] = -1
    edges["vertices"] = -1
    usable, long_splines, exact = _read_edges(edges, edge_shapes, vertex_map)
    loops, coedges, rims = _read_loops(faces, face_shapes, edge_map, edges, usable)
    within_long = np.zeros(len(face_shapes), bool)
    within_long[coedges["face"][long_splines[coedges["edge"]]]] = True
    outlines = enclosed(edges, coedges, len(faces), exact)
    failed: list[int] = []
    surfaces: list[Any] = []
    # stored at the end: writing single entries of a structured array takes longer
    rows: list[dict[str, Any]] = [dict(_UNREAD) for _ in face_shapes]
    for i, (row, shape) in enumerate(zip(rows, face_shapes, strict=True)):
        try:
            surfaces.append(_read_face(row, shape))
        except Exception:  # the kernel raises a different class for every degenerate surface
            surfaces.append(None)
            row["surface"] = row["kind"] = surface_code("other")
            failed.append(i)
    for name in _UNREAD if rows else ():
        faces[name] = [row[name] for row in rows]
    tip = edges["middle_mm"].mean(axis=0) if len(edges) else np.zeros(3)
    cones = _measure_by_formulas(faces, edges, coedges, exact, outlines, surfaces, tip)
    own_cones, samples = _measure_by_sums(faces, face_shapes, rims, surfaces, tip)
    left = np.flatnonzero(np.isnan(faces["area_mm2"])).tolist()
    for i in [i for i in left if surfaces[i] is not None]:
        try:
            faces["area_mm2"][i], faces["centroid_mm"][i] = face_properties(
                face_shapes[i], freeform=i in samples, long_splines=bool(within_long[i])
            )
        except Exception:  # as above
            _lose(faces, surfaces, failed, i)
    known = [i for i in samples if surfaces[i] is not None]
    sizes = np.sqrt(np.maximum(faces["area_mm2"][known], 0.0)).tolist()
    tolerances = [canonical_tolerance_mm(size) for size in sizes]
    likely = likely_kinds([samples[i] for i in known], np.array(tolerances))
    for i, kinds, tolerance in zip(known, likely, tolerances, strict=True):
        try:
            recognise_canonical(faces[i], face_shapes[i], samples[i], kinds, tolerance)
        except Exception:  # as above
            _lose(faces, surfaces, failed, i)
    _read_normals(edges, edge_shapes, faces, face_shapes, surfaces, coedges)
    continued = continued_edges(edges, edge_shapes, faces, face_shapes, surfaces)
    return Extracted(
        faces, edges, loops, coedges, face_shapes, edge_shapes,
        tuple(sorted({*failed})), within_long, continued, outlines, cones,
        own_cones, tip,
    )  # fmt: skip


def _lose(faces: np.ndarray, surfaces: list[Any], failed: list[int], face: int) -> None:
    """Takes back what was read of a face that the kernel cannot measure."""
    surfaces[face] = None
    for name, value in _UNREAD.items():
        faces[name][face] = value
    faces["surface"][face] = faces["kind"][face] = surface_code("other")
    failed.append(face)


def _read_face(row: Any, shape: Any) -> BRepAdaptor_Surface:
    """Fills the row of a face but for its area and what a freeform one really is; → its surface."""
    surface = BRepAdaptor_Surface(shape, False)
    code = _KERNEL_SURFACES.get(int(surface.GetType()), surface_code("other"))
    if code != PLANE:  # of a plane nobody asks how far the face goes
        surface = BRepAdaptor_Surface(shape, True)
    if surface.FirstUParameter() == surface.LastUParameter():  # evaluating it would crash
        raise ValueError("the face has lost its surface")
    row["surface"] = row["kind"] = code
    row["tolerance_mm"] = BRep_Tool.Tolerance_s(shape)
    row["sense"] = 1
    row["area_mm2"] = math.nan
    if code <= TORUS:
        read_canonical(row, surface, code)
        if code != PLANE:
            row["sweep_deg"] = math.degrees(surface.LastUParameter() - surface.FirstUParameter())
    return surface


def _measure_by_formulas(
    faces: np.ndarray,
    edges: np.ndarray,
    coedges: np.ndarray,
    exact: np.ndarray,
    outlines: Outlines,
    surfaces: list[Any],
    tip_mm: np.ndarray,
) -> Cones:
    """Fills areas and centroids of the faces that formulas tell; → the cones over those about an
    axis, nan over all others.
    """
    spans = np.full((len(faces), 2), math.nan)
    for i in np.flatnonzero((faces["surface"] >= SPHERE) & (faces["surface"] <= TORUS)).tolist():
        spans[i] = surfaces[i].FirstVParameter(), surfaces[i].LastVParameter()
    areas, centroids, cones = cones_of_round(faces, edges, coedges, exact, spans, tip_mm)
    for own, middles, told in (
        (outlines.area_mm2, outlines.centroid_mm, faces["surface"] == PLANE),
        (areas, centroids, ~np.isnan(areas)),
    ):
        rows_of = np.flatnonzero(told & ~np.isnan(own))
        faces["area_mm2"][rows_of], faces["centroid_mm"][rows_of] = own[rows_of], middles[rows_of]
    return cones


def _measure_by_sums(
    faces: np.ndarray,
    shapes: tuple[Any, ...],
    rims: list[list[Any]],
    surfaces: list[Any],
    tip_mm: np.ndarray,
) -> tuple[Cones, dict[int, tuple[np.ndarray, np.ndarray]]]:
    """Fills areas and centroids of the faces that formulas leave, as far as their rims and meshes
    tell; → the cones over them, and of freeform faces points and normals, as `sampled`.
    """
    cones = Cones.untold(len(faces))
    left = np.isnan(faces["area_mm2"]) & [surface is not None for surface in surfaces]
    canonical = np.flatnonzero(left & (faces["surface"] <= TORUS))
    freeform = np.flatnonzero(left & (faces["surface"] > TORUS))
    samples: dict[int, tuple[np.ndarray, np.ndarray]] = {}
    for rows in (canonical, freeform):
        if not len(rows):
            continue
        own, around, on = ([those[i] for i in rows.tolist()] for those in (shapes, rims, surfaces))
        if rows is freeform:
            exact = Surfaces(on)
            samples = dict(zip(rows.tolist(), sampled(exact, on), strict=True))
            area, centroid, found = integrated(own, around, exact, tip_mm)
        else:
            area, centroid, found = within_rims(own, around, on, tip_mm)
        faces["area_mm2"][rows], faces["centroid_mm"][rows] = area, centroid
        cones.put(rows, found)
    return cones, samples


def _read_edges(
    edges: np.ndarray, shapes: tuple[Any, ...], vertex_map: Any
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Fills curve, ends, middle and length; → whether each edge joins faces, degenerate ones do
    not, whether it is a long spline, and whether the file has it as a line or circle.
    """
    usable, long_splines, exact = (np.zeros(len(shapes), bool) for _ in range(3))
    # lists, stored at the end: writing single entries of a structured array takes longer
    vertices = [(-1, -1)] * len(shapes)
    starts, middles, slopes, ends, origins, axes = ([_ORIGIN] * len(shapes) for _ in range(6))
    codes, lengths, radii = [0] * len(shapes), [0.0] * len(shapes), [math.nan] * len(shapes)
    freeform: list[int] = []
    courses: list[list[_Place]] = []  # points along each of them
    curve, point, vector = BRepAdaptor_Curve(), gp_Pnt(), gp_Vec()
    first, last = TopoDS_Vertex(), TopoDS_Vertex()
    for i, shape in enumerate(shapes):
        TopExp.Vertices_s(shape, first, last)
        vertices[i] = vertex_map.FindIndex(first) - 1, vertex_map.FindIndex(last) - 1
        if BRep_Tool.Degenerated_s(shape):
            continue
        try:
            curve.Initialize(shape)
            low, high = curve.FirstParameter(), curve.LastParameter()
            curve.D1((low + high) / 2, point, vector)
            middles[i], slopes[i] = point.Coord(), vector.Coord()
            curve.D0(low, point)
            starts[i] = point.Coord()
            curve.D0(high, point)
            ends[i] = point.Coord()
            code = int(curve.GetType())
            codes[i] = code if code < len(CURVES) else _OTHER_CURVE
            if code == LINE:
                lengths[i] = high - low
            elif code == CIRCLE:
                circle = curve.Circle()
                radii[i] = circle.Radius()
                lengths[i] = radii[i] * (high - low)
                origins[i] = circle.Location().Coord()
                axes[i] = circle.Axis().Direction().Coord()
            else:
                lengths[i] = GCPnts_AbscissaPoint.Length_s(curve, low, high, 1e-4)
                course = _course(curve, low, high, (starts[i], middles[i], ends[i]))
                long_splines[i] = is_long_spline(curve)
                freeform.append(i)
                courses.append(course)
            exact[i] = code in (LINE, CIRCLE)
        except Exception:  # a curve the kernel cannot evaluate or measure joins nothing
            continue
        usable[i] = True
    edges["vertices"] = np.array(vertices, np.int32).reshape(-1, 2)
    edges["curve"], edges["length_mm"], edges["radius_mm"] = codes, lengths, radii
    for name, values in (
        ("start_mm", starts),
        ("middle_mm", middles),
        ("tangent", slopes),
        ("end_mm", ends),
        ("origin_mm", origins),
        ("axis", axes),
    ):
        edges[name] = np.array(values).reshape(-1, 3)
    sizes = norms(edges["tangent"])
    edges["tangent"] /= np.where(sizes > 0, sizes, 1.0)[:, None]
    straight = exact & (edges["curve"] == LINE)
    edges["axis"][straight] = edges["tangent"][straight]
    _recognise_curves(edges, freeform, np.array(courses).reshape(-1, CURVE_POINTS, 3))
    same = (edges["vertices"][:, 0] == edges["vertices"][:, 1]) & (edges["vertices"][:, 0] >= 0)
    edges["closed"] = same & usable
    return usable, long_splines, exact


def _course(
    curve: BRepAdaptor_Curve, low: float, high: float, known: tuple[_Place, _Place, _Place]
) -> list[_Place]:
    """Points evenly spread over the parameters of an edge; known: where it starts, its middle, and
    its end.
    """
    step, half, point = (high - low) / (CURVE_POINTS - 1), CURVE_POINTS // 2, gp_Pnt()
    inner = []
    for place in [*range(1, half), *range(half + 1, CURVE_POINTS - 1)]:
        curve.D0(low + place * step, point)
        inner.append(point.Coord())
    start, middle, end = known
    return [start, *inner[: half - 1], middle, *inner[half - 1 :], end]


def _recognise_curves(edges: np.ndarray, freeform: list[int], points: np.ndarray) -> None:
    """Gives freeform edges that are straight or round that curve.

    points (n, CURVE_POINTS, 3): along each.
    """
    lengths = edges["length_mm"][freeform]
    tolerances = np.array([canonical_tolerance_mm(length) for length in lengths.tolist()])
    codes, axes, origins, radii = straight_or_round(
        points, lengths, edges["tangent"][freeform], tolerances
    )
    known = codes >= 0
    rows = np.array(freeform, int)[known]
    edges["curve"][rows], edges["axis"][rows] = codes[known], axes[known]
    edges["origin_mm"][rows], edges["radius_mm"][rows] = origins[known], radii[known]


def _read_loops(
    faces: np.ndarray, shapes: tuple[Any, ...], edge_map: Any, edges: np.ndarray, usable: np.ndarray
) -> tuple[np.ndarray, np.ndarray, list[list[Any]]]:
    """LOOP and COEDGE rows, and every TopoDS_Edge along the loops of each face."""
    wires: list[tuple[int, bool, int]] = []  # face, whether it is the outer one, edges along it
    rims: list[list[Any]] = []
    for face, shape in enumerate(shapes):
        own = list(explored(shape, TopAbs_WIRE))
        if len(own) > 1:
            outer = BRepTools.OuterWire_s(shape)
            own.sort(key=lambda wire: not wire.IsSame(outer))
        rim: list[Any] = []
        for number, wire in enumerate(own):
            along = _ordered(wire, shape)
            wires.append((face, number == 0, len(along)))
            rim += along
        rims.append(rim)
    every = [edge for rim in rims for edge in rim]
    ids = np.array([edge_map.FindIndex(edge) for edge in every], np.int64) - 1
    reversed_ = np.array([int(edge.Orientation()) for edge in every], np.int64) == _REVERSED
    face_of_wire, is_outer, sizes = np.array(wires, np.int64).reshape(-1, 3).T
    kept = (ids >= 0) & usable[ids] if len(usable) else np.zeros(len(ids), bool)
    wire = np.repeat(np.arange(len(sizes)), sizes)[kept]
    counts = np.bincount(wire, minlength=len(sizes))
    found = np.flatnonzero(counts)
    loops, coedges = np.zeros(len(found), LOOP), np.zeros(len(wire), COEDGE)
    loops["face"], loops["outer"] = face_of_wire[found], is_outer[found]
    loops["coedge_count"] = counts[found]
    loops["first_coedge"] = np.cumsum(counts[found]) - counts[found]
    loops["length_mm"] = np.bincount(wire, edges["length_mm"][ids[kept]], len(sizes))[found]
    coedges["face"], coedges["loop"] = face_of_wire[wire], np.searchsorted(found, wire)
    coedges["edge"], coedges["reversed"] = ids[kept], reversed_[kept]
    faces["loop_count"] = np.bincount(loops["face"], minlength=len(faces))
    faces["first_loop"] = np.cumsum(faces["loop_count"]) - faces["loop_count"]
    # its first two coedges say which faces an edge is between
    order = np.argsort(coedges["edge"], kind="stable")
    starts = np.searchsorted(coedges["edge"][order], np.arange(len(edges) + 1))
    for side in (0, 1):
        known = np.flatnonzero(np.diff(starts) > side)
        edges["faces"][known, side] = coedges["face"][order[starts[known] + side]]
    edges["seam"] = (edges["faces"][:, 0] == edges["faces"][:, 1]) & (edges["faces"][:, 0] >= 0)
    return loops, coedges, rims


def _ordered(wire: Any, face: Any) -> list[Any]:
    """Edges along a wire; where its ends do not join, in the order the file has them."""
    along: list[Any] = []
    try:
        explorer = BRepTools_WireExplorer(TopoDS.Wire_s(wire), face)
        more, current, advance = explorer.More, explorer.Current, explorer.Next
        while more():
            along.append(current())
            advance()
    except Exception:  # a face that lost its surface: the kernel's errors share no base class
        along = []
    if len(along) == wire.NbChildren():
        return along
    return [*map(TopoDS.Edge_s, parts_of(wire))]


def _read_normals(
    edges: np.ndarray,
    edge_shapes: tuple[Any, ...],
    faces: np.ndarray,
    face_shapes: tuple[Any, ...],
    surfaces: list[Any],
    coedges: np.ndarray,
) -> None:
    """Orients tangents along the coedge of faces[0]; normals of freeform faces by their parameter
    curves.

    Normals of canonical faces are left nan: `geometry.surfaces` computes them from the arrays.
    """
    edges["normals"] = math.nan
    if len(coedges):
        # the first coedge of each edge in coedge order belongs to faces[0]
        owners, first = np.unique(coedges["edge"], return_index=True)
        flip = coedges["reversed"][first]
        edges["tangent"][owners[flip]] *= -1
    canonical = faces["kind"] <= TORUS
    point, along_u, along_v = gp_Pnt(), gp_Vec(), gp_Vec()
    ends = edges["faces"]
    for edge in np.flatnonzero(((ends >= 0) & ~canonical[ends]).any(axis=1)).tolist():
        for side in (0, 1):
            face = int(ends[edge, side])
            if face < 0 or canonical[face] or surfaces[face] is None:
                continue
            try:
                curve = curve_on(edge_shapes[edge], face_shapes[face])
                if curve is None:  # the normal stays unknown
                    continue
                uv = curve.Value((curve.FirstParameter() + curve.LastParameter()) / 2)
                surfaces[face].D1(uv.X(), uv.Y(), point, along_u, along_v)
                normal = along_u.Crossed(along_v)
                size = normal.Magnitude()
                if size > 1e-12:
                    sign = -1.0 if face_shapes[face].Orientation() == TopAbs_REVERSED else 1.0
                    scale = sign / size
                    edges["normals"][edge, side] = (
                        normal.X() * scale, normal.Y() * scale, normal.Z() * scale
                    )  # fmt: skip
            except Exception:  # no parameter curve: the normal stays unknown
                continue
