"""Could the part be cast in a metal mould by gravity?"""

from geometry.processes.actions import LIFTER, LOCKED
from geometry.processes.casting import Casting, measure_casting
from geometry.processes.measurement import Facts
from geometry.processes.subject import Subject

__all__ = ["NAME", "measure"]

NAME = "gravity_casting"
KIND = Casting(
    name=NAME,
    draft_deg=1.0,
    even=0.5,
    drills=True,
    actions={LIFTER: "sand_core", LOCKED: "sand_core"},
)


def measure(subject: Subject) -> Facts:
    """Facts by what castings share."""
    return measure_casting(subject, KIND)
