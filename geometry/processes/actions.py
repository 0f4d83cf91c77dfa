"""Which slides, lifters and cores release what the pull of a mould does not?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from geometry.fields.access import LIFT_SHARE, cover, see
from geometry.fields.pull import undercut_groups
from geometry.processes.basis import Basis
from geometry.topology import surface_code

__all__ = ["LIFTER", "LOCKED", "SLIDE", "Action", "Actions", "described"]

LEAST_CORE_SHARE = 0.002  # of the area: smaller undercuts are machined or forgotten
SLIDE, LIFTER, LOCKED = "slide", "lifter", "locked"
ROUND = (surface_code("cylinder"), surface_code("cone"))
SAME_PIN = np.cos(np.radians(0.1))  # a pin farther off its hole's axis no longer draws
MOST_PINS = 16  # holes with axes of their own that are looked along
SIDEWAYS = 0.5  # cosine to the pull: slides move square to it, or up to 30° off
SQUARE = 0.02  # cosine: directions square to the pull
AZIMUTHS = 8  # ways that lifters are tried in, besides the part's own directions
OWN_WAYS = 8  # of the part's own directions
TRAVEL_SHARE = (0.01, 0.02, 0.04, 0.08, 0.16)  # of the diagonal: how far a lifter moves aside
LIFTER_SAMPLES = 80  # points of one undercut that lifters are tried on
MOST_LIFTERS = 2  # of one undercut: what needs more is a ring, and wants a collapsible core
LEAST_GAIN = 0.05  # of the area of an undercut: a lifter for less is none
RELEASED = 0.85  # share of an undercut that must come free before the rest counts as noise


@dataclass(frozen=True)
class Action:
    """One moving part of a mould, or an undercut that none releases."""

    kind: str  # SLIDE, LIFTER or LOCKED
    direction: np.ndarray | None  # (3,) the way it leaves the part; None for LOCKED
    travel_mm: float  # how deep it reaches, as far as samples tell; nan for LOCKED
    faces: tuple[int, ...]
    area_mm2: float


class Actions(Basis):
    """Undercuts of the best pull and what releases them."""

    @cached_property
    def undercuts(self) -> list[tuple[tuple[int, ...], float]]:
        """Connected faces that the best pull cannot release, with their hidden area: in sand one
        core each.
        """
        return undercut_groups(
            self.part.topology, self.fields.samples, self.fields.pull.hidden, self.least_mm2
        )

    @property
    def least_mm2(self) -> float:
        """Area from which on an undercut counts."""
        return LEAST_CORE_SHARE * self.area_mm2

    @cached_property
    def actions(self) -> tuple[Action, ...]:
        """Fewest slides that reach the undercuts from outside, lifters for what they leave, and
        what neither releases; largest first.

        A slide takes all it sees, also undercuts that do not touch: one pin makes both holes of a
        fork.
        """
        return self.actions_for(self.undercuts, self.fields.pull.hidden)

    def actions_for(
        self, groups: Sequence[tuple[tuple[int, ...], float]], hidden: np.ndarray
    ) -> tuple[Action, ...]:
        """The same for some undercuts and the samples (n,) bool that neither half reaches."""
        if not groups:
            return ()
        samples = self.fields.samples
        count = len(self.faces)
        group_of = np.full(count, -1)
        for number, (faces, _) in enumerate(groups):
            group_of[list(faces)] = number
        caught = np.flatnonzero(hidden & (group_of[samples.face] >= 0))
        found, left = self._slides(caught, group_of[samples.face[caught]])
        for number in range(len(groups)):
            own = caught[group_of[samples.face[caught]] == number]
            rest = own[left[own]]
            area = float(samples.area_mm2[rest].sum())
            little = max(self.least_mm2, (1 - RELEASED) * float(samples.area_mm2[own].sum()))
            if area >= little:
                found.extend(self._lifters(rest))
        return tuple(sorted(found, key=lambda action: -action.area_mm2))

    @property
    def releases(self) -> list[tuple[tuple[int, ...], np.ndarray]]:
        """Faces that each slide or lifter frees, and the way it leaves."""
        return [(a.faces, a.direction) for a in self.actions if a.direction is not None]

    def _slides(self, caught: np.ndarray, group: np.ndarray) -> tuple[list[Action], np.ndarray]:
        """Slides, and which samples (n,) bool they leave; group: the undercut of each caught."""
        samples, pull = self.fields.samples, self.fields.pull
        directions, seen = self._slide_ways(caught)
        along = np.abs(directions @ pull.direction)
        # a slide runs along something of the part, square to the pull if it can
        side = np.flatnonzero(along < SIDEWAYS)
        order = side[np.argsort(along[side].round(3), kind="stable")]
        weights = np.zeros(len(samples))
        weights[caught] = samples.area_mm2[caught]
        total = float(weights.sum())
        left = np.zeros(len(samples), bool)
        left[caught] = True
        seen[:, caught] = _at_once(seen[:, caught], weights[caught], group, order)
        found = []
        for row in cover(seen, weights, least_gain=self.least_mm2 / max(total, 1e-300), rows=order):
            taken = left & seen[row]
            found.append(self._action(SLIDE, directions[row], np.flatnonzero(taken)))
            left &= ~seen[row]
        return found, left

    def _slide_ways(self, caught: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Directions (d, 3) that slides are tried in, and what of the caught samples (k,) ids each
        sees (d, n) bool: axes of their round faces, whose pins must run along them to a fraction
        of a degree, then directions of the part.
        """
        view, fields, faces = self.fields.visibility, self.fields, self.faces
        own = view.directions[: view.from_geometry]
        axes: list[np.ndarray] = []
        touched = np.unique(fields.samples.face[caught])
        for face in touched[np.isin(faces["kind"][touched], ROUND)]:
            axis = faces["axis"][face]
            known = np.concatenate([own, np.array(axes).reshape(-1, 3)])
            if len(axes) < MOST_PINS and np.abs(known @ axis).max(initial=0.0) < SAME_PIN:
                axes.append(axis)
        if not axes:
            return own, view.seen.copy()
        lines = np.array(axes)
        pins = np.stack([lines, -lines], axis=1).reshape(-1, 3)
        # what is not caught needs no pin
        more = np.zeros((len(pins), len(fields.samples)), bool)
        some = fields.samples.subset(caught)
        more[:, caught] = see(fields.scene, some, pins, len(pins), fields.diagonal_mm).seen
        return np.concatenate([pins, own]), np.concatenate([more, view.seen])

    def _lifters(self, rest: np.ndarray) -> list[Action]:
        """Lifters for the samples of one undercut that no slide reaches; LOCKED when a handful do
        not free them.
        """
        samples, fields = self.fields.samples, self.fields
        tried = rest[:: max(len(rest) // LIFTER_SAMPLES, 1)]
        ways = self._ways()
        start = samples.points_mm[tried] + self._lift_mm(tried)[:, None] * samples.normals[tried]
        free = np.zeros((len(ways), len(tried)), bool)
        travel = np.full((len(ways), len(tried)), np.nan)
        leaving = np.einsum("wk,nk->wn", ways, samples.normals[tried]) > -SQUARE
        way, sample = np.nonzero(leaving)
        room = np.zeros(leaving.shape)
        room[leaving] = fields.scene.cast(start[sample], ways[way]).distance_mm
        for share in TRAVEL_SHARE:
            step = share * fields.diagonal_mm
            way, sample = np.nonzero(~free & (room > step))
            if not len(way):
                break  # a longer way has no more room
            place = start[sample] + step * ways[way]
            out = ~fields.scene.occluded(place, fields.pull.direction)
            under = np.flatnonzero(~out)
            out[under] = ~fields.scene.occluded(place[under], -fields.pull.direction)
            free[way[out], sample[out]] = True
            travel[way[out], sample[out]] = step
        area = samples.area_mm2[tried]
        # along the part's own directions if those are enough, else any way round
        far = np.where(free.any(axis=1), np.where(free, travel, 0.0).max(axis=1), np.inf)
        short = np.argsort(far, kind="stable")  # of equals the one that moves least
        for tries in (short[short < len(ways) - AZIMUTHS], short):
            rows = cover(free, area, least_gain=LEAST_GAIN, rows=tries)
            released = free[rows].any(axis=0) if rows else np.zeros(len(tried), bool)
            enough = area[released].sum() >= RELEASED * area.sum()
            if enough and len(rows) <= MOST_LIFTERS:
                break
        else:
            return [self._action(LOCKED, None, rest)]
        found, left = [], np.ones(len(tried), bool)
        for row in rows:
            taken = left & free[row]
            left &= ~free[row]
            action = self._action(LIFTER, ways[row], tried[taken])
            share = float(area[taken].sum() / area.sum())
            found.append(
                Action(
                    LIFTER,
                    ways[row],
                    float(np.nanmax(travel[row][taken])),
                    action.faces,
                    share * float(samples.area_mm2[rest].sum()),
                )
            )
        return found

    def _ways(self) -> np.ndarray:
        """Directions square to the pull that a lifter may move in (w, 3)."""
        view, pull = self.fields.visibility, self.fields.pull
        own = view.directions[: view.from_geometry]
        square = own[np.abs(own @ pull.direction) < SQUARE][: 2 * OWN_WAYS]
        x, y = self.fields.columns(pull.direction).across
        turn = np.arange(AZIMUTHS) * 2 * np.pi / AZIMUTHS
        return np.concatenate([square, np.outer(np.cos(turn), x) + np.outer(np.sin(turn), y)])

    def _lift_mm(self, chosen: np.ndarray) -> np.ndarray:
        samples = self.fields.samples
        return LIFT_SHARE * self.fields.diagonal_mm + 1.5 * samples.chord_error_mm[chosen]

    def _action(self, kind: str, direction: np.ndarray | None, chosen: np.ndarray) -> Action:
        """An action on some samples; a slide travels until it has left the faces it forms."""
        samples = self.fields.samples
        faces = np.unique(samples.face[chosen])
        travel = float("nan")
        if direction is not None:
            travel = float(np.ptp(samples.points_mm[chosen] @ direction))
        area = float(samples.area_mm2[chosen].sum())
        return Action(kind, direction, travel, tuple(faces.tolist()), area)


def _at_once(
    seen: np.ndarray, weights: np.ndarray, group: np.ndarray, rows: np.ndarray
) -> np.ndarray:
    """What each way releases (d, n) bool: an undercut that one of the rows sees as good as whole is
    made by one pin, and not in halves by slides that come aslant.

    seen (d, n) bool, weights (n,), group (n,) of the same samples.
    """
    released = seen.copy()
    for number in np.unique(group):
        own = np.flatnonzero(group == number)
        share = seen[:, own] @ weights[own] / max(float(weights[own].sum()), 1e-300)
        whole = share >= RELEASED
        if whole[rows].any():
            released[np.ix_(np.arange(len(seen)), own)] = whole[:, None]
    return released


def described(actions: Iterable[Action], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Actions as a metric; names: what a process calls each kind."""
    return [
        {
            "kind": names.get(action.kind, action.kind),
            **({} if action.direction is None else {"direction": action.direction}),
            "travel_mm": action.travel_mm,
            "area_mm2": action.area_mm2,
            "faces": list(action.faces),
        }
        for action in actions
    ]
