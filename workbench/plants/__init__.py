"""Which local plants are there, and what can they do?"""

from workbench.plants.records import Certificate, Machine, Plant, Stock
from workbench.plants.storage import from_record, load, save, to_record
from workbench.plants.workbook import BrokenWorkbook, Problem, TooLargeWorkbook, read, write

__all__ = [
    "BrokenWorkbook",
    "Certificate",
    "Machine",
    "Plant",
    "Problem",
    "Stock",
    "TooLargeWorkbook",
    "from_record",
    "load",
    "read",
    "save",
    "to_record",
    "write",
]
