import math

import pytest

from geometry import materials
from geometry.materials import UnknownMaterial, find


@pytest.mark.parametrize(
    ("name", "grade"),
    [
        ("S235JR", "S235"),
        ("1.0037", "S235"),
        ("Ст3", "S235"),
        ("сталь 3", "S235"),
        ("08кп", "DC01"),
        ("Сталь 08кп ГОСТ 1050", "DC01"),
        ("Blech DC01", "DC01"),
        ("40Х", "41Cr4"),
        ("Al 6060", "EN-AW-6060"),
        ("EN AW-6060 T66", "EN-AW-6060"),
        ("АД31", "EN-AW-6060"),
        ("АК9ч", "AlSi10Mg"),
        ("AK9ч", "AlSi10Mg"),  # Latin letters that look the same
        ("ADC12", "AlSi9Cu3"),
        ("1.4301 (X5CrNi18-10)", "X5CrNi18-10"),
        ("СЧ25", "EN-GJL-250"),
        ("ЦАМ4-1", "ZnAl4Cu1"),
        ("ЛС59-1", "CuZn39Pb3"),
        ("ПА66-СВ30", "PA66-GF30"),
        ("poʻlat", "steel"),
        ("алюминий", "aluminium"),
    ],
)
def test_a_material_is_found_by_the_names_people_write(name, grade):
    assert find(name).id == grade


@pytest.mark.parametrize(
    "name", ["steel 1.2379", "aluminium bronze", "45", "", "\x00", "x" * 10_000]
)
def test_a_material_that_is_not_known_is_not_guessed(name):
    with pytest.raises(UnknownMaterial) as caught:
        find(name)
    assert caught.value.exit_code == 2
    assert len(caught.value.message) < 200


def test_an_unknown_material_tells_the_near_names():
    with pytest.raises(UnknownMaterial, match="no material is called") as caught:
        find("AlSi9Cu4")
    assert "AlSi9Cu3" in caught.value.hint


def test_no_name_belongs_to_two_materials():
    owners: dict[str, set[str]] = {}
    for material in materials.ALL.values():
        for name in (material.id, *material.aliases, *material.nearest):
            owners.setdefault(materials._key(name), set()).add(material.id)
    assert {key: ids for key, ids in owners.items() if len(ids) > 1} == {}


@pytest.mark.parametrize("material", materials.ALL.values(), ids=lambda material: material.id)
def test_the_properties_of_a_material_are_plausible(material):
    assert 800 <= material.density_kg_m3 <= 9000
    assert 0 < material.yield_mpa <= material.tensile_mpa
    assert 0 < material.shear_mpa < 1.3 * material.tensile_mpa
    assert 0 < material.elongation_percent <= 100
    assert material.processes
    assert material.source
    sand = material.solidification_s_cm2
    assert math.isnan(sand) == (material.family == "plastic")
    # foundries measure 2 to 4 minutes per cm²; zinc, rarely cast in sand, a little more
    assert math.isnan(sand) or 100 <= sand <= 270


def test_the_mass_of_a_litre_of_steel():
    assert find("S235").mass_kg(1e6) == pytest.approx(7.85)
