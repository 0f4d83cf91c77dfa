import pytest

from workbench import catalogues, language
from workbench.transliteration import to_cyrillic


@pytest.mark.parametrize("domain", catalogues.domains())
def test_a_catalogue_is_complete_and_well_written_in_every_language(domain):
    assert catalogues.problems(domain) == []


@pytest.mark.parametrize(
    ("tag", "sentence", "fault"),
    [
        ("uz-Latn", "Ko'rish", "ʻ"),
        ("uz-Latn", "Ko‘rish", "ʻ"),
        ("uz-Latn", "Maʻlumot", "follow"),
        ("uz-Latn", "Faylни oching", "Cyrillic letters"),
        ("uz-Latn", "Wall is too thin", "English word"),
        ("uz-Latn", " ", "empty"),
        ("uz-Cyrl", "Тeшик", "mixes two scripts"),
        ("uz-Cyrl", "Тешик diametri", "Latin word"),
        ("uz-Cyrl", "Вал диаметры", "does not use"),
        ("ru", "Стенка wall", "Latin word"),
        ("ru", "Толщина 5 mm", "Latin word"),
        ("ru", "Тўлиқ", "does not use"),
        ("en", "Стена", "Cyrillic letters"),
        ("en", "Half a {template", "no template"),
    ],
)
def test_a_fault_in_a_text_is_seen(tag, sentence, fault):
    assert any(fault in found for found in catalogues.sentence_problems(sentence, tag))


@pytest.mark.parametrize(
    ("tag", "sentence"),
    [
        ("uz-Latn", "STEP faylni `workbench add x.step` bilan qoʻshing: maʼlumot {name} yoʻq"),
        ("uz-Cyrl", "ISO 2768 бўйича {value:.1f} мм, `workbench match --annual` буйруғи"),
        ("ru", "Файл part.step формата AP242 открыт в Excel; ещё {count} отверстий"),
        ("en", "The designer's wall is 3 mm"),
    ],
)
def test_a_good_text_has_no_fault(tag, sentence):
    assert list(catalogues.sentence_problems(sentence, tag)) == []


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(language, "LOCALE_FOLDER", tmp_path)

    def write(**texts):
        for tag, body in texts.items():
            path = tmp_path / tag.replace("_", "-") / "web.po"
            path.parent.mkdir(exist_ok=True)
            head = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
            path.write_text(head + body, encoding="utf-8")

    return write


def entry(sentence, key="web.open"):
    return f'msgid "{key}"\nmsgstr "{sentence}"\n\n'


def test_a_key_that_one_language_lacks_is_named(folder):
    folder(uz_Latn=entry("Och"), uz_Cyrl=entry("Оч"), ru="", en=entry("Open"))
    assert catalogues.problems("web") == ["ru/web: web.open is missing"]


def test_a_language_without_the_catalogue_is_named(folder):
    folder(uz_Latn=entry("Och"), uz_Cyrl=entry("Оч"), en=entry("Open"))
    assert "ru/web: there is no such catalogue" in catalogues.problems("web")


def test_different_placeholders_are_named(folder):
    folder(
        uz_Latn=entry("Och {name}"),
        uz_Cyrl=entry("Оч {name}"),
        ru=entry("Открыть {nom}"),
        en=entry("Open {name}"),
    )
    assert [fault for fault in catalogues.problems("web") if "different placeholders" in fault]


def test_a_key_written_twice_or_in_the_wrong_catalogue_is_named(folder):
    good = {"uz_Latn": entry("Och"), "uz_Cyrl": entry("Оч"), "ru": entry("Открыть")}
    folder(**good, en=entry("Open") * 2 + entry("Wall", "rule.wall"))
    faults = catalogues.problems("web")
    assert "en/web: web.open is written twice" in faults
    assert "en/web: rule.wall belongs into rules.po" in faults


def test_a_missing_cyrillic_text_is_drafted_once_and_waits_for_a_reader(folder, tmp_path):
    folder(uz_Latn=entry("Oʻchir {name}"), ru=entry("Удалить {name}"), en=entry("Remove {name}"))
    assert catalogues.draft("web") == ["web.open"]
    written = (tmp_path / "uz-Cyrl" / "web.po").read_text(encoding="utf-8")
    assert 'msgstr "Ўчир {name}"' in written
    assert catalogues.problems("web") == [
        "uz-Cyrl/web: web.open is a draft nobody has read (fuzzy)"
    ]
    assert catalogues.draft("web") == []


def test_the_check_says_no_by_its_exit_code(folder):
    folder(uz_Latn=entry("Och"), uz_Cyrl=entry("Оч"), ru="", en=entry("Open"))
    lines = []
    assert catalogues.main(["--check"], say=lines.append) == 1
    assert lines == ["ru/web: web.open is missing", "1 catalogues, 1 problems"]


@pytest.mark.parametrize(
    ("latin", "cyrillic"),
    [
        ("Oʻzbekiston yoʻli", "Ўзбекистон йўли"),
        ("Shakl, chizma, choʻyan", "Шакл, чизма, чўян"),
        ("element, egilish, poyezd", "элемент, эгилиш, поезд"),
        ("obyekt, koeffitsiyent", "объект, коэффициент"),
        ("maʼlumot, Isʼhoq", "маълумот, Исҳоқ"),
        ("konstitutsiya, ketsa", "конституция, кетса"),
        ("silindrik sex detali", "цилиндрик цех детали"),
        ("model, detal", "модель, деталь"),
        ("{depth_mm:.1f} mm, 12 kN, ISO 2768", "{depth_mm:.1f} мм, 12 кН, ISO 2768"),
        ("`workbench add` va part.step", "`workbench add` ва part.step"),
        ("--annual sonini kiriting", "--annual сонини киритинг"),
    ],
)
def test_uzbek_latin_becomes_uzbek_cyrillic(latin, cyrillic):
    assert to_cyrillic(latin) == cyrillic
