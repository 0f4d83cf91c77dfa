"""What the program says to people, in four languages.

Texts live in `locale/<language>/<domain>.po`. A message id is a dotted key, its value a
`str.format` template:

    text("web.upload.drop_here")
    text("rule.thin_wall.message", language="ru", measured=1.2, limit=3.5)

Numbers inside a template follow the language: `{value:.2f}` is `1,234.50` in English and `1 234,50`
in Russian and Uzbek; `{share:.0%}`, `{count:,}` and `{value:g}` likewise. A key with gettext plural
forms takes its form from the value called `count`.
"""

import gettext
import logging
import os
import re
import string
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

__all__ = [
    "FALLBACK",
    "LANGUAGES",
    "NAMES",
    "SHARE",
    "Beside",
    "MissingText",
    "closest",
    "current",
    "domain_of",
    "exists",
    "find",
    "locale_of",
    "money",
    "normalise_search",
    "number",
    "percent",
    "quantity",
    "sentences",
    "text",
    "told_apart",
    "unit",
    "using",
]

LANGUAGES = ("uz-Latn", "uz-Cyrl", "ru", "en")
NAMES = {"uz-Latn": "Oʻzbekcha", "uz-Cyrl": "Ўзбекча", "ru": "Русский", "en": "English"}
SHARE = "share"  # the unit of a part of a whole, 0 to 1: written as a percentage
MOST_DECIMALS = 7  # what differs by less is the same to a reader
FALLBACK = "en"  # shown when a text is missing in the language asked for
LOCALE_FOLDER = Path(__file__).with_name("locale")
STRICT_VARIABLE = "WORKBENCH_STRICT_TEXTS"  # set by the tests: a missing text is an error there

_DOMAINS = {
    "rule": "rules",
    "feature": "features",
    "process": "processes",
    "plant": "plants",
    "error": "errors",
    "unit": "units",
}
_CYRILLIC = "а б в г д е ж з и й к л м н о п р с т у ф х ц  ч  ш  щ  ы э ю  я  ё  ў қ ғ ҳ"
_LATIN = "a b v g d e j z i y k l m n o p r s t u f x ts ch sh sh i e yu ya yo o q g h"
_LATIN_OF_CYRILLIC = dict(zip(_CYRILLIC.split(), _LATIN.split(), strict=True)) | {"ъ": "", "ь": ""}
_APOSTROPHES = re.compile("['`´‘’ʻʼʹ′]")
_YE = re.compile(
    r"(?<![^\W\d_])е|(?<=[аоуэиюяёўъь])е"
)  # е is read ye at a word's start, after a vowel
_SPACES = re.compile(r"\s+")

_language: ContextVar[str | None] = ContextVar("workbench_language", default=None)
_log = logging.getLogger(__name__)


class Beside(float):
    """A number that is written with as many decimals as tell it from the one it stands beside."""

    __slots__ = ("_other",)

    def __new__(cls, value: float, other: float) -> "Beside":
        """other: the number beside it; equal ones need no telling apart."""
        self = super().__new__(cls, value)
        self._other = float(other)
        return self

    def decimals(self, least: int) -> int:
        """Decimals that tell the two apart, at least so many; a number that so many write whole
        needs no more.
        """
        if float(self) in (self._other, round(float(self), least)):
            return least
        enough = (
            decimals
            for decimals in range(least, MOST_DECIMALS)
            if round(float(self), decimals) != round(self._other, decimals)
        )
        return next(enough, least)


class MissingText(LookupError):
    """A key has no text, or its template asks for a value that was not given."""


# --- which language ---


def closest(tag: str | None) -> str | None:
    """The language of ours that a tag such as `ru_RU.UTF-8` or `uz-Cyrl-UZ` asks for, if any."""
    words = [word for word in re.split(r"[-_.@]", (tag or "").lower()) if word]
    if not words:
        return None
    if words[0] == "uz":
        return "uz-Cyrl" if {"cyrl", "cyrillic"} & set(words) else "uz-Latn"
    return words[0] if words[0] in LANGUAGES else None


def current() -> str:
    """The language of this context: `using`, WORKBENCH_LANGUAGE, the system's, English."""
    chosen = _language.get()
    if chosen is not None:
        return chosen
    for variable in ("WORKBENCH_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if found := closest(os.environ.get(variable)):
            return found
    return FALLBACK


@contextmanager
def using(language: str) -> Iterator[None]:
    """Make `language` the current one inside a with block.

    Raises ValueError for a language there is no catalogue of.
    """
    token = _language.set(_known(language))
    try:
        yield
    finally:
        _language.reset(token)


def _known(language: str | None) -> str:
    if language is None:
        return current()
    if language not in LANGUAGES:
        raise ValueError(f"no such language: {language!r}; there are {', '.join(LANGUAGES)}")
    return language


@cache
def locale_of(language: str) -> Locale:
    """Babel's locale of one of our languages."""
    return Locale.parse(language, sep="-")


# --- texts ---


@dataclass(frozen=True, slots=True)
class _Catalogue:
    templates: Mapping[str, str | tuple[str, ...]]
    plural_of: Callable[[int], int]


def domain_of(key: str) -> str:
    """The catalogue that holds a key: named by its first word."""
    first = key.partition(".")[0]
    return _DOMAINS.get(first, first)


@cache
def _catalogue(domain: str, language: str) -> _Catalogue:
    path = LOCALE_FOLDER / language / f"{domain}.po"
    if not path.is_file():
        return _Catalogue({}, lambda _count: 0)
    with path.open("rb") as file:
        catalogue = read_po(file, locale=locale_of(language), abort_invalid=True)
    templates: dict[str, str | tuple[str, ...]] = {}
    for message in catalogue:
        key = message.id if isinstance(message.id, str) else message.id[0]
        filled = message.string if isinstance(message.string, str) else all(message.string)
        if key and filled:
            templates[key] = message.string
    return _Catalogue(templates, gettext.c2py(catalogue.plural_expr))


def text(key: str, /, language: str | None = None, **values: object) -> str:
    """The sentence of a key in a language (the current one by default) with its values filled in.

    A missing text or value raises MissingText under the tests; in production the English text,
    else the key, is shown and the lack is logged once.
    """
    language = _known(language)
    template = _template(key, language, values)
    if template is None:
        _missing(f"no text {key!r} in {language}")
        template = _template(key, FALLBACK, values)
        if template is None:
            return key
        language = FALLBACK
    if "{" not in template and "}" not in template:
        return template
    try:
        return _formatter(language).vformat(template, (), values)
    except (KeyError, IndexError) as lack:
        _missing(f"text {key!r} in {language} needs the value {lack}")
        return template


def find(key: str, /, language: str | None = None) -> str | None:
    """A text that need not exist, such as the name of a code of a newer analysis."""
    language = _known(language)
    return None if _template(key, language, {}) is None else text(key, language)


def exists(key: str, /) -> bool:
    """Whether there is a text of that key: some sentences have a second form."""
    return _template(key, FALLBACK, {}) is not None


def sentences(key: str, /, **values: object) -> dict[str, str]:
    """The sentence of a key in every language."""
    return {language: text(key, language, **values) for language in LANGUAGES}


def _template(key: str, language: str, values: Mapping[str, object]) -> str | None:
    catalogue = _catalogue(domain_of(key), language)
    found = catalogue.templates.get(key)
    if found is None or isinstance(found, str):
        return found
    count = values.get("count", 1)
    return found[catalogue.plural_of(abs(count) if isinstance(count, int) else 2)]


@cache
def _log_once(message: str) -> None:
    _log.error(message)


def _missing(message: str) -> None:
    if os.environ.get(STRICT_VARIABLE):
        raise MissingText(message)
    _log_once(message)


class _Formatter(string.Formatter):
    """`str.format` whose numbers are written as the language writes them."""

    def __init__(self, locale: Locale) -> None:
        self.locale = locale

    def format_field(self, value: Any, format_spec: str) -> str:
        numeric = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not numeric or not format_spec:
            return str(format(value, format_spec))
        if wanted := re.fullmatch(r",?(?:\.(\d+))?([f%])", format_spec):
            percent_sign = wanted[2] == "%"
            decimals = _decimals(value, int(wanted[1] or 0), 2 if percent_sign else 0)
            pattern = _pattern(decimals, optional=False)
            if percent_sign:
                pattern = _percent_pattern(self.locale, decimals)
                return str(format_percent(value, format=pattern, locale=self.locale))
            return str(format_decimal(value, format=pattern, locale=self.locale))
        if wanted := re.fullmatch(r"(?:\.(\d+))?g|,", format_spec):
            decimals = int(wanted[1]) if wanted[1] else _short(value)
            pattern = _pattern(_decimals(value, decimals), optional=True)
            return str(format_decimal(value, format=pattern, locale=self.locale))
        return format(value, format_spec)


def told_apart(measured: Any, limit: Any) -> tuple[Any, Any]:
    """Two numbers to be written so that they differ where they do; anything else as it is."""
    if all(isinstance(each, int | float) for each in (measured, limit)):
        return Beside(measured, limit), Beside(limit, measured)
    return measured, limit


def _decimals(value: float, wanted: int, shift: int = 0) -> int:
    """The decimals wanted, or more where the number stands beside another; shift: places that the
    point moves for a percentage.
    """
    return value.decimals(wanted + shift) - shift if isinstance(value, Beside) else wanted


def _short(value: float) -> int:
    """Decimals of a number in a sentence that does not say how many: a limit of 6.582 mm would
    claim what nobody measures.
    """
    size = abs(value)
    return 3 if size < 1 else 2 if size < 100 else 1


def _percent_pattern(locale: Locale, decimals: int) -> str:
    """The locale's percent pattern (Russian puts a space before the sign) with so many decimals."""
    pattern = str(locale.percent_formats[None].pattern)
    return pattern.replace("0", "0." + "0" * decimals) if decimals else pattern


@cache
def _formatter(language: str) -> _Formatter:
    return _Formatter(locale_of(language))


# --- numbers ---


def _pattern(decimals: int, *, optional: bool) -> str:
    return "#,##0" + ("." + ("#" if optional else "0") * decimals if decimals else "")


def number(value: float, decimals: int | None = None, language: str | None = None) -> str:
    """A number as the language writes it; without `decimals` at most three, no trailing zeros."""
    digits = _decimals(value, 3 if decimals is None else decimals)
    pattern = _pattern(digits, optional=decimals is None)
    return str(format_decimal(value, format=pattern, locale=locale_of(_known(language))))


def percent(ratio: float, decimals: int = 0, language: str | None = None) -> str:
    """A ratio (0.25) as a percentage (25 %) in the way of the language."""
    locale = locale_of(_known(language))
    return str(format_percent(ratio, format=_percent_pattern(locale, decimals), locale=locale))


def money(
    value: float, currency: str = "UZS", decimals: int | None = None, language: str | None = None
) -> str:
    """An amount with its currency; soʻm in whole soʻm, others with two decimals."""
    usual = 0 if currency == "UZS" else 2
    return quantity(value, currency, usual if decimals is None else decimals, language)


def unit(name: str, language: str | None = None) -> str:
    """A unit's sign: `mm` is `мм` in Cyrillic; a sign without a text (%) stands for itself."""
    language = _known(language)
    return str(_template(f"unit.{name}", language, {}) or name)


def quantity(
    value: float,
    unit_name: str,
    decimals: int | None = None,
    language: str | None = None,
) -> str:
    """A number with its unit, kept on one line: `12,5 мм`, `30°`.

    A share (0 to 1) is a percentage with at most one decimal: `0.2 %`.
    """
    if unit_name == SHARE:
        digits = _decimals(value, 1, 2)
        percentage = round(100 * value, digits)
        return percent(percentage / 100, 0 if percentage.is_integer() else digits, language)
    sign = unit(unit_name, language)
    space = "" if sign == "°" else "\N{NO-BREAK SPACE}"
    return number(value, decimals, language) + (space + sign if sign else "")


# --- search ---


def normalise_search(words: str) -> str:
    """One form for all spellings: Cyrillic as Latin, no apostrophes, folded case, single spaces."""
    folded = unicodedata.normalize("NFKC", words).casefold()
    folded = _YE.sub("ye", folded)
    latin = "".join(_LATIN_OF_CYRILLIC.get(letter, letter) for letter in folded)
    return _SPACES.sub(" ", _APOSTROPHES.sub("", latin)).strip()
