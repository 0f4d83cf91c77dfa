"""What do bosses and ribs do to a moulding: how thick are they, and will the far side sink?"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from geometry.processes.measurement import Measurement, number_of, worst
from geometry.processes.subject import Subject
from geometry.topology import radii_across_mm, surface_code

__all__ = ["bosses", "sinks"]

CYLINDER, TORUS, CONE = surface_code("cylinder"), surface_code("torus"), surface_code("cone")
SAME_AXIS = math.cos(math.radians(5))  # a drafted hole in a boss still runs along it


@dataclass(frozen=True)
class _Boss:
    feature: Any
    outer_mm: float
    inner_mm: float  # 0 of a solid boss
    height_mm: float

    @property
    def wall_mm(self) -> float:
        return (self.outer_mm - self.inner_mm) / 2 if self.inner_mm else self.outer_mm


def _bosses(subject: Subject) -> list[_Boss]:
    """Round bosses with the hole in them, if any."""
    found = []
    for feature in subject.features("boss"):
        outer, height = number_of(feature, "diameter_mm"), number_of(feature, "height_mm")
        if feature.kind != "round" or not (outer > 0 and height > 0):
            continue
        axis = np.asarray(feature.parameters["axis"], float)
        walls = [f for f in feature.faces if subject.faces["kind"][f] in (CYLINDER, CONE)]
        if not walls:
            continue
        foot = subject.faces["origin_mm"][max(walls, key=lambda f: subject.faces["area_mm2"][f])]
        inner = 0.0
        for hole in subject.holes:
            along = np.asarray(hole.parameters["axis"], float)
            across = np.asarray(hole.parameters["origin_mm"], float) - foot
            across = across - (across @ axis) * axis
            diameter = number_of(hole, "diameter_mm")
            if abs(along @ axis) > SAME_AXIS and np.linalg.norm(across) < outer / 4:
                inner = max(inner, diameter if diameter < outer else 0.0)
        found.append(_Boss(feature, outer, inner, height))
    return found


def bosses(subject: Subject) -> list[Measurement]:
    """Solid bosses by their diameter and hollow ones by their wall, over the wall they stand on;
    all by height over diameter.
    """
    wall = subject.wall_mm
    if not wall > 0:
        return []
    thick, walls, high = [], [], []
    for boss in _bosses(subject):
        faces, name = boss.feature.faces, boss.feature.id
        context = {"wall_mm": wall}
        if boss.inner_mm:
            walls.append(Measurement("boss_wall_ratio", boss.wall_mm / wall, faces, name, context))
        else:
            thick.append(Measurement("boss_ratio", boss.outer_mm / wall, faces, name, context))
        high.append(Measurement("boss_height_ratio", boss.height_mm / boss.outer_mm, faces, name))
    return [each for found in (thick, walls, high) for each in worst(found, largest=True)]


def sinks(subject: Subject) -> list[Measurement]:
    """Largest sphere at the foot of every rib and boss over the wall it stands on."""
    wall = subject.wall_mm
    if not wall > 0:
        return []
    feet = [
        (rib, number_of(rib, "base_thickness_mm"), number_of(rib, "height_mm"))
        for rib in subject.features("rib")
        if number_of(rib, "base_thickness_mm") > 0
    ]
    feet += [(boss.feature, boss.wall_mm, boss.height_mm) for boss in _bosses(subject)]
    return worst(
        (
            Measurement(
                "sink_ratio",
                _foot_sphere_mm(wall, thickness, _foot_radius_mm(subject, feature), high) / wall,
                feature.faces,
                feature.id,
                {"wall_mm": wall, "thickness_mm": thickness},
            )
            for feature, thickness, high in feet
        ),
        largest=True,
    )


def _foot_sphere_mm(wall_mm: float, rib_mm: float, fillet_mm: float, height_mm: float) -> float:
    """Diameter of the circle in the foot of a rib: it touches the far side of the wall and both
    fillets (or corners), (w/2 + f)² + (t + f − R)² = (R + f)² solved for R. Where the rib is so
    thick that the circle would stand in it, its own thickness or its top bounds it.
    """
    half = rib_mm / 2 + fillet_mm
    radius = (half**2 + (wall_mm + fillet_mm) ** 2 - fillet_mm**2) / (2 * (wall_mm + 2 * fillet_mm))
    circle = 2 * radius if radius < wall_mm + fillet_mm else rib_mm
    return min(circle, wall_mm + height_mm)


def _foot_radius_mm(subject: Subject, feature: Any) -> float:
    """Radius of the internal fillets beside the feature's faces; 0 where it stands sharp."""
    faces, topology = subject.faces, subject.part.topology
    around = [topology.neighbours(int(face))[1] for face in feature.faces]
    beside = np.unique(np.concatenate([*around, np.asarray(feature.faces, int)]))
    inner = beside[subject.shaping.fillets[beside] & (faces["sense"][beside] < 0)]
    tube = radii_across_mm(faces[inner])
    known = tube[np.isfinite(tube)]
    return float(np.median(known)) if len(known) else 0.0
