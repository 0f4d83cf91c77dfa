import pytest

from workbench import language


@pytest.fixture
def catalogue(tmp_path, monkeypatch):
    """A function that writes one domain in one language into a folder of catalogues of its own."""
    monkeypatch.setattr(language, "LOCALE_FOLDER", tmp_path)
    language._catalogue.cache_clear()
    language._log_once.cache_clear()

    def write(tag, domain, body, plural="nplurals=2; plural=(n != 1);"):
        path = tmp_path / tag / f"{domain}.po"
        path.parent.mkdir(exist_ok=True)
        header = (
            'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
            f'"Plural-Forms: {plural}\\n"\n\n'
        )
        path.write_text(header + body, encoding="utf-8")

    yield write
    language._catalogue.cache_clear()
    language._log_once.cache_clear()


def test_a_text_comes_in_the_language_asked_for(catalogue):
    catalogue("ru", "errors", 'msgid "error.empty"\nmsgstr "Файл пуст"\n')
    assert language.text("error.empty", "ru") == "Файл пуст"


def test_values_fill_their_places_with_the_decimals_of_the_language(catalogue):
    entry = 'msgid "rule.wall"\nmsgstr "{measured:.1f} < {limit:g}"\n'
    catalogue("ru", "rules", entry)
    catalogue("en", "rules", entry)
    assert language.text("rule.wall", "ru", measured=1234.25, limit=3.5) == "1\xa0234,2 < 3,5"
    assert language.text("rule.wall", "en", measured=1234.25, limit=3.5) == "1,234.2 < 3.5"


@pytest.mark.parametrize(
    ("count", "expected"), [(1, "1 отверстие"), (3, "3 отверстия"), (11, "11 отверстий")]
)
def test_russian_nouns_take_their_form_from_the_count(catalogue, count, expected):
    forms = ["отверстие", "отверстия", "отверстий"]
    body = 'msgid "web.holes"\nmsgid_plural "web.holes"\n' + "".join(
        f'msgstr[{form}] "{{count}} {word}"\n' for form, word in enumerate(forms)
    )
    plural = (
        "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : "
        "n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);"
    )
    catalogue("ru", "web", body, plural)
    assert language.text("web.holes", "ru", count=count) == expected


def test_a_missing_key_is_an_error_under_the_tests(catalogue):
    catalogue("en", "web", "")
    with pytest.raises(language.MissingText, match=r"web\.nothing"):
        language.text("web.nothing", "en")


def test_a_missing_value_is_an_error_under_the_tests(catalogue):
    catalogue("en", "web", 'msgid "web.hello"\nmsgstr "Hello {name}"\n')
    with pytest.raises(language.MissingText, match="name"):
        language.text("web.hello", "en")


def test_in_production_a_missing_text_shows_the_english_one_and_is_logged_once(
    catalogue, monkeypatch, caplog
):
    monkeypatch.delenv(language.STRICT_VARIABLE)
    catalogue("en", "web", 'msgid "web.hello"\nmsgstr "Hello {size:.1f}"\n')
    catalogue("ru", "web", "")
    assert [language.text("web.hello", "ru", size=1.0) for _ in "12"] == ["Hello 1.0"] * 2
    assert [record.message for record in caplog.records] == ["no text 'web.hello' in ru"]


def test_in_production_a_text_that_nobody_wrote_shows_its_key(catalogue, monkeypatch):
    monkeypatch.delenv(language.STRICT_VARIABLE)
    catalogue("en", "web", "")
    assert language.text("web.nothing", "ru") == "web.nothing"


def test_sentences_come_in_all_languages():
    assert set(language.sentences("unit.mm")) == set(language.LANGUAGES)
    assert language.sentences("unit.mm")["uz-Cyrl"] == "мм"


def test_using_holds_inside_its_block_alone():
    before = language.current()
    with language.using("uz-Cyrl"):
        assert language.current() == "uz-Cyrl"
        with language.using("ru"):
            assert language.text("unit.mm") == "мм"
            assert language.current() == "ru"
        assert language.current() == "uz-Cyrl"
    assert language.current() == before


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="klingon"), language.using("klingon"):
        pass
    with pytest.raises(ValueError, match="no such language"):
        language.text("unit.mm", "de")


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("uz", "uz-Latn"),
        ("uz_UZ.UTF-8", "uz-Latn"),
        ("uz_UZ.UTF-8@cyrillic", "uz-Cyrl"),
        ("uz-Cyrl-UZ", "uz-Cyrl"),
        ("ru-RU", "ru"),
        ("en_GB.UTF-8", "en"),
        ("C.UTF-8", None),
        ("", None),
        (None, None),
    ],
)
def test_a_tag_of_the_system_or_browser_finds_its_language(tag, expected):
    assert language.closest(tag) == expected


def test_the_system_language_is_used_when_nobody_chose(monkeypatch):
    monkeypatch.delenv("WORKBENCH_LANGUAGE")
    monkeypatch.setenv("LC_ALL", "ru_RU.UTF-8")
    assert language.current() == "ru"


def test_numbers_follow_the_language():
    assert language.number(12345.678, 1, "en") == "12,345.7"
    assert language.number(12345.678, 1, "uz-Cyrl") == "12\xa0345,7"
    assert language.number(12.5, language="ru") == "12,5"
    assert language.percent(0.256, 1, "en") == "25.6%"
    assert language.percent(0.25, language="ru") == "25\xa0%"


def test_a_quantity_carries_its_unit_in_the_script_of_the_language():
    assert language.quantity(12.5, "mm", 1, "ru") == "12,5\xa0мм"
    assert language.quantity(12.5, "mm", 1, "uz-Latn") == "12,5\xa0mm"
    assert language.quantity(30, "deg", 0, "en") == "30°"
    assert language.quantity(30, "%", 0, "en") == "30\xa0%"


@pytest.mark.parametrize(
    ("measured", "limit", "told"),
    [
        (1.996, 2, "1.996 mm; 2 is wanted"),
        (1.74, 3.5, "1.7 mm; 3.5 is wanted"),
        (6.1411, 6.1437, "6.141 mm; 6.144 is wanted"),
        (0.99996, 1, "0.99996 mm; 1 is wanted"),
        (2, 2, "2.0 mm; 2 is wanted"),
        (4.43, 4, "4.4 mm; 4 is wanted"),
    ],
)
def test_what_breaks_a_limit_is_not_written_as_the_limit(catalogue, measured, limit, told):
    entry = 'msgid "rule.wall"\nmsgstr "{measured:.1f} mm; {limit:g} is wanted"\n'
    catalogue("en", "rules", entry)
    one, other = language.told_apart(measured, limit)
    assert language.text("rule.wall", "en", measured=one, limit=other) == told


def test_shares_and_quantities_are_told_apart_too(catalogue):
    entry = 'msgid "rule.share"\nmsgstr "{measured:.0%}, предел {limit:.0%}"\n'
    catalogue("ru", "rules", entry)
    catalogue("en", "units", 'msgid "unit.mm"\nmsgstr "mm"\n')
    measured, limit = language.told_apart(0.7513, 0.75)
    said = language.text("rule.share", "ru", measured=measured, limit=limit)
    assert said.replace("\N{NO-BREAK SPACE}", " ") == "75,1 %, предел 75 %"
    assert language.quantity(measured, language.SHARE, language="en") == "75.1%"
    assert (
        language.quantity(language.Beside(1.996, 2), "mm", 2, "en") == "1.996\N{NO-BREAK SPACE}mm"
    )


def test_a_share_is_written_as_a_percentage():
    assert language.quantity(0.0096, "share", 2, "en") == "1%"
    assert language.quantity(0.002, "share", None, "en") == "0.2%"
    assert language.quantity(0.873, "share", 2, "ru") == "87,3\N{NO-BREAK SPACE}%"


def test_money_is_written_in_whole_som_and_in_the_words_of_the_language():
    assert language.money(1234567.4, language="uz-Latn") == "1\xa0234\xa0567\xa0soʻm"
    assert language.money(1234567.4, language="ru") == "1\xa0234\xa0567\xa0сум"
    assert language.money(12.5, "USD", language="en") == "12.50\xa0USD"


@pytest.mark.parametrize(
    ("written", "other"),
    [
        ("Oʻzbekiston", "ЎЗБЕКИСТОН"),
        ("G'ildirak  gupchagi", "ғилдирак гупчаги"),
        ("yelkali val", "елкали вал"),
        ("choʻyan", "чўян"),
        ("poyezd", "поезд"),
        ("o‘q", "ўқ"),
        ("masʼul", "масъул"),
    ],
)
def test_search_finds_a_word_in_either_script_and_with_any_apostrophe(written, other):
    assert language.normalise_search(written) == language.normalise_search(other)


def test_search_keeps_different_words_apart():
    assert language.normalise_search("хол") != language.normalise_search("ҳол")
