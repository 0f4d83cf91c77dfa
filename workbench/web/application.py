"""How is the web server put together?"""

from collections.abc import Sequence
from typing import Any

from fastapi import Request, Response
from nicegui import Client, app, ui
from nicegui.page import page as bare_page
from starlette.middleware.gzip import GZipMiddleware

from workbench import language as catalogue
from workbench.settings import Settings
from workbench.web import pages  # noqa: F401  registers every page
from workbench.web.desk import Desk
from workbench.web.elements import empty
from workbench.web.frame import header, register_pages
from workbench.web.guard import Guard, own_names
from workbench.web.routes import register_routes
from workbench.web.secret import storage_secret
from workbench.web.tongue import QUASAR, best_language, path, say

__all__ = ["build", "serve"]

OVERHEAD_BYTES = 1_000_000  # a form around a file of the greatest size allowed
SESSION_S = 30 * 24 * 3600  # how long the choice of light or dark is remembered


def build(service: Any, settings: Settings) -> Desk:
    """Register pages, addresses and the guard on NiceGUI's application."""
    desk = Desk(service, settings)
    app.state.desk = desk
    register_pages()
    register_routes(desk)
    app.exception_handler(404)(_not_found)
    app.exception_handler(500)(_broken)
    app.on_shutdown(desk.close)
    return desk


def serve(settings: Settings, *, host: str, port: int, names: Sequence[str] = ()) -> None:
    """Open the catalogue and serve it until stopped."""
    from workbench.service import Workbench

    build(Workbench(settings), settings)
    app.add_middleware(
        Guard,
        limit_bytes=settings.max_bytes + OVERHEAD_BYTES,
        names=own_names(host, names),
    )
    ui.run(
        host=host,
        port=port,
        title="Workbench",
        show=False,
        reload=False,
        tailwind=False,
        dark=None,
        show_welcome_message=False,
        storage_secret=storage_secret(settings.home / "web"),
        session_middleware_kwargs={"same_site": "strict", "max_age": SESSION_S},
        gzip_middleware_factory=_light_gzip,
        reconnect_timeout=20.0,
    )


def _light_gzip(inner: Any) -> GZipMiddleware:
    return GZipMiddleware(inner, minimum_size=1_000, compresslevel=3)


async def _not_found(request: Request, _: Exception) -> Response:
    return _apology(request, "not_found", 404)


async def _broken(request: Request, _: Exception) -> Response:
    return _apology(request, "broken", 500)


def _apology(request: Request, name: str, status: int) -> Response:
    """A page in the language of the address, or of the browser, that says what is the matter."""
    wish = request.url.path.split("/")[1]
    code = wish if wish in catalogue.LANGUAGES else best_language(request)
    bare = bare_page("", language=QUASAR[code], title=catalogue.text(f"web.{name}.title", code))
    with Client(bare, request=request) as client:
        header("")
        with empty("search_off", say(f"{name}.title"), say(f"{name}.lead")):
            ui.button(say("not_found.back"), on_click=lambda: ui.navigate.to(path("/"))).props(
                "unelevated"
            )
    return client.build_response(request, status)
