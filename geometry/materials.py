"""Which physical properties does a material of this name have?

The values stand in `materials.toml` with their sources. What a grade does not say itself it
inherits from its family.
"""

import difflib
import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from geometry.errors import GeometryError
from geometry.tables import read_table

__all__ = ["ALL", "FAMILIES", "Material", "UnknownMaterial", "find", "known"]

LONGEST_NAME = 200  # names come from files; nobody names a material with more characters
LONGEST_RUN = 5  # tokens of "EN AC 46000 F 1706" that may form one grade's name

# Cyrillic letters that look like Latin ones: АК9ч is typed both ways
_LOOKALIKE = str.maketrans("авекмнорстухі", "abekmhopctyxi")
_NOT_A_NAME_CHARACTER = re.compile(r"[^0-9a-zа-яўқғҳё]+")


class UnknownMaterial(GeometryError):
    """No material of that name is known."""

    exit_code = 2
    code = "unknown_material"


@dataclass(frozen=True)
class Material:
    """Physical properties of one material; nan where a property is not known.

    `generic` marks names such as "steel" that do not say a grade; `processes` are the usual ones.
    """

    id: str
    family: str
    density_kg_m3: float
    tensile_mpa: float
    yield_mpa: float
    shear_mpa: float
    elongation_percent: float
    youngs_gpa: float
    cutting_n_mm2: float
    processes: tuple[str, ...]
    source: str
    hot_flow_mpa: float = math.nan
    solidification_s_cm2: float = math.nan
    melt_c: float = math.nan
    mould_c: float = math.nan
    eject_c: float = math.nan
    diffusivity_mm2_s: float = math.nan
    generic: bool = False
    aliases: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()

    def mass_kg(self, volume_mm3: float) -> float:
        """Mass of a volume."""
        return volume_mm3 * 1e-9 * self.density_kg_m3


def find(name: str) -> Material:
    """The material with this id, alias or nearest equivalent (EN, DIN, AISI, GOST, four languages).

    Case, spaces and hyphens do not matter; words around a grade ("EN AW-6060 T66", "Blech DC01")
    are passed over, but a general word such as "steel" must stand alone: "steel 1.2379" is an
    unknown grade, not steel in general.

    Raises UnknownMaterial with the nearest names.
    """
    name = unicodedata.normalize("NFKC", name[:LONGEST_NAME]).strip()
    if exact := _BY_KEY.get(_key(name)):
        return exact
    tokens = [token for token in _NOT_A_NAME_CHARACTER.split(_fold(name)) if token]
    for length in range(min(len(tokens), LONGEST_RUN), 0, -1):
        for start in range(len(tokens) - length + 1):
            key = "".join(tokens[start : start + length])
            material = _BY_KEY.get(key)
            if material and not material.generic and _tells_a_grade(key):
                return material
    near = tuple(
        dict.fromkeys(
            _BY_KEY[key].id
            for key in difflib.get_close_matches(_key(name), _BY_KEY, n=5, cutoff=0.5)
        )
    )
    raise UnknownMaterial(
        f"no material is called {name[:60]!r}",
        where=name[:60],
        hint=f"near names: {', '.join(near)}" if near else f"known: {', '.join(sorted(ALL))}",
        name=name,
        near=near,
    )


def known(name: str | None) -> Material | None:
    """The material with this name, or None: for names out of files, which may be anything."""
    if not name:
        return None
    try:
        return find(name)
    except UnknownMaterial:
        return None


def _tells_a_grade(key: str) -> bool:
    """Whether a piece of a longer name is certain enough to be a grade: "45" alone is not."""
    return len(key) >= 4 or (len(key) == 3 and not key.isdigit())


def _fold(name: str) -> str:
    return name.casefold().replace("ё", "е").translate(_LOOKALIKE)


def _key(name: str) -> str:
    return _NOT_A_NAME_CHARACTER.sub("", _fold(name))


def _chvorinov_s_cm2(family: Mapping[str, Any], sand: Mapping[str, Any]) -> float:
    """Constant B of Chvorinov's rule t = B·(V/A)² without superheat, s/cm².

    Source: Askeland, Phulé, Essentials of Materials Science and Engineering (2004), chapter 8.
    """
    if "latent_kj_kg" not in family:
        return math.nan
    heat_j_m3 = family["liquid_density_kg_m3"] * family["latent_kj_kg"] * 1e3
    fall_k = family["liquidus_c"] - sand["temperature_c"]
    effusivity = sand["conductivity_w_mk"] * sand["density_kg_m3"] * sand["heat_j_kgk"]
    return float((heat_j_m3 / fall_k) ** 2 * math.pi / (4 * effusivity) / 1e4)


def _load(source: str) -> tuple[Mapping[str, Material], Mapping[str, str]]:
    data = read_table(source)
    families, sand = data["families"], data["mould"]["silica_sand"]
    plain = ("density_kg_m3", "youngs_gpa", "cutting_n_mm2", "hot_flow_mpa")
    polymer = ("melt_c", "mould_c", "eject_c", "diffusivity_mm2_s")
    materials = {}
    for id_, own in data["materials"].items():
        family = families[own["family"]]
        both = {**family, **own}
        materials[id_] = Material(
            id=id_,
            family=own["family"],
            tensile_mpa=float(own["tensile_mpa"]),
            yield_mpa=float(own["yield_mpa"]),
            shear_mpa=float(own.get("shear_mpa", own["tensile_mpa"] * family["shear_ratio"])),
            elongation_percent=float(own["elongation_percent"]),
            solidification_s_cm2=_chvorinov_s_cm2(family, sand),
            processes=tuple(both["processes"]),
            source=f"{own['source']}; {family['source']}",
            generic=own.get("generic", False),
            aliases=tuple(own.get("aliases", ())),
            nearest=tuple(own.get("nearest", ())),
            **{name: float(both.get(name, math.nan)) for name in (*plain, *polymer)},
        )
    sources = {name: family["source"] for name, family in families.items()}
    return MappingProxyType(materials), MappingProxyType(sources)


_LOADED: Final = _load("materials.toml")
ALL: Final[Mapping[str, Material]] = _LOADED[0]
FAMILIES: Final[Mapping[str, str]] = _LOADED[1]  # family → source of what its grades inherit

_BY_KEY: Final[Mapping[str, Material]] = {
    _key(name): material
    for group in ("nearest", "aliases", "id")  # later ones win
    for material in ALL.values()
    for name in ((material.id,) if group == "id" else getattr(material, group))
}
