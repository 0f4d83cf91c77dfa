"""What is a generated part, and how does its truth move with it?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import cadquery as cq
import numpy as np
from OCP import Standard, StdFail
from OCP.BRepBuilderAPI import BRepBuilderAPI_Transform
from OCP.gp import gp_Trsf
from scipy.spatial.transform import Rotation

Feature = Mapping[str, object]
Draw = Callable[[np.random.Generator], "Made"]

VOLUME_TOLERANCE = 2e-5  # relative: Gauss integration over trimmed curved faces is no better
FARTHEST_MM = 300.0  # parts lie up to this far from the origin of their file
DIRECTIONS = ("pull_direction", "turn_axis", "direction")

# the kernel's exceptions share no base below Exception
KERNEL_ERRORS = (
    RuntimeError,
    StdFail.StdFail_NotDone,
    *(
        one
        for one in vars(Standard).values()
        if isinstance(one, type) and issubclass(one, Exception)
    ),
)

KINDS: dict[str, Draw] = {}


class BadDrawing(ValueError):
    """The kernel did not draw what was asked for."""


@dataclass(frozen=True)
class Made:
    """A drawn part with what is known of it, in the part's own coordinates.

    `volume_mm3` comes from a formula, never from the kernel. `lenient` says that other holes,
    pockets and the like may rightly be found beside those listed.
    """

    shape: cq.Shape
    features: tuple[Feature, ...]
    process: tuple[str, ...]
    volume_mm3: float | None = None
    lenient: bool = False
    pull_direction: tuple[float, ...] | None = None
    turn_axis: tuple[float, ...] | None = None
    direction: tuple[float, ...] | None = None
    unfold: Mapping[str, object] | None = None
    volume_tolerance: float = VOLUME_TOLERANCE  # relative

    def truth(self, file: str, kind: str) -> dict[str, object]:
        """The record of `truth.json`."""
        record: dict[str, object] = {
            "file": file,
            "drawn": kind,
            "features": [plain(one) for one in self.features],
            "process": list(self.process),
        }
        if self.lenient:
            record["lenient"] = True
        for key in (*DIRECTIONS, "unfold", "volume_mm3"):
            if getattr(self, key) is not None:
                record[key] = plain(getattr(self, key))
        return record


def kind(draw: Draw) -> Draw:
    """Register a kind of part under the function's name."""
    KINDS[draw.__name__] = draw
    return draw


def named(name: str, draw: Draw) -> None:
    """Register a kind that is made from another function."""
    KINDS[name] = draw


def feature(
    type_: str,
    kind_: str | None = None,
    *,
    axis: object = None,
    at: object = None,
    **parameters: object,
) -> Feature:
    """One feature in the contract's words."""
    record: dict[str, object] = {"type": type_}
    if kind_:
        record["kind"] = kind_
    record["parameters"] = parameters
    if axis is not None:
        record["axis"] = tuple(np.asarray(axis, float))
    if at is not None:
        record["origin_mm"] = tuple(np.asarray(at, float))
    return record


def moved_feature(one: Feature, turn: np.ndarray, shift_mm: np.ndarray) -> Feature:
    """The feature after x → turn · x + shift."""
    record = dict(one)
    if "axis" in one:
        record["axis"] = tuple(turn @ np.asarray(one["axis"]))
    if "origin_mm" in one:
        record["origin_mm"] = tuple(turn @ np.asarray(one["origin_mm"]) + shift_mm)
    return record


def random_motion(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A rotation uniform over all rotations, and a shift."""
    return Rotation.random(random_state=rng).as_matrix(), rng.uniform(-1, 1, 3) * FARTHEST_MM


def moved(made: Made, turn: np.ndarray, shift_mm: np.ndarray) -> Made:
    """The part and its truth after x → turn · x + shift, the motion baked into the geometry."""
    directions = {
        key: tuple(turn @ np.asarray(getattr(made, key)))
        for key in DIRECTIONS
        if getattr(made, key) is not None
    }
    return replace(
        made,
        shape=moved_shape(made.shape, turn, shift_mm),
        features=tuple(moved_feature(one, turn, shift_mm) for one in made.features),
        **directions,
    )


def moved_shape(shape: cq.Shape, turn: np.ndarray, shift_mm: np.ndarray) -> cq.Shape:
    """The shape with the motion in its geometry, not in a placement."""
    motion = gp_Trsf()
    rows = [float(v) for row, s in zip(turn, shift_mm, strict=True) for v in (*row, s)]
    motion.SetValues(*rows)
    return cq.Shape.cast(BRepBuilderAPI_Transform(shape.wrapped, motion, True).Shape())


def checked(made: Made) -> Made:
    """The part when it is one valid solid of the volume its formula gives.

    Raises `BadDrawing`.
    """
    solids = made.shape.Solids()
    if len(solids) != 1:
        raise BadDrawing(f"{len(solids)} solids")
    solid = solids[0]
    if not solid.isValid():
        raise BadDrawing("not valid")
    volume = solid.Volume()
    if volume <= 0:
        raise BadDrawing(f"volume {volume}")
    if made.volume_mm3 is not None and abs(volume / made.volume_mm3 - 1) > made.volume_tolerance:
        raise BadDrawing(f"volume {volume}, by formula {made.volume_mm3}")
    return replace(made, shape=solid)


def plain(value: object) -> object:
    """The same as lists and numbers that JSON knows, rounded to nine digits."""
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, float | np.floating):
        return round(float(value), 9)
    return int(value) if isinstance(value, np.integer) else value
