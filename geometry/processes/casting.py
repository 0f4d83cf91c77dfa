"""What do all castings ask of a part: pull, cores, draft, walls, hot spots?"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from geometry.fields.pull import undercut_groups
from geometry.processes.holes import hole_depths, hole_diameters
from geometry.processes.measurement import Facts, Measurement, NotChecked, ramp, worst
from geometry.processes.milling import _size
from geometry.processes.subject import Subject

__all__ = [
    "Casting",
    "as_cast",
    "intricate",
    "measure_casting",
    "mould_fit",
    "mould_metrics",
    "undercuts",
]

LEAST_CORE_SHARE = 0.002  # of the area: smaller undercuts are machined or forgotten
HOT_SPOTS = 5
SPARE = 0.5  # spheres whose centres are nearer than this share of their radius are one hot spot


@dataclass(frozen=True)
class Casting:
    """What tells one casting process from the next; limits stand in its rules."""

    name: str
    wall_mm: tuple[
        float, float, float, float
    ]  # too thin, thin, thick, too thick for the ordinary wall
    size_mm: tuple[float, float]  # longest side: usual, largest
    cores: tuple[int, int]  # cores or slides: usual, most
    draft_deg: float  # draft that the process asks for
    even: float  # how much an even wall matters, 0…1


def measure_casting(subject: Subject, kind: Casting) -> Facts:
    """Facts of one casting process."""
    pull = subject.fields.pull
    groups = undercuts(subject)
    metrics = mould_metrics(subject, kind.draft_deg)
    fit = mould_fit(subject, kind.wall_mm, len(groups), kind.cores)
    fit["size"] = ramp(float(subject.box_mm[0]), kind.size_mm[1], kind.size_mm[0])
    fit["metal_wall"] = 1 - subject.thin_throughout
    fit["even_wall"] = 1 - kind.even * (1 - ramp(subject.even_wall_share, 0.2, 0.7))
    metrics.update(
        cores=len(groups),
        undercut_area_mm2=pull.undercut_area_mm2,
        hot_spots=hot_spots(subject),
        modulus_mm=subject.volume_mm3 / subject.area_mm2,
        box_mm=subject.box_mm,
    )
    return Facts(
        process=kind.name,
        metrics=metrics,
        measurements=tuple(casting_measurements(subject, groups)),
        fit=fit,
        gates={"size": bool(subject.box_mm[0] <= kind.size_mm[1])},
        not_checked=(
            NotChecked("tolerances", "needs_drawing"),
            NotChecked("solidification", "not_modelled"),
        ),
        size={**_size(subject), "projected_area_mm2": float(metrics["projected_area_mm2"])},
    )


def intricate(subject: Subject) -> float:
    """Cores, or walls without draft: shapes that a melted pattern and a broken shell still give."""
    pull = subject.fields.pull
    return max(
        ramp(len(undercuts(subject)), 0, 4),
        ramp(pull.undrafted_share / max(pull.wall_share, 1e-9), 0.3, 0.9),
    )


def undercuts(subject: Subject) -> list[tuple[tuple[int, ...], float]]:
    """Groups of faces that the best pull cannot release."""
    return undercut_groups(
        subject.part.topology,
        subject.fields.samples,
        subject.fields.pull.hidden,
        LEAST_CORE_SHARE * subject.area_mm2,
    )


def mould_metrics(subject: Subject, draft_deg: float) -> dict[str, Any]:
    """Metrics of everything that is made in two halves."""
    fields, pull = subject.fields, subject.fields.pull
    samples = fields.samples
    walls = (pull.draft_deg < draft_deg - 0.05) & ~pull.hidden
    section = fields.columns(pull.direction)
    return {
        "pull_direction": pull.direction,
        "parting": parting(subject),
        "draft_ok_share": 1 - samples.share(walls),
        "min_wall_mm": subject.thin_wall_mm,
        "max_section_mm": subject.thickest_mm,
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
    }


def mould_fit(
    subject: Subject,
    wall_mm: tuple[float, float, float, float],
    cores: int,
    most_cores: tuple[int, int],
) -> dict[str, float]:
    """Terms that castings and mouldings share."""
    section = subject.usual_section_mm
    low, thin, thick, high = wall_mm
    return {
        "wall": ramp(section, low, thin) * ramp(section, high, thick),
        "as_cast": as_cast(subject),
        "releases": ramp(float(cores), most_cores[1], most_cores[0]),
        "hollow": ramp(1 - subject.volume_mm3 / float(np.prod(subject.box_mm)), 0.3, 0.7),
        "no_simpler_stock": 1 - subject.simpler_stock,
    }


def as_cast(subject: Subject) -> float:
    """Traces of a mould: fillets, drafted walls, freeform faces, and inner corners that no cutter
    leaves.
    """
    shaping = subject.fields.shaping
    edges_mm = float(subject.part.topology.edges["length_mm"].sum())
    blends = ramp(subject.blended_share, 0.005, 0.05) * ramp(
        1 - shaping.sharp_concave_share, 0.05, 0.6
    )
    drafted = ramp(subject.drafted_share, 0.1, 0.5)
    freeform = ramp(shaping.freeform_share, 0.03, 0.3)
    saddles = ramp(subject.saddle_share, 0.01, 0.08)
    corners = ramp(subject.uncuttable_edge_mm / max(edges_mm, 1e-300), 0.003, 0.05)
    untouched = (
        (1 - blends)
        * (1 - 0.6 * subject.rounded_share)
        * (1 - 0.9 * drafted)
        * (1 - 0.5 * freeform)
    )
    return 1 - untouched * (1 - 0.5 * saddles) * (1 - 0.2 * corners)


def hot_spots(subject: Subject) -> list[dict[str, Any]]:
    """Largest inscribed spheres that do not overlap, largest first."""
    radius, centre = subject.fields.spheres
    order = np.argsort(-np.nan_to_num(radius, nan=-1.0))
    found: list[dict[str, Any]] = []
    taken: list[tuple[np.ndarray, float]] = []
    for i in order[:400]:
        r = float(radius[i])
        if not math.isfinite(r) or len(found) == HOT_SPOTS:
            break
        if all(np.linalg.norm(centre[i] - c) > max(r, other) * (1 + SPARE) for c, other in taken):
            taken.append((centre[i], r))
            found.append({"centre_mm": centre[i], "radius_mm": r})
    return found


def casting_measurements(
    subject: Subject, groups: list[tuple[tuple[int, ...], float]]
) -> list[Measurement]:
    """Everything that limits of castings compare."""
    ratio = subject.section_ratio
    found = [
        *subject.walls,
        *subject.metal_drafts,
        Measurement("section_mm", subject.thickest_mm, (), None, {"wall_mm": subject.wall_mm}),
        *(
            [Measurement("section_ratio", ratio, (), None, {"wall_mm": subject.wall_mm})]
            if math.isfinite(ratio)
            else []
        ),
        *subject.inner_radii,
        *worst((Measurement("undercut_mm2", area, faces) for faces, area in groups), largest=True),
        *hole_diameters(subject),
        *hole_depths(subject, ratio=False),
        *hole_depths(subject),
        *ribs(subject),
    ]
    return [m for m in found if math.isfinite(m.value)]


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
