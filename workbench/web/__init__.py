"""The pages: what a person sees in the browser. The only room that knows NiceGUI."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.settings import Settings

__all__ = ["run"]


def run(
    settings: "Settings", host: str = "127.0.0.1", port: int = 8080, *, names: Sequence[str] = ()
) -> None:
    """Serve the pages until stopped.

    names: further host names under which this machine may be addressed.
    """
    # NiceGUI reads this once, while it is imported; without it the working folder gets a `.nicegui`
    os.environ["NICEGUI_STORAGE_PATH"] = str(settings.home / "web")
    from workbench.web.application import serve

    serve(settings, host=host, port=port, names=names)
