"""Which inner corners of a sheet part are only its outline, or where it is rolled?"""

from geometry.features.feature import Draft
from geometry.features.survey import CYLINDER, Survey

__all__ = ["is_of_sheet"]

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
    hollow = survey.kind[face] == CYLINDER and row["sense"] < 0 and row["sweep_deg"] < WHOLE_DEG
    return bool(hollow) and any(g in sheet and survey.smooth(e) for e, g in survey.near[face])
