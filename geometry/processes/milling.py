"""Could the part be milled from solid, in how many setups, and what does it cost the cutter?"""

import math

import numpy as np

from geometry.processes.grades import grade, held_size
from geometry.processes.hole_places import partial_holes, thread_places, tilted_holes
from geometry.processes.holes import cavities, drilled
from geometry.processes.measurement import Facts, Measurement, NotChecked
from geometry.processes.milled import beyond_tools, milled_cuts, overhangs
from geometry.processes.setups import plan_setups
from geometry.processes.slender import (
    bosses,
    floors,
    narrow_cavities,
    outer_rounds,
    slender_walls,
)
from geometry.processes.stock import ALLOWANCE_MM, best_stock
from geometry.processes.subject import Subject
from geometry.topology import surface_code

__all__ = ["NAME", "measure"]

NAME = "milling"


def measure(subject: Subject) -> Facts:
    """Setups by greedy cover of what a straight tool sees, the stock, and every place that limits
    cutters.
    """
    samples, view = subject.fields.samples, subject.fields.visibility
    plan = plan_setups(subject)
    directions = plan.directions
    unreachable = ~view.seen_anyhow & ~subject.form_cut[samples.face]
    stock = best_stock(subject)
    cuts, uncut = beyond_tools(milled_cuts(subject, plan, stock))
    removal = 1 - subject.volume_mm3 / stock.volume_mm3
    block = float(np.prod(subject.box_mm + 2 * ALLOWANCE_MM))
    unreachable_share = samples.share(unreachable)
    hidden_faces = np.flatnonzero(samples.share_by_face(unreachable, len(subject.faces)) > 0.25)
    formed = subject.blended_share + subject.freeform_share + subject.arched_share
    radii = _inner_radii(subject)
    setups = max(len(directions), 1)
    depths = subject.hole_depth_ratios
    ids, uncuttable = subject.sharp_inner_edges
    corner_faces = np.unique(subject.part.topology.edges["faces"][ids[uncuttable]])
    corners = (
        [
            Measurement(
                "sharp_inner_edge_mm", subject.uncuttable_edge_mm, tuple(corner_faces.tolist())
            )
        ]
        if uncuttable.any()
        else []
    )
    measurements = [
        *corners,
        Measurement("unreachable_share", unreachable_share, tuple(hidden_faces.tolist())),
        Measurement("setups", float(setups)),
        Measurement("removal_ratio", removal),
        *subject.walls,
        *depths,
        *subject.hole_diameters,
        *drilled(subject),
        *cavities(subject),
        *slender_walls(subject),
        *bosses(subject),
        *floors(subject),
        *narrow_cavities(subject),
        *outer_rounds(subject),
        *tilted_holes(subject),
        *partial_holes(subject),
        *thread_places(subject),
        *overhangs(cuts),
        *uncut,
    ]  # fmt: skip
    cavity_reach = [m.value for m in measurements if m.quantity == "corner_reach_ratio"]
    machine_size = held_size("milling", *subject.box_mm[:2])
    return Facts(
        process=NAME,
        metrics={
            "setups": setups,
            "setup_directions": directions,
            "machined_share": samples.share(plan.reached),
            "stock_mm": stock.size_mm,
            "stock_form": stock.form,
            "stock_volume_mm3": stock.volume_mm3,
            "removal_ratio": removal,
            "unreachable_area_mm2": float(samples.area_mm2[unreachable].sum()),
            "min_internal_radius_mm": min(radii) if radii else math.nan,
            "deepest_ratio": max([m.value for m in depths] + cavity_reach, default=math.nan),
            "axes": plan.axes,
            "axis_mode": plan.mode,
            "clampings": plan.clampings,
        },
        measurements=tuple(measurements),
        fit={
            "reachable": grade("milling.unreachable", unreachable_share),
            "cuttable_corners": subject.cuttable_corners,
            "cut_faces": grade("milling.formed", formed)
            * (1 - 0.8 * grade("milling.drafted", subject.drafted_share))
            * (1 - 0.6 * subject.crossing_bodies)
            * (1 - 0.5 * subject.rounded_share),
            "cutter_marks": subject.cutter_marks,
            "stiff": 1 - subject.thin_throughout,
            "few_setups": grade("milling.setups", setups),
            "solid": grade("milling.solid", subject.volume_mm3 / block),
            "no_simpler_stock": 1 - subject.simpler_stock,
            "from_bar": 1 - max(subject.near_net_block, subject.drawn_solid),
            "size": machine_size,
        },
        gates={
            "reachable": unreachable_share < 0.35,
            "size": machine_size > 0,
        },
        not_checked=(
            NotChecked("fixturing", "not_modelled"),
            NotChecked("tolerances", "needs_drawing"),
        ),
        size=_size(subject),
        cuts=tuple(cut.to_dict() for cut in cuts),
    )


def _size(subject: Subject) -> dict[str, float]:
    size = subject.box_mm
    return {
        "volume_mm3": subject.volume_mm3,
        "area_mm2": subject.area_mm2,
        "length_mm": float(size[0]),
        "width_mm": float(size[1]),
        "height_mm": float(size[2]),
    }


def _inner_radii(subject: Subject) -> list[float]:
    """Radii of internal fillets that a cutter's side makes."""
    faces, fillets = subject.faces, subject.shaping.fillets
    chosen = fillets & (faces["kind"] == surface_code("cylinder")) & (faces["sense"] < 0)
    return [float(r) for r in faces["radius_mm"][chosen]]
