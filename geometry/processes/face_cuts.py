"""Which tools mill what no feature claims: bulk, flats, walls, free faces?"""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from geometry.fields.access import LIFT_SHARE
from geometry.processes.cavity_cuts import (
    LARGEST_MILL_MM,
    ROOM,
    corner_mm2,
    deepest_mm,
    eroded,
    least_reaching_mm,
    reaches,
    runs,
)
from geometry.processes.cutting import Cut
from geometry.processes.reach import face_lengths_mm
from geometry.processes.setups import Setups
from geometry.processes.stock import ALLOWANCE_MM
from geometry.processes.subject import Subject
from geometry.processes.tools import data, largest_end_mill_mm
from geometry.topology import CONCAVE, radii_across_mm, surface_code

__all__ = ["face_cuts"]

PLANE, CYLINDER = surface_code("plane"), surface_code("cylinder")
CONE, TORUS = surface_code("cone"), surface_code("torus")
ACROSS = np.cos(np.radians(2.0))  # a face that the end of a tool stands on
UPRIGHT = np.sin(np.radians(2.0))  # a face that the side of a tool follows
DRAFTED = np.sin(np.radians(12.0))  # a drafted wall that the side of a tapered tool follows
GAP_SHARE = 0.25  # of a wall's samples may stand nearer to what is opposite than its tool needs
GRAZED = 0.02  # of faces: what edges hide of a way that is open
WALLED = 0.6  # of a floor's border is walls where they stand on both sides of it; ours


def face_cuts(
    subject: Subject,
    setups: Setups,
    heights_mm: list[np.ndarray],
    taken: np.ndarray,
    bulk_mm3: float,
) -> list[Cut]:
    """What no feature claims: bulk, flats that a tool stands on, walls it follows, free faces; each
    face with the largest tool that fits it.

    heights_mm: extents of the faces (f,) along each setup; taken (f,) bool: faces of features.
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
    paths = _paths_mm(subject, balls)
    blend = free & np.isfinite(paths)
    cuts: list[Cut] = []
    area_of = faces["area_mm2"]
    largest_face = float(data()["face_mill"]["diameter_mm"][1])
    kinds = (("flat", flat), ("side", side), ("leans", leans), ("blend", blend),
             ("free", free & ~blend))  # fmt: skip
    for k, direction in enumerate(setups.directions):
        own = setup_of == k
        top = float((subject.part.mesh.vertices_mm @ direction).max())
        tall = heights_mm[k]
        need = _needs_mm(subject, direction, own & (flat | free), tool_of, top)
        slender = need > float(data()["cut"]["slender_from"]["value"]) * tool_of
        groups = [
            (name, tool, own & kind & (tool_of == tool) & (slender == long))
            for name, kind in kinds
            for tool in sorted(set(tool_of[own & kind].tolist()), reverse=True)
            for long in (False, True)
        ]
        for name, tool, chosen in groups:
            area = float(area_of[chosen].sum())
            if not area > 0:
                continue
            ids = tuple(np.flatnonzero(chosen).tolist())
            extent = float(tall[chosen].max()) + 1.0
            reach = max(float(need[chosen].max()), 1.0)
            common: dict[str, Any] = {"setup": k + 1, "faces": ids, "area_mm2": area}
            if name == "flat":
                below = top - float((faces["centroid_mm"][chosen] @ direction).min())
                if below < ALLOWANCE_MM and math.sqrt(area) > largest_face / 2:
                    cuts.append(Cut("face_mill", "face_mill", largest_face, largest_face,
                                    volume_mm3=area * ALLOWANCE_MM, **common))  # fmt: skip
                elif reaches(tool, reach):
                    cuts.append(Cut("finish_floor", "end_mill", tool, reach, **common))
                else:  # what lies between walls deeper than a mill so thin reaches
                    rest = area * (reach - deepest_mm(tool))
                    cuts.append(eroded(False, reach, tool, reach, 0.0, rest, _place(common)))
            elif name == "side":
                high = extent
                if setups.has(-direction) and _is_open(subject, ids, -direction):
                    extent = extent / 2  # what both sides show is cut half from either
                if reaches(tool, extent) or tool >= LARGEST_MILL_MM:
                    cuts.append(Cut("finish_wall", "end_mill", tool, extent, **common))
                else:
                    cuts += _eroded_corners(subject, direction, tool, extent, high, common)
            elif name == "blend":
                length = float(paths[chosen].sum())
                cuts += _blend(subject, chosen, tool, reach, length, common)
            elif name == "leans":
                cuts.append(Cut("finish_wall", "tapered_mill", tool, extent, **common))
            else:  # free faces bear any ball: the deeper they lie, the thicker it is
                ball = max(tool, least_reaching_mm(reach))
                cuts.append(Cut("ball_mill", "ball_mill", ball, reach, **common))
    done = sum(cut.volume_mm3 for cut in cuts)
    shares = setups.share / max(float(setups.share.sum()), 1e-300)
    for k, share in enumerate(shares.tolist()):
        volume = share * max(bulk_mm3 - done, 0.0)
        if volume > 0:
            tool = LARGEST_MILL_MM  # bulk goes layer by layer: the tool need not reach through it
            cuts.append(Cut("rough_mill", "end_mill", tool, 2 * tool, k + 1, volume_mm3=volume))
    return cuts


def _needs_mm(
    subject: Subject, direction: np.ndarray, asked: np.ndarray, tools_mm: np.ndarray, top_mm: float
) -> np.ndarray:
    """How far the tools stand out for faces (f,) mm; asked (f,) bool. Only faces that lie so deep
    that it tells are measured.
    """
    faces = subject.faces
    below = top_mm - faces["centroid_mm"] @ direction + 1.0
    need = np.where(asked, np.minimum(below, 2 * tools_mm), 1.0)
    deep = asked & (below > float(data()["cut"]["slender_from"]["value"]) * tools_mm)
    ids = np.flatnonzero(deep)
    need[ids] = face_lengths_mm(subject, ids, direction, tools_mm[ids])
    return need


def _paths_mm(subject: Subject, balls_mm: np.ndarray) -> np.ndarray:
    """Ways that balls (f,) mm go along hollow round faces, nan of other faces (f,) mm."""
    faces = subject.faces
    radii = np.where(faces["sense"] < 0, radii_across_mm(faces), np.nan)
    found = np.full(len(faces), np.nan)
    for face in np.flatnonzero((faces["kind"] != CONE) & (2 * radii >= balls_mm)):
        radius = float(radii[face])
        length = float(faces["area_mm2"][face]) / (math.pi / 2 * radius)
        found[face] = length * runs(radius, float(balls_mm[face]) / 2)
    return found


def _blend(
    subject: Subject,
    chosen: np.ndarray,
    ball_mm: float,
    reach_mm: float,
    path_mm: float,
    common: dict[str, Any],
) -> Iterator[Cut]:
    """Hollow rounds (f,) bool by the ball that fits them; where that stands out too far, by the
    thinnest that reaches, and an electrode for what it leaves.
    """
    thinnest = least_reaching_mm(reach_mm)
    if reaches(ball_mm, reach_mm) or thinnest <= ball_mm:
        yield Cut("ball_mill", "ball_mill", ball_mm, reach_mm, path_mm=path_mm, **common)
        return
    yield Cut("ball_mill", "ball_mill", thinnest, reach_mm, path_mm=path_mm, **common)
    # of a round's radius r a quarter turn is π/2·r wide
    faces = subject.faces[chosen]
    lengths = faces["area_mm2"] / (math.pi / 2 * radii_across_mm(faces))
    rest = float(np.nansum(lengths)) * corner_mm2(thinnest / 2, ball_mm / 2)
    yield eroded(False, reach_mm, ball_mm, reach_mm, 0.0, rest, _place(common))


def _eroded_corners(
    subject: Subject,
    direction: np.ndarray,
    tool_mm: float,
    extent_mm: float,
    high_mm: float,
    common: dict[str, Any],
) -> Iterator[Cut]:
    """Inner corners too tight and tall for any mill: a wire where they are open at both ends;
    elsewhere an electrode for what the smallest mill that reaches so far leaves.

    extent_mm: from the nearer end; high_mm: from end to end.
    """
    if all(_is_open(subject, common["faces"], way) for way in (direction, -direction)):
        area = common["area_mm2"]
        yield eroded(True, high_mm, tool_mm, extent_mm, area, 0.0, _place(common))
        return
    faces = subject.faces[list(common["faces"])]
    round_ = faces["kind"] == CYLINDER
    corners_mm = float(faces["area_mm2"][round_].sum()) / (math.pi / 4 * tool_mm)
    rest = least_reaching_mm(extent_mm)
    if corners_mm > 0 and rest < LARGEST_MILL_MM:
        cleared = corners_mm * corner_mm2(LARGEST_MILL_MM / 2, rest / 2)
        yield Cut("rough_mill", "end_mill", rest, extent_mm, volume_mm3=cleared, **common)
    # of a gap too narrow for any mill each side takes its half
    gaps = float(faces["area_mm2"][~round_].sum()) * tool_mm / ROOM / 2
    volume = corners_mm * corner_mm2(rest / 2, tool_mm / 2) + gaps
    yield eroded(False, extent_mm, rest, extent_mm, 0.0, volume, _place(common))


def _place(common: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in common.items() if key != "area_mm2"}


def _is_open(subject: Subject, ids: tuple[int, ...], way: np.ndarray) -> bool:
    """Whether a tool from that way meets nothing before some faces."""
    samples = subject.fields.samples
    own = np.flatnonzero(subject.mask(ids)[samples.face])
    start = samples.points_mm[own] + LIFT_SHARE * subject.fields.diagonal_mm * samples.normals[own]
    hidden = subject.fields.scene.occluded(start, way)
    return float(samples.area_mm2[own][hidden].sum()) <= GRAZED * float(samples.area_mm2[own].sum())


def _standard_mm(limits_mm: np.ndarray) -> np.ndarray:
    """The largest usual mill within each limit (f,) mm; nan: no limit."""
    known = np.where(np.isnan(limits_mm), LARGEST_MILL_MM, limits_mm)
    limits = np.clip(known, 1.0, LARGEST_MILL_MM).tolist()
    mills = {limit: largest_end_mill_mm(limit) for limit in set(limits)}  # a part's faces have few
    return np.array([mills[limit] for limit in limits])


def _floor_mills_mm(subject: Subject) -> np.ndarray:
    """Mills for flats (f,) mm: one that stands between walls is no wider than the floor, whose
    width is at least twice its area over its perimeter; over an open side it stands out.
    """
    edges, faces = subject.part.topology.edges, subject.faces
    around, walled = np.zeros(len(faces)), np.zeros(len(faces))
    for side in (0, 1):
        ends, lengths = edges["faces"][:, side], edges["length_mm"]
        for sums, chosen in ((around, ends >= 0), (walled, edges["convexity"] == CONCAVE)):
            chosen = chosen & (ends >= 0)
            sums += np.bincount(ends[chosen], weights=lengths[chosen], minlength=len(faces))
    width = 2 * faces["area_mm2"] / np.maximum(around, 1e-300)
    return _standard_mm(np.where(walled > WALLED * around, width, np.nan))


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
