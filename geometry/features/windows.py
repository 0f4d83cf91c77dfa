"""How thick is a round wall that a window leads through?"""

import numpy as np

from geometry.features.depressions import Depression
from geometry.features.survey import PLANE, Survey
from geometry.topology import CONVEX

__all__ = ["wall_mm"]

BESIDE_SHARE = 1e-2  # of a window's extent along its way through: how far beside it is measured
LEAST_WALL = 0.2  # of that extent; less is no wall but what a ray grazed


def wall_mm(survey: Survey, cut: Depression, top: np.ndarray) -> float | None:
    """Thickness of the wall of a tube beside a window through it, at its thinnest; None where a cut
    has a floor, or opens in flat faces alone.
    """
    if not _is_window(survey, cut, top):
        return None
    mesh = survey.part.mesh
    triangles = np.concatenate([survey.triangles(face) for face in cut.faces])
    extent = float(np.ptp(survey.points(cut.faces) @ top))
    starts = mesh.centroids_mm[triangles] - BESIDE_SHARE * extent * mesh.normals[triangles]
    ways = np.broadcast_to(top, starts.shape)
    cast = survey.rays.cast
    through = cast(starts, ways).distance_mm + cast(starts, -ways).distance_mm
    least = float(through.min()) if len(through) else extent
    return least if LEAST_WALL * extent < least < extent else None


def _is_window(survey: Survey, cut: Depression, top: np.ndarray) -> bool:
    """Whether a cut is one ring of walls along its way, from a round outside to a round inside."""
    own = set(cut.faces)
    if cut.floor or not cut.ring or len(survey.connected(own, lambda *_: True)) != 1:
        return False
    middle = float((survey.points(cut.faces) @ top).mean())
    ends: dict[bool, list[int]] = {True: [], False: []}
    for face in cut.faces:
        for edge, g in survey.near[face]:
            if g not in own and survey.turns[edge] == CONVEX and not survey.smooth(edge):
                ends[float(survey.edges["middle_mm"][edge] @ top) > middle].append(g)
    if any(not rims or any(survey.kinds[g] == PLANE for g in rims) for rims in ends.values()):
        return False
    senses = [{int(survey.faces["sense"][g]) for g in rims} for rims in ends.values()]
    return sorted(senses, key=min) == [{-1}, {1}]
