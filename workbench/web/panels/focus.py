"""What is lit in the 3D view, and who must know of it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nicegui.element import Element

from workbench.web.viewer import PartViewer

__all__ = ["Focus"]


class Focus:
    """The one choice on a part page: faces clicked, or a finding, or a feature."""

    def __init__(self, part: Mapping[str, Any]) -> None:
        self.part = part
        self.viewer: PartViewer | None = None
        self.faces: list[int] = []
        self.listeners: list[Callable[[], None]] = []
        self._on: list[Element] = []
        self.findings_of: dict[int, list[Mapping[str, Any]]] = {}
        self.features_of: dict[int, list[Mapping[str, Any]]] = {}
        for found, index in (
            (part.get("findings", ()), self.findings_of),
            (part.get("features", ()), self.features_of),
        ):
            for each in found:
                for face in each.get("faces", ()):
                    index.setdefault(face, []).append(each)

    def pick(self, face: int | None, more: bool) -> None:
        """A face was clicked, or the ground beside the part."""
        if face is None:
            self.faces = []
        elif more:
            self.faces = [each for each in self.faces if each != face] or []
            self.faces.append(face)
        else:
            self.faces = [face]
        self._mark(None)
        self._light([("selected", self.faces)])
        for listener in self.listeners:
            listener()

    def select(self, faces: Sequence[int]) -> None:
        """Faces were named in the address."""
        self.faces = list(faces)
        self._light([("selected", self.faces)])
        for listener in self.listeners:
            listener()

    def show(self, role: str, faces: Sequence[int], source: Element | None = None) -> None:
        """A finding or feature was chosen: light its faces and come near."""
        self.paint([(role, faces)], source)
        if self.viewer is not None and faces:
            self.viewer.focus(faces)

    def paint(
        self, colours: Sequence[tuple[str, Sequence[int]]], source: Element | None = None
    ) -> None:
        """Faces get colours (`#rrggbb` or a role), without coming near; a later one on top."""
        self.faces = []
        self._mark(source)
        self._light(colours)
        for listener in self.listeners:
            listener()

    def _light(self, roles: Sequence[tuple[str, Sequence[int]]]) -> None:
        if self.viewer is not None:
            self.viewer.light(roles)

    def _mark(self, source: Element | None) -> None:
        for each in self._on:
            if not each.is_deleted:
                each.classes(remove="on")
        self._on = [source] if source is not None else []
        for each in self._on:
            each.classes(add="on")
