"""Which outline does a plane cut out of a part, and how deep do channels reach into it?"""

import numpy as np
import shapely

from geometry.mesh import Mesh, lone_corners
from geometry.vectors import norms

__all__ = ["cut", "tongue"]

OFF_VERTEX = 1e-7  # of the diagonal: a vertex on the plane counts as just above it
SAME_POINT = 1e-6  # of the diagonal: ends of two triangles' cuts that are one point
STRAIGHT = 1e-3  # of the section's size: corners flatter than that are the mesh's, not the part's
MOST_CORNERS = 260  # of an outline whose tongues are sought; more are thinned out
CHORDS_AT_ONCE = 4  # at first, then ever more: mostly one of the narrowest is free
MOST_CHORDS = 4096  # the narrowest tongues are tried first; beyond so many there is none
GRAZE = 1e-3  # share of a chord that may run inside the material for roundness of the mesh


def cut(
    mesh: Mesh, direction: np.ndarray, across: np.ndarray, height_mm: float, diagonal_mm: float
) -> shapely.Geometry:
    """Section of a closed mesh by the plane `direction · x = height_mm`, in the axes across (2, 3);
    empty where the plane misses the part.
    """
    along = mesh.vertices_mm @ direction - height_mm
    along = np.where(np.abs(along) < OFF_VERTEX * diagonal_mm, OFF_VERTEX * diagonal_mm, along)
    corners = along[mesh.triangles]
    above = corners > 0
    crossed = np.flatnonzero(above.any(axis=1) & ~above.all(axis=1))
    if not len(crossed):
        return shapely.Polygon()
    triangles, above, corners = mesh.triangles[crossed], above[crossed], corners[crossed]
    # the corner that lies alone on its side: both cut edges start there
    alone = lone_corners(above)
    row = np.arange(len(crossed))
    flat = mesh.vertices_mm @ across.T
    ends = []
    for step in (1, 2):
        other = (alone + step) % 3
        a, b = corners[row, alone], corners[row, other]
        share = (a / (a - b))[:, None]
        start, end = flat[triangles[row, alone]], flat[triangles[row, other]]
        ends.append(start + share * (end - start))
    grid = SAME_POINT * diagonal_mm
    pieces = np.round(np.stack(ends, axis=1) / grid) * grid
    pieces = pieces[np.abs(pieces[:, 0] - pieces[:, 1]).max(axis=1) > 0]
    if not len(pieces):
        return shapely.Polygon()
    lines = shapely.linestrings(pieces)
    rings = shapely.line_merge(shapely.multilinestrings(lines))
    if not shapely.is_closed(shapely.get_parts(rings)).all():  # outlines that touch
        rings = shapely.union_all(lines)
    return shapely.build_area(rings)


def tongue(outline: shapely.Polygon) -> tuple[float, float, float]:
    """The worst channel into a section from outside: area of the channel over the square of its
    gap, gap_mm, depth_mm (area over gap). 0, nan, nan without any.

    For a straight channel that is its depth over its width; for a T-slot the gap ratio that tells
    semihollow profiles. Gaps are chords between corners of the outline that run outside it.
    Source: Bonnell Aluminum, Designing aluminum extrusions (gap ratio).
    """
    ring = outline.exterior
    if not ring.is_ccw:
        ring = ring.reverse()
    size = float(np.ptp(np.asarray(ring.coords), axis=0).max())
    straight = shapely.simplify(ring, STRAIGHT * size)
    points = np.asarray(straight.coords)[:-1]
    while len(points) > MOST_CORNERS:
        points = points[::2]
    count = len(points)
    if count < 4:
        return 0.0, float("nan"), float("nan")
    cross = points[:, 0] * np.roll(points[:, 1], -1) - points[:, 1] * np.roll(points[:, 0], -1)
    run = np.concatenate([[0.0], np.cumsum(cross)])
    i, j = np.triu_indices(count, k=2)
    closing = points[j, 0] * points[i, 1] - points[j, 1] * points[i, 0]
    there = (run[j] - run[i] + closing) / 2  # from i to j along the outline, back by the chord
    whole = run[-1] / 2
    # outside the material the walk turns the other way round; either side of the chord may do so
    area = np.maximum(-there, there - whole)
    gap = norms(points[j] - points[i])
    ratio = np.where(gap > STRAIGHT * size, area / np.maximum(gap, 1e-300) ** 2, 0.0)
    order = np.argsort(-ratio, kind="stable")[:MOST_CHORDS]
    order = order[ratio[order] > 0]
    solid = shapely.Polygon(points)
    if not solid.is_valid:
        solid = shapely.make_valid(solid)
    shapely.prepare(solid)
    start = 0
    while start < len(order):
        tried = order[start : start + max(CHORDS_AT_ONCE, 3 * start)]
        start += len(tried)
        chords = shapely.linestrings(np.stack([points[i[tried]], points[j[tried]]], axis=1))
        inside = shapely.length(shapely.intersection(chords, solid))
        free = np.flatnonzero(inside <= GRAZE * gap[tried])
        if len(free):
            best = tried[free[0]]
            return float(ratio[best]), float(gap[best]), float(area[best] / gap[best])
    return 0.0, float("nan"), float("nan")
