"""Could the part be cast in sand?"""

from geometry.processes.casting import Casting, measure_casting
from geometry.processes.measurement import Facts
from geometry.processes.subject import Subject

__all__ = ["NAME", "measure"]

NAME = "sand_casting"
KIND = Casting(
    name=NAME,
    draft_deg=1.0,
    even=0.3,
    drills=True,
    one_core_each=True,
)


def measure(subject: Subject) -> Facts:
    """Facts by what castings share."""
    return measure_casting(subject, KIND)
