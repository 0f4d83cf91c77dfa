"""How much of a part's surface do its features and its plain body explain, and what is left?"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from geometry.features.feature import Feature
from geometry.features.survey import FREEFORM, HULL_SHARE, PLANE, Survey
from geometry.mass import convex_hull

__all__ = ["Explanation", "explain"]

STANDING = {"boss", "rib"}


@dataclass(frozen=True)
class Explanation:
    """What of the surface is accounted for."""

    share: float  # of the area: faces of features and of the plain body
    freeform_share: float  # of the area: no plane, cylinder, cone, sphere or torus
    unexplained: tuple[int, ...]  # ids of the body's own faces that nothing accounts for


def explain(survey: Survey, features: Iterable[Feature], sheet: Iterable[int]) -> Explanation:
    """Weighs the faces of features and of the plain body against the whole surface.

    The plain body is what any stock has: canonical faces on the convex hull, planes that nothing
    but bosses and ribs stands out of, and the sides of the sheet that a part is made of (`sheet`:
    ids of `part.joined`). Turned profiles are features. A freeform face is explained by a feature
    alone.
    """
    part = survey.part
    features = tuple(features)
    plain = np.flatnonzero(_on_hull(survey) & (survey.kind < FREEFORM)).tolist()
    plain += _stood_on(survey, [f for f in features if f.type in STANDING])
    explained = np.zeros(len(part.topology.faces), bool)
    explained[list(part.joined.body_faces([*plain, *sheet]))] = True
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


def _stood_on(survey: Survey, standing: list[Feature]) -> list[int]:
    """Planes on the convex hull of what is left without the faces that stand out of it."""
    part = survey.part
    planes = np.flatnonzero(survey.kind == PLANE)
    if not standing or not len(planes):
        return []
    out = np.zeros(len(part.topology.faces), bool)
    for feature in standing:
        out[list(feature.faces)] = True
    rows = part.mesh.triangles[~out[part.mesh.face_of_triangle]]
    hull = convex_hull(part.mesh.vertices_mm[np.unique(rows)])
    if hull is None:
        return []
    axes, origins = survey.faces["axis"][planes], survey.faces["origin_mm"][planes]
    reach = (axes @ hull.points[hull.vertices].T).max(axis=1)
    beyond = reach - np.einsum("ij,ij->i", axes, origins)
    return [int(face) for face in planes[beyond < HULL_SHARE * survey.diagonal_mm]]


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
