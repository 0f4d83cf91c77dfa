"""Could the part be milled from solid, in how many setups, and what does it cost the cutter?"""

import math

import numpy as np

from geometry.fields.access import cover
from geometry.processes.holes import cavities, drilled, hole_depths, hole_diameters
from geometry.processes.measurement import Facts, Measurement, NotChecked, ramp
from geometry.processes.subject import Subject
from geometry.topology import surface_code

__all__ = ["NAME", "measure"]

NAME = "milling"
LEAST_GAIN = 0.004  # of the area: a setup that reaches no more than this reaches noise
STOCK_ALLOWANCE_MM = 2.0  # on each side of the raw block
SQUARE = np.cos(np.radians(88.0))


def measure(subject: Subject) -> Facts:
    """Setups by greedy cover of what a straight tool sees, the stock, and every place that limits
    cutters.
    """
    fields, samples, view = subject.fields, subject.fields.samples, subject.fields.visibility
    chosen = cover(view.seen[: view.from_geometry], samples.area_mm2, least_gain=LEAST_GAIN)
    reached = np.asarray(view.seen[chosen].any(axis=0))
    rest = np.where(reached, 0.0, samples.area_mm2)
    oblique = (
        cover(view.seen, rest, least_gain=0.25)
        if rest.sum() > LEAST_GAIN * samples.area_mm2.sum()
        else []
    )
    unreachable = np.asarray(~view.seen.any(axis=0))
    directions = view.directions[[*chosen, *oblique]]
    stock = subject.box_mm + 2 * STOCK_ALLOWANCE_MM
    removal = 1 - subject.volume_mm3 / float(np.prod(stock))
    unreachable_share = samples.share(unreachable)
    hidden_faces = np.flatnonzero(samples.share_by_face(unreachable, len(subject.faces)) > 0.25)
    edges_mm = float(subject.part.topology.edges["length_mm"].sum())
    shaping = fields.shaping
    radii = _inner_radii(subject)
    setups = max(len(directions), 1)
    depths = hole_depths(subject)
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
        *hole_diameters(subject),
        *drilled(subject),
        *cavities(subject),
    ]  # fmt: skip
    cavity_reach = [m.value for m in measurements if m.quantity == "corner_reach_ratio"]
    return Facts(
        process=NAME,
        metrics={
            "setups": setups,
            "setup_directions": directions,
            "machined_share": samples.share(reached),
            "stock_mm": stock,
            "removal_ratio": removal,
            "unreachable_area_mm2": float(samples.area_mm2[unreachable].sum()),
            "min_internal_radius_mm": min(radii) if radii else math.nan,
            "deepest_ratio": max([m.value for m in depths] + cavity_reach, default=math.nan),
            "axes": _axes(directions),
        },
        measurements=tuple(measurements),
        fit={
            "reachable": 1 - ramp(unreachable_share, 0.0, 0.06),
            "cuttable_corners": 1
            - ramp(subject.uncuttable_edge_mm / max(edges_mm, 1e-300), 0.0, 0.06),
            "cut_faces": (1 - ramp(subject.blended_share + shaping.freeform_share, 0.01, 0.2))
            * (1 - 0.8 * ramp(subject.drafted_share, 0.15, 0.6))
            * (1 - 0.5 * subject.rounded_share),
            "cutter_marks": subject.cutter_marks,
            "stiff": 1 - subject.thin_throughout,
            "few_setups": ramp(setups, 8, 2),
            "solid": ramp(1 - removal, 0.02, 0.35),
            "no_simpler_stock": 1 - subject.simpler_stock,
        },
        gates={"reachable": unreachable_share < 0.35},
        not_checked=(
            NotChecked("fixturing", "not_modelled"),
            NotChecked("tolerances", "needs_drawing"),
        ),
        size=_size(subject),
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
    faces, fillets = subject.faces, subject.fields.shaping.fillets
    chosen = fillets & (faces["kind"] == surface_code("cylinder")) & (faces["sense"] < 0)
    return [float(r) for r in faces["radius_mm"][chosen]]


def _axes(directions: np.ndarray) -> int:
    """Axes of the machine: 3 when all setups are square to each other, 4 when one turn of the
    part reaches all.
    """
    along = np.abs(directions @ directions.T)
    if np.all((along > 1 - 1e-3) | (along < SQUARE)):
        return 3
    # every direction lies in one plane: a rotary table is enough
    spread = np.linalg.svd(directions, compute_uv=False)
    return 4 if len(spread) < 3 or spread[-1] < 0.02 else 5
