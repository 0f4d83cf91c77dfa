"""Which faces of a part lie back to back at one distance, and what is that distance?"""

import math
from dataclasses import dataclass, field

import numpy as np
import shapely
from scipy.spatial import cKDTree

from geometry.features.sheet_regions import Regions, polygon
from geometry.topology import surface_code
from geometry.vectors import cross, norms, unwrapped

__all__ = [
    "THICKNESS_MM",
    "THICKNESS_SHARE",
    "Panel",
    "find_panels",
    "find_thickness",
    "freeform_mm2",
    "offset_faces",
    "turned_into",
    "unroll",
]

PLANE, CYLINDER, CONE, SPHERE, TORUS = (
    surface_code(name) for name in ("plane", "cylinder", "cone", "sphere", "torus")
)

VOTERS = (
    32  # largest faces that vote for the thickness: a sheet's sides are among its largest faces
)
SMALL_VOTER_SHARE = 0.02  # of the largest face's area: all that are smaller together change no vote
TRIED = 12  # planes tried behind a voter until one lies behind it
THICKNESS_SHARE = 0.02  # how far pairs may be off the common thickness: rolled sheet varies by more
THICKNESS_MM = 2e-3  # and never judged finer than files are written
OVERLAP_SHARE = 0.02  # of the smaller face: less is a chance overlap
SMALLEST_PANEL_T2 = 0.05  # panels smaller than this × t² are the ends of rims
COAXIAL_SHARE = 1e-3  # of the thickness plus diagonal's 1e-5: axes of one bend's two faces
FREEFORM_NEAR = 0.15  # of the thickness: meshed normals of a curved face are off by as much
FREEFORM_PROBES = 64  # corners of a face that are tried
FREEFORM_SHARE = 0.6  # of a face's corners that must find the other face at the thickness
# freeform faces looked at, largest first: a sculpted part with more is no sheet of one thickness
FREEFORM_TRIED = 300
PARALLEL_COS = 1 - 2e-5  # 0.36°: canonical recognition of splines leaves that much


@dataclass(frozen=True)
class Panel:
    """Two faces back to back; `front` is the inner one of a curved panel, the one along w of a
    plane's frame else.
    """

    kind: int  # code into SURFACES; those beyond the torus are freeform
    front: int  # ids of part.joined
    back: int
    area_mm2: float  # of the surface halfway between
    region: shapely.Geometry | None = field(
        default=None, compare=False
    )  # plane: in its frame; cylinder: (θ rad, z)

    @property
    def faces(self) -> tuple[int, int]:
        """Both faces."""
        return self.front, self.back


def freeform_mm2(faces: np.ndarray) -> float:
    """Area of the freeform faces: no panels of them have more, each is in front of one at most."""
    return float(faces["area_mm2"][faces["kind"] > TORUS].sum())


def find_thickness(regions: Regions) -> float | None:
    """The distance at which most area lies back to back, None when no face has another behind
    it.
    """
    faces = regions.faces
    votes: list[tuple[float, float]] = []
    voted_mm2 = 0.0
    order = np.argsort(-faces["area_mm2"], kind="stable")
    analytic = order[faces["kind"][order] <= TORUS][:VOTERS]
    areas = faces["area_mm2"][analytic]
    left_mm2 = float(areas[areas >= SMALL_VOTER_SHARE * areas.max(initial=0.0)].sum())
    for face, area in zip(analytic.tolist(), areas.tolist(), strict=True):
        if votes and area < SMALL_VOTER_SHARE * areas[0]:
            break
        kind = int(faces["kind"][face])
        vote = _plane_vote(regions, face) if kind == PLANE else _curved_vote(faces, face)
        left_mm2 -= area
        if vote is None:
            continue
        votes.append(vote)
        voted_mm2 += vote[1]
        # decided, whatever the others say: no lead is larger than all votes are
        if voted_mm2 > left_mm2 and _elected(np.array(votes))[1] > left_mm2:
            break
    return _elected(np.array(votes))[0] if votes else None


def _elected(votes: np.ndarray) -> tuple[float, float]:
    """Thickness mm that most area of the votes (n, 2) is for, and by how much more than for any
    other, mm².
    """
    near = np.abs(votes[:, None, 0] - votes[None, :, 0]) <= (
        THICKNESS_SHARE * votes[:, None, 0] + THICKNESS_MM
    )
    weight = (near * votes[None, :, 1]).sum(axis=1)
    best = int(np.lexsort((votes[:, 0], -np.round(weight, 6)))[0])
    members = near[best]
    lead = weight[best] - weight[~members].max(initial=0.0)
    # the largest pair says the thickness exactly, an average of rounded ones does not
    return float(votes[members][votes[members, 1].argmax(), 0]), float(lead)


def _plane_vote(regions: Regions, face: int) -> tuple[float, float] | None:
    """Distance from a plane to the nearest plane behind it, and the area they share."""
    faces = regions.faces
    same = regions.frame_of_face == regions.frame_of_face[face]
    side = regions.side[face]
    behind = (regions.offset_mm[face] - regions.offset_mm) * side
    candidates = np.flatnonzero(same & (regions.side == -side) & (behind > THICKNESS_MM))
    candidates = candidates[
        np.lexsort((-faces["area_mm2"][candidates], np.round(behind[candidates], 3)))
    ]
    tried = 0
    for other in candidates.tolist():
        box_a, box_b = faces["bbox_mm"][face], faces["bbox_mm"][other]
        reach = behind[other] + THICKNESS_MM
        if (box_a[0] > box_b[1] + reach).any() or (box_b[0] > box_a[1] + reach).any():
            continue
        tried += 1
        shared = 0.0 if regions.apart(face, other) else float(regions.overlap(face, other).area)
        if shared > 0.1 * min(faces["area_mm2"][face], faces["area_mm2"][other]):
            return float(behind[other]), shared
        if tried >= TRIED:
            return None
    return None


def _curved_vote(faces: np.ndarray, face: int) -> tuple[float, float] | None:
    """Distance from a curved face to the nearest coaxial one behind it, and the smaller of their
    areas.
    """
    best: tuple[float, float] | None = None
    for other in offset_faces(faces, face):
        gap = _offset_mm(faces[face], faces[other])
        if gap is not None and gap > THICKNESS_MM and (best is None or gap < best[0]):
            best = gap, float(min(faces["area_mm2"][face], faces["area_mm2"][other]))
    return best


def offset_faces(faces: np.ndarray, face: int) -> np.ndarray:
    """Faces of the same kind, opposite sense and about the same axis or centre."""
    row = faces[face]
    kind = int(row["kind"])
    mask = (faces["kind"] == kind) & (faces["sense"] == -row["sense"])
    found = np.flatnonzero(mask)
    between = faces["origin_mm"][found] - row["origin_mm"]
    if not len(found):
        return found
    near = COAXIAL_SHARE * row["radius_mm"] + 1e-3
    if kind in (SPHERE, TORUS):
        good = norms(between) <= near
    else:
        axial = between @ row["axis"]
        good = norms(between - axial[:, None] * row["axis"]) <= near
    if kind != SPHERE:
        good &= np.abs(faces["axis"][found] @ row["axis"]) > PARALLEL_COS
    found = found[good]
    if not len(found):
        return found
    reach = 3.0 * row["radius_mm"] if kind in (SPHERE, TORUS) else 1e-3
    if kind == CYLINDER:
        low, high = _span(row, faces[found], row["axis"])
        good = (low < row["high_mm"] - 1e-9) & (high > row["low_mm"] + 1e-9)
    else:
        boxes = faces["bbox_mm"][found]
        good = (boxes[:, 0] < row["bbox_mm"][1] + reach).all(axis=1)
        good &= (boxes[:, 1] > row["bbox_mm"][0] - reach).all(axis=1)
    return found[good]


def _span(row: np.void, others: np.ndarray, axis: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Extent of other faces along one face's axis, from its origin."""
    start = (others["origin_mm"] - row["origin_mm"]) @ axis
    along = np.where(others["axis"] @ axis > 0, 1.0, -1.0)
    first, second = start + along * others["low_mm"], start + along * others["high_mm"]
    return np.minimum(first, second), np.maximum(first, second)


def _offset_mm(a: np.void, b: np.void) -> float | None:
    """Material between two curved faces about one axis: positive when solid lies between them;
    None: not parallel.
    """
    outer, inner = (a, b) if a["sense"] > 0 else (b, a)
    kind = int(a["kind"])
    if kind in (CYLINDER, SPHERE):
        return float(outer["radius_mm"] - inner["radius_mm"])
    if kind == TORUS:
        if abs(outer["radius_mm"] - inner["radius_mm"]) > COAXIAL_SHARE * outer["radius_mm"] + 1e-3:
            return None
        return float(outer["minor_radius_mm"] - inner["minor_radius_mm"])
    if abs(a["half_angle_deg"] - b["half_angle_deg"]) > 0.2:
        return None
    along = float(np.sign(outer["axis"] @ inner["axis"]))
    if along < 0:
        return None
    angle = math.radians(outer["half_angle_deg"])
    shift = float((inner["origin_mm"] - outer["origin_mm"]) @ outer["axis"])
    radius_there = float(outer["radius_mm"] + shift * math.tan(angle))
    return float((radius_there - inner["radius_mm"]) * math.cos(angle))


def find_panels(regions: Regions, thickness_mm: float, least_mm2: float) -> list[Panel]:
    """Every pair of faces back to back at the thickness; none of freeform faces where those cannot
    bring both sides of all panels up to an area.
    """
    near = THICKNESS_SHARE * thickness_mm + THICKNESS_MM
    panels = [
        *_plane_panels(regions, thickness_mm, near),
        *_cylinder_panels(regions, thickness_mm, near),
        *_doubly_curved_panels(regions.faces, thickness_mm, near),
    ]
    most_mm2 = sum(panel.area_mm2 for panel in panels) + freeform_mm2(regions.faces)
    if 2 * most_mm2 < least_mm2:
        return panels
    return panels + _freeform_panels(regions, thickness_mm)


def _plane_panels(regions: Regions, thickness_mm: float, near: float) -> list[Panel]:
    faces = regions.faces
    planes = np.flatnonzero(regions.frame_of_face >= 0)
    frame, side = regions.frame_of_face[planes], regions.side[planes]
    panels = []
    for group in range(len(regions.frames)):
        here = frame == group
        fronts, backs = planes[here & (side > 0)], planes[here & (side < 0)]
        if not len(fronts) or not len(backs):
            continue
        backs = backs[np.argsort(regions.offset_mm[backs], kind="stable")]
        depth = regions.offset_mm[backs]
        wanted = regions.offset_mm[fronts] - thickness_mm
        first = np.searchsorted(depth, wanted - near).tolist()
        last = np.searchsorted(depth, wanted + near).tolist()
        for front, low, high in zip(fronts.tolist(), first, last, strict=True):
            if low == high:
                continue
            candidates = backs[low:high]
            box, boxes = faces["bbox_mm"][front], faces["bbox_mm"][candidates]
            reach = thickness_mm + near
            close = (boxes[:, 0] < box[1] + reach).all(axis=1) & (boxes[:, 1] > box[0] - reach).all(
                axis=1
            )
            for back in candidates[close].tolist():
                if regions.apart(front, back):
                    continue
                shared = regions.overlap(front, back)
                panels += [
                    Panel(PLANE, front, back, piece.area, piece)
                    for piece in getattr(shared, "geoms", [shared])
                    if piece.geom_type == "Polygon"
                    and piece.area > SMALLEST_PANEL_T2 * thickness_mm**2
                    and piece.area
                    > OVERLAP_SHARE * min(faces["area_mm2"][front], faces["area_mm2"][back])
                ]
    return panels


def _cylinder_panels(regions: Regions, thickness_mm: float, near: float) -> list[Panel]:
    faces = regions.faces
    panels = []
    outers = np.flatnonzero((faces["kind"] == CYLINDER) & (faces["sense"] > 0))
    for outer in outers.tolist():
        if faces["radius_mm"][outer] < thickness_mm - near:
            continue
        for inner in offset_faces(faces, outer).tolist():
            gap = faces["radius_mm"][outer] - faces["radius_mm"][inner]
            if abs(gap - thickness_mm) > near:
                continue
            whole = faces["sweep_deg"][inner] >= 359.0 and faces["sweep_deg"][outer] >= 359.0
            middle = (faces["radius_mm"][outer] + faces["radius_mm"][inner]) / 2
            if whole:
                area = min(
                    faces["area_mm2"][inner] * middle / faces["radius_mm"][inner],
                    faces["area_mm2"][outer] * middle / faces["radius_mm"][outer],
                )
                panels.append(Panel(CYLINDER, inner, outer, float(area), None))
                continue
            mine, other = unroll(regions, inner, inner), unroll(regions, outer, inner)
            low, _, high, _ = mine.bounds
            met = [shapely.intersection(mine, turn) for turn in turned_into(other, low, high)]
            shared = met[0] if len(met) == 1 else shapely.union_all(met)
            panels += [
                Panel(CYLINDER, inner, outer, piece.area * middle, piece)
                for piece in getattr(shared, "geoms", [shared])
                if piece.geom_type == "Polygon"
                and piece.area * middle > SMALLEST_PANEL_T2 * thickness_mm**2
            ]
    return panels


def turned_into(outline: shapely.Geometry, low: float, high: float) -> list[shapely.Geometry]:
    """An unrolled outline as it is and a whole turn on either way, those that reach between two
    angles.
    """
    begin, _, end, _ = outline.bounds
    return [
        shapely.transform(outline, lambda p, s=s: p + np.array([s, 0.0])) if s else outline
        for s in (-2 * math.pi, 0.0, 2 * math.pi)
        if begin + s <= high and end + s >= low
    ]


def unroll(regions: Regions, face: int, about: int) -> shapely.Geometry:
    """Outline of a cylinder in (θ rad, z mm) about the axis and zero direction of face `about`.

    θ runs counter-clockwise about that axis, continuous over the face; its zero is the middle of
    `about`'s sweep.
    """
    if (face, about) not in regions.unrolled:
        regions.unrolled[face, about] = _unroll(regions, face, about)
    return regions.unrolled[face, about]


def _unroll(regions: Regions, face: int, about: int) -> shapely.Geometry:
    x, y, axis, origin = cylinder_frame(regions, about)
    rings = []
    middle: float | None = None
    for loop in regions.topology.loops_of(face):
        points = regions.ring(loop) - origin
        if not len(points):
            continue
        angle = unwrapped(np.arctan2(points @ y, points @ x))
        if middle is None:
            middle = float(angle.mean())
            angle -= 2 * math.pi * round(middle / (2 * math.pi))
            middle = float(angle.mean())
        else:
            angle -= 2 * math.pi * round((float(angle.mean()) - middle) / (2 * math.pi))
        rings.append(np.round(np.column_stack([angle, points @ axis]) / 1e-7) * 1e-7)
    return polygon(rings)


def cylinder_frame(
    regions: Regions, face: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """x, y, axis and origin of a cylinder, x pointing at the middle of its sweep."""
    if face not in regions.cylinder_frames:
        regions.cylinder_frames[face] = _cylinder_frame(regions, face)
    return regions.cylinder_frames[face]


def _cylinder_frame(
    regions: Regions, face: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    row = regions.faces[face]
    axis, origin = row["axis"], row["origin_mm"]
    loop = next(iter(regions.topology.loops_of(face)))
    points = regions.ring(loop) - origin
    x, y = row["x_axis"], cross(axis, row["x_axis"])
    angle = unwrapped(np.arctan2(points @ y, points @ x))
    turn = (float(angle.min()) + float(angle.max())) / 2
    mid = math.cos(turn) * x + math.sin(turn) * y
    return mid, cross(axis, mid), axis, origin


def _doubly_curved_panels(faces: np.ndarray, thickness_mm: float, near: float) -> list[Panel]:
    panels = []
    for outer in np.flatnonzero(
        (faces["kind"] > CYLINDER) & (faces["kind"] <= TORUS) & (faces["sense"] > 0)
    ).tolist():
        for inner in offset_faces(faces, outer).tolist():
            gap = _offset_mm(faces[outer], faces[inner])
            if gap is not None and abs(gap - thickness_mm) <= near:
                area = float(min(faces["area_mm2"][outer], faces["area_mm2"][inner]))
                panels.append(Panel(int(faces["kind"][outer]), inner, outer, area))
    return panels


def _freeform_panels(regions: Regions, thickness_mm: float) -> list[Panel]:
    """Pairs of which at least one face is freeform, found by stepping through the sheet from its
    mesh.
    """
    faces, mesh = regions.faces, regions.part.mesh
    free = np.flatnonzero(faces["kind"] > TORUS)
    free = free[np.argsort(-faces["area_mm2"][free], kind="stable")][:FREEFORM_TRIED]
    panels: list[Panel] = []
    paired: set[int] = set()
    trees: dict[int, cKDTree] = {}
    for face in free.tolist():
        if face in paired:
            continue
        triangles = regions.triangles(face)
        if not len(triangles):
            continue
        points, first = np.unique(mesh.triangles[triangles].ravel(), return_index=True)
        few = np.linspace(0, len(points) - 1, min(FREEFORM_PROBES, len(points))).astype(int)
        points, first = points[few], first[few]
        normals = mesh.vertex_normals[triangles].reshape(-1, 3)[first]
        targets = mesh.vertices_mm[points] - thickness_mm * normals
        slack = FREEFORM_NEAR * thickness_mm
        low, high = targets.min(axis=0), targets.max(axis=0)
        boxes = faces["bbox_mm"]
        near = (boxes[:, 0] < high + slack).all(axis=1) & (boxes[:, 1] > low - slack).all(axis=1)
        for other in np.flatnonzero(near & (faces["kind"] > CYLINDER)).tolist():
            if other == face:
                continue
            share = _met_share(regions, other, trees, targets, normals, slack)
            if share >= FREEFORM_SHARE:
                area = float(min(faces["area_mm2"][face], faces["area_mm2"][other]))
                panels.append(Panel(int(faces["kind"][face]), face, other, area))
                paired |= {face, other}
                break
    return panels


def _met_share(
    regions: Regions,
    face: int,
    trees: dict[int, cKDTree],
    points: np.ndarray,
    normals: np.ndarray,
    near_mm: float,
) -> float:
    """Share of points that lie on a face which looks the other way there."""
    mesh = regions.part.mesh
    triangles = regions.triangles(face)
    if not len(triangles):
        return 0.0
    corner_points = mesh.corners_mm[triangles].reshape(-1, 3)
    corner_normals = mesh.vertex_normals[triangles].reshape(-1, 3)
    if face not in trees:
        trees[face] = cKDTree(corner_points)
    distance, nearest = trees[face].query(points)
    # off the tangent plane at the nearest corner: corners themselves are too far apart to meet
    off = np.abs(((points - corner_points[nearest]) * corner_normals[nearest]).sum(axis=1))
    within = distance < np.linalg.norm(np.ptp(corner_points, axis=0)) / 2 + near_mm
    opposite = (normals * corner_normals[nearest]).sum(axis=1) < -0.8
    return float(((off < near_mm) & within & opposite).mean())
