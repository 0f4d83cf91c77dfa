"""Could the part be forged in closed dies?"""

import math

import numpy as np

from geometry.processes.casting import (
    machined_features,
    mould_metrics,
    ribs,
    undercut_measurements,
)
from geometry.processes.grades import grade
from geometry.processes.measurement import Facts, Measurement, NotChecked
from geometry.processes.milling import _size
from geometry.processes.subject import Subject

__all__ = ["NAME", "measure"]

NAME = "forging"
DRAFT_DEG = 3.0  # below it the rule `draft` of forging.toml fails
LARGEST_MM = 2500.0  # EN 10243-1 ends there
CUT_ALL_OVER = 0.6  # what a crank says, beside traces of the dies, which cutting took away: ours
AS_CUT = 0.3  # from there a crank is drawn as it is after cutting, without draft or fillets: ours
HEAVIEST_MM3 = 250 / 7.85e-6  # and at 250 kg, of steel
COMPLEXITY = (
    (0.63, "S1"),
    (0.32, "S2"),
    (0.16, "S3"),
    (0.0, "S4"),
)  # EN 10243-1: mass over that of the envelope


def measure(subject: Subject) -> Facts:
    """Compact, thick, drafted, rounded, nothing that the dies could not leave."""
    metrics = mould_metrics(subject, DRAFT_DEG, subject.raw_walls)
    envelope = _envelope_mm3(subject)
    share = subject.volume_mm3 / envelope
    metrics["complexity"] = next((name for least, name in COMPLEXITY if share > least), "S4")
    if "flat" in metrics["parting"]:
        metrics["die_line"] = "straight" if metrics["parting"]["flat"] else "cranked"
    metrics["min_web_mm"] = subject.raw_thin_wall_mm
    long_body = grade("forging.long", float(subject.box_mm[0] / max(subject.box_mm[1], 1e-300)))
    projected = float(metrics["projected_area_mm2"])
    webs = [
        Measurement("web_mm", m.value, m.faces, None, {**m.context, "projected_mm2": projected})
        for m in subject.raw_sections
    ]
    metrics["undercut_area_mm2"] = subject.raw_undercut_mm2
    metrics["machined_features"] = machined_features(subject, True)
    metrics.update(subject.short_drafts(DRAFT_DEG, ~subject.raw_walls))
    metrics["envelope_share"] = share
    crank = CUT_ALL_OVER * subject.crank
    as_cut = crank > max(subject.mould_traces, AS_CUT)
    return Facts(
        process=NAME,
        metrics={k: v for k, v in metrics.items() if k not in ("max_section_mm", "min_wall_mm")},
        measurements=tuple(
            m
            for m in (
                *webs,
                *(() if as_cut else (*subject.raw_drafts, *subject.raw_inner_radii)),
                *subject.seats,
                *undercut_measurements(subject.raw_undercuts, subject.raw_actions, subject.voids),
                *ribs(subject),
            )
            if math.isfinite(m.value)
        ),
        fit={
            "as_forged": max(subject.mould_traces, crank),
            "steep_draft": grade("forging.draft", subject.draft_median_deg)
            * subject.drafted_or_round,
            "both_dies": subject.both_dies,
            "thick": grade("forging.thick", subject.thickest_mm),
            "bulky": min(grade("forging.bulky", subject.bulk), subject.solid_section),
            "releases": grade("forging.undercut", subject.solid_undercut_share),
            "compact": grade("forging.compact", share),
            "long_body": long_body,
            "cuttable_corners": subject.cuttable_corners,
            "no_simpler_stock": 1 - subject.forged_stock,
        },
        gates={
            "size": bool(subject.box_mm[0] <= LARGEST_MM and subject.volume_mm3 <= HEAVIEST_MM3)
        },
        not_checked=(
            *((NotChecked("blank", "drawn_as_cut"),) if as_cut else ()),
            NotChecked("tolerances", "needs_drawing"),
            NotChecked("forging_tolerances", "tables_not_public"),
            NotChecked("die_filling", "not_modelled"),
        ),
        size={
            **_size(subject),
            "projected_area_mm2": projected,
            "envelope_share": share,
        },
    )


def _envelope_mm3(subject: Subject) -> float:
    """Volume of the enclosing cylinder of a round part, of the box of any other.

    Source: EN 10243-1, shape complexity factor.
    """
    revolution = subject.fields.revolution
    box = float(np.prod(subject.box_mm))
    if revolution is None or subject.turned_body < 0.5:
        return box
    return min(math.pi / 4 * revolution.diameter_mm**2 * revolution.length_mm, box)
