"""Labelled families out of KiCad's packaged models (Debian's kicad-packages3d, CC-BY-SA 4.0), for
the bench of likeness.

A family is a series of one product, as its files are named: spacers, pin headers, terminal blocks,
cases of capacitors. Of each some sizes, small files first, are copied beside a `families.csv`
(file, family_id, name); the largest part of a file stands for it:

    apt-get download kicad-packages3d && dpkg-deb -x kicad-packages3d_*.deb MODELS
    python tests/bench/kicad.py MODELS FOLDER
    WORKBENCH_DEV_PARTS=FOLDER python tests/bench/similarity.py
"""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from families import write_families

SIZES = 8  # of each family
LARGEST_BYTES = 700_000

# folder and how the names of its family look; written down before any run
FAMILIES = (
    ("Mounting_Wuerth", "Mounting_Wuerth_WA-SMSI*"),
    ("Mounting_Wuerth", "Mounting_Wuerth_WA-SMST*"),
    ("Connector_PinHeader_2.54mm", "PinHeader_1x*_Vertical*"),
    ("Connector_PinHeader_2.54mm", "PinHeader_2x*_Horizontal*"),
    ("Connector_PinSocket_2.54mm", "PinSocket_1x*_Vertical*"),
    ("Connector_JST", "JST_XH_B*"),
    ("Connector_JST", "JST_XH_S*"),
    ("Connector_JST", "JST_EH_B*"),
    ("Connector_JST", "JST_PH_S*"),
    ("Connector_Phoenix_MC", "PhoenixContact_MC_1,5_*-G-3*"),
    ("Connector_Phoenix_MSTB", "PhoenixContact_MSTBVA*"),
    ("Package_DIP", "DIP-*"),
    ("Package_TO_SOT_THT", "TO-220-*_Vertical*"),
    ("Package_TO_SOT_THT", "TO-92*"),
    ("Connector_Dsub", "DSUB-*_Male_Vertical*"),
    ("Battery", "BatteryHolder*"),
    ("Crystal", "Crystal_HC*"),
    ("Crystal", "Crystal_SMD*"),
    ("Capacitor_THT", "CP_Radial*"),
    ("Capacitor_THT", "CP_Axial*"),
    ("Capacitor_THT", "C_Disc*"),
    ("Capacitor_THT", "C_Rect*"),
    ("LED_THT", "LED_D*"),
    ("LED_THT", "LED_Rect*"),
    ("Resistor_THT", "R_Axial*"),
    ("Resistor_THT", "R_Array_SIP*"),
    ("Inductor_THT", "L_Toroid_Vertical*"),
    ("Inductor_THT", "L_Axial*"),
    ("Diode_THT", "D_DO*_Horizontal*"),
    ("Package_SO", "SOIC-*"),
    ("Package_DFN_QFN", "QFN-*"),
    ("Relay_THT", "Relay_SPDT*"),
    ("Potentiometer_THT", "Potentiometer*"),
    ("Fuse", "Fuseholder*"),
    ("Varistor", "RV_Disc*"),
    ("Button_Switch_THT", "SW_PUSH*"),
    ("TestPoint", "TestPoint_Loop*"),
)


def chosen(models: Path) -> Iterator[tuple[str, Path]]:
    """(family, file) of the sizes taken: every so many of the smaller half, for neighbours of one
    series are nearly the same.
    """
    for folder, pattern in FAMILIES:
        found = (models / f"{folder}.3dshapes").glob(f"{pattern}.step")
        files = sorted((file.stat().st_size, file) for file in found)
        small = [file for size, file in files if size < LARGEST_BYTES]
        for file in small[:: max(len(small) // 2 // SIZES, 1)][:SIZES]:
            yield f"{folder}/{pattern}", file


def main(unpacked: Path, folder: Path) -> None:
    """Copies the families of an unpacked package."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for place, (family, file) in enumerate(chosen(unpacked / "usr/share/kicad/3dmodels")):
        shutil.copyfile(file, folder / f"{place:03}.step")
        rows.append((f"{place:03}.step", family, file.stem))
    write_families(folder, rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
