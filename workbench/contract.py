"""What form does our JSON have? pydantic models; the schema files are made from them.

    python -m workbench.contract        writes workbench/schema/*.json anew

Keys may be added, never changed: models take unknown keys.
"""

import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import models_json_schema

from workbench.contract_comparison import Comparison, History
from workbench.contract_shape import (
    Index,
    Matrix,
    Open,
    Point,
    Point2,
    Positive,
    Score,
    Shape,
    Share,
)

__all__ = [
    "SCHEMAS",
    "Analysis",
    "Comparison",
    "Failure",
    "Flat",
    "History",
    "Match",
    "Similar",
    "schema",
    "schema_path",
]

Process = Literal[
    "milling",
    "turning",
    "sheet_metal",
    "stamping",
    "sand_casting",
    "gravity_casting",
    "die_casting",
    "investment_casting",
    "forging",
    "moulding",
    "extrusion",
]
FeatureType = Literal[
    "hole",
    "pocket",
    "slot",
    "step",
    "boss",
    "rib",
    "fillet",
    "chamfer",
    "groove",
    "turned_profile",
    "thread",
    "gear",
    "bend",
    "flange",
    "cutout",
    "form",
    "undercut",
    "pattern",
]


class Sentences(BaseModel):
    """One sentence in every language."""

    model_config = ConfigDict(extra="forbid")

    uz_latin: str = Field(alias="uz-Latn")
    uz_cyrillic: str = Field(alias="uz-Cyrl")
    russian: str = Field(alias="ru")
    english: str = Field(alias="en")


# --- analysis ---


class Source(Open):
    """The file."""

    name: str
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    bytes: Annotated[int, Field(gt=0)]
    format: Literal["AP203", "AP214", "AP242"] | None = None
    unit: str
    originating_system: str | None = None


class Warned(Open):
    """Something healed, skipped or doubtful; `message` is in the language of the call."""

    code: str
    message: str
    messages: Sentences
    part: Index | None = None
    detail: str | None = None  # the error behind it, for who maintains the installation


class Node(Open):
    """One place in the assembly."""

    name: str
    part: Index | None = None
    placement: Matrix | None = None
    children: list["Node"] = Field(default_factory=list)


class Face(Open):
    """One face; its number is its place in the list."""

    surface: Literal[
        "plane",
        "cylinder",
        "cone",
        "sphere",
        "torus",
        "bezier",
        "bspline",
        "revolution",
        "extrusion",
        "offset",
        "other",
    ]
    area_mm2: Annotated[float, Field(ge=0)]
    features: list[str]


class Feature(Open):
    """A recognised feature."""

    id: str
    type: FeatureType
    kind: str | None = None
    faces: list[Index]
    parameters: dict[str, Any]
    parent: str | None = None


class Pmi(Open):
    """A dimension, tolerance, datum, roughness or note that the file carries."""

    type: Literal["dimension", "tolerance", "datum", "roughness", "note"]
    kind: str | None = None
    value: float | None = None
    upper: float | None = None
    lower: float | None = None
    text: str
    faces: list[Index]


class Wall(Open):
    """How thick the walls are."""

    median_mm: Positive
    min_mm: Positive
    max_mm: Positive
    constant: bool
    sheet_thickness_mm: Positive | None = None


class Term(Open):
    """One summand of a suitability."""

    name: str
    points: float


class NotChecked(Open):
    """What a judgement does not cover."""

    what: str
    why: str


class Judged(Open):
    """How well one process suits the part."""

    process: Process
    suitability: Score
    verdict: Literal["suitable", "with_changes", "unsuitable"]
    summary: Sentences
    metrics: dict[str, Any]
    findings: list[str]
    terms: list[Term]
    not_checked: list[NotChecked]


class Measured(Open):
    """A value with its unit."""

    value: float
    unit: str


class Limit(Measured):
    """A value that is not to be passed."""

    relation: Literal[">=", "<=", "=="]


class Finding(Open):
    """What stands against a process, or would make it cheaper."""

    id: str
    rule: str
    process: Process
    severity: Literal["critical", "major", "minor", "advice"]
    message: Sentences
    why: Sentences
    fix: Sentences
    measured: Measured | None = None
    limit: Limit | None = None
    faces: list[Index]
    feature: str | None = None
    source: str


class Machined(Open):
    """What a route's second step cuts."""

    features: list[str]
    faces: list[Index]
    area_share: Share


class TwoSteps(Open):
    """A near-net process and machining of what it cannot leave ready."""

    processes: Annotated[list[Process], Field(min_length=2)]
    operations: list[str]
    suitability: Score
    verdict: Literal["suitable", "with_changes", "unsuitable"]
    terms: list[Term]
    answered: list[str]
    machined: Machined


class Part(Open):
    """One distinct solid."""

    index: Index
    name: str
    count: Annotated[int, Field(ge=1)]
    closed: bool
    material: str | None = None
    colour: Annotated[str, Field(pattern="^#[0-9a-f]{6}$")] | None = None
    size_mm: Point
    bbox_mm: Annotated[list[Point], Field(min_length=2, max_length=2)]
    volume_mm3: Positive
    area_mm2: Positive
    centroid_mm: Point
    mass_kg: Positive | None = None
    faces: list[Face]
    features: list[Feature]
    pmi: list[Pmi] = Field(default_factory=list)
    explained_share: Share | None = None
    freeform_share: Share | None = None
    unexplained_faces: list[Index] = Field(default_factory=list)
    wall: Wall | None = None
    shape: Shape | None = None
    processes: list[Judged]
    routes: list[TwoSteps] = Field(default_factory=list)
    findings: list[Finding]


class ChangedRule(Open):
    """A rule that a profile changed, added or switched off."""

    process: Process
    rule: str


class RulesUsed(Open):
    """The profile whose limits stood instead of the usual ones."""

    profile: str
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    changed: list[ChangedRule]


class Analysis(Open):
    """The answer of `workbench analyse`."""

    schema_name: Literal["workbench.analysis/1"] = Field(alias="schema")
    source: Source
    warnings: list[Warned]
    assembly: Node
    parts: Annotated[list[Part], Field(min_length=1)]
    rules: RulesUsed | None = None
    timing_s: dict[str, float]


# --- the other answers ---


class Problem(Open):
    """What went wrong, in a word for machines and a sentence for people."""

    code: str
    message: str
    hint: str


class Failure(Open):
    """What every command prints with --json when it fails."""

    error: Problem


class FlatBend(Open):
    """One bend line of the flat pattern."""

    angle_deg: float
    inside_radius_mm: float
    line: Annotated[list[Point2], Field(min_length=2, max_length=2)]
    direction: Literal["up", "down"]


class Flat(Open):
    """The answer of `workbench unfold`."""

    schema_name: Literal["workbench.flat/1"] = Field(alias="schema")
    thickness_mm: Positive
    k_factor: float
    size_mm: Point2
    area_mm2: Positive
    perimeter_mm: Positive
    bends: list[FlatBend]
    dxf: str


class Alike(Open):
    """One part of the catalogue that resembles the one asked for."""

    part: str
    name: str
    similarity: Share
    why: dict[str, Any]


class Similar(Open):
    """The answer of `workbench similar`."""

    schema_name: Literal["workbench.similar/1"] = Field(alias="schema")
    results: list[Alike]


class Operation(Open):
    """One step of a route, at one plant."""

    process: str
    operation: str
    plant: str
    machine: str
    minutes: float
    reasons: list[Any]


class Cost(Open):
    """Money of a route."""

    per_part: float
    tooling: float
    currency: str
    breakdown: dict[str, Any]


class Route(Open):
    """One way to get the part made."""

    rank: Annotated[int, Field(ge=1)]
    score: float
    cost: Cost
    lead_time_days: float
    local_share: Share
    operations: list[Operation]
    gaps: list[Any]


class Shortfall(Open):
    """A capability that falls short."""

    capability: str
    needed: Any
    has: Any
    unit: str


class Rejected(Open):
    """A plant that cannot do an operation, and why."""

    plant: str
    operation: str
    reasons: list[Shortfall]


class Unblock(Open):
    """A change that would open a route."""

    change: Any
    kind: Literal["design", "plant", "investment"]
    gain: Any


class Match(Open):
    """The answer of `workbench match`."""

    schema_name: Literal["workbench.match/1"] = Field(alias="schema")
    demand: dict[str, Any]
    routes: list[Route]
    rejected: list[Rejected]
    unblocks: list[Unblock]


SCHEMAS: dict[str, type[BaseModel]] = {
    "analysis": Analysis,
    "error": Failure,
    "flat": Flat,
    "comparison": Comparison,
    "history": History,
    "similar": Similar,
    "match": Match,
}


def schema(name: str) -> dict[str, Any]:
    """The JSON schema (draft 2020-12) of one of the answers."""
    _, made = models_json_schema([(SCHEMAS[name], "validation")], by_alias=True)
    reference = f"#/$defs/{SCHEMAS[name].__name__}"
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"workbench.{name}/1",
        "$ref": reference,
        "$defs": made["$defs"],
    }


def schema_path(name: str) -> Path:
    """Where the schema of an answer is kept."""
    return Path(__file__).with_name("schema") / f"{name}.schema.json"


def _write_all() -> None:
    for name in SCHEMAS:
        text = json.dumps(schema(name), indent=2, ensure_ascii=False)
        schema_path(name).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    _write_all()
