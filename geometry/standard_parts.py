"""Is a part a screw, nut, washer, bearing, ring or pin that one buys by its standard?

Known by its shape: what lies about one axis, a hexagon on it or in it, and the dimensions that the
standard gives (standard_parts.toml, each table with its source). No name is looked at.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from geometry.fields.facetable import CONE, CYLINDER, PLANE, SPHERE, TORUS
from geometry.part import Part
from geometry.runs import distinct_rows
from geometry.tables import read_table
from geometry.vectors import about_axis, norms, rejections

__all__ = ["KINDS", "recognise_standard_part"]

SOURCE = "standard_parts.toml"
KINDS = ("screw", "nut", "washer", "bearing", "ball", "o_ring", "circlip", "pin")

ON_AXIS = 5e-3  # of the part's diagonal: faces nearer to the axis than that are about it
ALONG = 0.9998  # cosine of one degree
AXES_TRIED = 24  # of the largest round faces
# models follow the nominal dimensions or the middle of their tolerance, product grade B (ours)
NEAR = 0.06
RACEWAY_ASIDE = 0.4  # of its radius: a quarter turn has its middle at 0.6
NEAR_OUTLINE = 0.012  # bearings' outlines are ground to micrometres and drawn at nominal (ours)
# washers are drawn at their greatest thickness too, a tenth more than nominal (ISO 7089)
COARSE = {"thickness": 2.0}
NEAR_RING = 0.015  # rows of DIN 471 lie 3 % apart (ours)
THREAD = (0.74, 1.03)  # drawn diameter of a thread over nominal: from the minor one to the crest
HEAD = (1.25, 2.7)  # diameters of heads over that of the shank in ISO 4762, 4014, 7380, 10642
ABOUT = 0.9  # share of the area that must lie about the axis or in its hexagon
BESIDE = 0.01  # of the area: larger faces beside the axis were cut on purpose, marks are smaller
WASHER_BESIDE = 1e-3  # of the area: a washer has nothing beside its axis
WHOLE_TURN_DEG = 359.5
LUGS_DEG = 75.0  # between the holes of a circlip, seen from its axis: DIN 471 has 60 at 3 mm (ours)
LONGEST_NUT = 1.25  # of its width across flats: longer ones are spacers
LARGEST_CIRCLIP = 3.6  # of its inner radius with the lugs: DIN 471 has 3.4 at 3 mm, 2.4 at 100 mm
MOST_FACES = 400  # of a standard part, threads drawn


@dataclass(frozen=True)
class _Turned:
    """A part seen along its axis."""

    low_mm: float
    high_mm: float
    outer_mm: float  # largest radius
    about_share: float  # of the area
    beside_share: float  # of the area that the largest face has which is not about the axis
    cross_drilled: bool  # a round hole beside the axis
    kind: np.ndarray
    sense: np.ndarray
    radius_mm: np.ndarray
    minor_mm: np.ndarray
    along_mm: np.ndarray  # (n,) from where a face is placed to its middle, along the axis
    angle_deg: np.ndarray
    sweep_deg: np.ndarray
    on_axis: np.ndarray  # faces about the axis
    levels_mm: np.ndarray  # heights of planes across the axis
    heights_mm: np.ndarray  # of the mesh's vertices
    radii_mm: np.ndarray
    hexagon_mm: float  # width across flats outside, 0 where there is none
    socket_mm: float  # width across flats of a hexagon inside

    @property
    def length_mm(self) -> float:
        return self.high_mm - self.low_mm

    @property
    def is_reworked(self) -> bool:
        """Whether it has a hole across or a flat that no standard gives it."""
        return self.cross_drilled or self.beside_share > BESIDE

    def bores(self) -> np.ndarray:
        """Radii of hollow cylinders about the axis."""
        hollow = self.on_axis & (self.kind == CYLINDER) & (self.sense < 0)
        return self.radius_mm[hollow]


def recognise_standard_part(part: Part) -> dict[str, Any] | None:
    """Kind, designation where a table has it, and confidence 0…1; None for other parts."""
    faces = part.joined.faces
    if not part.closed or len(faces) > MOST_FACES:
        return None
    if (ring := _o_ring(part)) is not None:
        return ring
    if (faces["kind"] == SPHERE).all() and len(faces) == 1 and faces["sense"][0] > 0:
        return _said("ball", f"⌀{2 * float(faces['radius_mm'][0]):g}", 0.9)
    turned = _turned(part)
    if turned is None:
        return None
    for known in (_screw, _nut, _bearing, _washer, _pin):
        if turned.about_share > ABOUT and (found := known(turned)) is not None:
            return found
    return _circlip(part, turned)


def _said(kind: str, designation: str, confidence: float) -> dict[str, Any]:
    named = {"designation": designation} if designation else {}
    return {"kind": kind, **named, "confidence": round(float(np.clip(confidence, 0, 0.99)), 2)}


def _closest(group: str, **seen: float) -> tuple[dict[str, float], str, float] | None:
    """The row of a group's tables nearest to what was seen: row, designation, largest deviation."""
    best: tuple[dict[str, float], str, float] | None = None
    for table in read_table(SOURCE)[group].values():
        for values in table["rows"]:
            row = dict(zip(table["columns"], values, strict=True))
            thread = row.get("thread")
            if (
                thread
                and "thread" in seen
                and not (THREAD[0] <= seen["thread"] / thread <= THREAD[1])
            ):
                continue
            off = max(
                abs(seen[name] / row[name] - 1) / COARSE.get(name, 1.0)
                for name in row
                if name in seen and name != "thread"
            )
            if best is None or off < best[2]:
                best = row, table["designation"], off
    return best


# --- the part about its axis ---


def _turned(part: Part) -> _Turned | None:
    """The part about the axis that most of its round area shares, None where it has none."""
    faces = part.joined.faces
    kind = faces["kind"]
    round_ = (kind == CYLINDER) | (kind == CONE) | (kind == TORUS)
    if not round_.any():
        return None
    near = ON_AXIS * part.mesh.diagonal_mm
    origin, axis = faces["origin_mm"], faces["axis"]
    order = np.flatnonzero(round_)[np.argsort(-faces["area_mm2"][round_])][:AXES_TRIED]
    coaxial = _coaxial(np.nan_to_num(origin), axis, order, near) & round_
    shared = coaxial @ faces["area_mm2"]
    first = int(np.flatnonzero(shared >= shared.max() / (1 + 1e-9))[0])
    through, along, on_axis = origin[order[first]], axis[order[first]], coaxial[first]
    flat = faces["kind"] == PLANE
    across = flat & (np.abs(axis @ along) > ALONG)
    beside = flat & (np.abs(axis @ along) < 0.02)
    outward = np.einsum("ij,ij->i", faces["centroid_mm"] - through, axis)
    hexagon, flats = _hexagon(axis, outward, beside & (outward > near))
    socket, walls = _hexagon(axis, -outward, beside & (outward < -near))
    # threads drawn as helices and their runouts
    free = faces["kind"] > TORUS
    about = on_axis | across | flats | walls | free
    area = faces["area_mm2"]
    hollow = (faces["kind"] == CYLINDER) & (faces["sense"] < 0) & ~on_axis
    way = part.mesh.vertices_mm - through
    heights, radii = about_axis(way, along)
    return _Turned(
        low_mm=float(heights.min()),
        high_mm=float(heights.max()),
        outer_mm=float(radii.max()),
        about_share=float(area[about].sum() / max(area.sum(), 1e-300)),
        beside_share=float(area[~about].max(initial=0.0) / max(area.sum(), 1e-300)),
        cross_drilled=bool((hollow & (faces["sweep_deg"] > WHOLE_TURN_DEG)).any()),
        kind=faces["kind"],
        sense=faces["sense"],
        radius_mm=np.nan_to_num(faces["radius_mm"]),
        minor_mm=np.nan_to_num(faces["minor_radius_mm"]),
        along_mm=np.abs(np.nan_to_num(faces["centroid_mm"] - origin) @ along),
        angle_deg=np.nan_to_num(faces["half_angle_deg"]),
        sweep_deg=np.nan_to_num(faces["sweep_deg"]),
        on_axis=on_axis,
        levels_mm=np.unique(np.round((faces["centroid_mm"][across] - through) @ along, 6)),
        heights_mm=heights,
        radii_mm=radii,
        hexagon_mm=hexagon,
        socket_mm=socket,
    )


def _coaxial(origins: np.ndarray, axes: np.ndarray, some: np.ndarray, near: float) -> np.ndarray:
    """Which faces (f,) lie about the axis of each of some (k,): (k, f) bool."""
    way = origins - origins[some][:, None]
    axis = axes[some][:, None]
    aside = way - (way * axis).sum(axis=2)[:, :, None] * axis
    off = np.sqrt((aside * aside).sum(axis=2))
    return np.asarray((np.abs(axes[some] @ axes.T) > ALONG) & (off < near))


def _hexagon(axes: np.ndarray, distance: np.ndarray, of: np.ndarray) -> tuple[float, np.ndarray]:
    """Width across the flats of six planes about the axis, and which: 0 where there are not six."""
    chosen = np.zeros(len(axes), bool)
    some = np.flatnonzero(of)
    if len(some) < 6 or len(distinct_rows(np.round(axes[some], 2))[0]) < 6:
        return 0.0, chosen
    for i in some[np.argsort(-distance[some])]:
        like = some[np.abs(distance[some] / distance[i] - 1) < 0.01]
        if len(like) < 6:
            continue
        turn = np.degrees(np.arccos(np.clip(axes[like] @ axes[i], -1, 1)))
        sixth = np.abs(turn / 60 - np.round(turn / 60)) < 1 / 60
        if np.count_nonzero(sixth) < 6:
            continue
        if len(distinct_rows(np.round(axes[like[sixth]], 2))[0]) == 6:
            chosen[like[sixth]] = True
            return float(2 * distance[i]), chosen
    return 0.0, chosen


def _o_ring(part: Part) -> dict[str, Any] | None:
    faces = part.joined.faces
    area = faces["area_mm2"]
    i = int(area.argmax())
    if faces["kind"][i] != TORUS or faces["sense"][i] < 0 or area[i] < 0.99 * area.sum():
        return None
    cord = 2 * float(faces["minor_radius_mm"][i])
    bore = 2 * float(faces["radius_mm"][i]) - cord
    if bore <= 0:
        return None
    row = _closest("o_rings", cord=cord)
    if row is None or row[2] > 0.02:
        return _said("o_ring", f"{bore:.4g} × {cord:.4g}", 0.8)
    return _said("o_ring", f"{row[1]} {bore:.4g} × {row[0]['cord']:g}", 0.95)


# --- kinds ---


def _head(turned: _Turned) -> tuple[float, float, float, float] | None:
    """Diameter and height of a head, diameter and length of its shank (mm)."""
    near = 1e-3 * turned.length_mm
    best = None
    # under the head of a countersunk screw is a cone, no plane: its end counts as a level too
    for level in turned.levels_mm[
        (turned.levels_mm > turned.low_mm + near) & (turned.levels_mm < turned.high_mm - near)
    ]:
        for above in (True, False):
            side = (turned.heights_mm > level - near) == above
            side |= np.abs(turned.heights_mm - level) <= near
            other = (turned.heights_mm < level - near) if above else (
                turned.heights_mm > level + near
            )  # fmt: skip
            if not other.any():
                continue
            head, shank = 2 * turned.radii_mm[side].max(), 2 * turned.radii_mm[other].max()
            height = turned.high_mm - level if above else level - turned.low_mm
            if HEAD[0] < head / max(shank, 1e-9) < HEAD[1] and (best is None or height < best[1]):
                best = float(head), float(height), float(shank), turned.length_mm - float(height)
    return best


def _screw(turned: _Turned) -> dict[str, Any] | None:
    """A head with a hexagon on a shank without a bore."""
    if not (turned.hexagon_mm or turned.socket_mm) or turned.is_reworked:
        return None
    head = _head(turned)
    if head is None:
        return None
    diameter, height, shank, length = head
    if height > 1.6 * shank or length < 0.5 * shank:
        return None
    if (turned.bores() > 0.3 * shank).any() and not turned.socket_mm:
        return None
    if turned.socket_mm:
        row = _closest(
            "socket_screws", thread=shank, head_diameter=diameter, head_height=height,
            across_flats=turned.socket_mm,
        )  # fmt: skip
    else:
        row = _closest(
            "hexagon_screws", thread=shank, head_height=height, across_flats=turned.hexagon_mm
        )
    if row is None or row[2] > NEAR:
        return _said("screw", "", 0.6)
    size = f"M{row[0]['thread']:g} × {round(length, 1):g}"
    return _said("screw", f"{row[1]} {size}", 0.97 - row[2])


def _nut(turned: _Turned) -> dict[str, Any] | None:
    """A hexagon with a bore through it."""
    if not turned.hexagon_mm or turned.length_mm > LONGEST_NUT * turned.hexagon_mm:
        return None
    if turned.is_reworked:
        return None
    if turned.outer_mm > 0.62 * turned.hexagon_mm:  # corners are at 0.577
        return None
    bore = 2 * float(turned.radii_mm.min())
    if not 0.3 * turned.hexagon_mm < bore < 0.85 * turned.hexagon_mm:
        return None
    row = _closest("nuts", thread=bore, height=turned.length_mm, across_flats=turned.hexagon_mm)
    if row is None or row[2] > NEAR:
        return _said("nut", "", 0.7)
    return _said("nut", f"{row[1]} M{row[0]['thread']:g}", 0.97 - row[2])


def _ring(turned: _Turned) -> tuple[float, float] | None:
    """Bore and outer diameter of a part that is round outside and in, through all its length."""
    round_out = turned.on_axis & (turned.kind == CYLINDER) & (turned.sense > 0)
    bore = 2 * float(turned.radii_mm.min())
    if turned.hexagon_mm or turned.socket_mm or not round_out.any() or bore <= 0:
        return None
    if not np.isclose(2 * turned.outer_mm, 2 * turned.radius_mm[round_out].max(), rtol=0.02):
        return None
    return bore, 2 * turned.outer_mm


def _bearing(turned: _Turned) -> dict[str, Any] | None:
    """A ring with the outline of a bearing and raceways, or one ring of it."""
    ring = _ring(turned)
    if ring is None:
        return None
    bore, outer = ring
    tube = turned.on_axis & (turned.kind == TORUS) & (turned.sense < 0)
    # a raceway is a groove with a radius just over that of the balls, with both its shoulders; a
    # fillet in a corner lies wholly to one side of its circle
    tube &= turned.along_mm < RACEWAY_ASIDE * turned.minor_mm
    tube &= turned.minor_mm > 0.12 * turned.length_mm
    raceway = bool(tube.any())
    if turned.cross_drilled and not raceway:
        return None
    width = turned.length_mm
    row = _closest("bearings", bore=bore, outer_diameter=outer, width=width)
    if row is not None and row[2] < NEAR_OUTLINE:
        # a plain tube of that outline is a bearing drawn simply, or a spacer: not known
        return _said("bearing", f"{row[0]['number']:g}", 0.95 if raceway else 0.6)
    # a rope pulley and a bush with a groove for oil have one groove and no bearing's dimensions
    one_ring = (
        _closest("bearings", bore=bore, width=width),
        _closest("bearings", outer_diameter=outer, width=width),
    )
    known = any(each is not None and each[2] < NEAR_OUTLINE for each in one_ring)
    if raceway and (known or tube.sum() > 1) and width < 1.5 * outer:
        return _said("bearing", "", 0.6)
    return None


def _washer(turned: _Turned) -> dict[str, Any] | None:
    ring = _ring(turned)
    if ring is None or turned.length_mm > 0.3 * ring[1]:
        return None
    if (np.isin(turned.kind, (TORUS, SPHERE)) | (turned.kind > TORUS)).any():
        return None
    if turned.cross_drilled or turned.beside_share > WASHER_BESIDE:
        return None
    row = _closest("washers", bore=ring[0], outer_diameter=ring[1], thickness=turned.length_mm)
    if row is None or row[2] > NEAR:
        return None
    return _said("washer", f"{row[1]} {row[0]['thread']:g}", 0.95 - row[2])


def _pin(turned: _Turned) -> dict[str, Any] | None:
    """A smooth cylinder whose two ends are chamfered or round, and nothing else."""
    curved = turned.kind != PLANE
    shaft = turned.on_axis & (turned.kind == CYLINDER) & (turned.sense > 0)
    ends = curved & ~shaft
    if shaft.sum() != 1 or ends.sum() != 2 or (turned.sense[ends] < 0).any():
        return None
    diameter = 2 * float(turned.radius_mm[shaft][0])
    if not 1.5 < turned.length_mm / diameter < 20 or (turned.kind == PLANE).sum() > 2:
        return None
    row = _closest("pins", diameter=diameter)
    if row is None or row[2] > 0.01:
        return None
    return _said("pin", f"{row[1]} {row[0]['diameter']:g} × {round(turned.length_mm, 1):g}", 0.75)


def _circlip(part: Part, turned: _Turned) -> dict[str, Any] | None:
    """A flat open ring with two equal holes in its lugs."""
    size = part.mass.box.size_mm
    if size[2] > 0.2 * size[1] or turned.hexagon_mm or turned.socket_mm:
        return None
    hollow = (turned.kind == CYLINDER) & (turned.sense < 0)
    arcs = hollow & turned.on_axis & (turned.sweep_deg > 150) & (turned.sweep_deg < WHOLE_TURN_DEG)
    holes = hollow & ~turned.on_axis & (turned.sweep_deg > WHOLE_TURN_DEG)
    if not arcs.any() or holes.sum() != 2:
        return None
    inner = float(turned.radius_mm[arcs].min())
    first, second = turned.radius_mm[holes]
    if abs(first / second - 1) > 0.02 or first > 0.3 * inner:
        return None
    axes = part.joined.faces["axis"]
    if (np.abs(axes[holes] @ axes[arcs][0]) < ALONG).any() or size[0] > LARGEST_CIRCLIP * inner:
        return None
    middle = part.joined.faces["origin_mm"][arcs][0]
    ways = part.joined.faces["origin_mm"][holes] - middle
    ways = rejections(ways, axes[arcs][0])
    cosine = float(ways[0] @ ways[1] / max(np.prod(norms(ways)), 1e-300))
    if cosine < np.cos(np.radians(LUGS_DEG)):
        return None
    row = _closest("circlips", inner_diameter=2 * inner, thickness=float(size[2]))
    if row is None or row[2] > NEAR_RING:
        return _said("circlip", "", 0.7)
    return _said(
        "circlip", f"{row[1]} {row[0]['shaft']:g} × {row[0]['thickness']:g}", 0.95 - row[2]
    )
