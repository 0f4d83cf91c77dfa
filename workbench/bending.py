"""How is an order of bends written in one line?"""

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["bends_in_order"]

UP, DOWN, BLOCKED = "↑", "↓", "✕"


def bends_in_order(steps: Sequence[Mapping[str, Any]]) -> str:
    """Bends by their features, with the side they rise to; ✕ where one runs into something."""
    said = []
    for number, step in enumerate(steps, 1):
        name = str(step.get("bend") or number).removeprefix("bend-")
        side = UP if step.get("direction") == "up" else DOWN
        said.append(f"{name}{side}{BLOCKED if step.get('collides') else ''}")
    return " · ".join(said)
