"""Could the part be turned, from which bar, and what is off its axis?"""

import numpy as np

from geometry.processes.grades import grade, held_size
from geometry.processes.holes import drilled
from geometry.processes.measurement import Facts, Measurement, NotChecked
from geometry.processes.milled import beyond_tools
from geometry.processes.milling import _size
from geometry.processes.slender import turned_corners
from geometry.processes.subject import Subject
from geometry.processes.turned import bar_reaches, chuck, turned_cuts
from geometry.vectors import about_axis

__all__ = ["NAME", "measure"]

NAME = "turning"
OFF_AXIS = 0.005  # share of the area off the axis that needs driven tools
# how much less a round outside says of a lathe where the inside is not drawn: ours
INSIDE_UNKNOWN = 0.5


def measure(subject: Subject) -> Facts:
    """The axis that most of the surface follows, and what does not follow it."""
    axis, revolution = subject.turning_axis, subject.fields.revolution
    if axis is None or revolution is None:
        return Facts(
            NAME,
            {},
            (),
            dict.fromkeys(("turned_body", "coaxial", "round_outside", "sturdy", "bar_size"), 0.0)
            | {"not_tube": 1.0, "not_drawn": 1.0, "from_bar": 1.0, "size": 1.0},
            {"has_axis": False},
            (),
            _size(subject),
        )
    points = subject.part.mesh.vertices_mm
    offset = points - axis.origin_mm
    height, radius = about_axis(offset, axis.axis)
    length = float(np.ptp(height))
    diameter = 2 * float(radius.max())
    ratio = length / max(diameter, 1e-300)
    held = chuck(subject, diameter, length)
    cuts, uncut = beyond_tools(turned_cuts(subject, held))
    sides = axis.turned_share + max(subject.round_bar_share - axis.outer_share, 0.0)
    off_axis = max(1 - sides, 0.0)
    off_faces = tuple(np.flatnonzero(~axis.faces).tolist())
    grooves = [
        Measurement(
            "groove_width_mm",
            float(g.parameters.get("width_mm", np.nan)),
            g.faces,
            g.id,
            {"depth_mm": float(g.parameters.get("depth_mm", np.nan))},
        )
        for g in subject.features("groove")
    ]
    machine_size = held_size("turning", length, diameter)
    return Facts(
        process=NAME,
        metrics={
            "axis": axis.axis,
            "turned_share": axis.turned_share,
            "bar_diameter_mm": held.bar_mm,
            "bar_length_mm": held.bar_length_mm,
            "length_mm": length,
            "length_to_diameter": ratio,
            "live_tooling": bool(off_axis > OFF_AXIS),
            "clampings": held.sides,
            "support": held.support,
        },
        measurements=(
            Measurement("length_to_diameter", ratio),
            Measurement("off_axis_share", off_axis, off_faces if off_axis > OFF_AXIS else ()),
            *subject.walls,
            *grooves,
            *subject.hole_depth_ratios,
            *subject.hole_diameters,
            *turned_corners(subject),
            *bar_reaches(cuts),
            *uncut,
            *[m for m in drilled(subject) if m.quantity == "flat_bottom_mm"],
        ),
        fit={
            "turned_body": subject.turned_body * (1 - INSIDE_UNKNOWN * subject.drawn_solid),
            "coaxial": grade("turning.coaxial", sides),
            "round_outside": grade("turning.outside", subject.round_bar_share),
            "sturdy": subject.sturdy,
            "not_tube": 1 - subject.tube_stock,
            "not_drawn": 1 - subject.drawn_shell,
            "from_bar": 1 - max(subject.shaped_blank, subject.drawn_solid),
            "bar_size": grade("turning.bar_size", diameter),
            "size": machine_size,
        },
        gates={
            "has_axis": subject.turned_body > 0.02,
            "size": machine_size > 0,
        },
        not_checked=(NotChecked("tolerances", "needs_drawing"),),
        size=_size(subject),
        cuts=tuple(cut.to_dict() for cut in cuts),
    )
