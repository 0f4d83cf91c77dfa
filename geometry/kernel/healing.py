"""Which repairs close a body that the reader left open or inside out?"""

from collections.abc import Iterator
from typing import Any

from OCP.BRepBuilderAPI import BRepBuilderAPI_MakeSolid, BRepBuilderAPI_Sewing
from OCP.BRepLib import BRepLib
from OCP.BRepTools import BRepTools_ReShape
from OCP.ShapeFix import ShapeFix_Shape, ShapeFix_ShapeTolerance
from OCP.TopAbs import TopAbs_SHELL, TopAbs_SOLID
from OCP.TopExp import TopExp_Explorer
from OCP.TopoDS import TopoDS

from geometry.kernel.explored import faces_of
from geometry.kernel.meshing import is_readable

__all__ = ["healed", "orientations"]

SEWING_TOLERANCE_MM = 0.05  # wider than the reader's: these bodies are open already
LARGEST_TOLERANCE_MM = 0.01


def healed(body: Any) -> Iterator[tuple[Any, str]]:
    """Repaired bodies, the mildest repair first, each with the name of what was done."""
    unreadable = [face for face in faces_of(body) if not is_readable(face)]
    if unreadable:  # slivers beyond the end of their surface: their neighbours close over them
        reshape = BRepTools_ReShape()
        for face in unreadable:
            reshape.Remove(face)
        body = reshape.Apply(body)
        yield from _sewn(body)
    fix = ShapeFix_Shape(body)
    fix.Perform()
    fixed = fix.Shape()
    yield fixed, "fix_shape"
    BRepLib.SameParameter_s(fixed, True)
    yield fixed, "same_parameter"
    ShapeFix_ShapeTolerance().LimitTolerance(fixed, 0.0, LARGEST_TOLERANCE_MM)
    yield fixed, "tolerance"
    yield from _sewn(fixed)


def _sewn(shape: Any) -> Iterator[tuple[Any, str]]:
    """The solid that its faces make when their edges are joined, if they do."""
    sewing = BRepBuilderAPI_Sewing(SEWING_TOLERANCE_MM)
    sewing.Add(shape)
    sewing.Perform()
    sewed = sewing.SewedShape()
    if sewed is not None and not sewed.IsNull():
        explorer = TopExp_Explorer(sewed, TopAbs_SHELL)
        if explorer.More():
            solid = BRepBuilderAPI_MakeSolid(TopoDS.Shell_s(explorer.Current())).Solid()
            BRepLib.OrientClosedSolid_s(solid)
            yield solid, "sewing"


def orientations(body: Any) -> Iterator[Any]:
    """The body with its material inside, as the kernel finds it; then the body turned as a whole:
    where faces contradict each other the kernel finds nothing.
    """
    explorer = TopExp_Explorer(body, TopAbs_SOLID)
    if explorer.More():
        solid = TopoDS.Solid_s(explorer.Current())
        if BRepLib.OrientClosedSolid_s(solid):
            yield solid
    yield body.Reversed()
