"""Which language does this page speak, and how are its numbers, names and sentences written?"""

from collections.abc import Mapping, Sequence
from typing import Any

from nicegui import ui
from starlette.requests import Request

from workbench import language as catalogue
from workbench.reports.wording import Wording, capital

__all__ = [
    "QUASAR",
    "amount",
    "best_language",
    "capital",
    "label",
    "language",
    "message",
    "named",
    "path",
    "say",
    "size",
    "wording",
]

QUASAR = {"uz-Latn": "uz-Latn", "uz-Cyrl": "uz-Cyrl", "ru": "ru", "en": "en-US"}
_OURS = {quasar: ours for ours, quasar in QUASAR.items()}


def language() -> str:
    """The language of the page being built or answering: it is part of its address."""
    return _OURS.get(str(ui.context.client.page.language), catalogue.FALLBACK)


def say(key: str, **values: object) -> str:
    """A text of the pages."""
    return catalogue.text(f"web.{key}", language(), **values)


def path(place: str) -> str:
    """The address of a page in the language of this one."""
    return f"/{language()}{place}"


def wording() -> Wording:
    """How this page writes names, numbers and sentences: as the reports in its language do."""
    return Wording(language())


def message(sentences: Mapping[str, str]) -> str:
    """The sentence of a finding or summary, which carries all languages."""
    return wording().sentence(sentences)


def label(kind: str, name: str) -> str:
    """The name of a feature, parameter, metric, process …; its code where there is none."""
    return wording().label(kind, name)


def named(key: str) -> str | None:
    """A text that need not exist: a code of a newer analysis may have no name yet."""
    return catalogue.find(key, language())


def amount(name: str, value: Any) -> str:
    """A parameter or metric written with its unit, which is the end of its name."""
    return wording().amount(name, value)


def size(values_mm: Sequence[float]) -> str:
    """Lengths as `120 × 80 × 8 mm`."""
    return wording().size(values_mm)


def best_language(request: Request) -> str:
    """The first of the browser's languages that we speak."""
    wishes = []
    for place, entry in enumerate(request.headers.get("accept-language", "").split(",")):
        tag, _, weight = entry.partition(";q=")
        try:
            wishes.append((-float(weight or 1), place, tag.strip()))
        except ValueError:
            continue
    for _, _, tag in sorted(wishes):
        if found := catalogue.closest(tag):
            return found
    return catalogue.LANGUAGES[0]
