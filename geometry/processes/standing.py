"""Which bosses around holes stand above everything else of a part, or apart from it as hubs?"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from geometry.part import Part
from geometry.topology import surface_code
from geometry.vectors import about_axis, norms, rejections

__all__ = ["hubs", "standing_eyes"]

PLANE, CYLINDER = surface_code("plane"), surface_code("cylinder")
ROUND = tuple(surface_code(name) for name in ("cylinder", "cone"))
SAME_WAY_COS = 0.9998  # 1°
UPPER = 0.75  # of its height: above it a boss stands alone; ribs between bosses end lower
APART = 0.1  # of its radius: so far a hole's axis may lie from that of its boss

BORE_DEG, HUB_DEG = 200.0, 150.0  # how far bores and hubs go round at least
SAME_RADIUS = 0.01  # of it: pieces of one hub that webs part
# of a hub's radius: a pinhole in a drum is no bore of it, paper around a bore no hub
BORE_SHARE = (0.25, 0.9)
END_APART = 0.3  # of a hub's radius: its end may be rounded or chamfered so far below it


def hubs(part: Part) -> np.ndarray:
    """Faces (h,) of `joined`, one a hub: a round wall about a bore, most of the way around, with an
    end of its own, square to it. The rounded end of a lug or link is level with the whole plate;
    what is lower than its wall is thick is a raised seat.
    """
    faces = part.joined.faces
    whole = faces["sweep_deg"] > BORE_DEG
    cylinder = faces["kind"] == CYLINDER
    outside, bores = cylinder & (faces["sense"] > 0), cylinder & (faces["sense"] < 0) & whole
    if not bores.any():
        return np.zeros(0, int)
    planes = faces[faces["kind"] == PLANE]
    left, found = np.flatnonzero(outside), []
    while len(left):
        first = faces[left[0]]
        axis, radius = first["axis"], first["radius_mm"]
        same = _about(faces[left], first) & (
            np.abs(faces["radius_mm"][left] - radius) < SAME_RADIUS * radius
        )
        pieces, left = left[same], left[~same]
        inside = faces["radius_mm"][bores][_about(faces[bores], first)] / radius
        inside = inside[(inside > BORE_SHARE[0]) & (inside < BORE_SHARE[1])]
        if not len(inside):
            continue
        low, high = _heights(faces[pieces], first)
        if high - low < (1 - inside.max()) * radius:
            continue
        turn = faces["area_mm2"][pieces].sum() / (radius * max(high - low, 1e-300))
        if np.degrees(turn) < HUB_DEG:
            continue
        height, away = about_axis(planes["centroid_mm"] - first["origin_mm"], axis)
        looks = planes["axis"] @ axis
        level = np.where(looks > 0, high - height, height - low)
        own = (np.abs(looks) > SAME_WAY_COS) & (away < APART * radius)
        own &= (np.abs(level) < END_APART * radius) & (planes["area_mm2"] < np.pi * radius**2)
        if own.any():
            found.append(pieces[0])
    return np.array(found, int)


def _about(faces: np.ndarray, one: np.ndarray) -> np.ndarray:
    """Which round faces (f,) have the axis of one."""
    off = norms(rejections(faces["origin_mm"] - one["origin_mm"], one["axis"]))
    return (np.abs(faces["axis"] @ one["axis"]) > SAME_WAY_COS) & (off < APART * one["radius_mm"])


def _heights(pieces: np.ndarray, one: np.ndarray) -> tuple[float, float]:
    """Where pieces (p,) of a round face, one of them given, begin and end along its axis, in mm."""
    foot = (pieces["origin_mm"] - one["origin_mm"]) @ one["axis"]
    way = pieces["axis"] @ one["axis"]
    ends = np.array([foot + way * pieces["low_mm"], foot + way * pieces["high_mm"]])
    return float(ends.min()), float(ends.max())


def standing_eyes(
    bosses: Sequence[Any], holes: Sequence[Any], faces: np.ndarray, samples: Any
) -> int:
    """How many round bosses around a hole stand above all else along one way: nothing but such
    bosses reaches their upper quarter.

    faces: table (f,) of the part; samples: points on its surface with their faces.
    """
    eyes = [eye for boss in bosses if (eye := _eye(boss, holes, faces)) is not None]
    most = 0
    for _, way, _, _ in eyes:
        alike = [each for each in eyes if each[1] @ way > SAME_WAY_COS]
        own = np.unique(np.concatenate([each[0] for each in alike]))
        others = samples.points_mm[~np.isin(samples.face, own)] @ way
        highest = float(others.max()) if len(others) else -np.inf
        standing = [each for each in alike if each[2] - (1 - UPPER) * each[3] > highest]
        most = max(most, len(standing))
    return most


def _eye(
    boss: Any, holes: Sequence[Any], faces: np.ndarray
) -> tuple[np.ndarray, np.ndarray, float, float] | None:
    """Faces of a boss and its holes, the way it stands, the level of its top and its height in mm;
    None where no hole goes down its middle.
    """
    own = np.array(boss.faces, int)
    walls = own[np.isin(faces["kind"][own], ROUND) & (faces["sense"][own] > 0)]
    if boss.kind != "round" or not len(walls):
        return None
    way = np.asarray(boss.parameters["axis"], float)
    at, radius = faces["origin_mm"][walls[0]], float(np.nanmax(faces["radius_mm"][walls]))
    inside = []
    for hole in holes:
        along = np.asarray(hole.parameters["axis"], float)
        off = np.asarray(hole.parameters["origin_mm"], float) - at
        off = off - (off @ way) * way
        if abs(along @ way) > SAME_WAY_COS and np.linalg.norm(off) < APART * radius:
            inside.append(hole)
    flats = np.setdiff1d(own, walls)
    if not inside or not len(flats):
        return None
    top = float((faces["centroid_mm"][flats] @ way).max())
    taken = np.concatenate([own, *(np.array(hole.faces, int) for hole in inside)])
    return taken, way, top, float(boss.parameters["height_mm"])
