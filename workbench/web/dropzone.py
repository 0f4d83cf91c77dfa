"""A place to drop files, each of which is streamed to the server on its own."""

from collections.abc import Callable
from typing import Any

from nicegui.element import Element

__all__ = ["STEP_FILES", "DropZone"]

STEP_FILES = ".step,.stp,.p21,.stpz,.gz,.zip"  # packed ones too; browsers heed no case


class DropZone(Element, component="dropzone.js"):
    """Says `added` {id, name, size}, `sent` {id, share}, `stored` {id, token} and `refused`
    {id, status}.
    """

    def __init__(self, *, url: str, accept: str, limit_bytes: int, multiple: bool = True) -> None:
        super().__init__()
        self._props["url"] = url
        self._props["accept"] = accept
        self._props["limit"] = limit_bytes
        self._props["multiple"] = multiple

    def hear(self, **handlers: Callable[[dict[str, Any]], Any]) -> "DropZone":
        """Call a function with the values of an event."""
        for name, handler in handlers.items():
            self.on(name, lambda event, handler=handler: handler(event.args))
        return self

    def cancel(self, file: int) -> None:
        """Stop sending a file."""
        self.run_method("cancel", file)

    def retry(self, file: int) -> None:
        """Send a file again."""
        self.run_method("retry", file)

    def forget(self, file: int) -> None:
        """Let go of a file for good."""
        self.run_method("forget", file)
