"""What is known of a sample: the record that `manifest.toml` holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cadquery as cq

from samples.step_file import Node

LICENCE = "drawn for this project, Apache-2.0"


@dataclass(frozen=True)
class Sample:
    """A drawn part or assembly with its known answers.

    `features` are those whose parameters the drawing fixed; others may be there (fillets, draft).
    """

    file: str
    name: str
    what: str
    process: str
    material: str
    annual: int
    shape: cq.Shape | None = None
    tree: Node | None = None
    colour: str = "#b0b4b8"
    also: tuple[str, ...] = ()
    features: tuple[Mapping[str, object], ...] = ()
    volume_mm3: float | None = None
    thickness_mm: float | None = None
    flat: Mapping[str, object] | None = None
    pull_direction: Sequence[float] | None = None
    turn_axis: Sequence[float] | None = None
    direction: Sequence[float] | None = None
    counts: Mapping[str, int] | None = None

    def known(self) -> dict[str, object]:
        """The record as plain data, absent where nothing is known."""
        keys = ("file", "name", "what", "process", "also", "material", "annual", "colour")
        keys += ("volume_mm3", "thickness_mm", "flat", "pull_direction", "turn_axis", "direction")
        keys += ("counts", "features")
        record = {key: getattr(self, key) for key in keys}
        return {key: value for key, value in record.items() if value not in (None, (), "")}


def feature(kind_of: str, kind: str | None = None, **known: object) -> dict[str, object]:
    """One feature in the contract's words; `axis` and `origin_mm` stand beside the parameters."""
    place = {key: known.pop(key) for key in ("axis", "origin_mm") if key in known}
    record: dict[str, object] = {"type": kind_of}
    if kind:
        record["kind"] = kind
    return record | {"parameters": known} | place


def one_solid(drawing: cq.Workplane) -> cq.Solid:
    """The single valid solid a drawing came to.

    Raises `ValueError` when the drawing fell apart or the kernel calls it invalid.
    """
    solids = drawing.clean().solids().vals()
    if len(solids) != 1 or not solids[0].isValid():
        raise ValueError(f"the drawing came to {len(solids)} solids, wanted one valid solid")
    return solids[0]
