"""What is a part's shape as a whole: its symmetry, what encloses it, its sections and voids?"""

from typing import Any

import numpy as np

from geometry.fields.extents import minimal_cylinder, round_hull
from geometry.fields.fields import Fields
from geometry.fields.sections import Section, sections
from geometry.fields.symmetry import find_symmetry
from geometry.mass import Hull
from geometry.vectors import norms

__all__ = ["shape_record"]


def shape_record(fields: Fields) -> dict[str, Any]:
    """`shape` of the contract: `symmetry`, `minimal_cylinder`, `convex_hull`, `sections`, `voids`,
    in plain types.
    """
    part = fields.part
    hull = round_hull(part.mass, part.topology.edges)
    return {
        "symmetry": _symmetry(fields),
        "minimal_cylinder": _cylinder(fields, hull.points_mm),
        **({"convex_hull": _hull(hull, part.mass.volume_mm3)} if hull.volume_mm3 > 0 else {}),
        "sections": _sections(fields),
        "voids": [
            {"volume_mm3": v.volume_mm3, "area_mm2": v.area_mm2, "faces": list(v.faces)}
            for v in fields.voids
        ],
    }


def _symmetry(fields: Fields) -> dict[str, Any]:
    found = find_symmetry(fields.part, fields.scene, fields.samples)
    return {
        "centre_mm": found.centre_mm.tolist(),
        "planes": [{"normal": normal.tolist()} for normal in found.planes],
        "axes": [
            {
                "direction": axis.direction.tolist(),
                **({"order": axis.order} if axis.order else {"revolution": True}),
            }
            for axis in found.axes
        ],
        "spherical": found.spherical,
    }


def _hull(hull: Hull, volume_mm3: float) -> dict[str, float]:
    return {
        "volume_mm3": hull.volume_mm3,
        "area_mm2": hull.area_mm2,
        "filled_share": min(max(volume_mm3 / hull.volume_mm3, 0.0), 1.0),
    }


def _cylinder(fields: Fields, points_mm: np.ndarray) -> dict[str, Any]:
    mass, faces = fields.part.mass, fields.part.joined.faces
    turning = fields.turning_axis
    known = norms(faces["axis"]) > 0.5
    largest = np.flatnonzero(known)[np.argsort(-faces["area_mm2"][known], kind="stable")[:8]]
    axes = [mass.box.axes, faces["axis"][largest]]
    found = minimal_cylinder(
        points_mm, np.concatenate(axes if turning is None else [turning.axis[None], *axes])
    )
    return {
        "axis": found.axis.tolist(),
        "centre_mm": found.centre_mm.tolist(),
        "diameter_mm": found.diameter_mm,
        "length_mm": found.length_mm,
    }


def _sections(fields: Fields) -> dict[str, Any]:
    """The smallest and the largest cut across the longest side of the minimal box."""
    axis = fields.part.mass.box.axes[0]
    found = sections(fields.part.mesh, axis)
    if not found:
        return {}
    weakest = min(found, key=lambda s: s.section_modulus_mm3)
    largest = max(found, key=lambda s: s.area_mm2)
    return {
        "axis": axis.tolist(),
        "weakest": _section(weakest),
        "largest": _section(largest),
    }


def _section(section: Section) -> dict[str, Any]:
    return {
        "centroid_mm": section.centroid_mm.tolist(),
        "area_mm2": section.area_mm2,
        "perimeter_mm": section.perimeter_mm,
        "modulus_mm": section.modulus_mm,
        "second_moments_mm4": list(section.second_moments_mm4),
        "section_modulus_mm3": section.section_modulus_mm3,
    }
