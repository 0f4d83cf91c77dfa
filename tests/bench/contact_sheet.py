"""Twenty queries with their five best, drawn as one picture.

    python tests/bench/contact_sheet.py OUT.png [--mode all]

Of the catalogue of WORKBENCH_HOME: queries are spread over it, results exclude the query; the
number beside each is its likeness.
"""

import argparse
import io
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from workbench.errors import plain
from workbench.reports.pdf import FONTS
from workbench.service import Workbench

QUERIES, BEST, SIDE, TEXT, COLUMNS = 20, 5, 170, 34, 2
FONT = FONTS / "Inter-Regular.otf"


def main() -> None:
    """Draws it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--mode", default="all", choices=("all", "shape", "process", "size"))
    parser.add_argument("--only", default="", help="queries whose file has this in its name")
    chosen = parser.parse_args()
    with Workbench(workers=1) as workbench:
        cards = [card for card in workbench.parts() if chosen.only in card.file_name]
        cards.sort(key=lambda card: card.key)
        step = max(len(cards) / QUERIES, 1)
        queries = [cards[int(k * step)] for k in range(min(QUERIES, len(cards)))]
        height, width = SIDE + TEXT, (BEST + 1) * SIDE + 30
        lines = -(-len(queries) // COLUMNS)
        sheet = Image.new("RGB", (COLUMNS * width, lines * height), "white")
        pen, font = ImageDraw.Draw(sheet), ImageFont.truetype(FONT, 11)

        def put(key: str, x: int, y: int, first: str, second: str, colour: str) -> None:
            picture = Image.open(io.BytesIO(workbench.thumbnail(key))).convert("RGBA")
            picture.thumbnail((SIDE - 8, SIDE - 8))
            sheet.paste(picture, (x + 4, y + 4), picture)
            pen.text((x + 6, y + SIDE - 4), first[:28], fill=colour, font=font)
            pen.text((x + 6, y + SIDE + 10), second[:28], fill="#666", font=font)

        for place, card in enumerate(queries):
            left, top = place % COLUMNS * width, place // COLUMNS * height
            pen.rectangle((left, top, left + SIDE, top + height - 1), outline="#2f78b7", width=2)
            put(card.key, left, top, "", plain(card.file_name, 28), "#000")
            found = workbench.similar(card.key, top=BEST, mode=chosen.mode)["results"]
            for rank, each in enumerate(found, 1):
                standard = each.get("standard_part", {}).get("designation", "")
                told = f"{100 * each['similarity']:.0f} %" + (
                    ", mirrored" if each["why"]["mirrored"] else f"  {standard}"
                )
                put(each["part"], left + rank * SIDE, top, told, plain(each["name"], 28), "#000")
        sheet.save(chosen.out)


if __name__ == "__main__":
    main()
