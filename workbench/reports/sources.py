"""What is a source called, without what our rules say of it in English, and where is its page?"""

import re
from collections.abc import Iterator
from functools import cache

__all__ = ["OURS", "addresses_in", "is_ours", "named_sources"]

OURS = "ours"  # how a rule says that its limit is nobody else's
# a page: a domain and its path, as browsers take them without a scheme
ADDRESS = re.compile(r"\b(?:[a-z0-9-]+\.)+[a-z]{2,}/[\w./?=&%+-]*[\w/]")
_ASIDE = re.compile(r"\s*\([^()]*\)")


def is_ours(source: str) -> bool:
    """Whether one of our own rules says so, and not a profile of somebody else."""
    return source in _own_sources()


def named_sources(source: str) -> tuple[str, ...]:
    """Names of the sources of one of our rules, `ours` for what is nobody else's; nothing of a
    source that is not ours.

    Our rules write `name: what it says` or `name (what it says)`, one after the other with
    semicolons between them; a name is a standard, a book or the address of a page.
    """
    if not is_ours(source):
        return ()
    names = (piece.partition(": ")[0].strip() for piece in _ASIDE.sub("", source).split(";"))
    return tuple(dict.fromkeys(OURS if re.match(rf"{OURS}\b", each) else each for each in names))


def addresses_in(text: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces, each with whether it is the address of a page."""
    start = 0
    for found in ADDRESS.finditer(text):
        if found.start() > start:
            yield text[start : found.start()], False
        yield found[0], True
        start = found.end()
    if start < len(text):
        yield text[start:], False


@cache
def _own_sources() -> frozenset[str]:
    from geometry.processes.rules import default_rules

    return frozenset(rule.source for rule in default_rules().rules)
