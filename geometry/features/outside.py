"""Which faces are the plain outside of a part, though not on its convex hull?"""

import math
from collections.abc import Iterable

import numpy as np

from geometry.features.feature import Feature
from geometry.features.survey import CONE, CYLINDER, FREEFORM, PLANE, TORUS, Survey
from geometry.topology import CONCAVE
from geometry.vectors import norms, rejections

__all__ = ["bent_passages", "eyes", "lands", "open_faces"]

SAME_AXIS = math.cos(math.radians(0.5))
SQUARE = math.sin(math.radians(1))
STANDING = {"boss", "rib"}
# a lower share of the rim of what was cut lies against walls than of any floor or step: ours
LEAST_CONCAVE = 0.25
SAMPLES = 12  # triangles of a face from which the way out is looked for
FREE = 0.9  # share of them that must see out


def lands(survey: Survey, features: Iterable[Feature]) -> list[int]:
    """Planes that only bosses and ribs stand on, over internal radii or not."""
    standing = _own(survey, features, STANDING)
    found = []
    for face in np.flatnonzero(survey.kind == PLANE).tolist():
        feet: set[int] = set()
        for edge, g in survey.near[face]:
            if survey.turns[edge] == CONCAVE:
                feet |= {g} if not survey.smooth(edge) or g in standing else _across(survey, g)
        feet.discard(face)
        if feet and feet <= standing:
            found.append(face)
    return found


def _own(survey: Survey, features: Iterable[Feature], types: set[str]) -> set[int]:
    """Faces of features of some types, as the joined part numbers them."""
    faces = [face for feature in features if feature.type in types for face in feature.faces]
    return set(np.asarray(survey.topology.standing_for)[faces].tolist()) if faces else set()


def _across(survey: Survey, blend: int) -> set[int]:
    """Faces that an internal radius leads to."""
    return {g for edge, g in survey.near[blend] if survey.smooth(edge)}


def eyes(survey: Survey, features: Iterable[Feature]) -> list[int]:
    """The round outsides of eyes and lugs about holes, with their ends and flanks."""
    rows = survey.faces
    bores = [f for f in sorted(_own(survey, features, {"hole"})) if survey.kinds[f] == CYLINDER]
    shafts = np.flatnonzero((survey.kind == CYLINDER) & (rows["sense"] > 0))
    if not bores or not len(shafts):
        return []
    axes, places = rows["axis"][bores], rows["origin_mm"][bores]
    found: set[int] = set()
    for face in shafts.tolist():
        axis = rows["axis"][face]
        offset = places - rows["origin_mm"][face]
        aside = norms(rejections(offset, axis))
        about = (np.abs(axes @ axis) > SAME_AXIS) & (aside < 4 * survey.near_mm)
        wider = rows["radius_mm"][face] > rows["radius_mm"][bores]
        if not (about & wider).any():
            continue
        found.add(face)
        for edge, g in survey.near[face]:
            if survey.kinds[g] != PLANE:
                continue
            along = abs(float(rows["axis"][g] @ axis))
            flank = survey.smooth(edge) and along < SQUARE
            end = along > SAME_AXIS and survey.turns[edge] != CONCAVE
            if flank or end:
                found.add(g)
    return sorted(found)


def bent_passages(survey: Survey, features: Iterable[Feature]) -> list[int]:
    """Hollow bends between two bores: of an elbow, of a bent pipe."""
    rows = survey.faces
    bores = _own(survey, features, {"hole"})
    bends = np.flatnonzero((survey.kind == TORUS) & (rows["sense"] < 0)).tolist()
    return [
        face
        for face in bends
        if len(bores & {g for _, g in survey.near[face]}) > 1
        or (bores & _across(survey, face) and not _touches_flat(survey, face))
    ]


def _touches_flat(survey: Survey, face: int) -> bool:
    return any(survey.kinds[g] == PLANE and survey.smooth(edge) for edge, g in survey.near[face])


def open_faces(survey: Survey) -> list[int]:
    """Canonical faces that look out of the part, with walls along little of their outer rim."""
    chosen = [
        face
        for face in np.flatnonzero(survey.kind < FREEFORM).tolist()
        if (survey.kinds[face] == PLANE or _bulges(survey, face)) and _is_bare(survey, face)
    ]
    if not chosen:
        return []
    mesh = survey.part.mesh
    rows = [_largest(survey, face) for face in chosen]
    owner = np.repeat(np.arange(len(chosen)), [len(own) for own in rows])
    every = np.concatenate(rows)
    ways = mesh.normals[every]
    reach = survey.rays.distance_mm(mesh.centroids_mm[every] + survey.near_mm * ways, ways)
    count = np.maximum(np.bincount(owner, minlength=len(chosen)), 1)
    free = np.bincount(owner, weights=np.isinf(reach), minlength=len(chosen)) / count
    return [face for face, share in zip(chosen, free, strict=True) if share >= FREE]


def _bulges(survey: Survey, face: int) -> bool:
    return bool(survey.kinds[face] in (CYLINDER, CONE) and survey.faces["sense"][face] > 0)


def _is_bare(survey: Survey, face: int) -> bool:
    """Whether little of a face's outer rim runs along walls."""
    outer = next(iter(survey.topology.loops_of(face)), None)
    if outer is None:
        return False
    edges = survey.topology.loop_edges(outer)
    inner = survey.convexity[edges] == CONCAVE
    if not inner.any():
        return True
    lengths = survey.edges["length_mm"][edges]
    return float(lengths[inner].sum()) <= LEAST_CONCAVE * float(lengths.sum())


def _largest(survey: Survey, face: int) -> np.ndarray:
    rows = survey.triangles(face)
    return rows[np.argsort(-survey.part.mesh.areas_mm2[rows], kind="stable")[:SAMPLES]]
