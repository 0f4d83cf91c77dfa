"""How is a bent sheet drawn so that thickness and inside radius are exact?"""

from __future__ import annotations

import math
from collections.abc import Sequence

import cadquery as cq
import numpy as np


def bent_section(
    legs_mm: Sequence[float], bends: Sequence[tuple[float, float]], thickness_mm: float
) -> cq.Wire:
    """Closed section of a strip in the x-y plane.

    legs_mm: the flat lengths between bends (n + 1); bends: (angle in degrees, inside radius), a
    positive angle turns left. The strip starts at the origin along +x with its right side on y = 0.
    """
    right, left = [], []  # (kind, points) along each side
    at, heading = np.zeros(2), 0.0
    for leg_mm, bend in zip(legs_mm, [*bends, None], strict=True):
        along, across = _frame(heading)
        if leg_mm > 0:
            right.append([at, at + leg_mm * along])
            left.append([at + thickness_mm * across, at + leg_mm * along + thickness_mm * across])
        at = at + leg_mm * along
        if bend is None:
            continue
        angle_deg, inside_mm = bend
        side = math.copysign(1.0, angle_deg)
        centre = at + across * (inside_mm + thickness_mm if side > 0 else -inside_mm)
        turn = math.radians(angle_deg)
        right.append([_around(centre, at, turn * part) for part in (0, 0.5, 1)])
        other = at + thickness_mm * across
        left.append([_around(centre, other, turn * part) for part in (0, 0.5, 1)])
        at, heading = right[-1][-1], heading + turn
    pieces = [*right, [right[-1][-1], left[-1][-1]]]
    pieces += [side_points[::-1] for side_points in reversed(left)]
    pieces.append([left[0][0], right[0][0]])
    return cq.Wire.assembleEdges([_edge(points) for points in pieces])


def bent_strip(
    legs_mm: Sequence[float],
    bends: Sequence[tuple[float, float]],
    thickness_mm: float,
    width_mm: float,
) -> cq.Solid:
    """The section of `bent_section` drawn along +z from 0 to its width."""
    section = bent_section(legs_mm, bends, thickness_mm)
    return cq.Solid.extrudeLinear(section, [], cq.Vector(0, 0, width_mm))


def strip_volume_mm3(
    legs_mm: Sequence[float],
    bends: Sequence[tuple[float, float]],
    thickness_mm: float,
    width_mm: float,
) -> float:
    """Volume of `bent_strip` by Pappus: legs at their length, bends at their middle line."""
    middle = sum(math.radians(abs(a)) * (r + thickness_mm / 2) for a, r in bends)
    return (sum(legs_mm) + middle) * thickness_mm * width_mm


def _frame(heading: float) -> tuple[np.ndarray, np.ndarray]:
    along = np.array([math.cos(heading), math.sin(heading)])
    return along, np.array([-along[1], along[0]])


def _around(centre: np.ndarray, point: np.ndarray, turn: float) -> np.ndarray:
    cos, sin = math.cos(turn), math.sin(turn)
    return centre + np.array([[cos, -sin], [sin, cos]]) @ (point - centre)


def _edge(points: Sequence[np.ndarray]) -> cq.Edge:
    vectors = [cq.Vector(float(x), float(y), 0.0) for x, y in points]
    return cq.Edge.makeLine(*vectors) if len(vectors) == 2 else cq.Edge.makeThreePointArc(*vectors)
