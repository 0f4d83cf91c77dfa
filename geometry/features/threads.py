"""Which ISO metric thread does a drilled diameter stand for?"""

from typing import Any

__all__ = ["tap_drill"]

# Tap drill mm → designation. Source: ISO 2306:1972, drills for use prior to tapping screw threads, coarse pitch.
COARSE = {
    1.6: "M2", 2.05: "M2.5", 2.5: "M3", 2.9: "M3.5", 3.3: "M4", 4.2: "M5", 5.0: "M6", 6.0: "M7",
    6.8: "M8", 7.8: "M9", 8.5: "M10", 9.5: "M11", 10.2: "M12", 12.0: "M14", 14.0: "M16", 15.5: "M18",
    17.5: "M20", 19.5: "M22", 21.0: "M24", 24.0: "M27", 26.5: "M30", 29.5: "M33", 32.0: "M36",
    35.0: "M39", 37.5: "M42", 40.5: "M45", 43.0: "M48", 47.0: "M52",
}  # fmt: skip
NEAR_MM = 0.03  # modellers round to 0.05; neighbouring drills lie 0.1 apart


def tap_drill(diameter_mm: float) -> dict[str, Any] | None:
    """The thread whose tap drill has this diameter, as the contract writes it."""
    for drill, designation in COARSE.items():
        if abs(drill - diameter_mm) <= NEAR_MM:
            return {"designation": designation, "from": "tap_drill"}
    return None
