"""Could the part be cast under high pressure in a steel die?"""

from geometry.processes.casting import Casting, measure_casting
from geometry.processes.measurement import Facts
from geometry.processes.subject import Subject

__all__ = ["NAME", "measure"]

NAME = "die_casting"
KIND = Casting(
    name=NAME,
    wall_mm=(0.6, 1.5, 5.0, 12.0),
    size_mm=(500.0, 1400.0),
    cores=(2, 7),
    draft_deg=0.5,
    even=1.0,
    fed=False,
)


def measure(subject: Subject) -> Facts:
    """Facts by what castings share."""
    return measure_casting(subject, KIND)
