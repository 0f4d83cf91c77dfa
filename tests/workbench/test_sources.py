"""Every limit and every number of our tables says where it is from, so that others find it."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from geometry.processes.rules import default_rules
from workbench import language
from workbench.reports.sources import ADDRESS, addresses_in, named_sources
from workbench.reports.wording import LONGEST_LINE, Wording

ROOT = Path(__file__).parents[2]
STANDARD = re.compile(r"\b(EN|ISO|DIN|VDI|T\.O\.)( EN| ISO)?( 1-1A-9| \d+)")
BOOKS = (  # by their authors or makers
    "Altan & Shirgaokar", "ASM Handbook", "ATA catalogue 2022, p.", "Boothroyd, Dewhurst, Knight",
    "Copper Development Association", "El-Hofy", "Forging Industry Handbook", "Ghosh & Mallik",
    "International Zinc Association", "ISCAR ", "Parker O-Ring Handbook", "Schuler",
    "Tungaloy", "Bishop and Pellini by Ou, Carlson, Beckermann",
)  # fmt: skip
DOMAIN = re.compile(r"\b(?:[a-z0-9-]+\.)+(?:com|net|org|jp|cn|us|eu|uk|de|in|tk|ai|html)\b(?!/)")


def is_found(text):
    """Whether others find it: a standard, a book, a page; or whether it is said to be ours."""
    return bool(
        re.search(r"\bours\b", text)
        or text.startswith("geometry: ")  # follows by itself, as the areas of a hexagon do
        or STANDARD.search(text)
        or ADDRESS.search(text)
        or any(book in text for book in BOOKS)
    )


def bare_domains(text):
    return DOMAIN.findall(ADDRESS.sub("", text))


def sources_of(value, within="") -> Iterator[str]:
    if isinstance(value, dict):
        for key, each in value.items():
            if isinstance(each, str) and "source" in (key, within):
                yield each
            yield from sources_of(each, "source" if key == "sources" else "")
    if isinstance(value, list):
        for each in value:
            yield from sources_of(each)


def tables():
    found = sorted([*(ROOT / "geometry").rglob("*.toml"), *(ROOT / "workbench").rglob("*.toml")])
    assert len(found) > 20
    return found


@pytest.mark.parametrize("path", tables(), ids=lambda path: path.name)
def test_every_source_is_a_standard_a_book_a_page_or_ours(path):
    told = list(sources_of(tomllib.loads(path.read_text(encoding="utf-8"))))
    assert told
    assert [each for each in told if not is_found(each)] == []
    assert [each for each in told if bare_domains(each)] == []


@pytest.mark.parametrize(
    "text",
    ["newayprecision.com: 3 to 8 mm", "marcusdiecasting", "shop rules: 4 t", "lostwax.jp (1.3 mm)"],
)
def test_a_domain_or_a_phrase_is_no_source(text):
    assert not is_found(text) or bare_domains(text)


@pytest.mark.parametrize(
    "rule", default_rules().rules, ids=lambda rule: f"{rule.process}.{rule.id}"
)
def test_every_source_that_a_rule_names_is_one(rule):
    names = named_sources(rule.source)
    assert names
    assert [name for name in names if not is_found(name)] == []


@pytest.mark.parametrize("tag", language.LANGUAGES)
def test_an_address_comes_out_whole(tag):
    words = Wording(tag)
    for rule in default_rules().rules:
        told = words.source(rule.source)
        assert len(told) <= LONGEST_LINE and "…" not in told
        pieces = words.source_pieces(rule.source)
        assert "".join(piece["text"] for piece in pieces) == told
        pages = [piece["text"] for piece in pieces if piece["is_address"]]
        asked = [text for text, is_page in addresses_in(rule.source) if is_page]
        assert pages == list(dict.fromkeys(asked))


def test_an_address_ends_where_it_does():
    text = "a.com/x/?p=4126: 3; b.co.uk/y.asp (2 mm), and c.org/z+y."
    assert [each for each, is_page in addresses_in(text) if is_page] == [
        "a.com/x/?p=4126",
        "b.co.uk/y.asp",
        "c.org/z+y",
    ]


def test_the_words_of_a_profile_are_no_link():
    said = "our shop, evil.example/x.html"
    assert Wording("en").source_pieces(said) == [{"text": said, "is_address": False}]
