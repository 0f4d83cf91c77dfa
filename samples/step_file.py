"""How does a drawn shape become a STEP file that is the same on every run?"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from pathlib import Path

import cadquery as cq
from OCP.gp import gp_Trsf
from OCP.IFSelect import IFSelect_RetDone
from OCP.Interface import Interface_Static
from OCP.Quantity import Quantity_Color, Quantity_TOC_sRGB
from OCP.STEPCAFControl import STEPCAFControl_Controller, STEPCAFControl_Writer
from OCP.STEPControl import STEPControl_AsIs
from OCP.TCollection import TCollection_ExtendedString
from OCP.TDataStd import TDataStd_Name
from OCP.TDF import TDF_Label
from OCP.TDocStd import TDocStd_Document
from OCP.TopLoc import TopLoc_Location
from OCP.XCAFDoc import XCAFDoc_ColorGen, XCAFDoc_DocumentTool

SCHEMAS = {"AP203": "3", "AP214": "4", "AP242": "5"}  # the kernel's numbers for write.step.schema
FIXED_TIME = "2025-01-01T00:00:00"  # a file drawn twice must be the same file
_TIME = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_NUMBERED_PRODUCT = re.compile(rb"Open CASCADE STEP translator [\d.]+(?: [\d.]+)?")
_OCCURRENCE = re.compile(rb"(NEXT_ASSEMBLY_USAGE_OCCURRENCE\()'\d+'([^;]*;)")
_LINE_BREAK = re.compile(rb"\n\s*")


class StepNotWritten(OSError):
    """The kernel refused to write the file."""


@dataclass(frozen=True)
class Node:
    """One product of an assembly tree: a shape or children, each child with its placement."""

    name: str
    shape: cq.Shape | None = None
    colour: str | None = None
    children: tuple[tuple[str, Node, cq.Location], ...] = field(default=())


def write_part(
    path: Path,
    shape: cq.Shape,
    name: str,
    *,
    colour: str | None = None,
    unit: str = "MM",
    schema: str = "AP242",
) -> None:
    """Write one body under its product name.

    Raises `StepNotWritten`.
    """
    write_tree(path, Node(name, shape, colour), unit=unit, schema=schema)


def write_tree(path: Path, root: Node, *, unit: str = "MM", schema: str = "AP242") -> None:
    """Write an assembly; a node used twice is one product with two occurrences.

    Raises `StepNotWritten`.
    """
    STEPCAFControl_Controller.Init_s()
    _set("write.step.unit", unit)
    _set("write.step.schema", SCHEMAS[schema])
    _set("write.surfacecurve.mode", 0)  # no p-curves, as most CAD systems write: half the size
    document = TDocStd_Document(TCollection_ExtendedString("XmlOcaf"))
    shapes = XCAFDoc_DocumentTool.ShapeTool_s(document.Main())
    shapes.SetAutoNaming_s(False)
    _add(document, root, {})
    shapes.UpdateAssemblies()
    writer = STEPCAFControl_Writer()
    writer.SetNameMode(True)
    writer.SetColorMode(True)
    if not writer.Transfer(document, STEPControl_AsIs):
        raise StepNotWritten(f"{path.name}: nothing to transfer")
    if writer.Write(str(path)) != IFSelect_RetDone:
        raise StepNotWritten(f"{path.name}: cannot be written there")
    path.write_bytes(_fixed(path.read_bytes()))


def _set(name: str, value: str | int) -> None:
    choose = Interface_Static.SetCVal_s if isinstance(value, str) else Interface_Static.SetIVal_s
    if not choose(name, value):
        raise StepNotWritten(f"the kernel does not take {name} = {value}")


def _add(document: TDocStd_Document, node: Node, known: dict[int, TDF_Label]) -> TDF_Label:
    if id(node) in known:
        return known[id(node)]
    shapes = XCAFDoc_DocumentTool.ShapeTool_s(document.Main())
    if node.shape is not None:
        label = shapes.AddShape(node.shape.wrapped, False)
        if node.colour:
            red, green, blue = (int(node.colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
            colours = XCAFDoc_DocumentTool.ColorTool_s(document.Main())
            paint = Quantity_Color(red, green, blue, Quantity_TOC_sRGB)
            colours.SetColor(label, paint, XCAFDoc_ColorGen)
    else:
        label = shapes.NewShape()
        for occurrence, child, place in node.children:
            placed = shapes.AddComponent(label, _add(document, child, known), _rigid(place))
            TDataStd_Name.Set_s(placed, TCollection_ExtendedString(occurrence, True))
    TDataStd_Name.Set_s(label, TCollection_ExtendedString(node.name, True))
    known[id(node)] = label
    return label


def _rigid(place: cq.Location) -> TopLoc_Location:
    """Drop the history of a placement, so that the kernel writes one transformation."""
    motion: gp_Trsf = place.wrapped.Transformation()
    return TopLoc_Location(motion)


def _fixed(text: bytes) -> bytes:
    text = _NUMBERED_PRODUCT.sub(b"drawn with cadquery", _TIME.sub(FIXED_TIME.encode(), text))
    numbers = itertools.count(1)

    def renumbered(hit: re.Match[bytes]) -> bytes:
        # the kernel counts through the life of a process, and breaks the line where a digit is more
        return hit[1] + b"'%d'" % next(numbers) + _LINE_BREAK.sub(b"", hit[2])

    text = _OCCURRENCE.sub(renumbered, text)
    return _styles_in_order(text)


def _styles_in_order(text: bytes) -> bytes:
    """Sort the colour blocks by what they paint; the kernel's order follows memory addresses."""
    first = text.find(b"= MECHANICAL_DESIGN_GEOMETRIC_PRESENTATION_REPRESENTATION")
    if first < 0:
        return text
    start, end = text.rfind(b"\n", 0, first) + 1, text.rfind(b"ENDSEC;")
    entities = re.split(rb"(?m)^(?=#\d+ = )", text[start:end])[1:]
    blocks: list[list[bytes]] = []
    for entity in entities:
        if b"= MECHANICAL_DESIGN_GEOMETRIC" in entity:
            blocks.append([])
        blocks[-1].append(entity)
    lowest = int(re.match(rb"#(\d+)", entities[0])[1])
    blocks.sort(key=lambda block: [i for i in _references(b"".join(block)) if i < lowest])
    ordered = [entity for block in blocks for entity in block]
    new = {_references(entity)[0]: lowest + row for row, entity in enumerate(ordered)}
    tail = re.sub(
        rb"#(\d+)", lambda hit: b"#%d" % new.get(int(hit[1]), int(hit[1])), b"".join(ordered)
    )
    return text[:start] + tail + text[end:]


def _references(text: bytes) -> list[int]:
    return [int(number) for number in re.findall(rb"#(\d+)", text)]
