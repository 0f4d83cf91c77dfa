"""What surrounds every page, and how a page gets its four addresses."""

import functools
import hashlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nicegui import app, ui

from workbench import language as catalogue
from workbench.web.elements import box, words
from workbench.web.tongue import QUASAR, language, path, say

__all__ = ["PAGES", "Page", "page", "register_pages", "theme_link"]

STYLE = Path(__file__).with_name("theme.css")
MARK = (  # a part under a gauge; drawn here, holds no text of anyone's
    '<svg viewBox="0 0 26 26" fill="none" stroke="currentColor" stroke-width="1.8" '
    'stroke-linejoin="round">'
    '<path d="M13 2.5 22.5 8v10L13 23.5 3.5 18V8z"/><path d="M3.5 8 13 13.4 22.5 8M13 13.4v10.1"/>'
    '<circle cx="13" cy="13.2" r="2.6" fill="currentColor" stroke="none"/></svg>'
)
PATIENCE_S = 60.0  # a page that asks for an analysis not judged yet may take a moment


@dataclass(frozen=True)
class Page:
    """One page: its address without the language, the key of its title, and what builds it."""

    path: str
    name: str
    build: Callable[..., Any]
    in_menu: bool


PAGES: list[Page] = []


def page(
    place: str, name: str, *, in_menu: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a page; its title is the text `web.<name>.title`."""

    def keep(build: Callable[..., Any]) -> Callable[..., Any]:
        PAGES.append(Page(place, name, build, in_menu))
        return build

    return keep


def register_pages() -> None:
    """Give every page an address in every language."""
    for each in PAGES:
        for code, quasar in QUASAR.items():
            place = f"/{code}{each.path}"
            title = catalogue.text(
                "web.tab", code, page=catalogue.text(f"web.{each.name}.title", code)
            )
            ui.page(place, title=title, language=quasar, response_timeout=PATIENCE_S)(_framed(each))


def _framed(each: Page) -> Callable[..., Any]:
    @functools.wraps(each.build)
    async def build(*args: Any, **kwargs: Any) -> None:
        header(each.name)
        answer = each.build(*args, **kwargs)
        if inspect.isawaitable(answer):
            await answer

    return build


def theme_link() -> str:
    """The style sheet's address; its content is part of it, so browsers may keep it for ever."""
    return f"/theme-{hashlib.sha256(STYLE.read_bytes()).hexdigest()[:12]}.css"


def header(current: str) -> None:
    """The bar on top: where one is, the language, light or dark."""
    ui.add_head_html(f'<link rel="stylesheet" href="{theme_link()}">')
    ui.colors(primary="#0b63a5", positive="#23784a", negative="#b3302a", warning="#96650b")
    dark = ui.dark_mode().bind_value(app.storage.user, "dark")
    with box("wb-header", "header"):
        with ui.link(target=path("/")).classes("wb-brand"):
            ui.html(MARK, sanitize=False)
            words(say("brand"), tag="span")
        with box("wb-nav", "nav").props(f'aria-label="{say("navigation")}"'):
            for each in PAGES:
                if each.in_menu:
                    link = ui.link(say(f"{each.name}.menu"), path(each.path))
                    if each.name == current:
                        link.props("aria-current=page")
        with box("wb-tools"):
            _languages()
            theme = ui.button(icon="contrast", on_click=lambda: dark.set_value(not dark.value))
            theme.props("flat round dense color=grey-7").classes("wb-icon-button")
            theme.props["aria-label"] = say("theme")
            with theme:
                ui.tooltip(say("theme"))


def _languages() -> None:
    request = ui.context.client.request
    here = request.url.path.removeprefix(f"/{language()}")
    query = f"?{request.url.query}" if request.url.query else ""
    with box("wb-languages", "nav").props(f'aria-label="{say("language")}"'):
        for code in catalogue.LANGUAGES:
            link = ui.link(catalogue.NAMES[code], f"/{code}{here}{query}").props(f"lang={code}")
            if code == language():
                link.props("aria-current=true")
