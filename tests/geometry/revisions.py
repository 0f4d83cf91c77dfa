"""Pairs of drawn parts with one known change each, the second at an odd angle and place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cadquery as cq
from OCP.BRepBuilderAPI import BRepBuilderAPI_NurbsConvert, BRepBuilderAPI_Transform
from OCP.gp import gp_Ax2, gp_Dir, gp_Pnt, gp_Trsf
from OCP.Interface import Interface_Static

__all__ = ["Expected", "Pair", "pairs"]

ODD_AXIS, ODD_ANGLE_DEG = cq.Vector(0.31, -0.72, 0.62), 37.3
ODD_SHIFT_MM = cq.Vector(113.7, -58.1, 21.9)


@dataclass(frozen=True)
class Expected:
    """The one true answer for a pair."""

    same: bool = False
    mirrored: bool = False
    scale: float = 1.0
    changed: tuple[tuple[str, float | None, float | None], ...] = ()  # last word, from, to
    also: tuple[str, ...] = ()  # parameters that follow from the change: no fault when told
    added: tuple[str, ...] = ()  # types
    removed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pair:
    """Two parts and what is true of them; drawn and written when they are asked for."""

    name: str
    draw: Callable[[], tuple[cq.Shape, cq.Shape]]
    unit: str = "MM"
    expected: Expected = field(default_factory=Expected)

    def files(self) -> tuple[bytes, bytes]:
        """Both as STEP, the second at an odd angle and place."""
        a, b = self.draw()
        return step_text(a), step_text(odd(b), self.unit)


def step_text(shape: cq.Shape, unit: str = "MM") -> bytes:
    """A shape as a STEP file in a unit."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "part.step"
        Interface_Static.SetCVal_s("write.step.unit", unit)
        try:
            cq.exporters.export(cq.Workplane(obj=shape), str(path))
        finally:
            Interface_Static.SetCVal_s("write.step.unit", "MM")
        return path.read_bytes()


def odd(shape: cq.Shape) -> cq.Shape:
    """The shape at an odd angle and place."""
    return shape.rotate(cq.Vector(), ODD_AXIS, ODD_ANGLE_DEG).translate(ODD_SHIFT_MM)


def as_nurbs(shape: cq.Shape) -> cq.Shape:
    """The shape with every surface and curve written as NURBS."""
    return cq.Shape.cast(BRepBuilderAPI_NurbsConvert(shape.wrapped, True).Shape())


def mirrored(shape: cq.Shape) -> cq.Shape:
    """The mirror image."""
    motion = gp_Trsf()
    motion.SetMirror(gp_Ax2(gp_Pnt(0, 0, 0), gp_Dir(1, 0, 0)))
    return cq.Shape.cast(BRepBuilderAPI_Transform(shape.wrapped, motion, True).Shape())


def split(shape: cq.Shape) -> cq.Shape:
    """The shape with its faces cut at two planes through it: the same skin, more faces."""
    box = shape.BoundingBox()
    middle = box.center
    size = 4 * box.DiagonalLength
    cutters = [
        cq.Face.makePlane(size, size, middle, cq.Vector(0.2, 1, 0.1)),
        cq.Face.makePlane(size, size, middle + cq.Vector(1.3, 0.7, 0.2), cq.Vector(1, -0.3, 0.2)),
    ]
    from OCP.BOPAlgo import BOPAlgo_Splitter

    # imprint each cutter on the shell, then close the faces to a solid again
    faces = shape.Faces()
    splitter = BOPAlgo_Splitter()
    for face in faces:
        splitter.AddArgument(face.wrapped)
    for cutter in cutters:
        splitter.AddTool(cutter.wrapped)
    splitter.Perform()
    pieces = cq.Shape.cast(splitter.Shape()).Faces()
    shell = cq.Shell.makeShell(pieces)
    solid = cq.Solid.makeSolid(shell)
    return solid.fix()


def block(
    *,
    length: float = 90.0,
    width: float = 60.0,
    height: float = 20.0,
    hole: float = 8.0,
    hole_at: tuple[float, float] = (30.0, 15.0),
    hole_depth: float | None = None,
    bore: tuple[float, float] = (12.0, 4.0),
    pocket: tuple[float, float, float] = (30.0, 18.0, 6.0),
    pocket_at: tuple[float, float] = (-18.0, -8.0),
    corner: float = 4.0,
    chamfer: float = 0.0,
    fillet: float = 0.0,
    extra: Callable[[cq.Workplane], cq.Workplane] | None = None,
    without: tuple[str, ...] = (),
) -> cq.Shape:
    """A machined block without symmetry: pocket, through hole, counterbored hole, blind hole."""
    body = cq.Workplane().box(length, width, height, centered=(True, True, False))
    if fillet:
        body = body.edges("|Z and >X and >Y").fillet(fillet)
    if chamfer:
        body = body.edges("|Z and <X and >Y").chamfer(chamfer)
    top = cq.Workplane(origin=(0, 0, height))
    if "pocket" not in without:
        x, y, depth = pocket
        body = body.cut(
            top.center(*pocket_at).rect(x, y).extrude(-depth).edges("|Z").fillet(corner)
        )
    if "hole" not in without:
        depth = height if hole_depth is None else hole_depth
        body = body.cut(top.center(*hole_at).circle(hole / 2).extrude(-depth))
    if "bore" not in without:
        diameter, depth = bore
        body = body.cut(top.center(20, -18).circle(3.0).extrude(-height))
        body = body.cut(top.center(20, -18).circle(diameter / 2).extrude(-depth))
    body = body.cut(top.center(-36, 22).circle(2.5).extrude(-11))
    if extra is not None:
        body = extra(body)
    return body.val()


def drilled(x: float, y: float, diameter: float, depth: float = 40.0) -> Callable[[Any], Any]:
    """One more hole from above in a block 20 mm high."""
    return lambda body: body.cut(
        cq.Workplane(origin=(0, 0, 20)).center(x, y).circle(diameter / 2).extrude(-depth)
    )


def milled(x: float, y: float, length: float, width: float, depth: float) -> Callable[[Any], Any]:
    """One more pocket from above."""
    return lambda body: body.cut(
        cq.Workplane(origin=(0, 0, 20))
        .center(x, y)
        .rect(length, width)
        .extrude(-depth)
        .edges("|Z")
        .fillet(2.0)
    )


def slotted(width: float, depth: float) -> Callable[[Any], Any]:
    """A slot through the top along y."""
    return lambda body: body.cut(cq.Workplane(origin=(8, 0, 20 - depth / 2)).box(width, 200, depth))


def boss(diameter: float, height: float) -> Callable[[Any], Any]:
    """A round boss on the top."""
    return lambda body: body.union(
        cq.Workplane(origin=(4, 20, 20)).circle(diameter / 2).extrude(height)
    )


def shaft(
    *,
    journal: float = 24.0,
    length: float = 40.0,
    groove: tuple[float, float] | None = (3.0, 1.5),
    key: tuple[float, float] | None = None,
    bore: float = 6.0,
    bore_depth: float = 25.0,
) -> cq.Shape:
    """A stepped shaft with a groove and a bore, without a mirror plane across."""
    body = (
        cq.Workplane()
        .circle(20).extrude(30)
        .faces(">Z").workplane().circle(journal / 2).extrude(length)
        .faces(">Z").workplane().circle(8).extrude(20)
    )  # fmt: skip
    if groove:
        width, depth = groove
        ring = cq.Workplane(origin=(0, 0, 50)).circle(30).circle(journal / 2 - depth).extrude(width)
        body = body.cut(ring)
    if key:
        width, depth = key
        body = body.cut(
            cq.Workplane(origin=(0, 0, 8)).transformed(rotate=(-90, 0, 0)).workplane(offset=-20)
            .rect(width, 100).extrude(depth)
        )  # fmt: skip
    body = body.cut(cq.Workplane().circle(bore / 2).extrude(bore_depth))
    return body.val()


def bracket(
    *, thickness: float = 3.0, leg: float = 40.0, hole: float = 6.0, second: bool = True
) -> cq.Shape:
    """A bent sheet with two holes at unequal places."""
    inner = 4.0
    outline = (
        cq.Workplane("XZ")
        .moveTo(0, 0).lineTo(60, 0).lineTo(60, thickness).lineTo(thickness + inner, thickness)
        .radiusArc((thickness, thickness + inner), inner)
        .lineTo(thickness, leg).lineTo(0, leg).lineTo(0, thickness + inner)
        .radiusArc((thickness + inner, 0), -(inner + thickness))
        .close()
    )  # fmt: skip
    outline = (
        cq.Workplane("XZ")
        .moveTo(thickness + inner, 0).lineTo(60, 0).lineTo(60, thickness)
        .lineTo(thickness + inner, thickness)
        .threePointArc(
            (thickness + inner * (1 - 0.5**0.5), thickness + inner * (1 - 0.5**0.5)),
            (thickness, thickness + inner),
        )
        .lineTo(thickness, leg).lineTo(0, leg).lineTo(0, thickness + inner)
        .threePointArc(
            (thickness + inner - (thickness + inner) * 0.5**0.5,
             thickness + inner - (thickness + inner) * 0.5**0.5),
            (thickness + inner, 0),
        )
        .close()
    )  # fmt: skip
    body = outline.extrude(-50)
    body = body.cut(cq.Workplane(origin=(40, 15, -5)).circle(hole / 2).extrude(20))
    if second:
        body = body.cut(cq.Workplane(origin=(52, 38, -5)).circle(2.0).extrude(20))
    return body.val()


def plate(count: int = 6, diameter: float = 9.0, radius: float = 38.0, thickness: float = 12.0,
          middle: float = 30.0) -> cq.Shape:  # fmt: skip
    """A flange with a bolt circle: many turns lay it on itself."""
    body = cq.Workplane().circle(55).circle(middle / 2).extrude(thickness)
    body = body.cut(
        cq.Workplane().polarArray(radius, 0, 360, count).circle(diameter / 2).extrude(thickness)
    )
    return body.val()


def pairs() -> Iterator[Pair]:
    """Every known change."""
    base = block()

    def pair(name: str, a: cq.Shape, b: cq.Shape, unit: str = "MM", **expected: Any) -> Pair:
        return Pair(name, lambda: (a, b), unit, Expected(**expected))

    def edit(name: str, shape: cq.Shape, **expected: Any) -> Pair:
        return pair(name, base, shape, **expected)

    def into(word: str, old: float | None, new: float | None) -> tuple[tuple[Any, ...], ...]:
        return ((word, old, new),)

    # --- the same part ---
    for word, one in (
        ("block", base), ("shaft", shaft()), ("keyed shaft", shaft(key=(6.0, 3.5))),
        ("bracket", bracket()), ("flange", plate()),
    ):  # fmt: skip
        yield pair(f"{word} moved", one, one, same=True)
        yield pair(f"{word} in inches", one, one, unit="INCH", same=True)
        yield pair(f"{word} as NURBS", one, as_nurbs(one), same=True)
        yield pair(f"{word} with split faces", one, split(one), same=True)
    # --- mirrored and scaled ---
    for word, one in (("block", base), ("bracket", bracket())):
        yield pair(f"{word} mirrored", one, mirrored(one), mirrored=True)
    yield pair("flange mirrored, which it is itself", plate(), mirrored(plate()), same=True)
    for factor in (25.4, 1 / 25.4, 1000.0, 10.0, 1.2, 0.85):
        yield edit(f"block scaled {factor:.4g}", base.scale(factor), scale=factor)
    # --- dimensions ---
    for new in (8.2, 9.0, 11.0):
        yield edit(f"hole 8 to {new}", block(hole=new), changed=into("diameter_mm", 8, new))
    for at in ((30.3, 15.0), (30.0, 18.0), (34.0, 20.0)):
        yield edit(f"hole moved to {at}", block(hole_at=at), changed=into("origin_mm", None, None))
    yield edit("through hole made blind", block(hole_depth=12), also=("bottom", "kind"),
               changed=into("depth_mm", 20, 12))  # fmt: skip
    yield edit("counterbore wider", block(bore=(14, 4)), changed=into("diameter_mm", 12, 14))
    yield edit("counterbore deeper", block(bore=(12, 6)), changed=into("depth_mm", 4, 6))
    yield edit("pocket deeper", block(pocket=(30, 18, 9)), changed=into("depth_mm", 6, 9))
    yield edit("pocket longer", block(pocket=(34, 18, 6)), changed=into("length_mm", 30, 34))
    yield edit("pocket wider", block(pocket=(30, 22, 6)), changed=into("width_mm", 18, 22))
    yield edit("pocket corners", block(corner=6), changed=into("corner_radius_mm", 4, 6),
               also=("radius_mm",))  # fmt: skip
    yield edit("pocket moved", block(pocket_at=(-15, -6)), changed=into("origin_mm", None, None))
    yield edit("block thicker", block(height=24), changed=into("depth_mm", 20, 24))
    yield edit("block longer", block(length=100))
    yield edit("block wider", block(width=66))
    yield pair("fillet larger", block(fillet=6), block(fillet=8), changed=into("radius_mm", 6, 8))
    yield pair("chamfer larger", block(chamfer=3), block(chamfer=5),
               changed=into("width_mm", 3, 5))  # fmt: skip
    yield pair("boss higher", block(extra=boss(14, 8)), block(extra=boss(14, 11)),
               changed=into("height_mm", 8, 11))  # fmt: skip
    yield pair("boss thicker", block(extra=boss(14, 8)), block(extra=boss(17, 8)),
               changed=into("diameter_mm", 14, 17))  # fmt: skip
    yield pair("slot wider", block(extra=slotted(5, 4)), block(extra=slotted(7, 4)),
               changed=into("width_mm", 5, 7))  # fmt: skip
    yield pair("slot deeper", block(extra=slotted(5, 4)), block(extra=slotted(5, 5)),
               changed=into("depth_mm", 4, 5))  # fmt: skip
    yield pair("groove wider", shaft(), shaft(groove=(4.0, 1.5)),
               changed=into("width_mm", 3, 4))  # fmt: skip
    yield pair("groove deeper", shaft(), shaft(groove=(3.0, 2.5)), also=("diameter_mm",),
               changed=into("depth_mm", 1.5, 2.5))  # fmt: skip
    yield pair("bore deeper", shaft(), shaft(bore_depth=32), changed=into("depth_mm", 25, 32))
    yield pair("bore wider", shaft(), shaft(bore=8), changed=into("diameter_mm", 6, 8))
    yield pair("shaft longer", shaft(), shaft(length=50), changed=into("length_mm", 90, 100))
    yield pair("sheet thicker", bracket(), bracket(thickness=4), also=("depth_mm", "length_mm"),
               changed=into("thickness_mm", 3, 4))  # fmt: skip
    yield pair("sheet hole wider", bracket(), bracket(hole=7), changed=into("diameter_mm", 6, 7),
               also=("width_mm", "length_mm", "perimeter_mm"))  # fmt: skip
    yield pair("bolt circle", plate(), plate(radius=40), changed=into("origin_mm", None, None))
    yield pair("bolt holes", plate(), plate(diameter=11), changed=into("diameter_mm", 9, 11))
    # --- added and removed ---
    yield edit("hole added", block(extra=drilled(-5, 20, 6)), added=("hole",))
    yield edit("small hole added", block(extra=drilled(5, 5, 1.5)), added=("hole",))
    yield edit("blind hole added", block(extra=drilled(-5, 20, 6, 9)), added=("hole",))
    yield edit("pocket added", block(extra=milled(2, 18, 16, 10, 5)), added=("pocket",))
    yield edit("slot added", block(extra=slotted(5, 4)), added=("slot",))
    yield edit("boss added", block(extra=boss(14, 8)), added=("boss",))
    yield edit("fillet added", block(fillet=6), added=("fillet",))
    yield edit("chamfer added", block(chamfer=4), added=("chamfer",))
    yield edit("hole removed", block(without=("hole",)), removed=("hole",))
    yield edit("counterbored hole removed", block(without=("bore",)), removed=("hole",))
    yield edit("pocket removed", block(without=("pocket",)), removed=("pocket",))
    yield pair("boss removed", block(extra=boss(14, 8)), base, removed=("boss",))
    yield pair("slot removed", block(extra=slotted(5, 4)), base, removed=("slot",))
    yield pair("fillet removed", block(fillet=6), base, removed=("fillet",))
    yield pair("chamfer removed", block(chamfer=4), base, removed=("chamfer",))
    yield pair("groove removed", shaft(), shaft(groove=None), removed=("groove",))
    yield pair("groove added", shaft(groove=None), shaft(), added=("groove",))
    yield pair("keyway added", shaft(), shaft(key=(6.0, 3.5)), added=("slot",))
    yield pair("sheet hole removed", bracket(), bracket(second=False), removed=("hole",))
    yield pair("bolt hole missing", plate(), plate_with_one_less(), removed=("hole",))


def plate_with_one_less() -> cq.Shape:
    """The flange with five of its six bolt holes."""
    body = cq.Workplane().circle(55).circle(15).extrude(12)
    places = cq.Workplane().polarArray(38, 60, 240, 5, fill=True).circle(4.5).extrude(12)
    return body.cut(places).val()
