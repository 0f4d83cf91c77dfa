"""A report as one HTML file: nothing is loaded from outside, every text is escaped."""

import base64
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from workbench.reports.facts import Facts

__all__ = ["html", "page"]


def html(facts: Facts, content: Mapping[str, Any]) -> bytes:
    """The page, with its pictures inside."""
    return page("report.html.j2", content, facts.pictures)


def page(
    template: str, content: Mapping[str, Any], pictures: Sequence[Mapping[str, bytes]]
) -> bytes:
    """A page set by a template of this folder, with its pictures (PNG or SVG by name) inside."""
    inside = [{name: _inside(data) for name, data in each.items()} for each in pictures]
    return _template(template).render(report=content, pictures=inside).encode()


def _inside(picture: bytes) -> str:
    kind = "svg+xml" if picture.startswith(b"<svg") else "png"
    return f"data:image/{kind};base64," + base64.b64encode(picture).decode()


@cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,  # for every template, whatever its name ends in
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    return environment.get_template(name)
