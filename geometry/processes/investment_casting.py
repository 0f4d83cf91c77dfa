"""Could the part be cast by lost wax?"""

from dataclasses import replace

from geometry.processes.actions import LIFTER, LOCKED
from geometry.processes.casting import Casting, intricate, measure_casting
from geometry.processes.measurement import Facts
from geometry.processes.subject import Subject

__all__ = ["NAME", "measure"]

NAME = "investment_casting"
KIND = Casting(
    name=NAME,
    draft_deg=0.0,
    even=0.3,
    actions={LIFTER: "soluble_core", LOCKED: "soluble_core"},
)


def measure(subject: Subject) -> Facts:
    """Facts by what castings share, and how much the shape asks for a lost pattern."""
    facts = measure_casting(subject, KIND)
    return replace(facts, fit={**facts.fit, "intricate": intricate(subject)})
