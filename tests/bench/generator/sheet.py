"""Bent, pierced and formed sheet, with the flat it came from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cadquery as cq
import numpy as np

from generator.made import Feature, Made, feature, kind, named
from generator.tools import box, cone, cylinder, obround, prism, regular, size
from samples.sheet import bent_section, strip_volume_mm3

SHEET = ("sheet_metal", "stamping")
THICKNESSES_MM = (0.8, 1.0, 1.2, 1.5, 2.0, 2.5, 3.0)
K_MIDDLE = 0.44  # between the k-factors in use; only for holes that lie across a bend


@dataclass(frozen=True)
class Strip:
    """A strip bent about z: flat legs with bends between them."""

    legs: tuple[float, ...]
    bends: tuple[tuple[float, float], ...]  # signed degrees, inside radius
    thickness: float
    width: float

    def shape(self) -> cq.Shape:
        """The bent solid, from z = 0 to its width."""
        section = bent_section(self.legs, self.bends, self.thickness)
        return cq.Solid.extrudeLinear(section, [], cq.Vector(0, 0, self.width))

    def volume(self) -> float:
        """By Pappus."""
        return strip_volume_mm3(self.legs, self.bends, self.thickness, self.width)

    def frame(self, leg: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Where a leg starts (its right side), along it, and across to its left side."""
        at, heading = np.zeros(2), 0.0
        for number in range(leg + 1):
            along = np.array([math.cos(heading), math.sin(heading)])
            across = np.array([-along[1], along[0]])
            if number == leg:
                break
            at = at + self.legs[number] * along
            angle, inside = self.bends[number]
            side = math.copysign(1.0, angle)
            arm = across * (inside + self.thickness if side > 0 else -inside)
            turn = math.radians(angle)
            cos, sin = math.cos(turn), math.sin(turn)
            at = at + arm - np.array([[cos, -sin], [sin, cos]]) @ arm
            heading += turn
        lift = [np.append(v, 0.0) for v in (at, along, across)]
        return lift[0], lift[1], lift[2]

    def onto(self, leg: int, along_mm: float, z_mm: float) -> cq.Location:
        """A placement whose z leaves the left side of a leg and whose x runs along it."""
        at, along, across = self.frame(leg)
        origin = at + along * along_mm + across * self.thickness + np.array([0, 0, z_mm])
        return cq.Location(cq.Plane(tuple(origin), xDir=tuple(along), normal=tuple(across)))

    def bend_features(self, *, with_length: bool = True) -> tuple[Feature, ...]:
        """What is known of each bend."""
        known = []
        for angle, radius in self.bends:
            kind_ = "hem" if abs(angle) == 180 else "roll" if abs(angle) > 180 else None
            parameters: dict[str, object] = {
                "inside_radius_mm": radius,
                "thickness_mm": self.thickness,
            }
            if abs(angle) <= 180:
                parameters["angle_deg"] = abs(angle)
            if with_length:
                parameters["length_mm"] = self.width
            known.append(feature("bend", kind_, **parameters))
        return tuple(known)

    def flat(self, hole_area: float) -> dict[str, object]:
        """What an unfolding should come to."""
        bends = [[abs(angle), radius] for angle, radius in self.bends]
        return {
            "thickness_mm": self.thickness,
            "legs": list(self.legs),
            "width": self.width,
            "bends": bends,
            "hole_area": hole_area,
        }


@dataclass(frozen=True)
class Cut:
    """A hole through a leg, drawn about z from below the sheet to above it."""

    cutter: cq.Shape
    area: float
    known: Feature
    place: cq.Location
    more_volume: float = 0.0


def assemble(strip: Strip, cuts: Sequence[Cut] = (), **more: object) -> Made:
    """The strip with its holes."""
    shape, volume, area = strip.shape(), strip.volume(), 0.0
    if cuts:
        shape = shape.cut(*(cut.cutter.moved(cut.place) for cut in cuts))
    for cut in cuts:
        volume -= cut.area * strip.thickness + cut.more_volume
        area += cut.area
    features = strip.bend_features() + tuple(_located(cut) for cut in cuts)
    return Made(shape, features, SHEET, volume, unfold=strip.flat(area), **more)


def _located(cut: Cut) -> Feature:
    record = dict(cut.known)
    plane = cut.place.toTuple()[0]
    top = (cut.place * cq.Location((0, 0, 1))).toTuple()[0]
    if record["type"] == "hole":
        record["axis"] = tuple(np.subtract(top, plane))
        record["origin_mm"] = plane
    return record


def round_cut(rng: np.random.Generator, strip: Strip, leg: int) -> Cut:
    """A round hole somewhere in the middle of a leg."""
    t = strip.thickness
    d = size(rng, 2.5, max(2.6, 0.4 * min(strip.legs[leg], strip.width)))
    place = strip.onto(leg, strip.legs[leg] / 2, strip.width * float(rng.uniform(0.35, 0.65)))
    known = feature("hole", "through", diameter_mm=d, depth_mm=t)
    return Cut(cylinder(d / 2, -t - 0.3, 0.3), math.pi / 4 * d**2, known, place)


def gauge(rng: np.random.Generator) -> tuple[float, float, float]:
    """Thickness, inside radius, width."""
    t = float(rng.choice(THICKNESSES_MM))
    return t, round(t * float(rng.choice([0.5, 0.8, 1.0, 1.5, 2.0])), 2), size(rng, 25, 90)


def _bent(name: str, angles: Sequence[float], *, holes: bool = True) -> None:
    def draw(rng: np.random.Generator) -> Made:
        t, r, width = gauge(rng)
        legs = [size(rng, 18, 45) for _ in range(len(angles) + 1)]
        strip = Strip(tuple(legs), tuple((a, r) for a in angles), t, width)
        cuts = [round_cut(rng, strip, leg) for leg in range(len(legs)) if rng.random() < 0.5]
        return assemble(strip, cuts if holes else ())

    named(name, draw)


_bent("sheet_angle", [90])
_bent("sheet_channel", [90, 90])
_bent("sheet_z", [90, -90])
_bent("sheet_hat", [90, -90, -90, 90])
_bent("sheet_plain_angle", [90], holes=False)


@kind
def sheet_many_angles(rng: np.random.Generator) -> Made:
    """Three to five bends of different angles and radii, zigzag so that it never meets itself."""
    t, _, width = gauge(rng)
    count = int(rng.integers(3, 6))
    side = 1.0 if rng.random() < 0.5 else -1.0
    bends = tuple(
        (side * (-1) ** i * size(rng, 20, 75), round(t * float(rng.uniform(0.6, 3)), 2))
        for i in range(count)
    )
    strip = Strip(tuple(size(rng, 15, 40) for _ in range(count + 1)), bends, t, width)
    return assemble(strip, [round_cut(rng, strip, 0)])


@kind
def sheet_acute(rng: np.random.Generator) -> Made:
    """Bent by more than 90°: the legs lean towards each other."""
    t, r, width = gauge(rng)
    bend = (size(rng, 100, 150), max(r, t))
    return assemble(Strip((size(rng, 20, 45), size(rng, 20, 45)), (bend,), t, width))


@kind
def sheet_shallow(rng: np.random.Generator) -> Made:
    """Bent by a few degrees only."""
    t, _, width = gauge(rng)
    bend = (size(rng, 8, 25), size(rng, 2 * t, 5 * t))
    strip = Strip((size(rng, 25, 50), size(rng, 25, 50)), (bend,), t, width)
    return assemble(strip, [round_cut(rng, strip, 1)])


@kind
def sheet_hem(rng: np.random.Generator) -> Made:
    """An edge folded back on itself, open by twice the inside radius."""
    t, _, width = gauge(rng)
    r = round(t * float(rng.uniform(0.3, 0.8)), 2)
    strip = Strip((size(rng, 30, 60), size(rng, 6, 14)), ((180.0, r),), t, width)
    return assemble(strip)


@kind
def sheet_hem_closed(rng: np.random.Generator) -> Made:
    """An edge folded flat on itself: hardly a gap between."""
    t, _, width = gauge(rng)
    strip = Strip((size(rng, 30, 60), size(rng, 6, 14)), ((180.0, 0.02),), t, width)
    return assemble(strip)


@kind
def sheet_hem_and_flange(rng: np.random.Generator) -> Made:
    t, r, width = gauge(rng)
    hem = (180.0, round(t * float(rng.uniform(0.3, 0.8)), 2))
    strip = Strip(
        (size(rng, 20, 40), size(rng, 30, 50), size(rng, 6, 12)),
        ((90.0, r), (hem[0], hem[1])),
        t,
        width,
    )
    return assemble(strip, [round_cut(rng, strip, 0)])


@kind
def sheet_roll(rng: np.random.Generator) -> Made:
    """A hinge eye: the end rolled by 250–300°."""
    t, _, width = gauge(rng)
    strip = Strip(
        (size(rng, 30, 60), 2.0), ((size(rng, 250, 295), size(rng, 3 * t, 5 * t)),), t, width
    )
    return assemble(strip)


@kind
def sheet_tube(rng: np.random.Generator) -> Made:
    """A tube rolled from a strip, its gap open all along."""
    t, _, width = gauge(rng)
    bend = (size(rng, 320, 352), size(rng, 6 * t, 12 * t))
    return assemble(Strip((1.0, 1.0), (bend,), t, width))


@kind
def sheet_large_radius(rng: np.random.Generator) -> Made:
    """A rolled trough: one bend whose radius is many thicknesses."""
    t, _, width = gauge(rng)
    bend = (size(rng, 60, 150), size(rng, 12 * t, 20 * t))
    return assemble(Strip((size(rng, 15, 40), size(rng, 15, 40)), (bend,), t, width))


@kind
def sheet_joggle(rng: np.random.Generator) -> Made:
    """Offset by about its own thickness: two small bends close together."""
    t, r, width = gauge(rng)
    angle = size(rng, 30, 60)
    strip = Strip(
        (size(rng, 20, 40), 1.5 * t, size(rng, 20, 40)), ((angle, r), (-angle, r)), t, width
    )
    return assemble(strip)


@kind
def sheet_coaxial_holes(rng: np.random.Generator) -> Made:
    """A channel with the same hole in both sides: two holes on one axis."""
    t, r, width = gauge(rng)
    leg = size(rng, 22, 45)
    strip = Strip((leg, size(rng, 25, 60), leg), ((90.0, r), (90.0, r)), t, width)
    d, z = size(rng, 3, 0.4 * min(leg, width)), width / 2
    known = feature("hole", "through", diameter_mm=d, depth_mm=t)
    cuts = [
        Cut(cylinder(d / 2, -t - 0.3, 0.3), math.pi / 4 * d**2, known, strip.onto(i, at, z))
        for i, at in ((0, leg / 2), (2, leg / 2))
    ]
    return assemble(strip, cuts)


def _outline_cut(rng: np.random.Generator, strip: Strip, leg: int, form: str) -> Cut:
    t = strip.thickness
    room = min(strip.legs[leg], strip.width) * 0.6
    place = strip.onto(leg, strip.legs[leg] / 2, strip.width / 2)
    low, high = -t - 0.3, 0.3
    if form == "slot":
        w = size(rng, 3, 0.4 * room)
        long = size(rng, 1.6 * w, room)
        known = feature("cutout", "slot", width_mm=w, length_mm=long)
        area = (long - w) * w + math.pi / 4 * w**2
        return Cut(obround(long, w, low, high), area, known, place)
    if form == "rectangle":
        w = size(rng, 4, 0.6 * room)
        long = size(rng, 1.2 * w, room)
        known = feature("cutout", "rectangle", width_mm=w, length_mm=long)
        cutter = box((-long / 2, -w / 2, low), (long / 2, w / 2, high))
        return Cut(cutter, long * w, known, place)
    r = size(rng, 3, room / 2)
    cutter = prism(regular(5, r), low, high)
    known = feature("cutout", "other")
    return Cut(cutter, 2.5 * r**2 * math.sin(2 * math.pi / 5), known, place)


for _form in ("slot", "rectangle", "other"):

    def _draw_cut(rng: np.random.Generator, form: str = _form) -> Made:
        t, r, width = gauge(rng)
        strip = Strip((size(rng, 25, 50), size(rng, 25, 50)), ((90.0, r),), t, width)
        return assemble(strip, [_outline_cut(rng, strip, leg, form) for leg in (0, 1)])

    named(f"sheet_cutout_{_form}", _draw_cut)


@kind
def sheet_flat(rng: np.random.Generator) -> Made:
    """A blank without bends: holes, a slot and a window."""
    t, _, _ = gauge(rng)
    strip = Strip((size(rng, 60, 120),), (), t, size(rng, 50, 90))
    cuts, long = [], strip.legs[0]
    for share, form in ((0.2, "round"), (0.5, "slot"), (0.8, "rectangle")):
        place = strip.onto(0, share * long, strip.width / 2)
        half = Strip((0.3 * long,), (), t, strip.width)
        cut = round_cut(rng, half, 0) if form == "round" else _outline_cut(rng, half, 0, form)
        cuts.append(Cut(cut.cutter, cut.area, cut.known, place))
    return assemble(strip, cuts)


@kind
def sheet_window_across_a_bend(rng: np.random.Generator) -> Made:
    """A rectangular window cut over a bend: the bend is in two pieces but one bend."""
    t, r, width = gauge(rng)
    strip = Strip((size(rng, 25, 45), size(rng, 25, 45)), ((90.0, r),), t, max(width, 40.0))
    reach, w = size(rng, 4, 10), size(rng, 0.2 * strip.width, 0.4 * strip.width)
    at, along, _ = strip.frame(0)
    end = at + along * strip.legs[0]
    z = (strip.width - w) / 2
    low = (end[0] - reach, end[1] - 1.0, z)
    high = (end[0] + r + t + 1, end[1] + t + r + reach, z + w)
    shape = strip.shape().cut(box(low, high))
    arc = math.pi / 2 * (r + t / 2)
    volume = strip.volume() - w * t * (2 * reach + arc)
    hole = w * (2 * reach + math.pi / 2 * (r + K_MIDDLE * t))
    bend = strip.bend_features(with_length=False)
    return Made(
        shape,
        bend,
        SHEET,
        volume,
        lenient=True,
        unfold=strip.flat(hole),
    )


@kind
def sheet_hole_across_a_bend(rng: np.random.Generator) -> Made:
    """A round hole bored through a bend: the bend is in two pieces but one bend."""
    t, r, width = gauge(rng)
    strip = Strip((size(rng, 25, 45), size(rng, 25, 45)), ((90.0, r),), t, max(width, 40.0))
    at, along, _ = strip.frame(0)
    end = at + along * strip.legs[0]
    turn = math.radians(45)  # half way round the bend
    middle = np.array([end[0] + (r + t / 2) * math.sin(turn), end[1] + r + t, strip.width / 2])
    middle[1] -= (r + t / 2) * math.cos(turn)
    out = np.array([math.sin(turn), -math.cos(turn), 0.0])
    radius = size(rng, 0.6 * (r + t), min(r + 2 * t, 0.3 * strip.width), 2)
    bore = cq.Solid.makeCylinder(
        radius, 20.0, cq.Vector(*(middle - 10 * out)), cq.Vector(*out.tolist())
    )
    bend = strip.bend_features(with_length=False)
    return Made(strip.shape().cut(bore), bend, SHEET, lenient=True)


@kind
def sheet_notch_at_a_bend(rng: np.random.Generator) -> Made:
    """A relief notch on each side at the bend line, as press brakes want it."""
    t, r, width = gauge(rng)
    strip = Strip((size(rng, 25, 45), size(rng, 25, 45)), ((90.0, r),), t, max(width, 40.0))
    reach, w = size(rng, 1, 3), size(rng, 2, 4)
    x = strip.legs[0]
    shape = strip.shape()
    for z in (-1.0, strip.width - w):
        shape = shape.cut(box((x - reach, -1, z), (x + r + t + 1, t + r + reach, z + w + 1)))
    arc = math.pi / 2 * (r + t / 2)
    volume = strip.volume() - 2 * w * t * (2 * reach + arc)
    hole = 2 * w * (2 * reach + math.pi / 2 * (r + K_MIDDLE * t))
    bends = tuple(
        feature(
            "bend",
            inside_radius_mm=r,
            thickness_mm=t,
            angle_deg=90.0,
            length_mm=strip.width - 2 * w,
        )
        for _ in range(1)
    )
    return Made(shape, bends, SHEET, volume, lenient=True, unfold=strip.flat(hole))


@kind
def sheet_countersunk(rng: np.random.Generator) -> Made:
    """Countersunk screw holes in a bent sheet."""
    t = float(rng.choice([2.0, 2.5, 3.0, 4.0]))
    strip = Strip((size(rng, 30, 50), size(rng, 30, 50)), ((90.0, t),), t, size(rng, 40, 80))
    cuts = []
    for leg in (0, 1):
        d = size(rng, 3, 5.5)
        deep = round(t * float(rng.uniform(0.4, 0.7)), 2)
        wide = d + 2 * deep  # 90°
        sink = cone(d / 2, wide / 2, -deep, 0).fuse(cylinder(wide / 2, 0, 0.3))
        a, b = d / 2, wide / 2
        more = math.pi / 3 * deep * (a * a + a * b + b * b) - math.pi * a * a * deep
        known = feature(
            "hole",
            "through",
            diameter_mm=d,
            depth_mm=t,
            countersink={"diameter_mm": wide, "angle_deg": 90.0},
        )
        place = strip.onto(leg, strip.legs[leg] / 2, strip.width / 2)
        cuts.append(
            Cut(cylinder(d / 2, -t - 0.3, 0).fuse(sink), math.pi * a * a, known, place, more)
        )
    return assemble(strip, cuts)


@kind
def sheet_perforated(rng: np.random.Generator) -> Made:
    """A grid of equal holes in the web of a channel."""
    t, r, _ = gauge(rng)
    rows, columns, pitch = int(rng.integers(2, 4)), int(rng.integers(3, 5)), size(rng, 9, 13)
    web, width = (rows + 0.5) * pitch, (columns + 0.5) * pitch
    strip = Strip((15.0, web, 15.0), ((90.0, r), (90.0, r)), t, width)
    d = size(rng, 3, 0.55 * pitch)
    known = feature("hole", "through", diameter_mm=d, depth_mm=t)
    cuts = [
        Cut(
            cylinder(d / 2, -t - 0.3, 0.3),
            math.pi / 4 * d**2,
            known,
            strip.onto(
                1,
                web / 2 + (i - (rows - 1) / 2) * pitch,
                width / 2 + (j - (columns - 1) / 2) * pitch,
            ),
        )
        for i in range(rows)
        for j in range(columns)
    ]
    made = assemble(strip, cuts)
    pattern = feature("pattern", "grid", count=rows * columns)
    return Made(made.shape, (*made.features, pattern), SHEET, made.volume_mm3, unfold=made.unfold)
