"""What do processes measure, in which unit, and which numbers may a limit on it use?"""

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["QUANTITIES", "Quantity"]


@dataclass(frozen=True)
class Quantity:
    """Unit of a quantity and the names its limits may compute with.

    The unit of ratios and counts is "1"; of a part of a whole, 0 to 1, "share": people read it as
    a percentage.
    """

    unit: str
    context: frozenset[str] = field(default_factory=frozenset)


def _quantity(unit: str, *context: str) -> Quantity:
    return Quantity(unit, frozenset(context))


QUANTITIES: Mapping[str, Quantity] = {
    # walls and sections
    "wall_mm": _quantity("mm", "length_mm"),
    "section_mm": _quantity("mm", "wall_mm"),
    "section_ratio": _quantity("1", "wall_mm"),  # thickest section over ordinary wall
    "modulus_ratio": _quantity("1"),  # casting modulus of the last place to freeze over the wall's
    "wall_variation": _quantity("1"),  # spread of the wall over its median
    "web_mm": _quantity("mm", "length_mm", "projected_mm2"),
    # edges and corners
    "sharp_inner_edge_mm": _quantity("mm"),  # length of inner edges that no cutter can make
    "inner_edge_radius_mm": _quantity("mm", "wall_mm"),
    "corner_radius_mm": _quantity("mm", "depth_mm"),
    "corner_reach_ratio": _quantity("1", "radius_mm", "depth_mm"),  # depth over cutter diameter
    # holes
    "seat_mm": _quantity("mm"),  # diameter of a round seat or bore that stands parallel to the pull
    "hole_diameter_mm": _quantity("mm", "depth_mm", "thickness_mm"),
    "hole_depth_ratio": _quantity("1", "diameter_mm", "through"),
    "hole_depth_mm": _quantity("mm", "diameter_mm", "through"),
    "flat_bottom_mm": _quantity("mm"),  # diameter of a small blind hole that ends flat
    "drill_offset_mm": _quantity("mm", "diameter_mm"),  # from the nearest stock drill
    "thread_mm": _quantity("mm"),  # nominal diameter
    "thread_depth_ratio": _quantity("1", "diameter_mm"),  # length of thread over its diameter
    "thread_edge_mm": _quantity("mm", "diameter_mm"),  # from a threaded hole's rim
    "hole_tilt_deg": _quantity("deg"),  # of mouth or exit against square to the axis
    "hole_wall_share": _quantity("share"),  # of a hole's wall that lies in the part
    # cavities
    "cavity_ratio": _quantity("1", "width_mm"),  # depth over width
    "cavity_width_mm": _quantity("mm", "depth_mm"),
    "floor_radius_ratio": _quantity("1"),  # radius at the floor over that of the corners
    "wall_slenderness": _quantity("1", "thickness_mm", "height_mm"),
    "outer_round_mm": _quantity("mm"),  # largest radius of rounded outer edges
    "out_of_tools_mm": _quantity("mm", "reached_mm"),  # depth of a place that no tool reaches
    "tool_overhang_ratio": _quantity("1", "diameter_mm"),  # reach for the holder over diameter
    "machining_min": _quantity("min"),  # of one part, clamping and tool changes included
    "groove_width_mm": _quantity("mm", "depth_mm"),
    # access
    "unreachable_share": _quantity("share"),
    "setups": _quantity("1"),
    "removal_ratio": _quantity("share"),
    # turning
    "length_to_diameter": _quantity("1"),
    "off_axis_share": _quantity("share"),
    "turned_corner_mm": _quantity("mm"),
    "bar_reach_ratio": _quantity("1", "diameter_mm"),  # depth of a bore over its boring bar
    # sheet
    "thickness_mm": _quantity("mm"),
    "bends": _quantity("1"),
    "bend_radius_mm": _quantity("mm", "thickness_mm", "angle_deg"),
    "hole_to_edge_mm": _quantity("mm", "thickness_mm", "diameter_mm"),
    "hole_to_hole_mm": _quantity("mm", "thickness_mm", "diameter_mm"),
    "hole_to_bend_mm": _quantity("mm", "thickness_mm", "radius_mm"),
    "flange_mm": _quantity("mm", "thickness_mm", "radius_mm", "flat_mm"),
    "slot_width_mm": _quantity("mm", "thickness_mm", "length_mm"),
    "tab_width_mm": _quantity("mm", "thickness_mm", "length_mm"),
    "notch_width_mm": _quantity("mm", "thickness_mm", "length_mm"),
    "relief_width_mm": _quantity("mm", "thickness_mm", "radius_mm"),
    "relief_depth_mm": _quantity("mm", "thickness_mm", "radius_mm"),
    "slot_to_bend_mm": _quantity("mm", "thickness_mm", "radius_mm"),
    "collar_to_edge_mm": _quantity("mm", "thickness_mm", "diameter_mm"),  # from its middle
    "countersink_gap_mm": _quantity("mm", "thickness_mm", "diameter_mm"),  # from rim to rim
    "bends_blocked": _quantity("1"),  # that run into part or tools in the best order
    "draw_ratio": _quantity("1", "thickness_mm"),
    "draw_radius_mm": _quantity("mm", "thickness_mm"),
    "strip_utilisation": _quantity("share"),
    # moulds and dies
    "draft_deg": _quantity("deg", "height_mm", "inside"),  # inside: 1 where the tool is gripped
    "undercut_mm2": _quantity("mm2"),
    "locked_undercut_mm2": _quantity("mm2"),  # that neither slide nor lifter releases
    "closed_void_mm3": _quantity("mm3"),  # that the material closes in on all sides
    "cores": _quantity("1"),
    "rib_ratio": _quantity("1", "wall_mm"),  # thickness of a rib over the wall
    "rib_height_ratio": _quantity("1", "thickness_mm"),
    "boss_ratio": _quantity("1", "wall_mm"),  # diameter of a solid boss over the wall
    "boss_wall_ratio": _quantity("1", "wall_mm"),  # wall of a hollow boss over that it stands on
    "boss_height_ratio": _quantity("1"),  # height over diameter
    "sink_ratio": _quantity("1", "wall_mm", "thickness_mm"),  # sphere at a foot over the wall
    "envelope_mm": _quantity("mm"),
    "mass_kg": _quantity("kg"),
    # profiles
    "circumscribing_circle_mm": _quantity("mm"),
    "mass_per_metre": _quantity("kg/m"),
    "tongue_ratio": _quantity("1"),  # area of a channel into a section over its gap squared
    "length_mm": _quantity("mm"),
}
