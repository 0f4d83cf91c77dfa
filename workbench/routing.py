"""Which operations does a part need, and what must a machine be able to do for each?"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from geometry import materials
from geometry.materials import Material
from workbench.costing import Rates, Way
from workbench.errors import WrongUse
from workbench.partfacts import Facts
from workbench.plants.records import CERTIFICATES, KINDS, REGIONS
from workbench.times import bar_mm, raw_kg, ways

__all__ = [
    "LEAST_SUITABILITY",
    "Demand",
    "Need",
    "Operation",
    "Plan",
    "Reason",
    "WrongDemand",
    "plan",
    "plans",
]

LEAST_SUITABILITY = 40.0  # of 100; under it a process is no basis of a route: ours
MOST_ANNUAL = 1_000_000_000
# A material for a process when nobody said one: the commonest; the route says so
_USUAL_MATERIAL = {
    "milling": "EN-AW-6082",
    "turning": "C45",
    "sheet_metal": "DC01",
    "stamping": "DC01",
    "sand_casting": "EN-GJL-250",
    "gravity_casting": "AlSi10Mg",
    "die_casting": "AlSi9Cu3",
    "investment_casting": "X5CrNi18-10",
    "forging": "C45",
    "moulding": "PA66-GF30",
    "extrusion": "EN-AW-6060",
}
_PRIMARY = {
    "milling": "mill",
    "turning": "turn",
    "sheet_metal": "cut_sheet",
    "stamping": "stamp",
    "forging": "forge",
    "moulding": "mould",
    "extrusion": "extrude",
} | {f"{way}_casting": "cast" for way in ("sand", "gravity", "die", "investment")}
# Whose power an operation draws that is not the primary one; by hand for the others
_POWERED_AS = {
    "bend": "sheet_metal",
    "mill_rest": "milling",
    "drill_tap": "milling",
    "finish_machine": "milling",
    "finish_turn": "turning",
}
# Cavity pressure, MPa: aluminium and zinc after Boothroyd, Product Design; plastics: ours
_CAVITY_MPA = {"aluminium_cast": 48.0, "zinc": 21.0, "copper_alloy": 40.0, "plastic": 30.0}
CLAMP_SAFETY = 1.2  # over the force that opens the mould: ours
PRESS_SAFETY = 1.25  # press over the cutting force. Source: Ghosh & Mallik, blanking
FORGING_FACTOR = 5.0  # of a moderate shape, between 3 and 8. Source: ASM Handbook 14A
V_BEND_FACTOR, DIE_OPENING_T = 1.33, 8.0  # F = 1.33·Rm·w·t²/W, W = 8·t. Source: Ghosh & Mallik
OFF_AXIS_SHARE = 0.03  # of a turned part's area that may be a centre hole or noise


class WrongDemand(WrongUse):
    """What is asked for makes no sense: a quantity, a material, a place."""

    code = "wrong_demand"


@dataclass(frozen=True)
class Demand:
    """What is to be made: how many a year, of what, how exactly, for whom.

    Raises WrongDemand.
    """

    annual: int
    material: str | None = None
    region: str = "tashkent_city"
    tolerance_it: int | None = None
    certificates: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if isinstance(self.annual, bool) or not isinstance(self.annual, int):
            raise WrongDemand(f"annual must be a whole number, got {self.annual!r}", where="annual")
        if not 1 <= self.annual <= MOST_ANNUAL:
            between = f"1 – {MOST_ANNUAL}"
            raise WrongDemand(f"annual must be {between}, got {self.annual}", where="annual")
        if self.tolerance_it is not None and not 1 <= self.tolerance_it <= 18:
            raise WrongDemand(
                f"IT grade must be 1 – 18, got {self.tolerance_it}", where="tolerance"
            )
        if self.region not in REGIONS:
            raise WrongDemand(f"no region {self.region!r}", where="region", hint=", ".join(REGIONS))
        for name in self.certificates:
            if name not in CERTIFICATES:
                raise WrongDemand(
                    f"no certificate {name!r}", where="certificates", hint=", ".join(CERTIFICATES)
                )

    def to_json(self) -> dict[str, Any]:
        """What was asked for, absent where nothing was."""
        values = {
            "annual": self.annual,
            "material": self.material,
            "region": self.region,
            "tolerance_it": self.tolerance_it,
            "certificates": list(self.certificates),
        }
        return {key: value for key, value in values.items() if value not in (None, [])}


@dataclass(frozen=True)
class Reason:
    """Why something is so: a key of the catalogue (`plant.reason.<code>`) and its values.

    `names` are values that are keys of the catalogue themselves.
    """

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Need:
    """What a machine must offer: a column of the plants' workbook, and the value that is needed.

    `value` is None where the analysis did not tell; `most` says that the machine's value is a lower
    limit (a wall no thinner than …) instead of an upper one.
    """

    capability: str
    value: float | None
    unit: str
    most: bool = False
    rough: bool = False


@dataclass(frozen=True)
class Operation:
    """One step of a route: what it is, what it needs, the ways it can be done."""

    process: str
    operation: str
    needs: tuple[Need, ...]
    ways: tuple[Way, ...]
    reasons: tuple[Reason, ...] = ()

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of machine that can do it, of the same process when it is a primary one."""
        able = [kind for kind in KINDS.values() if self.operation in kind.operations]
        if self._is_primary:
            able = [kind for kind in able if kind.process == self.process]
        return tuple(kind.id for kind in able)

    @property
    def powered_as(self) -> str:
        """Process whose energy it takes: metal is melted or heated once, by the primary operation.
        Empty for work by hand.
        """
        return self.process if self._is_primary else _POWERED_AS.get(self.operation, "")

    @property
    def _is_primary(self) -> bool:
        return _PRIMARY.get(self.process) == self.operation


@dataclass(frozen=True)
class Plan:
    """One way of making a part: a primary process and what must follow it."""

    process: str
    suitability: float
    material: Material
    mass_kg: float
    raw_kg: float
    operations: tuple[Operation, ...]
    reasons: tuple[Reason, ...]

    @property
    def needs_tool(self) -> bool:
        """Whether a die, mould or fixture is made first: bar is only sawn off."""
        return self.operations[0].operation != "saw"


def plans(
    part: Mapping[str, Any], demand: Demand, rates: Rates
) -> tuple[list[Plan], list[tuple[str, Reason]]]:
    """All ways of making a contract part that are worth a route, and the others with why not.

    Raises UnknownMaterial for a demanded material that is not known.
    """
    chosen: list[Plan] = []
    skipped: list[tuple[str, Reason]] = []
    for entry in part.get("processes") or ():
        process = str(entry.get("process"))
        if process not in _PRIMARY:
            continue
        reason = _unfit(part, entry, demand)
        if reason is None:
            chosen.append(plan(part, entry, demand, rates))
        else:
            skipped.append((process, reason))
    return chosen, skipped


def _unfit(part: Mapping[str, Any], entry: Mapping[str, Any], demand: Demand) -> Reason | None:
    process, suitability = entry["process"], entry.get("suitability")
    if not isinstance(suitability, (int, float)):
        return Reason("suitability_not_known")
    if entry.get("verdict") == "unsuitable" or suitability < LEAST_SUITABILITY:
        return Reason("suitability_low", {"value": float(suitability), "least": LEAST_SUITABILITY})
    if not Facts(part, {}).volume_mm3:
        return Reason("volume_not_known")
    material, _ = _material_of(part, entry, demand)
    if process not in material.processes:
        return Reason(
            "material_unsuited", {"material": material.id}, {"process": f"process.{process}"}
        )
    return None


def _material_of(
    part: Mapping[str, Any], entry: Mapping[str, Any], demand: Demand
) -> tuple[Material, list[Reason]]:
    """As demanded, as the file says, as the analysis assumed, else the process's commonest."""
    if demand.material:
        return materials.find(demand.material), []
    name = part.get("material")
    if found := materials.known(str(name) if name else None):
        return found, [Reason("material_from_file", {"material": found.id})]
    assumed = materials.known((entry.get("metrics") or {}).get("assumed_material"))
    usual = assumed or materials.find(_USUAL_MATERIAL[entry["process"]])
    reasons = [Reason("material_not_known", {"name": str(name)[:60]})] if name else []
    return usual, [*reasons, Reason("material_assumed", {"material": usual.id})]


def plan(part: Mapping[str, Any], entry: Mapping[str, Any], demand: Demand, rates: Rates) -> Plan:
    """The operations of one process of a part, in order; the first is the primary one."""
    process = str(entry["process"])
    facts = Facts(part, entry.get("metrics") or {})
    material, reasons = _material_of(part, entry, demand)
    raw, rough = raw_kg(process, facts, material, rates)
    if rough:
        reasons.append(Reason("raw_rough", {"kg": raw}))
    needed_it = demand.tolerance_it or facts.finest_it
    operations = tuple(
        Operation(
            process,
            name,
            tuple(_needs(name, process, facts, material, needed_it, rates)),
            ways(name, process, facts, material, rates, fine=any(r.code == "finish" for r in why)),
            tuple(why),
        )
        for name, why in _sequence(process, facts, needed_it, rates)
    )
    mass_kg = material.mass_kg(facts.volume_mm3 or 0.0)
    suitability = float(entry["suitability"])
    return Plan(process, suitability, material, mass_kg, raw, operations, tuple(reasons))


# --- which operations ---


def _sequence(
    process: str, facts: Facts, needed_it: int | None, rates: Rates
) -> Iterator[tuple[str, list[Reason]]]:
    """Names of the operations with why each is there."""
    if facts.is_plain_bar:
        yield "saw", [Reason("plain_bar")]
    else:
        yield _PRIMARY[process], []
    if process == "sheet_metal":
        bends = facts.metric("bends")
        bends = len(facts.features("bend")) if bends is None else int(bends)
        if bends:
            yield "bend", [Reason("bends", {"count": bends})]
    if process.endswith("_casting") or process == "forging":
        yield "trim", [Reason("trim")]
    if process == "turning":
        turned = facts.metric("turned_share")
        live = facts.metrics.get("live_tooling") is True
        if turned is not None and turned < 1 - OFF_AXIS_SHARE and not live:
            yield "mill_rest", [Reason("off_axis", {"share": 1 - turned})]
    if process not in ("milling", "turning"):
        yield from _cutting(process, facts, needed_it, rates)
    if process in ("sheet_metal", "stamping"):
        yield "deburr", [Reason("deburr")]


def _cutting(
    process: str, facts: Facts, needed_it: int | None, rates: Rates
) -> Iterator[tuple[str, list[Reason]]]:
    """What is cut in a near-net part: features that it does not come with, and fine faces."""
    step = facts.second_step(process)
    why: dict[str, list[Reason]] = {}
    if step is not None:
        holes = sum(feature["type"] == "hole" for feature in step.features)
        # said of a hole or a feature of its own, whichever are more
        threads = max(
            sum("thread" in (feature.get("parameters") or {}) for feature in step.features),
            sum(feature["type"] == "thread" for feature in step.features),
        )
        if step.operation == "drill_tap":
            why[step.operation] = [
                Reason("holes", {"count": max(holes, threads), "threads": threads})
            ]
        else:
            why[step.operation] = [Reason("cut", {"count": len(step.features)})]
    typical_it = rates.of(process, "typical_it")
    if needed_it is not None and needed_it < typical_it:
        name = "finish_turn" if facts.features("turned_profile") else "finish_machine"
        finish = Reason("finish", {"needed": needed_it, "typical": int(typical_it)})
        why.setdefault(name, []).append(finish)
    yield from why.items()


# --- what each needs ---


def _needs(
    operation: str,
    process: str,
    facts: Facts,
    material: Material,
    needed_it: int | None,
    rates: Rates,
) -> Iterator[Need]:
    if operation in ("trim", "deburr", "saw"):
        return
    if operation == "turn":
        yield from _turning_needs(facts)
    elif operation in ("cut_sheet", "stamp"):
        yield from _flat_needs(operation, facts, material)
    elif operation == "bend":
        yield from _bend_needs(facts, material)
    elif operation == "extrude":
        yield from _profile_needs(facts)
    else:
        sides = 2 if process == "forging" and operation == "forge" else 3
        sides = 2 if operation == "cast" and process == "die_casting" else sides
        yield from _box(facts.size_mm, sides)
    if operation == "mill":
        yield Need("axes", facts.metric("axes"), "")
    if operation in ("cast", "mould"):
        yield Need("min_thickness_mm", facts.wall_mm, "mm", most=True)
    if operation in ("cast", "mould", "forge"):
        yield Need("max_mass_kg", material.mass_kg(facts.volume_mm3 or 0.0), "kg")
        yield from _force(process, facts, material)
    finishing = operation in ("mill", "turn", "finish_machine", "finish_turn")
    if finishing and needed_it is not None:
        yield Need("tolerance_it", float(needed_it), "IT", most=True)
    elif operation == _PRIMARY[process] and needed_it is not None:
        coarse = max(float(needed_it), rates.of(process, "typical_it"))
        yield Need("tolerance_it", coarse, "IT", most=True)


def _box(size_mm: tuple[float, ...] | None, sides: int) -> Iterator[Need]:
    for index, capability in enumerate(("length_mm", "width_mm", "height_mm")[:sides]):
        yield Need(capability, size_mm[index] if size_mm else None, "mm")


def _turning_needs(facts: Facts) -> Iterator[Need]:
    diameter_mm, length_mm, measured = bar_mm(facts)
    known = measured or facts.size_mm is not None
    for capability, value in (("length_mm", length_mm), ("max_diameter_mm", diameter_mm)):
        yield Need(capability, value if known else None, "mm", rough=not measured)
    if facts.metrics.get("live_tooling") is True:
        yield Need("axes", 3.0, "")


def _flat_needs(operation: str, facts: Facts, material: Material) -> Iterator[Need]:
    flat = facts.metric_size("flat_size_mm", 2)
    size = flat or (facts.size_mm[:2] if facts.size_mm and not facts.metric("bends") else None)
    yield from _box(size, 2)
    yield Need("max_thickness_mm", facts.thickness_mm, "mm")
    if operation != "stamp":
        return
    force_kn, rough = facts.metric("cut_force_kn"), False
    perimeter_mm = facts.metric("flat_perimeter_mm")
    if force_kn is None and perimeter_mm and facts.thickness_mm:
        force_kn, rough = perimeter_mm * facts.thickness_mm * material.shear_mpa / 1000, True
    if force_kn is not None:
        force_kn = PRESS_SAFETY * (force_kn + (facts.metric("bend_force_kn") or 0.0))
    yield Need("tonnage_kn", force_kn, "kN", rough=rough)


def _bend_needs(facts: Facts, material: Material) -> Iterator[Need]:
    lengths = [
        float(value)
        for bend in facts.features("bend")
        if isinstance(value := (bend.get("parameters") or {}).get("length_mm"), (int, float))
        and math.isfinite(value)
    ]
    flat = facts.metric_size("flat_size_mm", 2)
    longest = max(lengths, default=flat[0] if flat else None)
    thickness_mm = facts.thickness_mm
    yield Need("length_mm", longest, "mm", rough=not lengths)
    yield Need("max_thickness_mm", thickness_mm, "mm")
    force_kn, rough = facts.metric("bend_force_kn"), False
    if force_kn is None and longest is not None and thickness_mm:
        rough = True
        force_kn = V_BEND_FACTOR * material.tensile_mpa * longest * thickness_mm / DIE_OPENING_T
        force_kn /= 1000
    yield Need("tonnage_kn", force_kn, "kN", rough=rough)


def _profile_needs(facts: Facts) -> Iterator[Need]:
    circle_mm, rough = facts.metric("circumscribing_circle_mm"), False
    if circle_mm is None and facts.size_mm:
        circle_mm, rough = math.hypot(*facts.size_mm[1:]), True
    yield Need("max_diameter_mm", circle_mm, "mm", rough=rough)
    yield Need("min_thickness_mm", facts.wall_mm, "mm", most=True)


def _force(process: str, facts: Facts, material: Material) -> Iterator[Need]:
    """Clamp of a die or mould F = A·p, press of a forging F = K·σ·A."""
    if process in ("die_casting", "moulding"):
        own, pressure = facts.metric("clamp_force_kn"), _CAVITY_MPA.get(material.family)
        factor = CLAMP_SAFETY
    elif process == "forging":
        own, pressure = facts.metric("press_kn"), material.hot_flow_mpa
        factor = FORGING_FACTOR * CLAMP_SAFETY
    else:
        return
    if own is not None:
        yield Need("tonnage_kn", own, "kN")
        return
    area_mm2 = facts.metric("projected_area_mm2")
    if area_mm2 is None and facts.size_mm:
        area_mm2 = facts.size_mm[0] * facts.size_mm[1]
    known = area_mm2 is not None and pressure is not None and math.isfinite(pressure)
    force_kn = area_mm2 * pressure * factor / 1000 if known else None
    yield Need("tonnage_kn", force_kn, "kN", rough=True)
