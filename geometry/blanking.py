"""What does a shop need to make the blank of a sheet part: flat, DXF, picture, strip?"""

import dataclasses
from collections.abc import Mapping
from typing import Any

import shapely

from geometry import materials
from geometry.errors import GeometryError
from geometry.features.bend_allowance import k_table_of
from geometry.flat import to_dict, to_dxf, unfold
from geometry.flat_drawing import to_svg
from geometry.nesting import nest
from geometry.processes.pressing import blank_strip

__all__ = ["unfold_file"]

LEAST_GAP_MM = 5.0  # between parts cut by laser, ours: thinner webs let parts tip up
STEP_DEG = 5.0  # arcs of the outline sampled for its strip


def unfold_file(
    data: bytes,
    part_index: int = 0,
    *,
    k_table: Mapping[float, float] | None = None,
    material: str | None = None,
    sheet_mm: tuple[float, float] | None = None,
    careful: bool = False,
) -> tuple[dict[str, Any], dict[str, bytes]]:
    """`workbench.flat/1` of one part of a STEP text, and its drawings: dxf and svg.

    k_table: k-factor by inside radius over thickness; material: whose usual k-factors are taken
    where no table is given; DIN 6935 without either. sheet_mm: on which blanks are nested.
    careful: for a file that took a process down before.
    Raises what `read_step` and `unfold` raise, UnknownMaterial, and GeometryError when there is no
    such part.
    """
    from geometry.step import read_step

    if not k_table and material:
        k_table = k_table_of(materials.find(material).family)
    document = read_step(data, careful=careful)
    if not 0 <= part_index < len(document.parts):
        raise GeometryError(
            f"there is no part {part_index}: the file holds {len(document.parts)}",
            hint="count from 0",
        )
    flat = unfold(document.parts[part_index], k_table=k_table)
    record, strip = to_dict(flat), None
    outline = shapely.Polygon(flat.outline.sampled(STEP_DEG)).buffer(0)
    if outline.geom_type == "Polygon" and outline.area > 0:
        strip = blank_strip(outline, flat.area_mm2, flat.thickness_mm)
        record["strip"] = dataclasses.asdict(strip)
        if sheet_mm is not None:
            gap = max(flat.thickness_mm, LEAST_GAP_MM)
            record["sheet"] = dataclasses.asdict(nest(outline, flat.area_mm2, sheet_mm, gap))
    return record, {"dxf": to_dxf(flat), "svg": to_svg(flat, strip)}
