"""How much of a part's surface do its features and its plain body explain, and what is left?"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from geometry.features.facing import Facing
from geometry.features.feature import Feature
from geometry.features.outside import bent_passages, eyes, lands, open_faces
from geometry.features.survey import CONE, CYLINDER, FREEFORM, HULL_SHARE, PLANE, Survey
from geometry.mass import convex_hull
from geometry.topology import CONCAVE

__all__ = ["Explanation", "explain"]

STANDING = {"boss", "rib"}
CUT = {"hole", "pocket", "slot", "groove"}  # also into what stands on a face
OPPOSED = -math.cos(math.radians(0.5))  # of the two sides of a web or an arm
OVERLAP = 0.5  # of a side's samples that see the other one
SAMPLES = 8  # a side


@dataclass(frozen=True)
class Explanation:
    """What of the surface is accounted for."""

    share: float  # of the area: faces of features and of the plain body
    freeform_share: float  # of the area: no plane, cylinder, cone, sphere or torus
    unexplained: tuple[int, ...]  # ids of the body's own faces that nothing accounts for


def explain(survey: Survey, features: Iterable[Feature], bare: Iterable[int]) -> Explanation:
    """Weighs the faces of features and of the plain body against the whole surface.

    The plain body is what any stock has: canonical faces on the convex hull, planes that nothing
    but bosses and ribs stands out of, faces that look out with hardly a wall along their rim, the
    outsides of eyes and bent bores, and those that the caller knows of (`bare`, ids of
    `part.joined`): the sides of the sheet that a part is made of, the hollow faces that turn about
    a lathe's axis. Turned profiles are features. A freeform face is explained by a feature alone.
    """
    part = survey.part
    features = tuple(features)
    plain = np.flatnonzero(_on_hull(survey) & (survey.kind < FREEFORM)).tolist()
    plain += _stood_on(survey, features)
    plain += _webs(survey)
    plain += [*lands(survey, features), *eyes(survey, features)]
    plain += [*bent_passages(survey, features), *open_faces(survey)]
    explained = np.zeros(len(part.topology.faces), bool)
    explained[list(part.joined.body_faces([*plain, *bare]))] = True
    for feature in features:
        explained[list(feature.faces)] = True
    area = np.nan_to_num(part.topology.faces["area_mm2"])
    total = float(area.sum())
    if total <= 0:
        return Explanation(0.0, 0.0, tuple(np.flatnonzero(~explained).tolist()))
    freeform = part.topology.faces["kind"] >= FREEFORM
    return Explanation(
        share=float(area[explained].sum()) / total,
        freeform_share=float(area[freeform].sum()) / total,
        unexplained=tuple(np.flatnonzero(~explained & (area > 0)).tolist()),
    )


def _stood_on(survey: Survey, features: tuple[Feature, ...]) -> list[int]:
    """Planes on the convex hull of what is left without the faces that stand out of it, and without
    the holes in those.
    """
    part = survey.part
    planes = np.flatnonzero(survey.kind == PLANE)
    if not len(planes) or not any(f.type in STANDING for f in features):
        return []
    out = np.zeros(len(part.topology.faces), bool)
    for feature in features:
        if feature.type in STANDING | CUT:
            out[list(feature.faces)] = True
    rows = part.mesh.triangles[~out[part.mesh.face_of_triangle]]
    hull = convex_hull(part.mesh.vertices_mm[np.unique(rows)])
    if hull is None:
        return []
    axes, origins = survey.faces["axis"][planes], survey.faces["origin_mm"][planes]
    reach = (axes @ hull.points[hull.vertices].T).max(axis=1)
    beyond = reach - np.einsum("ij,ij->i", axes, origins)
    return [int(face) for face in planes[beyond < HULL_SHARE * survey.diagonal_mm]]


def _webs(survey: Survey) -> list[int]:
    """The sides of webs and arms between hubs, and the faces that go from one to the other.

    A side is a plane that no more than round things stand out of, with another behind it: a lever's
    arm, a rod's shank. The floor of a cut has a wall beside it.
    """
    standing = np.isin(survey.kind, (CYLINDER, CONE)) & (survey.faces["sense"] > 0)
    round_, hollow = standing.tolist(), (survey.edges["convexity"] == CONCAVE).tolist()
    sides = [
        face
        for face in np.flatnonzero(survey.kind == PLANE).tolist()
        if all(round_[g] for edge, g in survey.near[face] if hollow[edge])
    ]
    if not sides:
        return []
    near = survey.near_mm
    axes, places = survey.faces["axis"][sides], survey.faces["origin_mm"][sides]
    facing = Facing(axes, places, -OPPOSED)
    looked = np.flatnonzero(facing.any_way(axes)).tolist()
    every = set(sides)
    found: set[int] = set()
    for i, seen in zip(looked, _seen_behind(survey, [sides[i] for i in looked]), strict=True):
        # what most samples see, the one in the middle sees
        usual = float(np.sort(seen)[len(seen) // 2]) if len(seen) else math.inf
        if not math.isfinite(usual):
            continue
        others = facing.behind(places[i], axes[i], usual, 2 * near)
        others = others[(others > i) & (axes[others] @ axes[i] < OPPOSED)]
        if not len(others):
            continue
        apart = (places[i] - places[others]) @ axes[i]
        met = (np.abs(seen[:, None] - apart) < 2 * near).sum(axis=0) > OVERLAP * len(seen)
        for k in others[met & (apart > near)].tolist():
            pair = sides[i], sides[k]
            both = set.intersection(*({g for _, g in survey.near[face]} for face in pair))
            shafts = {g for g in both if survey.kinds[g] == CYLINDER}
            found |= {*pair, *_along(survey, (both & every) | shafts, axes[i])}
    return sorted(found)


def _seen_behind(survey: Survey, planes: list[int]) -> list[np.ndarray]:
    """How far behind the largest triangles of each plane the part ends, mm; inf where it does not.

    All at once: a caster takes longer to be asked than to answer for one plane.
    """
    if not planes:
        return []
    mesh, near = survey.part.mesh, survey.near_mm
    chosen = []
    for face in planes:
        rows = survey.triangles(face)
        chosen.append(rows[np.argsort(-mesh.areas_mm2[rows])[:SAMPLES]])
    counts = [len(rows) for rows in chosen]
    ways = -np.repeat(survey.faces["axis"][planes], counts, axis=0)
    starts = mesh.centroids_mm[np.concatenate(chosen)] + near * ways
    seen = survey.rays.distance_mm(starts, ways) + near
    return np.split(seen, np.cumsum(counts)[:-1])


def _along(survey: Survey, faces: set[int], way: np.ndarray) -> set[int]:
    """Of faces those that run along a direction and look outwards: planes and shafts."""
    rows = survey.faces
    square = math.sin(math.radians(1))
    return {
        face
        for face in faces
        if (survey.kinds[face] == PLANE and abs(rows["axis"][face] @ way) < square)
        or (
            survey.kinds[face] == CYLINDER
            and rows["sense"][face] > 0
            and abs(rows["axis"][face] @ way) > -OPPOSED
        )
    }


def _on_hull(survey: Survey) -> np.ndarray:
    """Whether each face of `part.joined` lies on the convex hull, judged at its edges: (f,)."""
    edges = np.flatnonzero(survey.real)
    ends = survey.edges["faces"][edges]
    touching = survey.on_hull[edges]
    bound = np.bincount(ends.ravel(), minlength=survey.count)
    on = np.bincount(ends.ravel(), weights=touching.ravel(), minlength=survey.count)
    whole_shell = (bound == 0) & (survey.faces["sense"] > 0)  # a ball has no edge to a neighbour
    # one edge is enough for a plane: its tangent plane is the same everywhere
    return np.where(survey.kind == PLANE, on > 0, (bound > 0) & (on == bound)) | whole_shell
