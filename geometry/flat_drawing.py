"""What does a flat pattern look like, and how does it lie on its strip? A picture as SVG.

Shapes and numbers alone: without text, nothing in it needs a language or can be mistaken for code.
"""

import math
from collections.abc import Iterable

import numpy as np

from geometry.features.sheet_contours import Contour
from geometry.flat import Flat
from geometry.strip import Strip

__all__ = ["to_svg"]

WIDTH_PX = 900
MARGIN = 0.04  # of the picture's width
MOST_PITCHES = 10  # of a strip are drawn
LEAST_STRIP = 0.4  # of the picture's width: how tall a strip is drawn where there is room
GAP = 0.06  # of the picture's width, between flat and strip
STYLE = (
    ".cut{fill:#c9d3df;stroke:#2c3a4a;stroke-width:1.4}"
    ".mark{fill:none;stroke:#5b6b7d;stroke-width:1}"
    ".up{stroke:#1f8a4c;stroke-width:1.6;stroke-dasharray:9 5}"
    ".down{stroke:#c0392b;stroke-width:1.6;stroke-dasharray:9 3 2 3}"
    ".strip{fill:#eef1f5;stroke:#7d8b9a;stroke-width:1}"
    "path,line,rect{vector-effect:non-scaling-stroke}"
)


def to_svg(flat: Flat, strip: Strip | None = None) -> bytes:
    """The flat with its bend lines, those that rise dashed, those that fall dash-dotted; under it
    some pitches of its strip.
    """
    wide, high = flat.size_mm
    pieces = [f'<g transform="translate(0 {_n(high)}) scale(1 -1)">', _sheet(flat)]
    pieces += [_path([mark], "mark") for mark in flat.engravings]
    for bend in flat.bends:
        (x1, y1), (x2, y2) = bend.line_mm.tolist()
        name = "up" if bend.up else "down"
        pieces.append(
            f'<line class="{name}" x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}"/>'
        )
    pieces.append("</g>")
    total_wide, total_high = wide, high
    if strip is not None:
        tall = max(high, LEAST_STRIP * wide)  # of the strip's picture
        pitches = min(max(int(wide / (tall / strip.width_mm * strip.pitch_mm)), 2), MOST_PITCHES)
        length = pitches * strip.pitch_mm
        scale = min(tall / strip.width_mm, wide / length)
        left = (wide - scale * length) / 2
        area = f'x="0" y="0" width="{_n(length)}" height="{_n(strip.width_mm)}"'
        top = high + GAP * wide
        pieces.append(
            f'<g transform="translate({_n(left)} {_n(top + strip.width_mm * scale)}) '
            f'scale({scale:.6f} {-scale:.6f})">'
            f'<clipPath id="s"><rect {area}/>'
            "</clipPath>"
            f'<rect class="strip" {area}/>'
            '<g clip-path="url(#s)">'
        )
        pieces += _laid(flat, strip, pitches)
        pieces.append("</g></g>")
        total_high = top + strip.width_mm * scale
    edge = MARGIN * max(total_wide, total_high)
    box = f"{_n(-edge)} {_n(-edge)} {_n(total_wide + 2 * edge)} {_n(total_high + 2 * edge)}"
    height = WIDTH_PX * (total_high + 2 * edge) / (total_wide + 2 * edge)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" width="{WIDTH_PX}" '
        f'height="{height:.0f}"><style>{STYLE}</style>'
    )
    return "".join([head, *pieces, "</svg>"]).encode("ascii")


def _laid(flat: Flat, strip: Strip, pitches: int) -> Iterable[str]:
    """The blanks of the pitches that are drawn, and those that reach in from beside them."""
    outline = flat.outline.sampled(5.0)
    sheet = _sheet(flat)
    starts = []
    for placed in strip.placed:
        turn = math.radians(placed.turn_deg)
        x = outline @ np.array([math.cos(turn), -math.sin(turn)]) + placed.move_mm[0]
        starts.append((float(x.min()), float(x.max())))
    shift = -starts[0][0]
    length = pitches * strip.pitch_mm
    for number in range(-pitches, 2 * pitches):
        for placed, (low, high) in zip(strip.placed, starts, strict=True):
            x = placed.move_mm[0] + shift + number * strip.pitch_mm
            if high - placed.move_mm[0] + x < 0 or low - placed.move_mm[0] + x > length:
                continue
            yield (
                f'<g transform="translate({_n(x)} {_n(placed.move_mm[1])}) '
                f'rotate({placed.turn_deg:.4f})">{sheet}</g>'
            )


def _sheet(flat: Flat) -> str:
    return _path([flat.outline, *flat.holes], "cut")


def _path(contours: Iterable[Contour], name: str) -> str:
    """Contours as one path with true arcs; inner ones are holes."""
    steps = []
    for contour in contours:
        points = contour.points_mm
        steps.append(f"M{_n(points[0, 0])} {_n(points[0, 1])}")
        ends = np.roll(points, -1, axis=0)
        for end, angle, radius in zip(ends, contour.angles, contour.radii_mm, strict=True):
            if angle:
                large, left = int(abs(angle) > math.pi), int(angle > 0)
                steps.append(
                    f"A{_n(radius)} {_n(radius)} 0 {large} {left} {_n(end[0])} {_n(end[1])}"
                )
            else:
                steps.append(f"L{_n(end[0])} {_n(end[1])}")
        steps.append("Z")
    return f'<path class="{name}" fill-rule="evenodd" d="{"".join(steps)}"/>'


def _n(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")
