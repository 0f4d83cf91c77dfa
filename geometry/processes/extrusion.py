"""Could the part be cut from an extruded profile?"""

import math

import numpy as np

from geometry.processes.grades import grade, held_size
from geometry.processes.measurement import Facts, Measurement, NotChecked
from geometry.processes.milling import _size
from geometry.processes.subject import Subject

__all__ = ["NAME", "measure"]

NAME = "extrusion"
ALUMINIUM_KG_MM3 = 2.7e-6  # weight limits of profiles are those of aluminium
ALONG_RUN = math.cos(math.radians(1.0))  # the profile has holes so near to its run itself
LARGEST_CIRCLE_MM = 813.0  # Aluminum Extruders Council: 32 in


def measure(subject: Subject) -> Facts:
    """One section over the whole length, longer than it is wide, and not just a flat or round
    bar.
    """
    columns = subject.fields.profile
    section = subject.profile_section
    circle = subject.profile_circle_mm if section is None else section.circle_mm
    area = columns.section_area_mm2 if section is None else section.area_mm2
    kg_m = area * ALUMINIUM_KG_MM3 * 1000
    slender = subject.profile_slenderness
    perimeter = max(subject.area_mm2 - 2 * area, 0.0) / max(columns.length_mm, 1e-300)
    measured: dict[str, float | str | bool] = {
        "shape_factor": perimeter / kg_m if kg_m > 0 else math.nan
    }
    if section is not None:
        measured = {
            "shape_factor": section.perimeter_mm / kg_m,
            "section_area_mm2": section.area_mm2,
            "perimeter_mm": section.perimeter_mm,
            "hollow_class": section.hollow_class,
            "plain_bar": subject.is_plain_bar,
            "voids": section.voids,
            "tongue_ratio": section.tongue_ratio,
            "tongue_gap_mm": section.tongue_gap_mm,
            "tongue_depth_mm": section.tongue_depth_mm,
        }
    walls = _profile_walls(subject, columns.direction)
    tongues = [] if section is None else [Measurement("tongue_ratio", section.tongue_ratio)]
    machine_size = held_size("extrusion", columns.length_mm)
    return Facts(
        process=NAME,
        metrics={
            "direction": columns.direction,
            "constant_share": columns.profile_share,
            "circumscribing_circle_mm": circle,
            "min_wall_mm": min([wall.value for wall in walls], default=subject.thin_wall_mm),
            "length_mm": columns.length_mm,
            "kg_per_m": kg_m,
            **measured,
        },
        measurements=tuple(
            m
            for m in (
                Measurement("circumscribing_circle_mm", circle),
                Measurement("mass_per_metre", kg_m),
                Measurement("length_mm", columns.length_mm),
                *tongues,
                *walls,
                *subject.sharp_inner,
            )
            if math.isfinite(m.value)
        ),
        fit={
            "constant_section": grade("extrusion.section", columns.profile_share)
            * subject.cut_to_length,
            "long": max(grade("extrusion.long", slender), subject.section_piece, subject.sawn_bar),
            "shaped_section": max(subject.shaped_section, subject.sawn_bar),
            "not_sheet": 1 - subject.thin_sheet * (1 - subject.flat_bar),
            "not_turned": 1 - subject.turned * (1 - subject.tube_stock),
            "size": machine_size,
        },
        gates={
            "size": machine_size > 0,
            "constant_section": columns.profile_share > 0.3,
            "circle": circle <= LARGEST_CIRCLE_MM,
        },
        not_checked=(
            *(() if section is not None else (NotChecked("tongue_ratio", "no_section"),)),
            NotChecked("tolerances", "needs_drawing"),
        ),
        size=_size(subject),
    )


def _profile_walls(subject: Subject, run: np.ndarray) -> list[Measurement]:
    """Walls, thinnest first, without what stands beside holes across the run: those are drilled
    into the profile, and the die knows nothing of them.
    """
    across = [
        hole
        for hole in subject.holes
        if abs(np.asarray(hole.parameters["axis"], float) @ run) < ALONG_RUN
    ]
    cut = {face for hole in across for face in hole.faces}
    return [wall for wall in subject.walls if not cut.intersection(wall.faces)]
