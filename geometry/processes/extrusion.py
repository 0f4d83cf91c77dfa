"""Could the part be cut from an extruded profile?"""

import math

from geometry.processes.holes import hole_diameters
from geometry.processes.measurement import Facts, Measurement, NotChecked, ramp
from geometry.processes.milling import _size
from geometry.processes.subject import Subject

__all__ = ["NAME", "measure"]

NAME = "extrusion"
ALUMINIUM_KG_MM3 = 2.7e-6  # weight limits of profiles are those of aluminium
LARGEST_CIRCLE_MM = 813.0  # Aluminum Extruders Council: 32 in


def measure(subject: Subject) -> Facts:
    """One section over the whole length, longer than it is wide, and not just a flat or round
    bar.
    """
    columns = subject.fields.profile
    circle = subject.profile_circle_mm
    section = columns.section_area_mm2
    section_mm = subject.thickest_mm
    perimeter = max(subject.area_mm2 - 2 * section, 0.0) / max(columns.length_mm, 1e-300)
    kg_m = section * ALUMINIUM_KG_MM3 * 1000
    slender = subject.profile_slenderness
    return Facts(
        process=NAME,
        metrics={
            "direction": columns.direction,
            "constant_share": columns.profile_share,
            "circumscribing_circle_mm": circle,
            "min_wall_mm": subject.thin_wall_mm,
            "shape_factor": perimeter / kg_m if kg_m > 0 else math.nan,
        },
        measurements=tuple(
            m
            for m in (
                Measurement("circumscribing_circle_mm", circle),
                Measurement("mass_per_metre", kg_m),
                Measurement("length_mm", columns.length_mm),
                Measurement("section_mm", section_mm, (), None, {"wall_mm": subject.wall_mm}),
                *subject.walls,
                *subject.sharp_inner,
                *hole_diameters(subject),
            )
            if math.isfinite(m.value)
        ),
        fit={
            "constant_section": ramp(columns.profile_share, 0.7, 0.93),
            "long": ramp(slender, 1.2, 4.0),
            "shaped_section": ramp(subject.section_fill, 0.97, 0.6),
            "not_sheet": 1 - subject.sheet_share * ramp(subject.sheet_slenderness, 4, 10),
            "not_turned": 1 - subject.turned * (1 - subject.tube_stock),
        },
        gates={
            "constant_section": columns.profile_share > 0.3,
            "circle": circle <= LARGEST_CIRCLE_MM,
        },
        not_checked=(
            NotChecked("tongue_ratio", "not_modelled"),
            NotChecked("tolerances", "needs_drawing"),
        ),
        size=_size(subject),
    )
