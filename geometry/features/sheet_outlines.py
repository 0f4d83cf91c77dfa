"""Which inner corners of a sheet part are only its outline, or where it is rolled, and what is cut
into its thickness?
"""

from geometry.features.feature import Draft
from geometry.features.survey import CYLINDER, Survey
from geometry.topology import CONVEX

__all__ = ["is_of_sheet", "recesses"]

WITHIN_SHARE = 1.1  # of the thickness: how wide an edge of the sheet is at most
WHOLE_DEG = 359.0


def is_of_sheet(survey: Survey, cut: Draft, thickness_mm: float, sheet: set[int]) -> bool:
    """Whether a cut is a corner of the outline, all edges of the sheet, or the inside of what is
    rolled on from it. sheet: faces of `part.joined` that are its sides.
    """
    if all(_is_rolled(survey, face, sheet) for face in cut.faces):
        return True
    if cut.type != "step" and (cut.type, cut.kind) != ("pocket", "open"):
        return False
    return all(survey.strip_mm(face) < WITHIN_SHARE * thickness_mm for face in cut.faces)


def _is_rolled(survey: Survey, face: int, sheet: set[int]) -> bool:
    """Whether a face is a partial hollow that goes on tangentially in a side of the sheet."""
    row = survey.faces[face]
    hollow = survey.kinds[face] == CYLINDER and row["sense"] < 0 and row["sweep_deg"] < WHOLE_DEG
    return bool(hollow) and any(g in sheet and survey.smooth(e) for e, g in survey.near[face])


def recesses(survey: Survey, edge_faces: set[int]) -> set[int]:
    """Faces of blind holes and pockets in the thickness of a sheet: a floor with no rim of its own,
    and the walls that rise from it. A press neither cuts nor forms them.

    edge_faces: faces of `part.joined` between the sides of the sheet.
    """
    found: set[int] = set()
    for floor in sorted(edge_faces):
        bounds = survey.near[floor]
        if not bounds or any(survey.turns[edge] == CONVEX for edge, _ in bounds):
            continue
        recess, ends = {floor}, [floor]
        while ends:
            face = ends.pop()
            beyond = {
                g
                for edge, g in survey.near[face]
                if survey.turns[edge] != CONVEX and g not in recess
            }
            recess |= beyond
            ends += beyond
        if recess <= edge_faces:
            found |= recess
    return found
