"""In which order can the bends of a sheet be pressed so that nothing runs into part or tools?

Found backwards: a bend that can be pressed last, all others being bent, is taken away, and so on
until the sheet is flat.

Source: Duflou, Váncza, Aerens, Computer aided process planning for sheet metal bending: a state of
the art, Computers in Industry 56 (2005) 747–771.
"""

import math
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np

from geometry.features.sheet_model import SheetModel
from geometry.folding import Folding, Piece
from geometry.tables import read_table

__all__ = ["BendOrder", "Pressed", "find_bend_order"]

SOURCE = "press_brake.toml"
MOST_BENDS = 12  # of which an order is sought
MOST_TRIED = 120  # strokes looked at before the search gives up
FOLDED_DEG = 150.0  # bends beyond this are bent sharp first and then pressed together, as hems are
PART, TOOL = "part", "tool"  # what a bend may run into


@dataclass(frozen=True)
class Pressed:
    """One bend in its turn."""

    bend: int  # of the model
    up: bool  # the flange rises, seen from side A; a change means turning the sheet over
    tool: str  # straight, acute, gooseneck; hem, roll; "" when none goes in
    collides: tuple[str, ...]  # part, tool


@dataclass(frozen=True)
class BendOrder:
    """The order; where there is none without collision the least bad and what collides in it."""

    steps: tuple[Pressed, ...]
    turns_over: int

    @property
    def collisions(self) -> int:
        """Bends that cannot be pressed in their turn."""
        return sum(bool(step.collides) for step in self.steps)


@dataclass(frozen=True)
class _Punch:
    id: str
    sharpest_deg: float
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class _Brake:
    punches: tuple[_Punch, ...]
    punch_beam: Piece
    opening_t: float
    shoulder_mm: float
    die_height_mm: float
    die_beam: tuple[float, float]

    def die(self, angle: float, thickness_mm: float) -> tuple[Piece, ...]:
        """The die and its beam under a bend: the legs rest on the shoulders of the V."""
        half = self.opening_t * thickness_mm / 2
        top = half * math.tan(min(angle, math.radians(170)) / 2) - thickness_mm / 2
        wide, deep = self.die_beam
        block = _box(half + self.shoulder_mm, -self.die_height_mm, 0.0)
        beam = _box(wide, -self.die_height_mm - deep, -self.die_height_mm)
        return Piece(block, False).lifted(top), Piece(beam, True).lifted(top)


def _box(half: float, low: float, high: float) -> np.ndarray:
    return np.array([[-half, low], [half, low], [half, high], [-half, high]])


@cache
def _brake() -> _Brake:
    data = read_table(SOURCE)
    punches = tuple(
        _Punch(
            one["id"],
            float(one["sharpest_deg"]),
            tuple(Piece(np.array(piece, float), False) for piece in one["pieces"]),
        )
        for one in data["punch"]
    )
    die, beam = data["die"], data["die_beam"]
    return _Brake(
        punches,
        Piece(np.array(data["punch_beam"]["piece"], float), True),
        float(die["opening_t"]),
        float(die["shoulder_mm"]),
        float(die["height_mm"]),
        (float(beam["half_width_mm"]), float(beam["depth_mm"])),
    )


def find_bend_order(model: SheetModel, folding: Folding | None = None) -> BendOrder | None:
    """The order of a sheet that lies flat; None when nobody looked: no bend, too many, or too
    long a search.

    folding: of the model, where there is one already.
    """
    if not 1 <= len(model.bends) <= MOST_BENDS or model.blank is None or model.development is None:
        return None
    return _Search(model, folding or Folding(model)).order()


class _GivenUp(Exception):
    """More strokes than are looked at."""


class _Search:
    def __init__(self, model: SheetModel, folding: Folding) -> None:
        self.model = model
        self.folding = folding
        self.tried: dict[tuple[int, frozenset[int]], tuple[str, tuple[str, ...]]] = {}
        self.dead: set[frozenset[int]] = set()
        # what hangs on the root is bent last: outer bends first
        self.last_first = sorted(
            range(len(model.bends)),
            key=lambda b: (self.folding.depth(b), -model.bends[b].length_mm, b),
        )
        blank = model.blank
        assert blank is not None
        up = {line.node: line.up for line in blank.bend_lines}
        self.up = [up[bend.nodes[0]] for bend in model.bends]

    def order(self) -> BendOrder | None:
        whole = frozenset(range(len(self.model.bends)))
        try:
            steps = self._down(whole)
        except _GivenUp:
            return None
        if steps is None:
            steps = self._least_bad(whole)
        flips = sum(a.up != b.up for a, b in pairwise(steps))
        return BendOrder(tuple(steps), flips)

    def _down(self, bent: frozenset[int]) -> list[Pressed] | None:
        """Strokes that lead from flat to these bends, None when there are none."""
        if not bent:
            return []
        if bent in self.dead:
            return None
        for bend in self.last_first:
            if bend not in bent:
                continue
            tool, collides = self._stroke(bend, bent - {bend})
            if collides:
                continue
            before = self._down(bent - {bend})
            if before is not None:
                return [*before, Pressed(bend, self.up[bend], tool, ())]
        self.dead.add(bent)
        return None

    def _least_bad(self, bent: frozenset[int]) -> list[Pressed]:
        """Backwards, what collides least first."""
        steps: list[Pressed] = []
        left = bent
        while left:
            options = [b for b in self.last_first if b in left]
            results = {
                b: self.tried.get((b, left - {b})) or self._look(b, left - {b}) for b in options
            }
            bend = min(options, key=lambda b: len(results[b][1]))
            tool, collides = results[bend]
            steps.append(Pressed(bend, self.up[bend], tool, collides))
            left = left - {bend}
        return steps[::-1]

    def _stroke(self, bend: int, others: frozenset[int]) -> tuple[str, tuple[str, ...]]:
        key = bend, others
        if key not in self.tried:
            if len(self.tried) >= MOST_TRIED:
                raise _GivenUp
            self.tried[key] = self._look(bend, others)
        return self.tried[key]

    def _look(self, bend: int, others: frozenset[int]) -> tuple[str, tuple[str, ...]]:
        """Tool of a stroke and what it runs into."""
        folding, made = self.folding, self.model.bends[bend]
        own = (PART,) if folding.hits_itself(bend, others) else ()
        if made.kind != "air":
            return made.kind, own
        if made.angle_deg > FOLDED_DEG:
            return "hem", own
        brake, angle = _brake(), self.folding.angles[bend]
        lift = self.model.thickness_mm / 2
        die = brake.die(angle, self.model.thickness_mm)
        if folding.hits(bend, others, die, stages=(1.0,)):
            return "", (*own, TOOL)
        beam = brake.punch_beam.lifted(lift)
        fitting = [p for p in brake.punches if made.angle_deg <= p.sharpest_deg]
        if folding.hits(bend, others, (beam,), legs_too=True):
            return "", (*own, TOOL)
        for punch in fitting:
            pieces = tuple(piece.lifted(lift) for piece in punch.pieces)
            other = tuple(piece.mirrored() for piece in pieces)
            for way in (pieces, other) if punch.id == "gooseneck" else (pieces,):
                if not folding.hits(bend, others, way):
                    return punch.id, own
        return "", (*own, TOOL)
