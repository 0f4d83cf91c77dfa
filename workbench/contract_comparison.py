"""What the contract says of a comparison and of a history of revisions."""

from typing import Any, Literal

from pydantic import Field

from workbench.contract_shape import Matrix, Open, Share

__all__ = ["Comparison", "History"]


class FaceChanges(Open):
    """Faces of A and B that answer each other."""

    same: list[tuple[int, int]]
    changed: list[Any]
    removed: list[int]
    added: list[int]


class FeatureChanges(Open):
    """Features of A and B that answer each other."""

    changed: list[dict[str, Any]]
    removed: list[Any]
    added: list[Any]


class Deviation(Open):
    """Distance of the two surfaces after alignment."""

    mean: float
    p95: float
    max: float
    max_of_b: float | None = None


class Comparison(Open):
    """The answer of `workbench compare`."""

    schema_name: Literal["workbench.comparison/1"] = Field(alias="schema")
    similarity: Share
    alignment: Matrix | None = None
    same_shape: bool
    mirrored: bool
    scale: float
    volume_change: float
    volume_added_mm3: float | None = None
    volume_removed_mm3: float | None = None
    faces: FaceChanges | None = None
    features: FeatureChanges
    deviation_mm: Deviation | None = None
    processes: list[dict[str, Any]] = Field(default_factory=list)


class Revision(Open):
    """One revision of a history."""

    name: str
    parts: int
    volume_mm3: float
    size_mm: list[float]
    features: int
    process: str | None = None
    suitability: float | None = None
    processes: dict[str, float]


class History(Open):
    """The answer of `workbench history`: revisions, and the comparison of each with the last."""

    schema_name: Literal["workbench.history/1"] = Field(alias="schema")
    revisions: list[Revision]
    steps: list[Comparison]
