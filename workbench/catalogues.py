"""What is wrong with the language catalogues, and a draft of what the Cyrillic one lacks.

    python -m workbench.catalogues          drafts missing Uzbek Cyrillic texts, lists what is wrong
    python -m workbench.catalogues --check  lists only; exit code 1 when anything is wrong

A draft is marked `fuzzy`, as gettext does; it counts as wrong until someone has read it and taken
the mark away.
"""

import argparse
import re
import string
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from workbench import language
from workbench.transliteration import to_cyrillic

__all__ = ["domains", "draft", "main", "problems", "sentence_problems"]

_CODE = re.compile(
    r"`[^`]*`|\{[^{}]*\}|https?://\S+|(?<!\w)--?[a-z][\w-]*"
    r"|[\w*./-]*\.(?:step|stp|dxf|xlsx|json|glb|png|pdf|docx|toml|po|md|db)\b"
)
_LATIN_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")
_DESIGNATION = re.compile(r"[A-Z0-9-]+")  # STEP, ISO, EN, G-code's G, a plane's axis Z
_NAMES = {  # proper names, written in Latin letters in Russian and Uzbek Cyrillic too
    "Python", "Workbench", "workbench", "NiceGUI", "Excel", "Linux", "Debian", "Ubuntu",
    "Windows", "macOS", "SQLite", "PostgreSQL", "Dask", "GitHub", "Chromium",
    "Open", "Cascade", "AutoCAD", "SolidWorks",
    "UTF-8", "Inventor", "Fusion", "Creo", "CATIA", "Ra", "Rz",
    # authors, books and houses that limits are cited from
    "Hubs", "NADCA", "Boothroyd", "Groover", "ASM", "Kalpakjian",
}  # fmt: skip
_ENGLISH = re.compile(
    r"\b(?:the|and|with|for|from|this|that|cannot|please|click|error|of|is|are|not|than|"
    r"hole|wall|thickness|bend|part|file|too)\b",
    re.IGNORECASE,
)
_MIXED_SCRIPT = re.compile(r"[A-Za-z](?=[А-Яа-яЁёЎўҚқҒғҲҳ])|[А-Яа-яЁёЎўҚқҒғҲҳ](?=[A-Za-z])")
_WRONG_APOSTROPHE = re.compile(r"[^\W\d_]['`´‘’](?=[^\W\d_]|\b)|[oOgG]['`´‘’]")
_LOST_LETTER = re.compile(r"(?<![oOgG])ʻ|[oOgG]ʼ(?=[a-z])")
_NOT_UZBEK = re.compile(r"[ыщЫЩ]\w*")
_NOT_RUSSIAN = re.compile(r"\w*[ўқғҳЎҚҒҲ]\w*")


def domains() -> tuple[str, ...]:
    """The names of all catalogues that any language has."""
    return tuple(sorted({path.stem for path in language.LOCALE_FOLDER.glob("*/*.po")}))


def problems(domain: str) -> list[str]:
    """Everything wrong with one domain in any language, one line each."""
    found: list[str] = []
    forms_of: dict[str, dict[str, Message]] = {}
    for tag in language.LANGUAGES:
        path = _path(tag, domain)
        if not path.is_file():
            found.append(f"{tag}/{domain}: there is no such catalogue")
            continue
        messages = _messages(path, tag)
        forms_of[tag] = messages
        keys = re.findall(r'^msgid "(.+)"$', path.read_text(encoding="utf-8"), re.MULTILINE)
        twice = [key for key, count in Counter(keys).items() if count > 1]
        found += [f"{tag}/{domain}: {key} is written twice" for key in twice]
        for key, message in messages.items():
            found += [
                f"{tag}/{domain}: {key} {fault}" for fault in _faults(key, message, tag, domain)
            ]
    found += _disagreements(domain, forms_of)
    return found


def sentence_problems(sentence: str, tag: str) -> Iterator[str]:
    """What is wrong with one text as a text of its language."""
    if not sentence.strip():
        yield "is empty"
        return
    try:
        list(string.Formatter().parse(sentence))
    except ValueError as fault:
        yield f"is no template: {fault}"
        return
    prose = _CODE.sub(" ", sentence)
    if re.search(r"[ʻʼ]", prose) and tag in ("ru", "en", "uz-Cyrl"):
        yield "has an Uzbek Latin apostrophe"
    if tag == "uz-Latn":
        if wrong := _WRONG_APOSTROPHE.search(prose):
            yield f"writes {wrong[0]!r}; the letters are oʻ gʻ (U+02BB) and the sign ʼ (U+02BC)"
        if wrong := _LOST_LETTER.search(prose):
            yield f"has {wrong[0]!r}: ʻ (U+02BB) follows o and g alone, ʼ (U+02BC) any other"
        if re.search("[А-Яа-яЁё]", prose):
            yield "has Cyrillic letters"
        if wrong := _ENGLISH.search(prose):
            yield f"has the English word {wrong[0]!r}"
    if tag == "en" and re.search("[А-Яа-яЁё]", prose):
        yield "has Cyrillic letters"
    if tag in ("ru", "uz-Cyrl"):
        if wrong := _MIXED_SCRIPT.search(prose):
            yield f"mixes two scripts in a word at {prose[wrong.start() :][:12]!r}"
        for word in _LATIN_WORD.findall(prose):
            if not _DESIGNATION.fullmatch(word) and word not in _NAMES:
                yield f"has the Latin word {word!r}"
    if tag == "uz-Cyrl" and (wrong := _NOT_UZBEK.search(prose)):
        yield f"has a letter that Uzbek does not use: {wrong[0]!r}"
    if tag == "ru" and (wrong := _NOT_RUSSIAN.search(prose)):
        yield f"has a letter that Russian does not use: {wrong[0]!r}"


def _faults(key: str, message: Message, tag: str, domain: str) -> Iterator[str]:
    if language.domain_of(key) != domain:
        yield f"belongs into {language.domain_of(key)}.po"
    if message.fuzzy:
        yield "is a draft nobody has read (fuzzy)"
    for sentence in _forms(message):
        yield from sentence_problems(sentence, tag)


def _disagreements(domain: str, forms_of: dict[str, dict[str, Message]]) -> list[str]:
    found = []
    for key in sorted(set().union(*forms_of.values())):
        missing = [tag for tag in forms_of if key not in forms_of[tag]]
        found += [f"{tag}/{domain}: {key} is missing" for tag in missing]
        wanted = {
            tag: frozenset().union(*map(_placeholders, _forms(messages[key])))
            for tag, messages in forms_of.items()
            if key in messages
        }
        if len(set(wanted.values())) > 1:
            told = ", ".join(f"{tag} {sorted(names)}" for tag, names in wanted.items())
            found.append(f"{domain}: {key} has different placeholders: {told}")
    return found


def _placeholders(sentence: str) -> frozenset[str]:
    try:
        return frozenset(name for _, name, _, _ in string.Formatter().parse(sentence) if name)
    except ValueError:
        return frozenset()  # `sentence_problems` says so


def _forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def _path(tag: str, domain: str) -> Path:
    return language.LOCALE_FOLDER / tag / f"{domain}.po"


def _read(path: Path, tag: str) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=language.locale_of(tag), abort_invalid=True)


def _messages(path: Path, tag: str) -> dict[str, Message]:
    catalogue = _read(path, tag)
    return {m.id if isinstance(m.id, str) else m.id[0]: m for m in catalogue if m.id}


def draft(domain: str) -> list[str]:
    """Write a fuzzy Cyrillic draft of each text that only Uzbek Latin has; returns the keys."""
    source, target = _path("uz-Latn", domain), _path("uz-Cyrl", domain)
    if not source.is_file():
        return []
    latin = _messages(source, "uz-Latn")
    catalogue = _read(target if target.is_file() else source, "uz-Cyrl")
    if not target.is_file():
        for key in latin:
            catalogue.delete(key)
    has = {m.id if isinstance(m.id, str) else m.id[0] for m in catalogue if all(_forms(m))}
    missing = [key for key in latin if key not in has]
    for key in missing:
        text = latin[key].string
        cyrillic = to_cyrillic(text) if isinstance(text, str) else tuple(map(to_cyrillic, text))
        catalogue.add(latin[key].id, cyrillic, flags={"fuzzy"})
    if missing:
        target.parent.mkdir(exist_ok=True)
        with target.open("wb") as file:
            write_po(file, catalogue, width=0, omit_header=False)
    return missing


def main(arguments: list[str] | None = None, say: Callable[[str], object] | None = None) -> int:
    """Draft what is missing, then say what is wrong; 0 when nothing is."""
    say = say or (lambda line: sys.stdout.write(line + "\n"))
    parser = argparse.ArgumentParser(prog="python -m workbench.catalogues", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    parser.add_argument("domain", nargs="*", help="only these catalogues")
    options = parser.parse_args(arguments)
    wanted = options.domain or domains()
    if not options.check:
        for domain in wanted:
            for key in draft(domain):
                say(f"uz-Cyrl/{domain}: drafted {key}")
    found = [problem for domain in wanted for problem in problems(domain)]
    for problem in found:
        say(problem)
    say(f"{len(wanted)} catalogues, {len(found)} problems")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
