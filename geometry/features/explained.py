"""How much of a part's surface do its features and its plain body explain, and what is left?"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from geometry.features.feature import Feature
from geometry.features.survey import FREEFORM, PLANE, Survey

__all__ = ["Explanation", "explain"]


@dataclass(frozen=True)
class Explanation:
    """What of the surface is accounted for."""

    share: float  # of the area: faces of features and of the plain body
    freeform_share: float  # of the area: no plane, cylinder, cone, sphere or torus
    unexplained: tuple[int, ...]  # ids of the body's own faces that nothing accounts for


def explain(survey: Survey, features: Iterable[Feature], sheet: Iterable[int]) -> Explanation:
    """Weighs the faces of features and of the plain body against the whole surface.

    The plain body is what any stock has: canonical faces on the convex hull, and the sides of the
    sheet that a part is made of (`sheet`: ids of `part.joined`). Turned profiles are features. A
    freeform face is explained by a feature alone.
    """
    part = survey.part
    plain = np.flatnonzero(_on_hull(survey) & (survey.kind < FREEFORM)).tolist()
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
