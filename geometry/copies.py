"""Which bodies of a file are one shape drawn more than once?

The kernel knows instances of one body again; a body that a modeller copied and a translator wrote
in full it does not. A copy is written as its original is: face by face and edge by edge in the same
order, so that the motion between the two follows from all their points at once, and either all of
them fit or it is no copy.
"""

import re
from collections.abc import Sequence

import numpy as np

from geometry.part import Part
from geometry.vectors import norms

__all__ = ["copies"]

# how exactly a copy lies on its original: of its diagonal, but never more than a modeller's
# resolution, so that no dimension that somebody changed is lost
SAME_SHARE, SAME_MM = 1e-5, 1e-3
SAME_VOLUME_SHARE = 1e-4  # integrals over freeform faces turned another way
# what modellers add to the name of a copy: "pin:2", "pin (3)", "pin_04"
_NUMBER = re.compile(r"[\s_.:#-]*(\(\d+\)|\d+)$")
_WRITTEN = ("surface", "kind", "sense", "loop_count")


def copies(parts: Sequence[Part], names: Sequence[str]) -> list[tuple[int, np.ndarray]]:
    """Of each part the first that it is a copy of, itself if none, and the motion (4, 4) that lays
    that one on it.

    names: of each part, empty where the file gives none. Copies go by one name but for a number,
    and are of one colour and material; what nobody named may be two things that look alike, and a
    part that annotations hang on is nobody's copy.
    """
    found: list[tuple[int, np.ndarray]] = []
    alike: dict[tuple[object, ...], list[int]] = {}
    for index, (part, name) in enumerate(zip(parts, names, strict=True)):
        others = alike.setdefault(_written(part, name), [])
        for other in others:
            motion = _motion(parts[other], part)
            if motion is not None:
                found.append((other, motion))
                break
        else:
            found.append((index, np.eye(4)))
            others.append(index)
    return found


def _written(part: Part, name: str) -> tuple[object, ...]:
    """What two copies have in common to the letter; what has no copies shares it with none."""
    faces, edges = part.topology.faces, part.topology.edges
    kinds = tuple(faces[key].tobytes() for key in _WRITTEN)
    own = () if name and not part.pmi else (id(part),)
    return (
        *own,
        _NUMBER.sub("", name),
        part.colour,
        part.material,
        *kinds,
        edges["faces"].tobytes(),
    )


def _motion(a: Part, b: Part) -> np.ndarray | None:
    """The motion (4, 4) that lays A on B point by point; None where some point is left off."""
    near = min(SAME_SHARE * a.mesh.diagonal_mm, SAME_MM)
    if abs(b.mass.volume_mm3 / a.mass.volume_mm3 - 1) > SAME_VOLUME_SHARE:
        return None
    points, others = _points(a), _points(b)
    middle, other = points.mean(axis=0), others.mean(axis=0)
    points, others = points - middle, others - other
    if np.abs(norms(points) - norms(others)).max() > 2 * near:
        return None
    u, _, vt = np.linalg.svd(points.T @ others)  # Source: Kabsch, Acta Cryst. A 32, 1976
    flip = np.diag([1.0, 1.0, np.sign(np.linalg.det(u) * np.linalg.det(vt))])
    turn = vt.T @ flip @ u.T
    if norms(points @ turn.T - others).max() > near:
        return None
    motion = np.eye(4)
    motion[:3, :3], motion[:3, 3] = turn, other - turn @ middle
    return motion


def _points(part: Part) -> np.ndarray:
    """Points (n, 3) of every face and edge, in their order."""
    faces, edges = part.topology.faces, part.topology.edges
    ends = [edges[key] for key in ("start_mm", "middle_mm", "end_mm")]
    return np.nan_to_num(np.concatenate([faces["centroid_mm"], *ends]))
