"""What cuts a feature into a block: cutters with their volume and truth, and where they may go."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import cadquery as cq
import numpy as np

from generator.made import Feature, Made, moved_feature

OVER_MM = 1.0  # cutters stick out of the material by this much, so that no faces coincide
MARGIN_MM = 2.5  # material left between a feature and its neighbour or the side
UP = (0.0, 0.0, 1.0)
MILLED = ("milling",)


@dataclass(frozen=True)
class Room:
    """Free space for a feature: a footprint and the material below it."""

    length_mm: float
    width_mm: float
    depth_mm: float

    @property
    def radius_mm(self) -> float:
        """Largest circle that fits the footprint."""
        return min(self.length_mm, self.width_mm) / 2


@dataclass(frozen=True)
class Tool:
    """A cutter that enters through z = 0 downward, what it removes and what that is called."""

    cutter: cq.Shape
    volume_mm3: float
    features: tuple[Feature, ...]


Shaper = Callable[[np.random.Generator, Room], Tool]


def size(rng: np.random.Generator, low: float, high: float, digits: int = 1) -> float:
    """A random dimension, rounded as a designer would."""
    return round(float(rng.uniform(low, max(low, high))), digits)


def cylinder(radius: float, low: float, high: float, x: float = 0.0, y: float = 0.0) -> cq.Shape:
    """A cylinder along z between two heights."""
    return cq.Solid.makeCylinder(radius, high - low, cq.Vector(x, y, low), cq.Vector(0, 0, 1))


def cone(bottom: float, top: float, low: float, high: float) -> cq.Shape:
    """A cone along z from one radius to the other."""
    return cq.Solid.makeCone(bottom, top, high - low, cq.Vector(0, 0, low), cq.Vector(0, 0, 1))


def box(low: Sequence[float], high: Sequence[float]) -> cq.Shape:
    """An axis-parallel box between two corners."""
    return cq.Solid.makeBox(*(b - a for a, b in zip(low, high, strict=True)), cq.Vector(*low))


def prism(
    points: Sequence[tuple[float, float]], low: float, high: float, rounding: float = 0.0
) -> cq.Shape:
    """A polygon drawn along z, its upright edges rounded."""
    solid = cq.Workplane("XY", origin=(0, 0, low)).polyline(list(points)).close()
    solid = solid.extrude(high - low)
    return (solid.edges("|Z").fillet(rounding) if rounding else solid).val()


def profile_along_y(points: Sequence[tuple[float, float]], low: float, high: float) -> cq.Shape:
    """A polygon of (x, z) points drawn along y between two positions."""
    plane = cq.Workplane(cq.Plane(origin=(0, low, 0), xDir=(1, 0, 0), normal=(0, -1, 0)))
    return plane.polyline(list(points)).close().extrude(-(high - low)).val()


def obround(length: float, width: float, low: float, high: float) -> cq.Shape:
    """A slot with round ends along x."""
    plane = cq.Workplane("XY", origin=(0, 0, low))
    return plane.slot2D(length, width).extrude(high - low).val()


def polygon_area(points: Sequence[tuple[float, float]], rounding: float = 0.0) -> float:
    """Area of a convex or mixed polygon by the shoelace formula, less what rounding takes."""
    p = np.asarray(points, float)
    q = np.roll(p, -1, axis=0)
    area = abs(float(np.sum(p[:, 0] * q[:, 1] - q[:, 0] * p[:, 1]))) / 2
    if not rounding:
        return area
    incoming, outgoing = p - np.roll(p, 1, axis=0), q - p
    turn = np.arctan2(
        incoming[:, 0] * outgoing[:, 1] - incoming[:, 1] * outgoing[:, 0],
        np.sum(incoming * outgoing, axis=1),
    )
    turn = turn * np.sign(np.sum(turn))
    taken = np.sign(turn) * (np.tan(np.abs(turn) / 2) - np.abs(turn) / 2)
    return area - rounding**2 * float(np.sum(taken))


def crossing_volume(big: float, small: float) -> float:
    """Volume that two cylinders share whose axes meet at 90°, by Simpson's rule in the angle."""
    angle = np.linspace(0.0, math.pi / 2, 2001)
    x = small * np.sin(angle)
    # ∫ 4·sqrt(R²−x²)·sqrt(r²−x²) dx over −r…r with x = r·sin: smooth in the angle
    y = 8 * np.sqrt(big**2 - x**2) * (small * np.cos(angle)) ** 2
    weight = np.ones(len(angle))
    weight[1:-1:2], weight[2:-1:2] = 4.0, 2.0
    return float(np.sum(weight * y)) * (angle[1] - angle[0]) / 3


def regular(sides: int, radius: float, turn: float = 0.0) -> list[tuple[float, float]]:
    """Corners of a regular polygon."""
    angles = [turn + 2 * math.pi * i / sides for i in range(sides)]
    return [(radius * math.cos(a), radius * math.sin(a)) for a in angles]


def turned_about_z(tool: Tool, angle: float) -> Tool:
    """The tool turned about its own axis (radians)."""
    return placed(tool, 0.0, 0.0, angle)


def placed(tool: Tool, x: float, y: float, angle: float = 0.0) -> Tool:
    """The tool at a place on the top face."""
    cos, sin = math.cos(angle), math.sin(angle)
    turn = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]])
    where = cq.Location((x, y, 0), (0, 0, 1), math.degrees(angle))
    return replace(
        tool,
        cutter=tool.cutter.moved(where),
        features=tuple(moved_feature(one, turn, np.array([x, y, 0.0])) for one in tool.features),
    )


@dataclass(frozen=True)
class Block:
    """A rectangular block below z = 0, centred on the z axis."""

    length_mm: float
    width_mm: float
    height_mm: float

    @property
    def volume_mm3(self) -> float:
        """Product of the three sizes."""
        return self.length_mm * self.width_mm * self.height_mm

    def shape(self) -> cq.Shape:
        """The block as a solid."""
        half = (self.length_mm / 2, self.width_mm / 2)
        return box((-half[0], -half[1], -self.height_mm), (*half, 0.0))


def block(rng: np.random.Generator, *, height: tuple[float, float] = (15, 45)) -> Block:
    """A block that could be milled from bar, and is too thick for sheet."""
    length = size(rng, 50, 140)
    return Block(length, size(rng, 40, min(110, length)), size(rng, *height))


def carve(
    base: cq.Shape,
    volume_mm3: float,
    tools: Sequence[Tool],
    *,
    process: tuple[str, ...] = MILLED,
    lenient: bool = False,
    more: Sequence[Feature] = (),
) -> Made:
    """The base less the tools, which must not overlap."""
    shape = base.cut(*(tool.cutter for tool in tools)) if tools else base
    features = tuple(one for tool in tools for one in tool.features) + tuple(more)
    left = volume_mm3 - sum(tool.volume_mm3 for tool in tools)
    return Made(shape, features, process, left, lenient)


def on_block(
    shaper: Shaper,
    *,
    count: tuple[int, int] = (1, 3),
    turn: bool = False,
    height: tuple[float, float] = (15, 45),
    through: bool = False,
) -> Callable[[np.random.Generator], Made]:
    """A kind of part: a block with one to three features side by side on its top.

    turn: the tool fits its room however it is turned. through: the section may be constant, so the
    part could be cut from a profile as well.
    """

    def draw(rng: np.random.Generator) -> Made:
        stock = block(rng, height=height)
        columns = int(rng.integers(count[0], count[1] + 1))
        pitch = stock.length_mm / columns
        room = Room(pitch - 2 * MARGIN_MM, stock.width_mm - 2 * MARGIN_MM, stock.height_mm)
        tools = []
        for column in range(columns):
            tool = shaper(rng, room)
            angle = float(rng.uniform(0, 2 * math.pi)) if turn else 0.0
            tools.append(placed(tool, -stock.length_mm / 2 + (column + 0.5) * pitch, 0.0, angle))
        process = ("milling", "extrusion") if through else MILLED
        return carve(stock.shape(), stock.volume_mm3, tools, process=process)

    return draw
