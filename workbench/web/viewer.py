"""The 3D view as an element: shows a GLB of `geometry.display`, answers clicks with face ids."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import nicegui.elements.scene.scene  # noqa: F401  registers three.js under the name the script imports
from nicegui.element import Element
from nicegui.events import GenericEventArguments

from workbench import language as catalogue
from workbench.web.tongue import language, say

__all__ = ["PartViewer"]

VIEWS = ("iso", "front", "right", "top")
TEXTS = (
    "loading", "toolbar", "fit", "perspective", "edges", "section", "section_place", "flip",
    "measure",
    "measure_help", "hide", "screenshot", "no_webgl", "lost_webgl", "not_loaded", "field_thickness",
    "field_draft", "field_deviation",
    *(f"view_{name}" for name in VIEWS),
    *(f"short_{name}" for name in VIEWS),
)  # fmt: skip


class PartViewer(Element, component="viewer.js"):
    """A part in three dimensions.

    on_pick gets the id of the clicked face, None for a click beside the part, and whether to add to
    the choice. Viewers of one group turn together; placement (4, 4) lays the part of the first on
    this one.
    """

    def __init__(
        self,
        url: str,
        *,
        label: str,
        picture: str = "",
        filename: str = "part",
        colour: str | None = None,
        on_pick: Callable[[int | None, bool], Any] | None = None,
        group: str | None = None,
        placement: Sequence[Sequence[float]] | None = None,
    ) -> None:
        super().__init__()
        own = language()
        texts = {name: say(f"viewer.{name}") for name in TEXTS}
        texts |= {"mm": catalogue.unit("mm", own), "unit_draft": "°"}
        self._props["url"] = url
        self._props["label"] = label
        self._props["picture"] = picture
        self._props["filename"] = re.sub(r"[^\w.-]+", "_", filename)[:80]
        self._props["texts"] = texts
        self._props["locale"] = own
        if group is not None:
            self._props["group"] = group
        if placement is not None:
            self._props["placement"] = [list(row) for row in placement]
        if colour and re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
            self._props["colour"] = colour
        if on_pick is not None:

            def picked(event: GenericEventArguments) -> Any:
                face = event.args.get("face")
                return on_pick(
                    face if isinstance(face, int) else None, bool(event.args.get("shift"))
                )

            self.on("pick", picked)

    def light(self, roles: Iterable[tuple[str, Sequence[int]]]) -> None:
        """Colour faces by role or `#rrggbb`; a later one covers an earlier one."""
        self.run_method("light", [[role, list(faces)] for role, faces in roles])

    def focus(self, faces: Sequence[int]) -> None:
        """Turn and come nearer until the faces are seen."""
        self.run_method("focus", list(faces))

    def hide(self, faces: Sequence[int]) -> None:
        """Leave these faces as glass; none: show all."""
        self.run_method("hide", list(faces))
