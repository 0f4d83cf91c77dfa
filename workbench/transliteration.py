"""What Uzbek Latin text looks like in Uzbek Cyrillic letters: a draft for the translator to read.

Placeholders, code in backticks, options, file names, addresses and capital designations (STEP, ISO,
DXF) stay as they are; signs of units take their Cyrillic form, as they do on drawings.
"""

import re

__all__ = ["to_cyrillic"]

_KEPT = re.compile(
    r"`[^`]*`"  # code
    r"|\{[^{}]*\}"  # placeholder
    r"|(?<!\w)--?[a-z][\w-]*"  # option
    r"|https?://\S+"
    r"|[\w*./-]*\.(?:step|stp|dxf|xlsx|json|glb|png|pdf|docx|toml|po|md|db)\b"  # file name
    r"|\b(?!MB\b|GB\b)(?=\w*[A-Z]\w*[A-Z])[A-Z0-9]+\b"  # STEP, ISO, AP242
    r"|\b(?:workbench|make|demo|serve|Excel|SQLite|PostgreSQL|Dask)\b"
)
_UNITS = {"kN": "кН", "N": "Н", "MPa": "МПа", "GPa": "ГПа", "kW": "кВт", "MB": "МБ", "GB": "ГБ"}

# What the Latin spelling lost: ц written s, and the soft sign.
_STEMS = {
    "sikl": "цикл", "silindr": "цилиндр", "sex": "цех", "sement": "цемент", "sentr": "центр",
    "sink": "цинк", "filtr": "фильтр", "albom": "альбом", "sentner": "центнер", "kalkul": "калькул",
    "pult": "пульт", "rezba": "резьба", "multi": "мульти",
}  # fmt: skip
_WORDS = {
    "model": "модель", "detal": "деталь", "profil": "профиль", "modul": "модуль", "panel": "панель",
    "nikel": "никель", "kabel": "кабель", "rul": "руль", "oktabr": "октябрь", "sentabr": "сентябрь",
    "noyabr": "ноябрь", "dekabr": "декабрь", "yanvar": "январь", "fevral": "февраль",
    "aprel": "апрель", "iyun": "июнь", "iyul": "июль",
}  # fmt: skip

_LETTERS = dict(zip("abdefghijklmnopqrstuvxyz", "абдефгҳижклмнопқрстувхйз", strict=True))
_VOWELS = "aeiouаеёиоуэюяў"
_RULES = (
    (r"oʻ", "ў"),
    (r"gʻ", "ғ"),
    (r"sʼh", "сҳ"),
    (r"sh", "ш"),
    (r"ch", "ч"),
    (r"ts(?=a\b|am\b|ang|ak\b|in\b)", "тс"),  # the conditional of a verb in -t, not the loan ц
    (r"ts", "ц"),
    (rf"(?<=[^\W\d_{_VOWELS}ў])ye", "ъе"),  # obyekt → объект
    (r"ye", "е"),
    (r"yo", "ё"),
    (r"yu", "ю"),
    (r"ya", "я"),
    (rf"(?:(?<![^\W\d_])|(?<=[{_VOWELS}]))e", "э"),
    (r"ʼ", "ъ"),
)
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[ʻʼ])*")


def to_cyrillic(words: str) -> str:
    """Uzbek in Cyrillic letters, with everything kept that is not Uzbek."""
    result, end = [], 0
    for kept in _KEPT.finditer(words):
        result += [_WORD.sub(_word, words[end : kept.start()]), kept[0]]
        end = kept.end()
    return "".join(result) + _WORD.sub(_word, words[end:])


def _word(match: re.Match[str]) -> str:
    word = match[0]
    if word in _UNITS and not word.islower():  # kN, MPa; mm and kg spell as their letters do
        return _UNITS[word]
    lower = word.lower()
    draft = _WORDS.get(lower) or _spelled(lower)
    if word[:1].islower():
        return draft
    whole = word.isupper() and len(word) > 1
    return draft.upper() if whole else draft[:1].upper() + draft[1:]


def _spelled(word: str) -> str:
    for stem, cyrillic in _STEMS.items():
        if word.startswith(stem):
            return cyrillic + _spelled_by_rule("l" + word[len(stem) :])[1:]
    return _spelled_by_rule(word)


def _spelled_by_rule(word: str) -> str:
    for pattern, cyrillic in _RULES:
        word = re.sub(pattern, cyrillic, word)
    return "".join(_LETTERS.get(letter, letter) for letter in word)
