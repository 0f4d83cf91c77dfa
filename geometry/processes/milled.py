"""Which operations mill a part: for every feature and face a tool, its length and its setup?"""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from geometry.fields.access import LIFT_SHARE
from geometry.processes.basis import is_broached
from geometry.processes.cutting import Cut
from geometry.processes.hole_cuts import hole_cuts, main_tool_mm, nominal_mm
from geometry.processes.measurement import Measurement, number_of, worst
from geometry.processes.reach import Ask, tool_lengths_mm
from geometry.processes.setups import ALONG, Setups
from geometry.processes.stock import ALLOWANCE_MM, Stock
from geometry.processes.subject import Subject
from geometry.processes.tools import data, largest_end_mill_mm
from geometry.topology import CONCAVE, radii_across_mm, surface_code

__all__ = ["cavity_cuts", "milled_cuts", "overhangs", "rounding_mm"]

PLANE, CYLINDER = surface_code("plane"), surface_code("cylinder")
CONE, TORUS = surface_code("cone"), surface_code("torus")
ACROSS = np.cos(np.radians(2.0))  # a face that the end of a tool stands on
UPRIGHT = np.sin(np.radians(2.0))  # a face that the side of a tool follows
DRAFTED = np.sin(np.radians(12.0))  # a drafted wall that the side of a tapered tool follows
ROOM = 0.7  # of a cavity's width: the tool that clears it must turn round in it
LARGEST_MILL_MM = 20.0  # a usual machine's large end mill; walls and bulk are milled with it
MORE = 1.25  # of the depth: a drill stands out so far by its own right
WIRE_MM = 0.25  # diameter of the usual eroding wire
DISC_MM = (6.0, 5.0)  # width and depth of what a slotting cutter takes in one turn: ours
CORNERS = {"circle": 0, "obround": 0, "triangle": 3, "hexagon": 6}  # of a cavity's profile; else 4
GAP_SHARE = 0.25  # of a wall's samples may stand nearer to what is opposite than its tool needs
GRAZED = 0.02  # of faces: what edges hide of a way that is open
AS_ROUND = 0.9  # of a blend's diameter: a ball of this leaves it in one run along it
FORM_TOOLS = {"t_slot": "t_slot_cutter", "dovetail": "dovetail_cutter"}
# profile of a cavity → its area over length × width
FILL = {"circle": math.pi / 4, "triangle": 0.5, "hexagon": 0.75, "other": 0.8}


def milled_cuts(subject: Subject, setups: Setups, stock: Stock) -> list[Cut]:
    """Operations by setup: faces, bulk, cavities, holes, edges, what is left, threads and teeth."""
    cavities = subject.features("pocket", "slot", "groove")
    holes = subject.holes
    asks, mills = [], []
    for cavity in cavities:
        mill = _cavity_mill(cavity)
        mills.append(mill)
        way = _way(cavity, setups)
        asks.append(Ask(cavity.faces, way, mill, _positive(number_of(cavity, "depth_mm"))))
    for hole in holes:
        way = setups.into(hole)
        tool = main_tool_mm(number_of(hole, "diameter_mm"))
        asks.append(Ask(hole.faces, way, tool, _positive(number_of(hole, "depth_mm"))))
    lengths = tool_lengths_mm(subject, asks).tolist()
    cuts: list[Cut] = []
    for cavity, ask, mill, length in zip(cavities, asks, mills, lengths, strict=False):
        setup = setups.along(ask.direction) + 1
        if cavity.kind == "through" and setups.has(-ask.direction):
            length -= ask.depth_mm / 2  # half from either side
        cuts += cavity_cuts(subject, cavity, mill, length, setup)
    for hole, ask, length in zip(
        holes, asks[len(cavities) :], lengths[len(cavities) :], strict=True
    ):
        setup = setups.along(ask.direction) + 1
        cuts += hole_cuts(hole, length, setup)
    taken = np.zeros(len(subject.faces), bool)
    for feature in (*cavities, *holes):
        taken[list(feature.faces)] = True
    cuts += list(_edges(subject, setups, taken))
    cuts += list(_threads_and_teeth(subject, setups, taken))
    bulk = stock.volume_mm3 - subject.volume_mm3 - sum(cut.volume_mm3 for cut in cuts)
    cuts += _outside(subject, setups, taken, max(bulk, 0.0))
    return sorted(cuts, key=lambda cut: (cut.setup, _ORDER.get(cut.operation, 9)))


_ORDER = {"face_mill": 0, "rough_mill": 1, "finish_floor": 2, "finish_wall": 3, "slot_mill": 4,
          "bore_mill": 5, "drill": 6, "gun_drill": 6}  # fmt: skip


def _positive(value: float) -> float:
    return value if value > 0 else 0.0


def _way(feature: Any, setups: Setups) -> np.ndarray:
    """The direction a cavity opens to; of a ring about an axis, the setup along that axis, from
    which a slotting cutter goes round it; else the setup that makes its faces.
    """
    way = feature.parameters.get("direction")
    if way is not None:
        return np.asarray(way, float)
    own = setups.of_face[list(feature.faces)]
    known = np.bincount(own[own >= 0], minlength=len(setups.directions))
    axis = feature.parameters.get("axis")
    if axis is not None:
        along = np.abs(setups.directions @ np.asarray(axis, float)) > ALONG
        if along.any():
            known = np.where(along, known + 1, 0)
    return setups.directions[int(np.argmax(known))] if len(known) else np.array([0.0, 0.0, 1.0])


def _cavity_mill(cavity: Any) -> float:
    """The largest end mill for a cavity's corners and width; a sharp corner limits nothing, because
    no mill makes it.
    """
    width, radius = number_of(cavity, "width_mm"), number_of(cavity, "corner_radius_mm")
    limit = width if width > 0 else LARGEST_MILL_MM
    if cavity.type != "slot":
        limit *= ROOM if not radius > 0 else 1.0
    if radius > 0:
        limit = min(limit, 2 * radius)
    return largest_end_mill_mm(min(limit, LARGEST_MILL_MM))


def cavity_cuts(
    subject: Subject, cavity: Any, mill_mm: float, length_mm: float, setup: int
) -> Iterator[Cut]:
    """Clearing with the largest tool that turns round in it, its floor and its walls."""
    width, depth = number_of(cavity, "width_mm"), number_of(cavity, "depth_mm")
    length = number_of(cavity, "length_mm")
    area = float(subject.faces["area_mm2"][list(cavity.faces)].sum())
    common: dict[str, Any] = {"setup": setup, "feature": cavity.id, "faces": cavity.faces}
    if is_broached(cavity):
        yield Cut(
            "broach", "keyway_broach", width, length, path_mm=length, depth_mm=depth, **common
        )
        return
    ring = cavity.type == "groove"
    diameter = number_of(cavity, "diameter_mm") if ring else 0.0
    around = math.pi * diameter if diameter > 0 else length
    fill = FILL.get(str(cavity.parameters.get("profile")), 1.0)
    volume = around * width * depth * fill
    if not volume > 0:
        volume = area * mill_mm / 4
    if ring and cavity.kind != "face":
        disc = largest_end_mill_mm(LARGEST_MILL_MM)
        if cavity.kind == "internal":
            disc = largest_end_mill_mm(
                min(max(ROOM * (around / math.pi - 2 * depth), 1.0), LARGEST_MILL_MM)
            )
        turns = math.ceil(round(width / DISC_MM[0], 3)) * math.ceil(round(depth / DISC_MM[1], 3))
        path = turns * around
        yield Cut("slot_mill", "t_slot_cutter", disc, length_mm, volume_mm3=volume, path_mm=path,
                  **common)  # fmt: skip
        return
    if ring or cavity.kind in FORM_TOOLS:
        tool = FORM_TOOLS.get(cavity.kind, "end_mill")
        yield Cut("slot_mill", tool, mill_mm, length_mm, volume_mm3=volume, **common)
        return
    clearing = _clearing_mill(width, mill_mm, length_mm)
    if not _reaches(clearing, length_mm):
        if cavity.kind == "through":
            yield Cut("wire_erode", "wire", WIRE_MM, length_mm, area_mm2=area, **common)
        else:
            yield Cut("sink_erode", "electrode", width, length_mm, volume_mm3=volume, **common)
        return
    yield Cut("rough_mill", "end_mill", clearing, length_mm, volume_mm3=volume, **common)
    if not _reaches(mill_mm, length_mm):
        yield from _corner_cuts(cavity, clearing, length_mm, common)
        mill_mm = clearing
    floor = 0.0 if cavity.kind == "through" else min(length * width * fill, area)
    if floor > 0:
        tool, radius = "end_mill", number_of(cavity, "floor_radius_mm")
        if radius > 0:
            tool = "bull_nose_mill" if 2 * radius < mill_mm else "ball_mill"
        yield Cut("finish_floor", tool, mill_mm, length_mm, area_mm2=floor, **common)
    yield Cut("finish_wall", "end_mill", mill_mm, length_mm, area_mm2=area - floor, **common)


def _reaches(mill_mm: float, length_mm: float) -> bool:
    """Whether a mill that stands out so far cuts rather than chatters."""
    return length_mm <= float(data()["cut"]["slender_most"]["value"]) * mill_mm


def _clearing_mill(width_mm: float, mill_mm: float, length_mm: float) -> float:
    """The mill that clears a cavity: the usual large one that turns round in it, a larger one
    where only that reaches its floor.
    """
    clearing = max(largest_end_mill_mm(min(ROOM * width_mm, LARGEST_MILL_MM)), mill_mm)
    if not _reaches(clearing, length_mm):
        stout = [
            each
            for each in data()["end_mill"]["diameter_mm"]
            if each <= ROOM * width_mm and _reaches(each, length_mm)
        ]
        clearing = float(stout[0]) if stout else clearing
    return clearing


def _corner_cuts(
    cavity: Any, clearing_mm: float, length_mm: float, common: dict[str, Any]
) -> Iterator[Cut]:
    """What the clearing tool leaves in corners too tight for any mill that reaches their floor:
    the smallest that does takes most, erosion the rest, as deep as electrodes are made.
    """
    count = CORNERS.get(str(cavity.parameters.get("profile")), 4)
    radius, depth = number_of(cavity, "corner_radius_mm"), number_of(cavity, "depth_mm")
    own = radius if radius > 0 else 0.0
    if not (count and depth > 0 and clearing_mm / 2 > own):
        return
    rest = min(_least_reaching_mm(length_mm), clearing_mm)
    if rest < clearing_mm:
        volume = count * depth * _corner_mm2(clearing_mm / 2, rest / 2)
        yield Cut("rough_mill", "end_mill", rest, length_mm, volume_mm3=volume, **common)
    if cavity.kind == "through":
        wall = count * depth * (2 * (rest / 2 - own) + math.pi / 2 * own)
        yield Cut("wire_erode", "wire", WIRE_MM, length_mm, area_mm2=wall, **common)
    elif depth <= float(data()["cut"]["sink_deepest_mm"]["value"]):
        volume = count * depth * _corner_mm2(rest / 2, own)
        yield Cut("sink_erode", "electrode", rest, length_mm, volume_mm3=volume, **common)


def _corner_mm2(tool_radius_mm: float, radius_mm: float) -> float:
    """What a round tool leaves in a square corner of a smaller radius: (1 − π/4)·(R² − r²)."""
    return (1 - math.pi / 4) * (tool_radius_mm**2 - radius_mm**2)


def overhangs(cuts: list[Cut]) -> list[Measurement]:
    """Reach over diameter of tools that stand out further than the depth they cut asks for, because
    their holder would meet the part.
    """
    found = []
    for cut in cuts:
        if cut.operation in ("drill", "gun_drill") and cut.tool_length_mm > MORE * cut.depth_mm:
            ratio = cut.tool_length_mm / cut.tool_diameter_mm
            context = {"diameter_mm": cut.tool_diameter_mm}
            found.append(Measurement("tool_overhang_ratio", ratio, cut.faces, cut.feature, context))
    return worst(found, largest=True)


def rounding_mm(radius_mm: float) -> float:
    """The standard corner-rounding cutter of a radius; the radius itself where there is none."""
    radii = data()["corner_rounding"]["radius_mm"]
    near = min(radii, key=lambda each: abs(each - radius_mm))
    return float(near if abs(near - radius_mm) < 0.05 else radius_mm)


def _edges(subject: Subject, setups: Setups, taken: np.ndarray) -> Iterator[Cut]:
    """Chamfers and outer rounds that a formed tool runs along; others fall to the ball."""
    for feature in subject.features("chamfer", "fillet"):
        faces = [face for face in feature.faces if not taken[face]]
        if not faces or feature.kind == "internal":
            continue
        area = float(subject.faces["area_mm2"][faces].sum())
        setup = max(int(setups.of_face[faces[0]]), 0) + 1
        common: dict[str, Any] = {"setup": setup, "feature": feature.id, "faces": tuple(faces)}
        if feature.type == "chamfer":
            width = _positive(number_of(feature, "width_mm"))
            path = float(_lengths_mm(subject)[faces].sum())
            tool = largest_end_mill_mm(min(max(2 * width + 2, 6.0), LARGEST_MILL_MM))
            yield Cut("chamfer", "chamfer_mill", tool, tool, path_mm=path, **common)
        else:
            radius = number_of(feature, "radius_mm")
            if (
                not radius > 0
                or 2 * radius > LARGEST_MILL_MM
                or "radius_max_mm" in feature.parameters
            ):
                continue
            upright = subject.faces["kind"][faces] == CYLINDER
            along = np.abs(subject.faces["axis"][faces] @ setups.directions[setup - 1]) > ACROSS
            if bool((upright & along).all()):
                continue  # the side of an end mill goes round it with the walls
            cutter = rounding_mm(radius)
            path = area / (math.pi / 2 * radius)
            yield Cut(
                "round_edge", "corner_rounding_mill", 2 * cutter, 2 * cutter, path_mm=path, **common
            )
        taken[faces] = True


def _threads_and_teeth(subject: Subject, setups: Setups, taken: np.ndarray) -> Iterator[Cut]:
    for feature in subject.features("thread", "gear"):
        faces = list(feature.faces)
        setup = max(int(setups.of_face[faces[0]]), 0) + 1 if faces else 1
        common: dict[str, Any] = {"setup": setup, "feature": feature.id, "faces": feature.faces}
        if feature.type == "thread":
            diameter, length = number_of(feature, "diameter_mm"), number_of(feature, "length_mm")
            if not diameter > 0:
                diameter = nominal_mm(str(feature.parameters.get("designation", "")))
            inside = feature.kind == "internal"
            tool = largest_end_mill_mm(min(ROOM * diameter if inside else 12.0, 16.0))
            length = _positive(length)
            yield Cut("thread_mill", "thread_mill", tool, length, turned_mm=diameter, **common)
        else:
            outer, width = (
                number_of(feature, "outer_diameter_mm"),
                number_of(feature, "face_width_mm"),
            )
            module = number_of(feature, "module_mm")
            if not (outer > 0 and width > 0 and module > 0):
                continue
            gaps = 0.5 * math.pi / 4 * (outer**2 - (outer - 4.5 * module) ** 2) * width
            yield Cut("cut_teeth", "gear_cutter", 10 * module, width, volume_mm3=gaps, **common)
        taken[faces] = True


def _outside(subject: Subject, setups: Setups, taken: np.ndarray, bulk_mm3: float) -> list[Cut]:
    """What no feature claims: bulk, flats that a tool stands on, walls it follows, free faces; each
    face with the largest tool that fits it.
    """
    faces = subject.faces
    left = ~taken & (setups.of_face >= 0)
    setup_of = np.maximum(setups.of_face, 0)
    cosine = np.einsum("ij,ij->i", faces["axis"], setups.directions[setup_of])
    flat = left & (faces["kind"] == PLANE) & (cosine > ACROSS)
    side = left & ~flat & (np.abs(cosine) < UPRIGHT) & (faces["kind"] == PLANE)
    side |= left & (faces["kind"] == CYLINDER) & (np.abs(cosine) > ACROSS)
    leans = left & ~flat & ~side & (np.abs(cosine) < DRAFTED) & (faces["kind"] == PLANE)
    lean_deg = np.degrees(np.arcsin(DRAFTED))
    leans |= (
        left
        & (faces["kind"] == CONE)
        & (np.abs(cosine) > ACROSS)
        & (faces["half_angle_deg"] < lean_deg)
    )
    free = left & ~flat & ~side & ~leans
    balls = _ball_mills_mm(subject)
    tool_of = np.select(
        [flat, side | leans, free],
        [_floor_mills_mm(subject), _wall_mills_mm(subject), balls],
        LARGEST_MILL_MM,
    )
    hollow = np.where(faces["sense"] < 0, radii_across_mm(subject.faces), np.nan)
    blend = free & (faces["kind"] != CONE) & (balls >= AS_ROUND * 2 * hollow)
    cuts: list[Cut] = []
    area_of = faces["area_mm2"]
    largest_face = float(data()["face_mill"]["diameter_mm"][1])
    kinds = (("flat", flat), ("side", side), ("leans", leans), ("blend", blend),
             ("free", free & ~blend))  # fmt: skip
    for k, direction in enumerate(setups.directions):
        own = setup_of == k
        heights = subject.part.mesh.vertices_mm @ direction
        tall = subject.heights_mm(direction)
        groups = [
            (name, float(tool), own & kind & (tool_of == tool))
            for name, kind in kinds
            for tool in np.unique(tool_of[own & kind])[::-1]
        ]
        for name, tool, chosen in groups:
            area = float(area_of[chosen].sum())
            if not area > 0:
                continue
            ids = tuple(np.flatnonzero(chosen).tolist())
            extent = float(tall[chosen].max()) + 1.0
            common: dict[str, Any] = {"setup": k + 1, "faces": ids, "area_mm2": area}
            if name == "flat":
                tops = faces["centroid_mm"][chosen] @ direction
                below = float(heights.max() - tops.min())
                if below < ALLOWANCE_MM and math.sqrt(area) > largest_face / 2:
                    cuts.append(Cut("face_mill", "face_mill", largest_face, largest_face,
                                    volume_mm3=area * ALLOWANCE_MM, **common))  # fmt: skip
                else:
                    cuts.append(Cut("finish_floor", "end_mill", tool, below + 1.0, **common))
            elif name == "side":
                if setups.has(-direction) and _is_open(subject, ids, -direction):
                    extent = extent / 2  # what both sides show is cut half from either
                if _reaches(tool, extent) or tool >= LARGEST_MILL_MM:
                    cuts.append(Cut("finish_wall", "end_mill", tool, extent, **common))
                else:
                    cuts += _eroded_corners(subject, direction, tool, extent, common)
            elif name == "blend":  # a ball as round as the blend runs along it
                path = float((area_of[chosen] / (math.pi / 2 * hollow[chosen])).sum())
                cuts.append(Cut("ball_mill", "ball_mill", tool, extent, path_mm=path, **common))
            elif name == "leans":
                cuts.append(Cut("finish_wall", "tapered_mill", tool, extent, **common))
            else:
                cuts.append(Cut("ball_mill", "ball_mill", tool, extent, **common))
    done = sum(cut.volume_mm3 for cut in cuts)
    shares = setups.share / max(float(setups.share.sum()), 1e-300)
    for k, share in enumerate(shares.tolist()):
        volume = share * max(bulk_mm3 - done, 0.0)
        if volume > 0:
            tool = LARGEST_MILL_MM  # bulk goes layer by layer: the tool need not reach through it
            cuts.append(Cut("rough_mill", "end_mill", tool, 2 * tool, k + 1, volume_mm3=volume))
    return cuts


def _eroded_corners(
    subject: Subject,
    direction: np.ndarray,
    tool_mm: float,
    extent_mm: float,
    common: dict[str, Any],
) -> Iterator[Cut]:
    """Inner corners too tight and tall for any mill: a wire where they are open at both ends;
    elsewhere an electrode for what the smallest mill that reaches so far leaves.
    """
    if all(_is_open(subject, common["faces"], way) for way in (direction, -direction)):
        yield Cut("wire_erode", "wire", WIRE_MM, extent_mm, **common)
        return
    faces = subject.faces[list(common["faces"])]
    round_ = faces["kind"] == CYLINDER
    corners_mm = float(faces["area_mm2"][round_].sum()) / (math.pi / 4 * tool_mm)
    rest = _least_reaching_mm(extent_mm)
    if corners_mm > 0 and rest < LARGEST_MILL_MM:
        cleared = corners_mm * _corner_mm2(LARGEST_MILL_MM / 2, rest / 2)
        yield Cut("rough_mill", "end_mill", rest, extent_mm, volume_mm3=cleared, **common)
    # of a gap too narrow for any mill each side takes its half
    gaps = float(faces["area_mm2"][~round_].sum()) * tool_mm / ROOM / 2
    volume = corners_mm * _corner_mm2(rest / 2, tool_mm / 2) + gaps
    yield Cut("sink_erode", "electrode", rest, extent_mm, volume_mm3=volume, **common)


def _is_open(subject: Subject, ids: tuple[int, ...], way: np.ndarray) -> bool:
    """Whether a tool from that way meets nothing before some faces."""
    samples = subject.fields.samples
    own = np.flatnonzero(np.isin(samples.face, ids))
    start = samples.points_mm[own] + LIFT_SHARE * subject.fields.diagonal_mm * samples.normals[own]
    hidden = subject.fields.scene.occluded(start, way)
    return float(samples.area_mm2[own][hidden].sum()) <= GRAZED * float(samples.area_mm2[own].sum())


def _least_reaching_mm(length_mm: float) -> float:
    """The smallest standard mill that reaches so far without chatter, the large one at most."""
    sizes = [float(each) for each in data()["end_mill"]["diameter_mm"] if each < LARGEST_MILL_MM]
    return next((each for each in sizes if _reaches(each, length_mm)), LARGEST_MILL_MM)


def _standard_mm(limits_mm: np.ndarray) -> np.ndarray:
    """The largest usual mill within each limit (f,) mm; nan: no limit."""
    limits = np.clip(np.nan_to_num(limits_mm, nan=LARGEST_MILL_MM), 1.0, LARGEST_MILL_MM)
    return np.array([largest_end_mill_mm(float(limit)) for limit in limits])


def _floor_mills_mm(subject: Subject) -> np.ndarray:
    """Mills for flats (f,) mm: one that stands between walls is no wider than the floor, whose
    width is at least twice its area over its perimeter.
    """
    edges, faces = subject.part.topology.edges, subject.faces
    around, between = np.zeros(len(faces)), np.zeros(len(faces), bool)
    for side in (0, 1):
        ends = edges["faces"][:, side]
        known = ends >= 0
        around += np.bincount(ends[known], weights=edges["length_mm"][known], minlength=len(faces))
        between[ends[known & (edges["convexity"] == CONCAVE)]] = True
    width = 2 * faces["area_mm2"] / np.maximum(around, 1e-300)
    return _standard_mm(np.where(between, width, np.nan))


def _wall_mills_mm(subject: Subject) -> np.ndarray:
    """Mills for walls (f,) mm: within an inner radius, or within the gap to what is opposite."""
    faces, samples = subject.faces, subject.fields.samples
    hollow = (faces["sense"] < 0) & (faces["kind"] == CYLINDER)
    start = samples.points_mm + LIFT_SHARE * subject.fields.diagonal_mm * samples.normals
    free = subject.fields.scene.cast(start, samples.normals).distance_mm
    order = np.lexsort((free, samples.face))
    first = np.searchsorted(samples.face[order], np.arange(len(faces) + 1))
    gap = np.full(len(faces), np.nan)
    seen = np.flatnonzero(np.diff(first))
    gap[seen] = free[order][
        (first[seen] + GAP_SHARE * (first[seen + 1] - first[seen] - 1)).astype(int)
    ]
    return _standard_mm(np.where(hollow, 2 * faces["radius_mm"], ROOM * gap))


def _ball_mills_mm(subject: Subject) -> np.ndarray:
    """Ball-nosed mills for faces that no side follows (f,) mm: within a hollow radius; faces
    without one radius throughout are taken by half the largest.
    """
    faces, tube = subject.faces, radii_across_mm(subject.faces)
    hollow = faces["sense"] < 0
    known = np.isfinite(tube) & (faces["kind"] != CONE)
    freeform = faces["kind"] > TORUS
    limit = np.where(hollow & known, 2 * tube, np.where(freeform, LARGEST_MILL_MM / 2, np.nan))
    return _standard_mm(limit)


def _lengths_mm(subject: Subject) -> np.ndarray:
    """Half the perimeter of every face (f,) mm: the length of a narrow one."""
    edges, found = subject.part.topology.edges, np.zeros(len(subject.faces))
    for side in (0, 1):
        own = edges["faces"][:, side]
        known = (own >= 0) & ~edges["seam"]
        found += np.bincount(own[known], weights=edges["length_mm"][known], minlength=len(found))
    return found / 2
