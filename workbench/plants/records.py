"""What is known of a local plant: its machines, raw materials and certificates."""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from geometry import materials

__all__ = [
    "CERTIFICATES",
    "FAMILIES",
    "KINDS",
    "REGIONS",
    "Certificate",
    "Kind",
    "Machine",
    "Plant",
    "Stock",
    "hours_a_year",
    "road_km",
]

EARTH_RADIUS_KM = 6371.0
HOURS_A_SHIFT_YEAR = 2000.0  # 250 working days of 8 hours
UPTIME = 0.85  # of the hours a shift has; the rest is breakdown, tool change, waiting. source: ours

_WORDS: Final = tomllib.loads(
    Path(__file__).with_name("vocabulary.toml").read_text(encoding="utf-8")
)


@dataclass(frozen=True)
class Kind:
    """What a kind of machine is for, and what its record must say."""

    id: str
    process: str
    operations: tuple[str, ...]
    requires: tuple[str, ...]


KINDS: Final[Mapping[str, Kind]] = {
    id_: Kind(id_, entry["process"], tuple(entry["operations"]), tuple(entry["requires"]))
    for id_, entry in _WORDS["kinds"].items()
}
REGIONS: Final[tuple[str, ...]] = tuple(_WORDS["regions"])
CERTIFICATES: Final[tuple[str, ...]] = tuple(_WORDS["certificates"]["known"])
FAMILIES: Final[tuple[str, ...]] = tuple(materials.FAMILIES)


@dataclass(frozen=True)
class Machine:
    """One kind of machine at a plant; None where the plant did not say.

    `length_mm`, `width_mm`, `height_mm` are the largest part it takes; thickness is a sheet's, or
    the wall of a casting or moulding. `available_share` is the part of its hours not yet sold.
    """

    id: str
    name: str
    kind: str
    materials: tuple[str, ...]
    hourly_rate_uzs: float
    setup_minutes: float
    available_share: float
    lead_time_days: float
    count: int = 1
    length_mm: float | None = None
    width_mm: float | None = None
    height_mm: float | None = None
    max_mass_kg: float | None = None
    tonnage_kn: float | None = None
    min_thickness_mm: float | None = None
    max_thickness_mm: float | None = None
    min_diameter_mm: float | None = None
    max_diameter_mm: float | None = None
    axes: int | None = None
    tolerance_it: int | None = None
    annual_min: int | None = None
    annual_max: int | None = None
    illustrative: bool = False
    notes: str = ""

    @property
    def process(self) -> str:
        """Contract name of the process it belongs to, or `finishing`."""
        return KINDS[self.kind].process

    @property
    def operations(self) -> tuple[str, ...]:
        """The operations it can do."""
        return KINDS[self.kind].operations


@dataclass(frozen=True)
class Stock:
    """A raw material the plant buys; `local_share` of it is made in the country (0–1)."""

    material: str
    local_share: float
    price_uzs_kg: float | None = None
    illustrative: bool = False
    notes: str = ""


@dataclass(frozen=True)
class Certificate:
    """A certificate of the plant's management system."""

    name: str
    valid_until: date | None = None
    illustrative: bool = False


@dataclass(frozen=True)
class Plant:
    """A local plant."""

    id: str
    name: str
    region: str
    city: str
    shifts: int
    machines: tuple[Machine, ...]
    stock: tuple[Stock, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    illustrative: bool = False
    notes: str = ""

    def stock_of(self, material: str) -> Stock | None:
        """How it buys a material (an id of geometry.materials), or None when it is not said."""
        return next((item for item in self.stock if item.material == material), None)

    def holds(self, certificate: str, on: date) -> bool:
        """Whether a certificate is held and valid on a day."""
        return any(
            held.name == certificate and (held.valid_until is None or held.valid_until >= on)
            for held in self.certificates
        )

    def machine(self, id_: str) -> Machine:
        """The machine of this id; raises KeyError."""
        return {machine.id: machine for machine in self.machines}[id_]


def hours_a_year(plant: Plant, machine: Machine) -> float:
    """Hours of a machine that are still free in a year."""
    all_hours = HOURS_A_SHIFT_YEAR * plant.shifts * machine.count * UPTIME
    return all_hours * machine.available_share


def road_km(a: str, b: str) -> float:
    """Rough road between two regions' centres: great circle and a detour; a little within one."""
    if a == b:
        return float(_WORDS["roads"]["within_region_km"])
    (lat_a, lon_a), (lat_b, lon_b) = (
        tuple(map(math.radians, _WORDS["regions"][region])) for region in (a, b)
    )
    half = math.sin((lat_a - lat_b) / 2) ** 2
    half += math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_a - lon_b) / 2) ** 2
    return float(2 * EARTH_RADIUS_KM * math.asin(math.sqrt(half)) * _WORDS["roads"]["detour"])
