"""Which walls lead into an undercut slot from above?"""

import math
from functools import cached_property

import numpy as np

from geometry.features.survey import CYLINDER, PLANE, Survey
from geometry.topology import CONCAVE, CONVEX

__all__ = ["find_neck"]

SAME = math.cos(math.radians(3))
ALIKE = math.sin(math.radians(2))  # between the leans of a dovetail's two flanks
LEAST_LEAN = math.sin(math.radians(10))  # draft leans less; dovetails have 30° to 45°


def find_neck(
    survey: Survey, every: list[int], run: np.ndarray | None, free: set[int]
) -> tuple[tuple[int, int], set[int]] | None:
    """Two walls above an undercut that face each other, which only convex edges join to it or the
    wall of a square blind end does, and all faces of the neck.

    every: faces of the undercut; run: along which its inner edges lie, where they are parallel.
    """
    own = set(every)
    flat = [face for face in every if survey.kinds[face] == PLANE]
    roof = _Roof(survey, every)
    ways, _ = survey.chords
    walls = []
    for face in flat:
        beside = [
            (e, g)
            for e, g in survey.near[face]
            if survey.turns[e] == CONVEX and g in free and survey.kinds[g] == PLANE
        ]
        # walls of the group itself are many, and few of its faces are lips
        lip = run is None and any(g in own for _, g in beside) and roof.is_over(face)
        for edge, g in beside:
            if g in own and not lip:
                continue
            along = ways[edge]
            if run is None or abs(along @ run) > SAME:
                walls.append((g, face, along))
    pairs = _facing(survey, walls)
    if not pairs:
        return None
    axes = survey.faces["axis"]
    under = axes[[face for _, face, _ in walls]]
    leans = axes[flat] @ under.T
    leaning = ((leans < ALIKE - LEAST_LEAN) & (leans > -SAME - ALIKE)).any(axis=0).tolist()
    one_way = (np.einsum("ij,ij->i", *under[np.array(pairs).T]) > SAME).tolist()
    for (i, k), alike in zip(pairs, one_way, strict=True):
        (a, under_a, along_a), (b, under_b, _) = walls[i], walls[k]
        if leaning[i] and leaning[k] and _lean_in(axes[flat], under[i], under[k]):
            return (a, b), {a, b}
        if not alike:
            continue
        if a in own or b in own:  # past the corners of the end both lips are faces of their own
            both = a in own and b in own and under_a != under_b
            if both and _is_mouth(survey, own, (a, b), under_a, along_a):
                return (a, b), {a, b}
            continue
        # over a ledge that nothing looks down on the walls are a narrower slot's in its floor
        if run is not None and under_a != under_b and roof.is_over(under_a):
            return (a, b), {a, b}
        # round a blind end the lip is one face
        if under_a == under_b and roof.is_over(under_a):
            end = _round_end(survey, a, b)
            if len(end) == 1:  # round at both ends it is a window
                return (a, b), {a, b, *end}
    return None


def _facing(survey: Survey, walls: list[tuple[int, int, np.ndarray]]) -> list[list[int]]:
    """Places of two walls that look at each other over edges that run one way."""
    if len(walls) < 2:
        return []
    own = survey.faces.take([wall for wall, _, _ in walls])
    axes, ways = own["axis"], np.array([along for _, _, along in walls])
    facing = (axes @ axes.T < -SAME) & (np.abs(ways @ ways.T) > SAME)
    i, k = np.nonzero(np.triu(facing, 1))
    gap = np.einsum("ij,ij->i", own["centroid_mm"][k] - own["centroid_mm"][i], axes[i])
    found: list[list[int]] = np.column_stack([i, k])[gap > 0].tolist()
    return found


def _lean_in(floors: np.ndarray, a: np.ndarray, b: np.ndarray) -> bool:
    """Whether two walls of a cut lean in over one floor of it from both sides alike, as those of a
    dovetail do; by normals of its planes (n, 3) and of the walls.
    """
    lean = floors @ a, floors @ b
    alike = np.abs(lean[0] - lean[1]) < ALIKE
    across = 1 - lean[0] * lean[1]  # of what they have along the floor, squared
    facing = a @ b - lean[0] * lean[1] < -SAME * across
    return bool((alike & facing & (lean[0] < -LEAST_LEAN) & (lean[0] > -SAME)).any())


class _Roof:
    """Planes of a group and at its foot, which may look down on a floor under a lip."""

    def __init__(self, survey: Survey, faces: list[int]) -> None:
        self._survey, self._faces = survey, faces

    @cached_property
    def _under(self) -> set[int]:
        """Planes of the group that some plane looks straight at."""
        survey, near, turns = self._survey, self._survey.near, self._survey.turns
        feet = {g for f in self._faces for e, g in near[f] if turns[e] == CONCAVE}
        every, own = (
            np.array([f for f in sorted(some) if survey.kinds[f] == PLANE], int)
            for some in ({*self._faces, *feet}, self._faces)
        )
        axes, places = (survey.faces[name] for name in ("axis", "centroid_mm"))
        apart = places[every] - places[own][:, None]
        ahead = np.einsum("ijk,ik->ij", apart, axes[own]) > 0
        facing = axes[own] @ axes[every].T < -SAME
        return set(own[(facing & ahead).any(axis=1)].tolist())

    def is_over(self, face: int) -> bool:
        """Whether some plane looks straight at a face: the floor under a lip, which may be told
        already as the bottom of a hole that it enters by.

        The two sides of an arm look away from each other.
        """
        return face in self._under


def _is_mouth(
    survey: Survey, own: set[int], walls: tuple[int, int], lip: int, along: np.ndarray
) -> bool:
    """Whether two walls of a cut lead from under its lip to the outside, and the cut is longer
    than wide: as long as wide it is a pocket, open at a side, in the shape of a T.
    """
    axes = survey.faces["axis"]
    for wall in walls:
        outside = [g for e, g in survey.near[wall] if g not in own and survey.turns[e] == CONVEX]
        if not (axes[outside] @ axes[lip] < -SAME).any():
            return False
    points = survey.points(sorted(own))
    run = survey.points([lip]) @ along
    return bool(np.ptp(run) > np.ptp(points @ axes[walls[0]]))


def _round_end(survey: Survey, a: int, b: int) -> set[int]:
    """Hollow cylinders that lead from one wall over into the other."""
    beside = [{g for edge, g in survey.near[wall] if survey.smooth(edge)} for wall in (a, b)]
    return {
        g
        for g in beside[0] & beside[1]
        if survey.kinds[g] == CYLINDER and survey.faces["sense"][g] < 0
    }
