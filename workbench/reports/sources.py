"""What is a source called, without what our rules say of it in English?"""

import re
from functools import lru_cache

__all__ = ["OURS", "PHRASES", "named_sources"]

OURS = "ours"  # how a rule says that its limit is nobody else's
# sources without a name of their own, by the text of the reports that stands for them
PHRASES = {
    "tool": "open should-cost tool",
    "advisor": "open sheet-metal advisor",
    "guides": "public design guides for bent sheet",
    "pressings": "design rules for pressings",
    "practice": "die designers' practice",
    "shops": "shop rules",
    "chvorinov": "Chvorinov's rule",
}
_ASIDE = re.compile(r"\s*\([^()]*\)")
_SAYS = re.compile(r":| asks? | has the rule | checks? | tells | by an? (?=open )|, as for .*")
_A_NAME = re.compile(r"[A-Z]|aPriori|inventexlabs|\S+\.[a-z]{2,}\b|\S+ and \S+\.[a-z]{2,}\b")


@lru_cache(maxsize=1024)  # a profile has sources of its own
def named_sources(source: str) -> tuple[str, ...]:
    """Names of the sources of one of our rules, with `{tool}` and the like where they have none;
    nothing of a source that is not ours.
    """
    from geometry.processes.rules import default_rules

    if source not in {rule.source for rule in default_rules().rules}:
        return ()
    found: list[str] = []
    for piece in _ASIDE.sub("", source).split(";"):
        name = _name(piece.strip())
        if name and name not in found:
            found.append(name)
    return tuple(found)


def _name(piece: str) -> str:
    """The name at the head of a piece, empty where it goes on about the one before."""
    if re.match(rf"{OURS}\b", piece):
        return "{ours}"
    told = next((f"{{{key}}}" for key, said in PHRASES.items() if piece.startswith(said)), "")
    if told:
        return told
    head = _SAYS.split(piece, maxsplit=1)[0].strip(" ,.")
    if not _A_NAME.match(head):
        return ""
    before = piece.partition(":")[0]
    second = next((key for key, said in PHRASES.items() if said in before), None)
    names = re.sub(r" and (an? )?", ", ", head.replace(PHRASES["tool"], ""))
    names = names.strip(" ,")
    return f"{names}, {{{second}}}" if second else names
