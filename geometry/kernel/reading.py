"""Which bodies does a STEP file hold, where do they sit, and what did the kernel complain about?"""

import math
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any

import numpy as np
from OCP.BRep import BRep_Tool
from OCP.BRepBuilderAPI import BRepBuilderAPI_MakeSolid, BRepBuilderAPI_Sewing
from OCP.BRepLib import BRepLib
from OCP.IFSelect import IFSelect_RetDone
from OCP.Interface import Interface_Static
from OCP.Message import Message, Message_PrinterOStream
from OCP.Quantity import Quantity_Color
from OCP.ShapeFix import ShapeFix_Shape
from OCP.STEPCAFControl import STEPCAFControl_Reader
from OCP.TCollection import (
    TCollection_ExtendedString,
    TCollection_HAsciiString,
)
from OCP.TColStd import TColStd_SequenceOfAsciiString
from OCP.TDataStd import TDataStd_Name, TDataStd_TreeNode
from OCP.TDF import TDF_Label, TDF_LabelSequence
from OCP.TDocStd import TDocStd_Document
from OCP.TopAbs import (
    TopAbs_EDGE,
    TopAbs_FACE,
    TopAbs_SHELL,
    TopAbs_SOLID,
    TopAbs_VERTEX,
    TopAbs_WIRE,
)
from OCP.TopExp import TopExp
from OCP.TopLoc import TopLoc_Location
from OCP.TopoDS import TopoDS
from OCP.TopTools import TopTools_IndexedDataMapOfShapeListOfShape, TopTools_IndexedMapOfShape
from OCP.XCAFApp import XCAFApp_Application
from OCP.XCAFDoc import (
    XCAFDoc,
    XCAFDoc_ColorGen,
    XCAFDoc_ColorSurf,
    XCAFDoc_ColorTool,
    XCAFDoc_DocumentTool,
    XCAFDoc_MaterialTool,
    XCAFDoc_ShapeTool,
)

from geometry.errors import CorruptFile
from geometry.kernel.explored import explored
from geometry.kernel.fixing import fix_curved, leave_out, uncertainty_mm
from geometry.kernel.pmi import FaceFinder, RawAnnotation, annotations, carries_pmi, face_count_of
from geometry.units import UNIT_MM

__all__ = ["Node", "OpenShell", "RawBody", "RawDocument", "read"]

SEWING_TOLERANCE_MM = (
    0.01  # gaps that modellers leave between trimmed surfaces; any real slit is wider
)
SAME_PLACEMENT = 1e-9  # entries of two placements that are one

# said of what the kernel reads another way without changing it
_HARMLESS = {"Surface forced to be periodic"}
_UNITS = {
    "millimetre": "mm",
    "metre": "m",
    "centimetre": "cm",
    "decimetre": "dm",
    "micrometre": "µm",
    "kilometre": "km",
    "inch": "inch",
    "foot": "ft",
    "yard": "yd",
    "mile": "mile",
    "mil": "mil",
}


@dataclass(frozen=True)
class RawBody:
    """One distinct solid in the coordinates of the product that first holds it."""

    shape: Any  # TopoDS_Solid
    name: str
    colour: str | None  # "#rrggbb"
    material: str | None
    sewn: bool  # made from loose shells
    pmi: tuple[tuple[RawAnnotation, tuple[int, ...]], ...] = ()  # with ids of its faces


@dataclass(frozen=True)
class Node:
    """One place in the assembly: a product, or a body in it."""

    name: str
    body: int | None
    placement: np.ndarray  # (4, 4) in the parent's coordinates, mm
    children: tuple["Node", ...] = ()


@dataclass(frozen=True)
class OpenShell:
    """Faces that do not close into a solid."""

    name: str
    face_count: int
    free_edge_count: int
    longest_free_edge_mm: float


@dataclass
class RawDocument:
    """What the kernel made of the file."""

    name: str = ""
    unit: str = "mm"
    bodies: list[RawBody] = field(default_factory=list)
    roots: list[Node] = field(default_factory=list)
    open_shells: list[OpenShell] = field(default_factory=list)
    unsettled: bool = False  # a thorough reading tells more: an open shell may close then, or
    # faces that annotations are about have become others
    wire_bodies: list[str] = field(
        default_factory=list
    )  # names of products with curves or points alone
    external_files: list[str] = field(default_factory=list)
    messages: Counter[str] = field(
        default_factory=Counter
    )  # the kernel's own warnings while translating


def read(data: bytes, *, thorough: bool = True) -> RawDocument:
    """The bodies of STEP text, lengths in mm, healed by the kernel's own shape fixing.

    thorough: also looks for what no sound file has (`fixing.SEARCHES`); without it whoever asks
    checks that the bodies are sound. Raises CorruptFile when the kernel cannot parse the text.
    """
    Message.DefaultMessenger_s().RemovePrinters(Message_PrinterOStream.get_type_descriptor_s())
    application = XCAFApp_Application.GetApplication_s()
    document = TDocStd_Document(TCollection_ExtendedString("workbench"))
    application.NewDocument(TCollection_ExtendedString("BinXCAF"), document)
    reader = STEPCAFControl_Reader()
    for mode in (reader.SetNameMode, reader.SetColorMode, reader.SetMatMode):
        mode(True)
    for mode in (
        reader.SetLayerMode, reader.SetMetaMode, reader.SetPropsMode, reader.SetViewMode
    ):  # fmt: skip
        mode(False)  # nobody asks for what they bring
    # which edges are smooth nobody asks the kernel either
    Interface_Static.SetRVal_s("read.encoderegularity.angle", 0.0)
    has_pmi = carries_pmi(data)
    reader.SetGDTMode(has_pmi)
    Interface_Static.SetCVal_s("read.step.codepage", _code_page(data))
    if reader.ReadStream("part", BytesIO(data)) != IFSelect_RetDone:
        raise CorruptFile("the kernel cannot parse the text", hint="export the file again")
    units = _units(reader)
    unit = units[0] if units else "mm"
    uncertainty = None
    if not thorough:
        if len(units) == 1:
            uncertainty = uncertainty_mm(data, UNIT_MM.get(unit, math.nan))
        leave_out(reader, all_but_translating=uncertainty is not None)
    if not reader.Transfer(document):
        return RawDocument(unit=unit, messages=_messages(reader))
    raw = RawDocument(unit=unit, messages=_messages(reader))
    walk = _Walk(document, raw, uncertainty)
    walk.run()
    if raw.bodies and not thorough:
        raw.unsettled = any(map(_closes_if_searched, walk.opened))
    if has_pmi:
        _annotate(raw, walk.translated, annotations(document))
    return raw


def _annotate(raw: RawDocument, translated: list[Any], found: list[RawAnnotation]) -> None:
    """Gives every body the annotations of its faces; a body alone in its file also those without
    faces.

    translated: the bodies with the faces that annotations are about, in the same order.
    """
    for number, (body, before) in enumerate(zip(raw.bodies, translated, strict=True)):
        finder = FaceFinder(before)
        raw.unsettled |= face_count_of(before) != face_count_of(body.shape)
        placed = [(annotation, finder.ids(annotation.shapes)) for annotation in found]
        alone = len(raw.bodies) == 1
        own = tuple((annotation, ids) for annotation, ids in placed if ids or alone)
        raw.bodies[number] = replace(body, pmi=own)


def _code_page(data: bytes) -> str:
    """Kernel's name of the encoding of names: UTF-8, or what older CAD systems in this region and
    in Europe wrote.
    """
    high = [byte for byte in data if byte >= 0x80] if not data.isascii() else []
    if not high:
        return "UTF8"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        # Cyrillic words are runs of high bytes; Latin ones have single accented letters
        return "CP1251" if re.search(rb"[\xc0-\xff\xa8\xb8]{3}", data) else "iso8859-1"
    return "UTF8"


def _units(reader: STEPCAFControl_Reader) -> list[str]:
    """Names of the units of length in a file, the usual one first."""
    lengths, angles, solid_angles = (TColStd_SequenceOfAsciiString() for _ in range(3))
    reader.Reader().FileUnits(lengths, angles, solid_angles)
    names = Counter(
        lengths.Value(i).ToCString().strip().lower() for i in range(1, lengths.Length() + 1)
    )
    return [_UNITS.get(name, name) for name, _ in names.most_common()]


def _messages(reader: STEPCAFControl_Reader) -> Counter[str]:
    found: Counter[str] = Counter()
    checks = reader.Reader().WS().TransferReader().TransientProcess().CheckList(False)
    checks.Start()
    while checks.More():
        check = checks.Value()
        for count, text in ((check.NbFails(), check.CFail), (check.NbWarnings(), check.CWarning)):
            for i in range(1, count + 1):
                if (said := text(i, True)).strip() not in _HARMLESS:
                    found[said] += 1
        checks.Next()
    return found


class _Walk:
    """One pass over the product structure of a document.

    uncertainty_mm: where its shapes are as translated and `fix_curved` is left to be done.
    """

    def __init__(
        self, document: TDocStd_Document, raw: RawDocument, uncertainty_mm: float | None
    ) -> None:
        main = document.Main()
        self.raw = raw
        self.uncertainty_mm = uncertainty_mm
        self.shapes = XCAFDoc_DocumentTool.ShapeTool_s(main)
        self.colours = XCAFDoc_DocumentTool.ColorTool_s(main)
        self.known = TopTools_IndexedMapOfShape()
        self.translated: list[Any] = []  # the bodies before they were fixed
        self.frames: list[np.ndarray] = []  # where each body's own coordinates sit in its product
        self.sewn: dict[tuple[int, ...], list[tuple[Any, bool]]] = {}
        self.opened: list[Any] = []  # shells that their own product did not close

    def run(self) -> None:
        labels = TDF_LabelSequence()
        self.shapes.GetFreeShapes(labels)
        for i in range(1, labels.Length() + 1):
            label = labels.Value(i)
            placement = _matrix(XCAFDoc_ShapeTool.GetLocation_s(label))
            self.raw.roots.extend(self.nodes(label, placement, None))
        self.sew_across()
        if self.raw.roots:
            self.raw.name = self.raw.roots[0].name

    def sew_across(self) -> None:
        """Some translators make a product of every face: what no product closed alone is tried
        together.
        """
        if len(self.opened) < 2 or self.raw.bodies:
            return
        closed, still_open = _sew(self.opened)
        if not closed:
            return
        self.raw.open_shells = [_open_shell(shell, "") for shell in still_open]
        for solid in closed:
            self.translated.append(solid)
            self.raw.bodies.append(RawBody(solid, "", None, None, sewn=True))
            self.raw.roots.append(Node("", len(self.raw.bodies) - 1, np.eye(4)))

    def nodes(
        self, label: TDF_Label, placement: np.ndarray, instance: TDF_Label | None
    ) -> list[Node]:
        name = _name(label) or (_name(instance) if instance is not None else "")
        if XCAFDoc_ShapeTool.IsAssembly_s(label):
            components = TDF_LabelSequence()
            XCAFDoc_ShapeTool.GetComponents_s(label, components)
            children: list[Node] = []
            for i in range(1, components.Length() + 1):
                component = components.Value(i)
                referred = TDF_Label()
                if XCAFDoc_ShapeTool.GetReferredShape_s(component, referred):
                    place = _matrix(XCAFDoc_ShapeTool.GetLocation_s(component))
                    children.extend(self.nodes(referred, place, component))
            return [Node(name, None, placement, tuple(children))]
        return self.leaf(label, name, placement, instance)

    def leaf(
        self, label: TDF_Label, name: str, placement: np.ndarray, instance: TDF_Label | None
    ) -> list[Node]:
        shape = XCAFDoc_ShapeTool.GetShape_s(label)
        if shape is None or shape.IsNull():
            return []
        found = [
            self.body(solid, sewn, label, name, instance)
            for solid, sewn in self.solids(shape, label, name)
        ]
        if len(found) == 1:
            index, inner = found[0]
            return [Node(name, index, placement @ inner)]
        if not found:
            return []
        children = tuple(Node(self.raw.bodies[index].name, index, inner) for index, inner in found)
        return [Node(name, None, placement, children)]

    def body(
        self, solid: Any, sewn: bool, label: TDF_Label, name: str, instance: TDF_Label | None
    ) -> tuple[int, np.ndarray]:
        """Index of the distinct solid, and where this occurrence sits in its product."""
        bare = solid.Located(TopLoc_Location())
        frame = _matrix(solid.Location())
        index = self.known.FindIndex(bare)
        if index:
            return index - 1, frame @ np.linalg.inv(self.frames[index - 1])
        self.known.Add(bare)
        self.translated.append(solid)
        self.frames.append(frame)
        own = TDF_Label()
        if self.shapes.FindShape(solid, own, False) and _name(own):
            name = _name(own)
        self.raw.bodies.append(
            RawBody(
                shape=solid if sewn else self.fixed(solid),
                name=name,
                colour=self.colour(solid, label, instance),
                material=_material(label)
                or (_material(instance) if instance is not None else None),
                sewn=sewn,
            )
        )
        return len(self.raw.bodies) - 1, np.eye(4)

    def fixed(self, shape: Any) -> Any:
        """A shape with what the reader left to be done at it."""
        if self.uncertainty_mm is None:
            return shape
        bare = shape.Located(TopLoc_Location())
        return fix_curved(bare, self.uncertainty_mm).Located(shape.Location())

    def solids(self, shape: Any, label: TDF_Label, name: str) -> list[tuple[Any, bool]]:
        """The solids of a product; loose shells are sewn, what stays open is reported once per
        product.
        """
        key = (label.Father().Tag(), label.Tag())
        if key in self.sewn:
            return self.sewn[key]
        solids = [(TopoDS.Solid_s(s), False) for s in explored(shape, TopAbs_SOLID)]
        loose = [
            *explored(shape, TopAbs_SHELL, TopAbs_SOLID),
            *explored(shape, TopAbs_FACE, TopAbs_SHELL),
        ]
        if loose:
            closed, opened = _sew([self.fixed(one) for one in loose])
            solids += [(solid, True) for solid in closed]
            self.raw.open_shells += [_open_shell(shell, name) for shell in opened]
            self.opened += opened
        elif not solids:
            has_curves = next(explored(shape, TopAbs_EDGE), None) or next(
                explored(shape, TopAbs_VERTEX), None
            )
            if has_curves is not None:
                self.raw.wire_bodies.append(name)
        if solids and next(explored(shape, TopAbs_WIRE, TopAbs_FACE), None) is not None:
            self.raw.wire_bodies.append(name)
        self.sewn[key] = solids
        return solids

    def colour(self, solid: Any, label: TDF_Label, instance: TDF_Label | None) -> str | None:
        colour = Quantity_Color()
        for kind in (XCAFDoc_ColorSurf, XCAFDoc_ColorGen):
            if self.colours.GetColor(solid, kind, colour) or XCAFDoc_ColorTool.GetColor_s(
                label, kind, colour
            ):
                return _hex(colour)
            if instance is not None and XCAFDoc_ColorTool.GetColor_s(instance, kind, colour):
                return _hex(colour)
        shades: Counter[str] = Counter()
        for face in explored(solid, TopAbs_FACE):
            if self.colours.GetColor(face, XCAFDoc_ColorSurf, colour):
                shades[_hex(colour)] += 1
        return shades.most_common(1)[0][0] if shades else None


def _sew(loose: list[Any]) -> tuple[list[Any], list[Any]]:
    """Solids from the shells that close, and the shells that do not."""
    sewing = BRepBuilderAPI_Sewing(SEWING_TOLERANCE_MM)
    for shape in loose:
        sewing.Add(shape)
    sewing.Perform()
    result = sewing.SewedShape()
    closed: list[Any] = []
    opened: list[Any] = []
    if result is None or result.IsNull():
        return closed, loose
    for shape in explored(result, TopAbs_SHELL):
        shell = TopoDS.Shell_s(shape)
        if BRep_Tool.IsClosed_s(shell) and not _free_edges(shell):
            solid = BRepBuilderAPI_MakeSolid(shell).Solid()
            BRepLib.OrientClosedSolid_s(solid)
            closed.append(solid)
        else:
            opened.append(shell)
    opened += list(explored(result, TopAbs_FACE, TopAbs_SHELL))
    return closed, opened


def _closes_if_searched(shell: Any) -> bool:
    """Whether a shell that stays open closes once the kernel has looked for all that it looks for
    by itself: construction surfaces beside a solid do not, and are no reason to read all again.
    """
    fix = ShapeFix_Shape(shell)
    fix.Perform()
    closed, _ = _sew([fix.Shape()])
    return bool(closed)


def _free_edges(shell: Any) -> list[Any]:
    ancestors = TopTools_IndexedDataMapOfShapeListOfShape()
    TopExp.MapShapesAndAncestors_s(shell, TopAbs_EDGE, TopAbs_FACE, ancestors)
    return [
        TopoDS.Edge_s(ancestors.FindKey(i))
        for i in range(1, ancestors.Extent() + 1)
        if ancestors.FindFromIndex(i).Extent() == 1
        and not BRep_Tool.Degenerated_s(TopoDS.Edge_s(ancestors.FindKey(i)))
    ]


def _open_shell(shell: Any, name: str) -> OpenShell:
    from OCP.BRepGProp import BRepGProp
    from OCP.GProp import GProp_GProps

    longest = 0.0
    free = _free_edges(shell)
    for edge in free:
        properties = GProp_GProps()
        BRepGProp.LinearProperties_s(edge, properties)
        longest = max(longest, properties.Mass())
    return OpenShell(name, sum(1 for _ in explored(shell, TopAbs_FACE)), len(free), longest)


def _name(label: TDF_Label) -> str:
    attribute = TDataStd_Name()
    if not label.IsAttribute(TDataStd_Name.GetID_s()):  # as for materials below
        return ""
    if not label.FindAttribute(TDataStd_Name.GetID_s(), attribute):
        return ""
    return str(attribute.Get().ToExtString()).strip()


def _material(label: TDF_Label) -> str | None:
    guid = XCAFDoc.MaterialRefGUID_s()
    node = TDataStd_TreeNode()
    if not label.IsAttribute(guid):  # FindAttribute with an absent tree node takes the process down
        return None
    if not label.FindAttribute(guid, node) or not node.HasFather():
        return None
    name, description, density_name, density_type = (TCollection_HAsciiString() for _ in range(4))
    if not XCAFDoc_MaterialTool.GetMaterial_s(
        node.Father().Label(), name, description, 0.0, density_name, density_type
    ):
        return None
    return str(name.ToCString()).strip() or str(description.ToCString()).strip() or None


def _hex(colour: Quantity_Color) -> str:
    return str(Quantity_Color.ColorToHex_s(colour, True).ToCString()).lower()


def _matrix(location: TopLoc_Location) -> np.ndarray:
    transform = location.Transformation()
    matrix = np.eye(4)
    for row in range(3):
        for column in range(4):
            matrix[row, column] = transform.Value(row + 1, column + 1)
    return matrix
