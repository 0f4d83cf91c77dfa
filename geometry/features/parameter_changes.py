"""Which parameters of one feature changed from one revision to the next?"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from geometry.features.placement import Placed, distance_mm, is_number, power, spin_deg, turn_deg
from geometry.features.shifts import shift_mm
from geometry.vectors import norms

__all__ = ["MOVED_MM", "SAME_DEG", "parameter_changes"]

SAME_MM = 5e-3  # what survives re-export and measuring on triangles
SAME_SHARE = 5e-4
SAME_DEG = 0.2
MOVED_MM = 0.01  # finer than any drawing's tolerance of place
# those that are placed by a dimension; a fillet or a step lies where its neighbours are
LOCATED = ("hole", "cutout", "pocket", "slot", "boss", "groove", "form", "keyway", "gear")
SHIFTED = (*LOCATED, "rib")  # a rib has no middle that others leave where it is: faces tell
SPUN = ("pocket", "slot", "cutout", "boss", "keyway", "form")  # whose walls have an orientation


def parameter_changes(
    a: Placed,
    b: Placed,
    matrix: np.ndarray,
    scale: float,
    stayed: frozenset[tuple[int, int]] = frozenset(),
    answers: frozenset[tuple[int, int]] = frozenset(),
) -> Iterator[dict[str, Any]]:
    """Each changed `parameter` of a feature with `from` and `to`, after the motion `matrix` (4, 4)
    of A that makes it larger by `scale`; what turned has `turn_deg`, what moved `distance_mm`.

    stayed: pairs of faces on one surface; answers: these and others that are revisions.
    """
    if a.feature.type != b.feature.type:
        yield {"parameter": "type", "from": a.feature.type, "to": b.feature.type}
    if a.feature.kind != b.feature.kind:
        yield {"parameter": "kind", "from": a.feature.kind, "to": b.feature.kind}
    resized = False
    tap_drill = "tap_drill" in (a.numbers.get("thread.from"), b.numbers.get("thread.from"))
    for name in [*a.numbers, *(name for name in b.numbers if name not in a.numbers)]:
        if name in ("origin_mm", "axis", "direction") or (tap_drill and name.startswith("thread.")):
            continue
        old, new = a.numbers.get(name), b.numbers.get(name)
        if not _differ(name, old, new, scale):
            continue
        if a.feature.type != b.feature.type and not (is_number(old) and is_number(new)):
            continue  # another type has other words for the same
        resized = True
        yield {"parameter": name, "from": old, "to": new}
    turn = turn_deg(a, b, matrix)
    if turn is not None and turn > SAME_DEG:
        name = "axis" if "axis" in b.numbers else "direction"
        yield {
            "parameter": name,
            "from": a.numbers.get(name),
            "to": b.numbers.get(name),
            "turn_deg": turn,
        }
    distance = distance_mm(a, b, matrix)
    placed_by: tuple[str, ...] = LOCATED
    # without an origin the faces tell, else their middle, which shifts with the size
    has_origin = "origin_mm" in a.numbers and "origin_mm" in b.numbers
    moved = has_origin or not (resized or _stayed(a, b, stayed))
    if not (has_origin or resized) and scale == 1.0:
        shift = shift_mm(a, b, matrix, answers)
        if shift is not None:
            distance, moved, placed_by = _told_by(shift, b), True, SHIFTED
    if distance > MOVED_MM and a.feature.type in placed_by and moved:
        yield {
            "parameter": "origin_mm",
            "from": a.centre_mm.tolist(),
            "to": b.centre_mm.tolist(),
            "distance_mm": distance,
        }
    elif a.feature.type == b.feature.type and a.feature.type in SPUN:
        spin = spin_deg(a, b, matrix)
        if spin is not None and spin > SAME_DEG:
            yield {"parameter": "orientation_deg", "from": 0.0, "to": spin, "turn_deg": spin}


def _told_by(shift: np.ndarray, b: Placed) -> float:
    """What of a shift (3,) a drawing gives: not along the axis, where a feature follows the face
    that it starts on, and of a rib how far it stands aside, wherever its floor lies.
    """
    if b.feature.type == "rib" and len(b.walls):
        wall = b.walls[norms(b.walls).argmax()]
        return float(abs(shift @ wall) / np.linalg.norm(wall))
    if b.axis is not None:
        shift = shift - (shift @ b.axis) * b.axis
    return float(np.linalg.norm(shift))


def _stayed(a: Placed, b: Placed, stayed: frozenset[tuple[int, int]]) -> bool:
    """Whether most faces of a feature lie on the surfaces that they lay on."""
    there = set(b.feature.faces)
    kept = {one for one, other in stayed if other in there} & set(a.feature.faces)
    return 2 * len(kept) > len(a.feature.faces)


def _differ(name: str, old: Any, new: Any, scale: float) -> bool:
    if is_number(old) and is_number(new):
        expected = old * power(name, scale)
        if isinstance(old, int) and isinstance(new, int):
            return bool(expected != new)
        near = SAME_DEG if name.endswith("_deg") else max(SAME_MM, SAME_SHARE * abs(expected))
        if name.endswith("_mm2") or name == "size_mm":  # along corners of triangles
            near = max(SAME_MM, 4 * SAME_SHARE * abs(expected))
        return bool(abs(new - expected) > near)
    if isinstance(old, list | tuple) or isinstance(new, list | tuple):
        return False  # points and directions are judged as places
    return bool(old != new)
