"""Could the part be cast under high pressure in a steel die?"""

from geometry.processes.casting import Casting, measure_casting
from geometry.processes.measurement import Facts
from geometry.processes.subject import Subject

__all__ = ["NAME", "measure"]

NAME = "die_casting"
KIND = Casting(
    name=NAME,
    draft_deg=0.5,
    even=1.0,
    fed=False,
)


def measure(subject: Subject) -> Facts:
    """Facts by what castings share."""
    return measure_casting(subject, KIND)
