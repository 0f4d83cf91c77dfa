"""How much of the kernel's shape fixing does a file go through? Whatever it needs to be meshed,
first; all that the kernel has where that is not enough.
"""

import math
import re

import numpy as np
from OCP.BRep import BRep_Builder, BRep_Tool
from OCP.BRepTools import BRepTools_ReShape
from OCP.DE import DE_ShapeFixParameters
from OCP.Geom import Geom_Plane
from OCP.Resource import Resource_DataMapOfAsciiStringAsciiString
from OCP.ShapeProcess import ShapeProcess, ShapeProcess_OperLibrary, ShapeProcess_ShapeContext
from OCP.STEPCAFControl import STEPCAFControl_Reader
from OCP.TCollection import TCollection_AsciiString
from OCP.TopAbs import TopAbs_COMPOUND, TopAbs_EDGE, TopAbs_FACE, TopAbs_VERTEX, TopAbs_WIRE
from OCP.TopLoc import TopLoc_Location
from OCP.TopoDS import TopoDS_Compound, TopoDS_Shape

from geometry.kernel.explored import faces_of, numbered
from geometry.kernel.trimming import trim

__all__ = ["fix_curved", "leave_out", "uncertainty_mm"]

# What the kernel searches every file for and no sound one has. Loops that cross themselves or each
# other take a fifth of the reading, and in a face with a thousand holes nearly all of it; edges
# that run back along their neighbours, loops that touch themselves and faces that look the other
# way than their shell another fifth of what is left; loops that run the wrong way round, and
# vertices off their edges once more, a tenth of that; edges whose curves in space and on their
# faces run at different paces as much again. Faces turned over leave the mesh open, loops turned
# over give a face another area than its mesh has, and so do curves that part.
SEARCHES = (
    "FixShape.FixSelfIntersectionMode",
    "FixShape.FixIntersectingWiresMode",
    "FixShape.FixNotchedEdgesMode",
    "FixShape.FixLoopWiresMode",
    "FixShape.FixShellOrientationMode",
    "FixShape.FixFaceOrientationMode",
    "FixShape.FixVertexToleranceMode",
    "FixShape.FixSameParameterMode",
)
# what the reader leaves alone where `fix_curved` follows
_WHOLE = (
    "FixShape.FixSolidMode",
    "FixShape.FixFreeShellMode",
    "FixShape.FixFreeFaceMode",
    "FixShape.FixFreeWireMode",
)
LEAST_TOLERANCE_MM = 1e-7  # of the reader
MOST_TOLERANCE_MM = 1.0  # what the reader lets gaps close up to, unless a file allows for more
_UNCERTAINTY = re.compile(
    rb"UNCERTAINTY_MEASURE_WITH_UNIT\s*\(\s*LENGTH_MEASURE\s*\(\s*([0-9.Ee+-]+)\s*\)"
)
_SEQUENCE = "curved"  # of operations, as the kernel's resources name them


def leave_out(reader: STEPCAFControl_Reader, *, all_but_translating: bool) -> None:
    """Switches SEARCHES off, or all shape fixing."""
    reader.SetShapeFixParameters(
        DE_ShapeFixParameters(), Resource_DataMapOfAsciiStringAsciiString()
    )
    options = Resource_DataMapOfAsciiStringAsciiString(reader.GetShapeFixParameters())
    names = (*SEARCHES, *_WHOLE) if all_but_translating else SEARCHES
    for name in map(TCollection_AsciiString, names):
        options.UnBind(name)
        options.Bind(name, TCollection_AsciiString("0"))
    reader.SetShapeFixParameters(options)


def uncertainty_mm(data: bytes, unit_mm: float) -> float | None:
    """How far apart points may be that are one, in a file's own words; None where it says nothing,
    or of one representation this and of another that.
    """
    said = {*_UNCERTAINTY.findall(data)}
    if len(said) != 1:
        return None
    try:
        length_mm = float(said.pop()) * unit_mm
    except ValueError:
        return None
    return length_mm if 0 < length_mm < math.inf else None


def fix_curved(shape: TopoDS_Shape, uncertainty_mm: float) -> TopoDS_Shape:
    """A shape as translated, its faces off planes fixed as the reader would: they get the curves of
    their rims in their own parameters, in place, and what is not whole with those its seams and
    tips. In a plane nothing is missing, and half of a machined part's faces are planes.
    """
    location = TopLoc_Location()
    off = [
        face
        for face in faces_of(shape)
        if not isinstance(BRep_Tool.Surface_s(face, location), Geom_Plane)
    ]
    most_mm = max(uncertainty_mm, MOST_TOLERANCE_MM)
    whole = trim(off, uncertainty_mm, LEAST_TOLERANCE_MM, most_mm)
    if whole.all():
        return shape
    builder, curved = BRep_Builder(), TopoDS_Compound()
    builder.MakeCompound(curved)
    for i in np.flatnonzero(~whole).tolist():
        builder.Add(curved, off[i])
    context = ShapeProcess_ShapeContext(curved, "")
    context.SetDetalisation(TopAbs_VERTEX)  # planes beside need to know of edges as well
    resources = context.ResourceManager()
    for name in SEARCHES:
        resources.SetResource(f"{_SEQUENCE}.{name}", "0")
    for name, value in (
        ("FixShape.Tolerance3d", uncertainty_mm),
        ("FixShape.MinTolerance3d", LEAST_TOLERANCE_MM),
        ("FixShape.MaxTolerance3d", most_mm),
    ):
        resources.SetResource(f"{_SEQUENCE}.{name}", repr(value))
    resources.SetResource(f"{_SEQUENCE}.exec.op", "FixShape")
    ShapeProcess_OperLibrary.Init_s()
    ShapeProcess.Perform_s(context, _SEQUENCE)
    fixed, reshape, told = context.Map(), BRepTools_ReShape(), 0
    for kind in (TopAbs_COMPOUND, TopAbs_FACE, TopAbs_WIRE, TopAbs_EDGE, TopAbs_VERTEX):
        if told == fixed.Size():
            break  # all of what was changed: faces alone, as a rule
        shapes = numbered(curved, kind)
        for i in range(1, shapes.Extent() + 1):
            if fixed.IsBound(old := shapes.FindKey(i)):
                told += 1
                reshape.Replace(old, fixed.Find(old))
    return reshape.Apply(shape)
