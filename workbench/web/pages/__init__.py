"""All pages; importing this registers them, in the order of the menu."""

from workbench.web.pages import start, parts, upload, compare, history, map, plants, part  # noqa: F401, I001

__all__: list[str] = []
