"""Pictures of every page of a running server, for the README and for looking at.

python tests/browser/screenshots.py http://127.0.0.1:8080 FOLDER [--all]

Opens the pages of the parts that the server holds; without --all in English, light, at
1280 × 800 alone.
"""

import argparse
import itertools
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]  # fmt: skip
LANGUAGES = ("en", "ru", "uz-Latn", "uz-Cyrl")
WIDE, USUAL, TABLET = (1920, 1080), (1280, 800), (900, 1200)


def part_ready(page: Page) -> None:
    """Wait until the 3D view is drawn."""
    page.wait_for_selector('.wbv[data-state="ready"]', timeout=30_000)
    page.wait_for_timeout(500)


def shoot(page: Page, base: str, folder: Path, language: str, theme: str, size: str) -> None:
    """Pictures of all pages in one language and theme."""

    def keep(name: str) -> None:
        page.screenshot(path=folder / f"{name}-{language}-{theme}-{size}.png")
        sys.stderr.write(f"{name} {language} {theme} {size}\n")

    home = f"{base}/{language}"
    for name in ("", "parts", "upload", "plants", "compare"):
        page.goto(f"{home}/{name}")
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(300)
        keep(name or "start")
    page.goto(f"{home}/parts")
    page.wait_for_selector(".wb-part-card")
    cards = page.locator(".wb-part-card")
    addresses = [cards.nth(place).get_attribute("href") for place in range(min(3, cards.count()))]
    for place, address in enumerate(addresses):
        page.goto(base + address)
        part_ready(page)
        if page.locator(".wb-finding").count():
            page.locator(".wb-finding").first.click()
            page.wait_for_timeout(900)
        keep(f"part{place}")
    for place in range(1, page.locator(".wb-side .q-tab").count()):
        page.locator(".wb-side .q-tab").nth(place).click()
        page.wait_for_timeout(900)
        if place == 2:
            page.locator(".wb-side .q-tab-panel button.q-btn").first.click()
            page.wait_for_timeout(2_000)
        keep(f"part-tab{place}")
    keys = [address.rpartition("/")[2] for address in addresses[:2]]
    if len(keys) == 2:
        page.goto(f"{home}/compare?a={keys[0]}&b={keys[1]}")
        page.wait_for_selector(".wb-pair", timeout=90_000)
        part_ready(page)
        keep("compared")


def main() -> None:
    """Take them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("base")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--all", action="store_true", help="every language, theme and size")
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    sets = [("en", "light", USUAL)]
    if chosen.all:
        sets = list(itertools.product(LANGUAGES, ("light", "dark"), (USUAL,)))
        sets += [("ru", "light", WIDE), ("en", "dark", WIDE), ("uz-Latn", "light", TABLET)]
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as profile:
        browser = playwright.chromium.launch_persistent_context(
            profile, executable_path=CHROMIUM, headless=True, args=FLAGS
        )
        page = browser.new_page()
        now_dark = False
        for language, theme, (width, height) in sets:
            page.set_viewport_size({"width": width, "height": height})
            page.goto(f"{chosen.base}/{language}/")
            page.wait_for_load_state("networkidle")
            if (theme == "dark") != now_dark:
                page.locator(".wb-icon-button").click()
                page.wait_for_timeout(400)
                now_dark = not now_dark
            shoot(page, chosen.base, chosen.folder, language, theme, str(width))
        browser.close()


if __name__ == "__main__":
    main()
