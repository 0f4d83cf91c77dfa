"""How long is a unit that lengths are written in?"""

__all__ = ["UNIT_MM"]

UNIT_MM = {
    "mm": 1.0, "m": 1000.0, "cm": 10.0, "dm": 100.0, "µm": 1e-3, "km": 1e6,
    "inch": 25.4, "ft": 304.8, "yd": 914.4, "mile": 1_609_344.0, "mil": 0.0254,
}  # fmt: skip
