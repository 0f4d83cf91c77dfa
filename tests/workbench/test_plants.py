import io
import zipfile
from dataclasses import replace
from datetime import date

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from samples.plants import SOURCE, WORKBOOK, illustrative_plants
from workbench import language, plants
from workbench.errors import NoSuchFile
from workbench.plants import (
    BrokenWorkbook,
    Certificate,
    Machine,
    Plant,
    Stock,
    TooLargeWorkbook,
    storage,
    workbook,
)
from workbench.plants.columns import SHEETS
from workbench.plants.records import FAMILIES, KINDS, REGIONS, hours_a_year, road_km
from workbench.tables import Base

LATHE = Machine("M1", "lathe", "lathe", ("carbon_steel",), 1e5, 30, 0.5, 7, length_mm=500.0,
                max_diameter_mm=200.0, tolerance_it=7)  # fmt: skip
PLANT = Plant("A", "Plant A", "andijan", "Asaka", 2, (LATHE,), (Stock("C45", 0.5),),
              (Certificate("ISO 9001", date(2030, 1, 1)),))  # fmt: skip


@pytest.fixture(autouse=True)
def english():
    with language.using("en"):
        yield


def edited(*edits, remove=()):
    """The bytes of a workbook of PLANT with cells changed: ("Machines!F3", value)."""
    book = openpyxl.load_workbook(io.BytesIO(plants.write([PLANT])))
    for place, value in edits:
        sheet, cell = place.split("!")
        book[sheet][cell] = value
    for sheet in remove:
        del book[sheet]
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def place_of(sheet, key, row=3):
    index = [column.key for column in SHEETS[sheet]].index(key)
    return f"{sheet}!{openpyxl.utils.get_column_letter(index + 1)}{row}"


def told(data):
    with pytest.raises(BrokenWorkbook) as caught:
        plants.read(data)
    return [problem.sentence() for problem in caught.value.problems]


def test_what_is_written_is_read_back():
    assert plants.read(plants.write([PLANT])) == (PLANT,)


texts = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=40)
texts = texts.filter(lambda words: words == words.strip() and not words.startswith("#"))

shares = st.floats(0, 1).map(lambda share: round(share, 12))  # Excel keeps 15 digits


@settings(max_examples=20, deadline=None)
@given(texts, texts, st.sampled_from(REGIONS), shares, st.sampled_from(sorted(KINDS)))
def test_any_plant_is_read_back_as_it_was_written(name, notes, region, share, kind):
    needed = dict.fromkeys(KINDS[kind].requires, 3)
    machine = replace(LATHE, kind=kind, notes=notes, available_share=share, **needed)
    plant = replace(PLANT, name=name, region=region, machines=(machine,), illustrative=True)
    assert plants.read(plants.write([plant])) == (plant,)


@pytest.mark.parametrize("tag", language.LANGUAGES)
def test_a_template_has_lists_notes_and_a_legend_and_no_plant(tag):
    data = plants.write([], tag=tag)
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert [sheet for sheet in book.sheetnames if sheet != "Lists"] == [*SHEETS, "Legend"]
    machines = book["Machines"]
    assert machines["A1"].comment.text
    lists = [rule for rule in machines.data_validations.dataValidation if rule.type == "list"]
    assert any("D3" in str(rule.sqref) for rule in lists)  # the kind of machine
    with pytest.raises(BrokenWorkbook, match=r"Plants"):
        plants.read(data)


def test_a_wrong_cell_is_told_by_its_address_and_what_it_should_be():
    assert told(edited((place_of("Machines", "tonnage_kn"), "abc"))) == [
        'Machines!F3: tonnage_kn must be a number from 0 to 1e+06, got "abc"'.replace(
            "1e+06", "1,000,000"
        )
    ]


def test_all_wrong_cells_are_told_at_once_and_nothing_is_taken():
    sentences = told(
        edited(
            (place_of("Plants", "region"), "Atlantis"),
            (place_of("Plants", "shifts"), 2.5),
            (place_of("Machines", "materials"), "carbon_steel; unobtanium"),
            (place_of("Machines", "available_share"), 1.5),
            (place_of("Materials", "material"), "AlSi9Cu4"),
            (place_of("Certificates", "valid_until"), "soon"),
            (place_of("Machines", "name"), None),
        )
    )
    assert len(sentences) == 7
    assert any("near names: AlSi9Cu3" in sentence for sentence in sentences)
    assert any(sentence.startswith("Machines!C3: name must be filled in") for sentence in sentences)


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (("Machines!F1", "tonnage_t"), "must be tonnage_kn, in that unit"),
        (("Machines!F1", "colour"), 'no column "colour"'),
        (("Machines!A1", ""), "the column plant is missing"),
        (("Machines!F1", "length_mm"), "length_mm stands twice"),
        ((place_of("Machines", "tonnage_kn"), "160 t"), "must be a number"),
        ((place_of("Machines", "tonnage_kn"), "=1+1"), "is a formula"),
        ((place_of("Machines", "kind"), "teleporter"), "must be one of machining_centre"),
        ((place_of("Machines", "plant"), "B"), 'no plant "B"'),
        ((place_of("Machines", "max_diameter_mm"), None), "lathe needs max_diameter_mm"),
        ((place_of("Machines", "min_diameter_mm"), 900), "min_diameter_mm is greater"),
        ((place_of("Machines", "hourly_rate_uzs"), "nan"), "must be a number"),
        ((place_of("Machines", "hourly_rate_uzs"), -1), "must be a number"),
        ((place_of("Plants", "id"), "../etc"), "letters, digits"),
        ((place_of("Plants", "name"), "x" * 5000), "at most 500 characters"),
    ],
)
def test_what_is_wrong_with_a_workbook_is_said(edit, words):
    assert any(words in sentence for sentence in told(edited(edit))), told(edited(edit))


def test_a_doubled_id_tells_where_it_stood_first():
    values = {"id": "A", "name": "again", "region": "navoi", "city": "Navoi", "shifts": 1}
    row = [(place_of("Plants", key, 4), value) for key, value in values.items()]
    assert told(edited(*row)) == ['Plants!A4: "A" stands twice, first in Plants!A3']


def test_a_missing_sheet_is_told():
    assert any("the sheet is missing" in words for words in told(edited(remove=["Machines"])))


@pytest.mark.parametrize("name", ["=1+1", "+cmd", "-x", "@SUM(A1)", '=HYPERLINK("x")'])
def test_text_that_looks_like_a_formula_stays_text(name):
    data = plants.write([replace(PLANT, name=name)])
    cell = openpyxl.load_workbook(io.BytesIO(data))["Plants"]["B3"]
    assert cell.data_type == "s"
    assert cell.quotePrefix
    assert plants.read(data)[0].name == name


def test_comma_decimals_and_spaces_in_numbers_are_understood():
    read = plants.read(edited((place_of("Machines", "hourly_rate_uzs"), "120 500,5")))
    assert read[0].machines[0].hourly_rate_uzs == 120_500.5


@pytest.mark.parametrize("data", [b"", b"id;name\n", b"PK\x03\x04 torn", b"\x00" * 1000])
def test_bytes_that_are_no_workbook_are_refused(data):
    with pytest.raises(BrokenWorkbook, match="not an Excel workbook") as caught:
        plants.read(data)
    assert caught.value.exit_code == 3


def test_a_workbook_that_declares_entities_is_refused():
    data = plants.write([PLANT])
    evil = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(evil, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "xl/workbook.xml":
                content = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>' + content
            new.writestr(name, content)
    with pytest.raises(BrokenWorkbook, match=r"workbook\.xml"):
        plants.read(evil.getvalue())


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as container:
        container.writestr("xl/workbook.xml", b"0" * (workbook.MAX_UNPACKED_BYTES + 1))
    assert len(bomb.getvalue()) < 1_000_000
    with pytest.raises(TooLargeWorkbook) as caught:
        plants.read(bomb.getvalue())
    assert caught.value.exit_code == 4


def test_a_file_over_the_limit_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "MAX_BYTES", 1000)
    path = tmp_path / "plants.xlsx"
    path.write_bytes(plants.write([PLANT]))
    with pytest.raises(TooLargeWorkbook):
        plants.read(path)


def test_a_cell_in_the_last_row_of_excel_does_not_cost_a_million_rows():
    data = edited(("Plants!A1048576", "far"), ("Plants!XFD3", "far"))
    assert plants.read(data)[0].id == "A"


def test_too_many_rows_are_refused(monkeypatch):
    monkeypatch.setattr(workbook, "MAX_ROWS", 3)
    assert any("more than 3 rows" in words for words in told(edited(("Plants!A4", "B"))))


def test_a_thousand_faults_are_enough(monkeypatch):
    monkeypatch.setattr(workbook, "MAX_PROBLEMS", 5)
    wrong = [(place_of("Machines", "kind", row), "x") for row in range(3, 12)]
    assert any("the rest was not looked at" in words for words in told(edited(*wrong)))


def test_a_file_that_is_not_there_is_wrong_use(tmp_path):
    with pytest.raises(NoSuchFile):
        plants.read(tmp_path / "none.xlsx")


def test_faults_are_told_in_every_language():
    data = edited((place_of("Machines", "tonnage_kn"), "abc"))
    with pytest.raises(BrokenWorkbook) as caught:
        plants.read(data)
    problem = caught.value.problems[0]
    assert len({problem.sentence(tag) for tag in language.LANGUAGES}) == 4


# --- the invented plants ---


def test_the_sample_workbook_is_what_its_source_says():
    assert plants.read(WORKBOOK) == illustrative_plants(), f"run python -m samples.plants: {SOURCE}"


def test_the_sample_plants_are_many_in_many_regions_and_say_that_they_are_invented():
    invented = illustrative_plants()
    assert len(invented) >= 14
    assert len({plant.region for plant in invented}) >= 10
    processes = {machine.process for plant in invented for machine in plant.machines}
    assert len(processes) == 12  # all of the contract, and finishing
    assert all(plant.illustrative for plant in invented)
    assert all(machine.illustrative for plant in invented for machine in plant.machines)
    worked = {family for plant in invented for m in plant.machines for family in m.materials}
    assert worked == set(FAMILIES)


# --- hours, roads, certificates, storage ---


def test_free_hours_follow_shifts_machines_and_what_is_sold():
    plant = replace(PLANT, shifts=2, machines=(replace(LATHE, count=3, available_share=0.5),))
    assert hours_a_year(plant, plant.machines[0]) == pytest.approx(2000 * 2 * 3 * 0.85 * 0.5)


def test_a_road_is_longer_than_the_line_and_the_same_both_ways():
    assert road_km("tashkent_city", "andijan") == pytest.approx(345, rel=0.08)  # by road about 350
    assert road_km("khorezm", "navoi") == road_km("navoi", "khorezm")
    assert road_km("navoi", "navoi") == 25


def test_a_certificate_counts_until_its_last_day():
    assert PLANT.holds("ISO 9001", date(2030, 1, 1))
    assert not PLANT.holds("ISO 9001", date(2030, 1, 2))
    assert not PLANT.holds("IATF 16949", date(2025, 1, 1))


@pytest.fixture
def session():
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as opened:
        yield opened
    engine.dispose()


def test_plants_come_out_of_the_database_as_they_went_in(session):
    invented = illustrative_plants()
    assert storage.save(session, invented) == len(invented)
    session.flush()
    assert storage.load(session) == invented


def test_an_import_takes_the_place_of_the_plants_before_it(session):
    storage.save(session, [PLANT])
    session.flush()
    storage.save(session, [replace(PLANT, id="B")], keep_others=True)
    session.flush()
    assert [plant.id for plant in storage.load(session)] == ["A", "B"]
    storage.save(session, [replace(PLANT, id="C")])
    session.flush()
    assert [plant.id for plant in storage.load(session)] == ["C"]
