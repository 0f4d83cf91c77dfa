"""Sheets with flanges on every side of an odd polygon, their flats known from the drawing."""

import math
import random
from dataclasses import dataclass, field

import cadquery as cq
import numpy as np
from sheet_shapes import allowance

HOLES_MM = ((0.0, 0.0), (15.0, 10.0))
HOLE_MM = 5.0


@dataclass
class Tree:
    """A drawn sheet, its thickness, the area of its flat, and (angle, radius, length) of each
    bend.
    """

    shape: cq.Workplane
    thickness_mm: float
    area_mm2: float
    bends: list[tuple[float, float, float]] = field(default_factory=list)

    def add(self, flange: cq.Workplane, bend: tuple[float, float, float], leg_mm: float) -> None:
        """Bend a flange on."""
        angle, radius, length = bend
        self.shape = self.shape.union(flange)
        self.area_mm2 += length * (allowance(angle, radius, self.thickness_mm) + leg_mm)
        self.bends.append(bend)


def flange(
    bend: tuple[float, float, float], leg_mm: float, t: float
) -> tuple[cq.Workplane, tuple[float, float]]:
    """A flange that leaves the edge x = 0 of a sheet between z = 0 and t and rises, and where its
    outer side ends in x and z.
    """
    angle, radius, length = bend
    turn = math.radians(angle)

    def around(r: float, share: float) -> tuple[float, float]:
        return r * math.sin(share * turn), t + radius - r * math.cos(share * turn)

    along = np.array([math.cos(turn), math.sin(turn)]) * leg_mm
    inner, outer = radius, radius + t
    end_out, end_in = (tuple(np.add(around(r, 1), along)) for r in (outer, inner))
    section = (
        cq.Workplane("XZ").moveTo(*around(outer, 0))
        .threePointArc(around(outer, 0.5), around(outer, 1)).lineTo(*end_out).lineTo(*end_in)
        .lineTo(*around(inner, 1)).threePointArc(around(inner, 0.5), around(inner, 0)).close()
    )  # fmt: skip
    return section.extrude(-length), end_out


def tree(seed: int) -> Tree:
    """Four to six sides, flanges of 30 to 180° on most, further ones on some of their ends."""
    rng = random.Random(seed)
    t, sides = rng.choice([1.0, 1.5, 2.0]), rng.randint(4, 6)
    reach = rng.uniform(50, 80)
    turns = [2 * math.pi * k / sides + rng.uniform(-0.15, 0.15) for k in range(sides)]
    corners = [np.array([reach * math.cos(a), reach * math.sin(a)]) for a in turns]
    base = cq.Workplane().polyline([tuple(c) for c in corners]).close().extrude(t)
    pairs = list(zip(corners, corners[1:] + corners[:1], strict=True))
    made = Tree(base, t, sum(float(p[0] * q[1] - q[0] * p[1]) for p, q in pairs) / 2)
    for start, end in pairs:
        side = end - start
        inset = rng.uniform(6, 12)
        length = float(np.linalg.norm(side)) - 2 * inset
        if rng.random() < 0.25 or length < 20:
            continue
        angle = rng.choice([30.0, 60.0, 90.0, 110.0, 135.0, 180.0])
        bend = (angle, rng.choice([0.8, 1.0, 1.5, 2.5]) * t, length)
        leg = rng.uniform(8, 20) if angle <= 135 else rng.uniform(6, 9)
        at = start + side / np.linalg.norm(side) * inset
        heading = math.degrees(math.atan2(side[1], side[0])) - 90

        def onto(piece: cq.Workplane, at=at, heading=heading) -> cq.Workplane:
            return piece.rotate((0, 0, 0), (0, 0, 1), heading).translate((*at, 0))

        piece, tip = flange(bend, leg, t)
        made.add(onto(piece), bend, leg)
        if angle <= 90 and rng.random() < 0.5:
            second = (rng.choice([45.0, 90.0]), 1.5 * t, length - 8)
            leg = rng.uniform(6, 10)
            piece = flange(second, leg, t)[0].rotate((0, 0, 0), (0, 1, 0), -angle)
            made.add(onto(piece.translate((tip[0], 4, tip[1]))), second, leg)
    for x, y in HOLES_MM:
        made.shape = made.shape.cut(cq.Workplane().center(x, y).circle(HOLE_MM / 2).extrude(t))
        made.area_mm2 -= math.pi / 4 * HOLE_MM**2
    return made
