"""What was recognised, drawn for people: each part with its features coloured and named.

    python tests/bench/features_sheet.py FILE.step … -o sheet.png

The largest part of each file from its best side, one colour a type of feature, and beside it the
features with their dimensions, equal ones counted.
"""

import argparse
import io
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from geometry.features.feature import Feature
from geometry.features.recognition import Recognition, recognise
from geometry.picture import marked_picture
from geometry.step import read_step

COLOURS = {
    "hole": "#d5352b", "cutout": "#d5352b", "pocket": "#3b76c4", "slot": "#3a9b5c",
    "step": "#8e5bb5", "boss": "#f2a03d", "rib": "#b98a2f", "fillet": "#9bd0c4",
    "chamfer": "#e58fb2", "groove": "#1f9aa8", "turned_profile": "#c9ced6", "thread": "#7c4a2d",
    "gear": "#5d6b2f", "bend": "#f0c34e", "flange": "#b7c9e8", "form": "#cf6fd0",
    "undercut": "#333333",
}  # fmt: skip
LAST = ("turned_profile", "flange", "undercut")  # these lie under what stands on them
TOLD = (
    "diameter_mm", "radius_mm", "thickness_mm", "teeth", "module_mm", "inside_radius_mm",
    "angle_deg", "length_mm", "width_mm", "depth_mm", "height_mm", "count",
)  # fmt: skip
SIDE_PX, TEXT_PX, LINE_PX, COLUMNS = 420, 400, 17, 2
MOST_LINES = 22
FONT = Path(__file__).parents[2] / "workbench/reports/fonts/Inter-Regular.otf"


def name(feature: Feature) -> str:
    """A feature in one line of English: type, kind, what it measures."""
    told = [
        f"{key.removesuffix('_mm').removesuffix('_deg')} {feature.parameters[key]:.4g}"
        for key in TOLD
        if isinstance(feature.parameters.get(key), int | float)
    ]
    kind = f" {feature.kind}" if feature.kind else ""
    return f"{feature.type}{kind}: {', '.join(told[:4])}"


def tile(path: Path) -> Image.Image:
    """One part with its picture and its list."""
    document = read_step(path.read_bytes(), name=path.stem)
    part = max(document.parts, key=lambda each: each.mass.volume_mm3)
    found = recognise(part)
    image = Image.new("RGB", (SIDE_PX + TEXT_PX, SIDE_PX + 10), "white")
    drawn = Image.open(
        io.BytesIO(marked_picture(part.mesh, marks(found.features), size_px=SIDE_PX))
    )
    image.paste(drawn, (0, 5), drawn if drawn.mode == "RGBA" else None)
    write(image, len(part.topology.faces), found, path.name)
    return image


def marks(features: Iterable[Feature]) -> dict[str, list[int]]:
    """Faces by colour; a face is coloured as the last of its features that is not a whole."""
    colour_of: dict[int, str] = {}
    ordered = sorted(features, key=lambda feature: feature.type not in LAST)
    for feature in ordered:
        if colour := COLOURS.get(feature.type):
            colour_of |= dict.fromkeys(feature.faces, colour)
    found: dict[str, list[int]] = {}
    for face, colour in colour_of.items():
        found.setdefault(colour, []).append(face)
    return found


def write(image: Image.Image, faces: int, found: Recognition, title: str) -> None:
    """Puts the list of features beside the picture."""
    pen, font = ImageDraw.Draw(image), ImageFont.truetype(str(FONT), 12)
    pen.text((SIDE_PX, 8), f"{title}   {faces} faces", fill="black", font=font)
    counts = Counter((feature.type, name(feature)) for feature in found.features)
    lines = counts.most_common(MOST_LINES)
    for row, ((kind, words), count) in enumerate(lines, start=1):
        y = 12 + row * LINE_PX
        pen.rectangle((SIDE_PX, y, SIDE_PX + 9, y + 9), fill=COLOURS.get(kind, "white"))
        times = f"{count} × " if count > 1 else ""
        pen.text((SIDE_PX + 14, y - 3), (times + words)[:66], fill="black", font=font)
    rest = len(counts) - len(lines)
    explained = found.explained
    foot = f"explained {explained.share:.0%}, freeform {explained.freeform_share:.0%}"
    more = f"{rest} kinds more; " if rest > 0 else ""
    pen.text((SIDE_PX, SIDE_PX - 12), more + foot, fill="#666666", font=font)


def sheet(tiles: Sequence[Image.Image]) -> Image.Image:
    """All parts on one page."""
    width, height = tiles[0].size
    rows = -(-len(tiles) // COLUMNS)
    page = Image.new("RGB", (width * COLUMNS, height * rows), "white")
    for number, each in enumerate(tiles):
        page.paste(each, (number % COLUMNS * width, number // COLUMNS * height))
    return page


def main() -> int:
    """Draws the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    sheet([tile(path) for path in options.files]).save(options.output)
    print(options.output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
