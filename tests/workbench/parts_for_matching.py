"""Small contract parts with the keys that matching and costing read."""

from typing import Any


def part(size_mm: tuple[float, float, float], volume_mm3: float, **keys: Any) -> dict[str, Any]:
    return {
        "index": 0,
        "name": "part",
        "closed": True,
        "size_mm": list(size_mm),
        "volume_mm3": volume_mm3,
        "features": [],
        "pmi": [],
        "processes": [],
        **keys,
    }


def process(name: str, suitability: float = 85.0, **metrics: Any) -> dict[str, Any]:
    return {
        "process": name,
        "suitability": suitability,
        "verdict": "suitable" if suitability >= 70 else "with_changes",
        "metrics": metrics,
        "findings": [],
    }


def hole(diameter_mm: float, depth_mm: float, **parameters: Any) -> dict[str, Any]:
    return {
        "id": f"hole-{diameter_mm}",
        "type": "hole",
        "kind": "blind",
        "faces": [],
        "parameters": {"diameter_mm": diameter_mm, "depth_mm": depth_mm, **parameters},
    }


def cast_cover(**changes: Any) -> dict[str, Any]:
    """An aluminium cover, 180 × 140 × 45 mm, 3 mm walls, four M6 threads."""
    holes = [hole(5.0, 14.0, thread={"designation": "M6", "from": "geometry"}) for _ in range(4)]
    return part(
        (180.0, 140.0, 45.0),
        150_000.0,
        area_mm2=100_000.0,
        wall={"median_mm": 3.0, "min_mm": 2.5, "max_mm": 6.0, "constant": False},
        features=holes,
        processes=[
            process(
                "die_casting",
                88.0,
                cores=1,
                projected_area_mm2=24_000.0,
                clamp_force_kn=1500.0,
                min_wall_mm=2.5,
            ),
            process("gravity_casting", 61.0, cores=1, projected_area_mm2=24_000.0, min_wall_mm=2.5),
            process("milling", 45.0, axes=3, setups=3, minutes=38.0, stock_mm=[186, 146, 51]),
            process("sheet_metal", 3.0),
        ],
        **changes,
    )


def sheet_bracket(length_mm: float = 120.0, **changes: Any) -> dict[str, Any]:
    """A 2 mm steel bracket with two bends."""
    flat_mm = [length_mm, 90.0]
    metrics = {
        "thickness_mm": 2.0,
        "bends": 2,
        "flat_size_mm": flat_mm,
        "flat_area_mm2": length_mm * 90.0,
        "flat_perimeter_mm": 2 * (length_mm + 90.0),
    }
    return part(
        (length_mm, 60.0, 30.0),
        length_mm * 90.0 * 2.0,
        area_mm2=2 * length_mm * 90.0,
        wall={"median_mm": 2.0, "min_mm": 2.0, "constant": True, "sheet_thickness_mm": 2.0},
        material="DC01",
        processes=[
            process("sheet_metal", 92.0, **metrics),
            process("stamping", 80.0, **metrics, strip_utilisation=0.75),
        ],
        **changes,
    )


def shaft(**changes: Any) -> dict[str, Any]:
    """A turned steel shaft Ø40 × 250 mm without a computed cycle."""
    return part(
        (250.0, 40.0, 40.0),
        200_000.0,
        area_mm2=33_000.0,
        processes=[process("turning", 90.0, bar_diameter_mm=40.0, length_mm=250.0)],
        **changes,
    )
