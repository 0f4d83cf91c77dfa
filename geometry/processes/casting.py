"""What do all castings ask of a part: pull, cores, draft, walls, hot spots, feeders?"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from geometry.processes.actions import LOCKED, SLIDE, Action, described
from geometry.processes.grades import grade, grades
from geometry.processes.measurement import Facts, Measurement, NotChecked, worst
from geometry.processes.milling import _size
from geometry.processes.subject import Subject
from geometry.shells import Void

__all__ = [
    "UNKNOWN_WALL",
    "Casting",
    "few_actions",
    "general_measurements",
    "intricate",
    "machined_features",
    "measure_casting",
    "mould_fit",
    "mould_metrics",
    "undercut_measurements",
    "unjudged_wall",
]


UNKNOWN_WALL = 0.5  # of a body that is drawn solid: neither for a process nor against it; ours


@dataclass(frozen=True)
class Casting:
    """What tells one casting process from the next; limits stand in its rules."""

    name: str
    draft_deg: float  # draft that the process asks for
    even: float  # how much an even wall matters, 0…1
    fed: bool = True  # whether feeders make up for shrinkage; pressure does in die casting
    # what stands in for a slide, a lifter and what neither releases, where it is not called so
    actions: Mapping[str, str] = field(default_factory=dict)
    drills: bool = False  # whether small parallel holes are drilled rather than cored
    one_core_each: bool = False  # cores of sand take any shape: one for each undercut


def measure_casting(subject: Subject, kind: Casting) -> Facts:
    """Facts of one casting process."""
    metrics = mould_metrics(subject, kind.draft_deg, subject.raw_walls)
    cored = subject.cored_envelope
    fit = mould_fit(subject, kind.name, len(subject.raw_undercuts), cored)
    fit["releases"] *= 1 - (subject.drawn_solid - cored)  # no core gets out of a closed body
    fit["size"] = grade(f"{kind.name}.size", float(subject.box_mm[0]))
    if f"{kind.name}.least" in grades():
        fit["size"] *= grade(f"{kind.name}.least", subject.volume_mm3)
    forged = grade("casting.steep", subject.draft_median_deg) * subject.die_walls
    fit["foundry_draft"] = 1 - forged * subject.solid_section
    fit["metal_wall"] = 1 - subject.moulded_wall
    fit["even_wall"] = 1 - kind.even * (1 - grade("even_wall.casting", subject.even_wall_share))
    actions = _sand_cores(subject) if kind.one_core_each else subject.raw_actions
    metrics.update(
        cores=len(actions),
        actions=described(actions, kind.actions),
        undercut_area_mm2=subject.raw_undercut_mm2,
        min_wall_mm=subject.raw_thin_wall_mm,
        hot_spots=hot_spots(subject),
        modulus_mm=subject.volume_mm3 / subject.area_mm2,
        hot_modulus_mm=subject.hot_modulus_mm,
        box_mm=subject.box_mm,
        machined_features=machined_features(subject, kind.drills),
    )
    if not kind.fed:
        fit["few_actions"] = few_actions(subject.raw_actions, kind.name)
    if kind.fed:
        metrics["feeders"] = feeders(subject)
    metrics.update(subject.short_drafts(kind.draft_deg, ~subject.raw_walls))
    last = subject.hot_spots[0].faces if subject.hot_spots else ()
    fed = [Measurement("modulus_ratio", subject.modulus_ratio, last)] if kind.fed else []
    return Facts(
        process=kind.name,
        metrics=metrics,
        measurements=tuple(
            m
            for m in (*raw_measurements(subject), *general_measurements(subject), *fed)
            if math.isfinite(m.value)
        ),
        fit=fit,
        gates={"size": bool(subject.box_mm[0] <= grades()[f"{kind.name}.size"].zero)},
        not_checked=(
            NotChecked("close_tolerances", "needs_drawing"),
            NotChecked("filling", "not_modelled"),
            *unjudged_wall(subject),
            *((NotChecked("feeding_distance", "not_modelled"),) if kind.fed else ()),
        ),
        size={
            **_size(subject),
            "projected_area_mm2": float(metrics["projected_area_mm2"]),
            "wall_mm": subject.wall_mm,
            "hot_modulus_mm": subject.hot_modulus_mm,
        },
    )


def _sand_cores(subject: Subject) -> list[Action]:
    """One core for each undercut, laid in along the slide or lifter that would release it."""
    found = []
    for faces, area in subject.raw_undercuts:
        way = next((a for a in subject.raw_actions if set(a.faces) & set(faces)), None)
        direction = None if way is None else way.direction
        travel = math.nan if way is None else way.travel_mm
        found.append(Action("core", direction, travel, faces, area))
    return found


def few_actions(actions: Sequence[Action], process: str) -> float:
    """Whether a steel mould has sides enough for its slides and what neither slide nor lifter
    releases; lifters stand inside.
    """
    outside = sum(action.kind in (SLIDE, LOCKED) for action in actions)
    return grade(f"{process}.actions", outside)


def intricate(subject: Subject) -> float:
    """Cores, or walls without draft: shapes that a melted pattern and a broken shell still give.

    Walls without draft tell one casting from another; of what bears no trace of any they say that
    it was cut.
    """
    pull = subject.fields.pull
    return max(
        grade("intricate.cores", len(subject.raw_undercuts)),
        grade("intricate.traces", subject.mould_traces)
        * grade("intricate.undrafted", pull.undrafted_share / max(pull.wall_share, 1e-9)),
    )


def mould_metrics(subject: Subject, draft_deg: float, formed: np.ndarray) -> dict[str, Any]:
    """Metrics of everything that is made in two halves; formed: faces (f,) bool that they form."""
    fields, pull = subject.fields, subject.fields.pull
    samples = fields.samples
    walls = (pull.draft_deg < draft_deg - 0.05) & ~pull.hidden & formed[samples.face]
    section = fields.columns(pull.direction)
    return {
        "pull_direction": pull.direction,
        "parting": parting(subject),
        "draft_ok_share": 1 - samples.share(walls),
        "min_wall_mm": subject.thin_wall_mm,
        "max_section_mm": subject.fields.thickest_section_mm,
        "projected_area_mm2": section.projected_area_mm2,
    }


def parting(subject: Subject) -> dict[str, Any]:
    """The plane at which the halves part, and the line around the part where they meet."""
    found = subject.fields.parting
    plane = {"normal": subject.fields.pull.direction, "offset_mm": found.height_mm}
    if not len(found.line_mm):
        return plane
    return {
        **plane,
        "flat": found.flat,
        "step_mm": found.step_mm,
        "shut_offs": found.shut_offs,
        "points_mm": found.line_mm,
        **({"branches_mm": list(found.branches_mm)} if found.branches_mm else {}),
    }


def unjudged_wall(subject: Subject) -> tuple[NotChecked, ...]:
    """What is not known of a part that is drawn solid and is meant hollow."""
    return (NotChecked("wall", "drawn_solid"),) if subject.drawn_solid > 0 else ()


def mould_fit(
    subject: Subject,
    process: str,
    cores: int,
    unknown: float,
) -> dict[str, float]:
    """Terms that castings and mouldings share; unknown: how much nobody knows the wall, as the body
    is drawn solid and the process may make it hollow.
    """
    section = subject.usual_section_mm
    wall = grade(f"{process}.thin_wall", section) * grade(f"{process}.thick_wall", section)
    return {
        "wall": max(wall, UNKNOWN_WALL * unknown),
        "as_cast": subject.mould_traces,
        "releases": grade(f"{process}.cores", cores),
        "hollow": grade("hollow.empty", 1 - subject.block_share),
        "no_simpler_stock": 1 - subject.cast_stock,
    }


def hot_spots(subject: Subject) -> list[dict[str, Any]]:
    """Largest inscribed spheres that do not overlap, largest first, with their moduli."""
    return [
        {"centre_mm": s.centre_mm, "radius_mm": s.radius_mm, "modulus_mm": s.modulus_mm}
        for s in subject.hot_spots
    ]


def feeders(subject: Subject) -> list[dict[str, Any]]:
    """Proposed cylindrical feeders: where they are joined, their size, the hot spot they feed."""
    return [
        {
            "place_mm": f.place_mm,
            "diameter_mm": f.diameter_mm,
            "height_mm": f.diameter_mm,
            "hot_spot": f.hot_spot,
        }
        for f in subject.feeders
    ]


def raw_measurements(subject: Subject) -> list[Measurement]:
    """What limits of castings compare of the raw part: walls, drafts, inner edges, undercuts, and
    the seats that are cut to size.
    """
    return [
        *subject.raw_sections,
        *subject.raw_drafts,
        *subject.seats,
        *subject.raw_inner_radii,
        *undercut_measurements(subject.raw_undercuts, subject.raw_actions, subject.voids),
    ]


def machined_features(subject: Subject, drills: bool) -> list[str]:
    """Ids of what the raw part leaves to the cutter; drills: whether small holes are drilled rather
    than cored where the pull shows them.
    """
    held = {f for faces, _ in subject.undercuts for f in faces}
    drilled = [hole for hole in subject.drilled if drills or held.intersection(hole.faces)]
    return [feature.id for feature in (*subject.bored, *subject.ring_cuts, *drilled)]


def general_measurements(subject: Subject) -> list[Measurement]:
    """Sections, holes and ribs: what limits of castings and mouldings compare alike."""
    ratio = subject.section_ratio
    wall = {"wall_mm": subject.wall_mm}
    sections = (
        Measurement("section_mm", subject.thickest_mm, subject.thickest_faces, None, wall),
        Measurement("section_ratio", ratio, subject.thickest_faces, None, wall),
    )
    found = [
        *(() if subject.meant_hollow else sections),
        *subject.hole_diameters,
        *subject.hole_depths_mm,
        *subject.hole_depth_ratios,
        *ribs(subject),
    ]
    return [m for m in found if math.isfinite(m.value)]


def undercut_measurements(
    undercuts: Sequence[tuple[tuple[int, ...], float]],
    actions: Sequence[Action],
    voids: Sequence[Void],
) -> list[Measurement]:
    """Area of every undercut, and of those that neither slide nor lifter releases; volume of what
    is closed on all sides, which is no undercut: no core gets out.
    """
    closed = {face for void in voids for face in void.faces}
    return [
        *worst(
            (Measurement("closed_void_mm3", void.volume_mm3, void.faces) for void in voids),
            largest=True,
        ),
        *worst(
            (
                Measurement("undercut_mm2", area, faces)
                for faces, area in undercuts
                if not closed.issuperset(faces)
            ),
            largest=True,
        ),
        *worst(
            (
                Measurement("locked_undercut_mm2", action.area_mm2, action.faces)
                for action in actions
                if action.kind == LOCKED and not closed.issuperset(action.faces)
            ),
            largest=True,
        ),
    ]


def ribs(subject: Subject) -> list[Measurement]:
    """Thickness and height of recognised ribs against the wall."""
    found = []
    for rib in subject.features("rib"):
        thickness = float(rib.parameters.get("thickness_mm", math.nan))
        height = float(rib.parameters.get("height_mm", math.nan))
        if thickness > 0 and subject.wall_mm > 0:
            wall = {"wall_mm": subject.wall_mm}
            found.append(
                Measurement("rib_ratio", thickness / subject.wall_mm, rib.faces, rib.id, wall)
            )
            context = {"thickness_mm": thickness}
            found.append(
                Measurement("rib_height_ratio", height / thickness, rib.faces, rib.id, context)
            )
    return found
