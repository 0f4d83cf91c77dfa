"""What is known of a part that is a sheet of one thickness?"""

from dataclasses import dataclass, field

from geometry.features.feature import Draft
from geometry.features.sheet_blank import Blank
from geometry.features.sheet_cone import Sector
from geometry.features.sheet_development import Development
from geometry.features.sheet_forms import Form
from geometry.features.sheet_regions import Regions

__all__ = ["Bend", "SheetModel"]


@dataclass(frozen=True)
class Bend:
    """One bend; one that a cut-out interrupts is one."""

    nodes: tuple[int, ...]  # curls of the development's graph
    faces: tuple[int, ...]  # ids of part.joined
    kind: str  # air, hem, roll
    inside_radius_mm: float
    angle_deg: float  # of bending, 0 is flat
    length_mm: float  # along the axis, gaps included
    sharp: bool  # drawn without an inside radius
    flanges: tuple[int, ...]  # nodes that it joins


@dataclass(frozen=True)
class SheetModel:
    """A part as a sheet; faces are ids of `part.joined`."""

    thickness_mm: float
    side_a: tuple[int, ...]
    side_b: tuple[int, ...]
    edge_faces: tuple[int, ...]
    bends: tuple[Bend, ...]
    forms: tuple[Form, ...]
    drafts: tuple[Draft, ...]
    faces: tuple[int, ...]  # all that the sheet accounts for
    constant_share: float  # of the area: sides, edges and formed places
    paired_share: float  # of the area: back to back at the thickness
    drawn_area_share: float  # of the area: doubly curved, which no bending makes
    developable: bool
    reasons: tuple[
        str, ...
    ]  # why not: closed_section, branched, drawn, detached; or only with seams
    development: Development | None = field(repr=False, compare=False)
    blank: Blank | None = field(repr=False, compare=False)
    regions: Regions = field(repr=False, compare=False)
    rolled: Sector | None = field(default=None, repr=False, compare=False)  # of a lone cone
    cutouts: tuple[tuple[int, ...], ...] = ()  # edge faces round each hole of the blank in turn
