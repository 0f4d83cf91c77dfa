"""The report as one HTML file: nothing is loaded from outside, every text is escaped."""

import base64
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from workbench.reports.facts import Facts

__all__ = ["html"]


def html(facts: Facts, content: Mapping[str, Any]) -> bytes:
    """The page, with its pictures inside."""
    pictures = [
        {name: _inside(data) for name, data in of_part.items()} for of_part in facts.pictures
    ]
    return _template().render(report=content, pictures=pictures).encode()


def _inside(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode()


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,  # for every template, whatever its name ends in
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    return environment.get_template("report.html.j2")
