"""Could the part be injection moulded?"""

import math

import numpy as np

from geometry.processes.actions import described
from geometry.processes.casting import (
    few_actions,
    general_measurements,
    mould_fit,
    mould_metrics,
    undercut_measurements,
    unjudged_wall,
)
from geometry.processes.grades import grade, grades
from geometry.processes.measurement import Facts, NotChecked
from geometry.processes.milling import _size
from geometry.processes.plastic import bosses, sinks
from geometry.processes.subject import Subject

__all__ = ["NAME", "measure"]

NAME = "moulding"
DRAFT_DEG = 0.5  # below it the rule `draft` of moulding.toml fails


def measure(subject: Subject) -> Facts:
    """Thin even walls that a mould releases."""
    metrics = mould_metrics(subject, DRAFT_DEG, np.ones(len(subject.faces), bool))
    spread = subject.section_spread
    unknown = subject.drawn_solid
    fit = mould_fit(subject, NAME, len(subject.undercuts), unknown)
    fit["size"] = grade("moulding.size", float(subject.box_mm[0]))
    fit["few_actions"] = few_actions(subject.actions, NAME)
    fit["no_cutter_marks"] = 1 - subject.cutter_marks
    # blown and rotated walls are thin and even: the doubt of one that is not drawn counts once
    fit["thin_throughout"] = max(subject.moulded_wall, unknown)
    fit["even_wall"] = max(grade("even_wall.moulding", subject.even_wall_share), unknown)
    return Facts(
        process=NAME,
        metrics={
            "pull_direction": metrics["pull_direction"],
            "parting": metrics["parting"],
            "undercuts": len(subject.actions),
            "actions": described(subject.actions, {}),
            "undercut_area_mm2": sum(area for _, area in subject.undercuts),
            "draft_ok_share": metrics["draft_ok_share"],
            **subject.short_drafts(DRAFT_DEG, subject.drilled_faces),
            "nominal_wall_mm": subject.wall_mm,
            "wall_variation": spread if math.isfinite(spread) else None,
            "max_section_mm": metrics["max_section_mm"],
            "projected_area_mm2": metrics["projected_area_mm2"],
        },
        measurements=(
            *subject.walls,
            *subject.drafts_without(subject.drilled_faces),
            *(() if subject.meant_hollow else subject.inner_radii),  # asked by the wall
            *undercut_measurements(subject.undercuts, subject.actions, subject.voids),
            *general_measurements(subject),
            *bosses(subject),
            *sinks(subject),
        ),
        fit=fit,
        gates={"size": bool(subject.box_mm[0] <= grades()["moulding.size"].zero)},
        not_checked=(
            NotChecked("tolerances", "needs_drawing"),
            NotChecked("flow", "not_modelled"),
            *unjudged_wall(subject),
        ),
        size={
            **_size(subject),
            "projected_area_mm2": float(metrics["projected_area_mm2"]),
            "wall_mm": subject.wall_mm,
        },
    )
