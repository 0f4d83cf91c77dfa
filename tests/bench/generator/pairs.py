"""Pairs of revisions: what was changed between two files is known."""

from __future__ import annotations

import copy
import math
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import cadquery as cq
import numpy as np
from OCP.BRepBuilderAPI import BRepBuilderAPI_Transform
from OCP.gp import gp_Pnt, gp_Trsf

from generator.made import KERNEL_ERRORS, BadDrawing, Made, checked, moved_shape, random_motion
from generator.tools import box, cone, cylinder, prism, size
from generator.turned import revolved
from samples.sheet import bent_section
from samples.step_file import write_part

sys.path.append(str(Path(__file__).resolve().parents[1]))  # the rewriter beside this package

import rewriter

Spec = dict[str, object]
Change = Callable[[Spec], Mapping[str, object]]
TRIES = 8


# --- parts drawn from a specification that a change can edit ---


def plate_spec(rng: np.random.Generator) -> Spec:
    """A plate with one feature of each type, none near another, without any symmetry."""
    return {
        "drawn": "plate",
        "size": [120.0, 80.0, size(rng, 18, 24)],
        "holes": {
            "a": [-50.0, -30.0, size(rng, 6, 8)],
            "b": [-50.0, 28.0, size(rng, 6, 8)],
            "c": [50.0, -28.0, size(rng, 8.5, 10)],
        },
        "blind": {"d": [52.0, 12.0, size(rng, 5, 7), size(rng, 8, 12)]},
        "counterbore": [0.0, -28.0, size(rng, 5, 6.5), size(rng, 10, 13), size(rng, 4, 6)],
        "countersink": [18.0, -30.0, size(rng, 4, 5), size(rng, 9, 11), 90.0],
        "pocket": [-15.0, 6.0, size(rng, 34, 40), size(rng, 20, 24), size(rng, 6, 9), 4.0],
        "slot": [35.0, size(rng, 6, 8), size(rng, 5, 7)],
        "boss": [18.0, 5.0, size(rng, 9, 12), size(rng, 6, 9)],
        "rib": [-10.0, 30.0, size(rng, 30, 40), size(rng, 2.5, 3.5), size(rng, 6, 9)],
        "fillet": size(rng, 4, 6),
        "chamfer": size(rng, 3, 5),
        "step": None,
    }


def _plate(spec: Spec) -> cq.Shape:
    x, y, t = spec["size"]
    shape = cq.Workplane(box((-x / 2, -y / 2, -t), (x / 2, y / 2, 0)))
    if spec["fillet"]:
        shape = shape.edges("|Z").edges("<X and >Y").fillet(spec["fillet"])
    if spec["chamfer"]:
        shape = shape.edges("|Z").edges(">X and >Y").chamfer(spec["chamfer"])
    solid = shape.val()
    if spec["boss"]:
        bx, by, d, high = spec["boss"]
        solid = solid.fuse(cylinder(d / 2, -1, high, bx, by))
    if spec["rib"]:
        rx, ry, long, thick, high = spec["rib"]
        rib = box((rx - long / 2, ry - thick / 2, -1), (rx + long / 2, ry + thick / 2, high))
        solid = solid.fuse(rib)
    cutters = [cylinder(d / 2, -t - 1, 1, hx, hy) for hx, hy, d in spec["holes"].values()]
    cutters += [cylinder(d / 2, -deep, 1, hx, hy) for hx, hy, d, deep in spec["blind"].values()]
    if spec["counterbore"]:
        hx, hy, d, wide, deep = spec["counterbore"]
        cutters += [cylinder(d / 2, -t - 1, 1, hx, hy), cylinder(wide / 2, -deep, 1, hx, hy)]
    if spec["countersink"]:
        hx, hy, d, wide, angle = spec["countersink"]
        deep = (wide - d) / 2 / math.tan(math.radians(angle / 2))
        sink = cone(d / 2, wide / 2, -deep, 0).moved(cq.Location((hx, hy, 0)))
        cutters += [cylinder(d / 2, -t - 1, 0, hx, hy), sink]
    if spec["pocket"]:
        px, py, long, wide, deep, radius = spec["pocket"]
        a, b = long / 2, wide / 2
        corners = [(px - a, py - b), (px + a, py - b), (px + a, py + b), (px - a, py + b)]
        cutters.append(prism(corners, -deep, 1, radius))
    if spec["slot"]:
        sx, wide, deep = spec["slot"]
        cutters.append(box((sx - wide / 2, -y / 2 - 1, -deep), (sx + wide / 2, y / 2 + 1, 1)))
    if spec["step"]:
        wide, deep = spec["step"]
        cutters.append(box((-x / 2 - 1, -y / 2 - 1, -t - 1), (-x / 2 + wide, y / 2 + 1, -t + deep)))
    return solid.cut(*cutters).clean()


def shaft_spec(rng: np.random.Generator) -> Spec:
    """A stepped shaft with a groove, a cross hole, a key slot and an end hole."""
    return {
        "drawn": "shaft",
        "steps": [
            [size(rng, 20, 23), size(rng, 28, 35)],
            [size(rng, 27, 31), size(rng, 40, 50)],
            [size(rng, 15, 18), size(rng, 26, 34)],
        ],
        "groove": [12.0, size(rng, 2, 3), size(rng, 1, 1.6)],
        "cross": [size(rng, 4, 5)],
        "key": [size(rng, 6, 7), size(rng, 3, 4), size(rng, 20, 24)],
        "end": [size(rng, 5, 7), size(rng, 12, 16)],
    }


def _shaft(spec: Spec) -> cq.Shape:
    points, z = [(0.0, 0.0)], 0.0
    starts = []
    for d, run in spec["steps"]:
        starts.append(z)
        points += [(d / 2, z), (d / 2, z + run)]
        z += run
    solid = revolved([*points, (0.0, z)])
    if spec["groove"]:
        at, wide, deep = spec["groove"]
        r = spec["steps"][0][0] / 2
        ring = cylinder(r + 1, at, at + wide).cut(cylinder(r - deep, at - 1, at + wide + 1))
        solid = solid.cut(ring)
    if spec["cross"]:
        (d,) = spec["cross"]
        at, r = starts[2] + spec["steps"][2][1] / 2, spec["steps"][2][0]
        drill = cq.Solid.makeCylinder(d / 2, 2 * r, cq.Vector(-r, 0, at), cq.Vector(1, 0, 0))
        solid = solid.cut(drill)
    if spec["key"]:
        wide, deep, long = spec["key"]
        r = spec["steps"][1][0] / 2
        middle = starts[1] + spec["steps"][1][1] / 2
        key = cq.Workplane("XZ", origin=(0, -(r - deep), middle)).slot2D(long, wide, 90).extrude(20)
        solid = solid.cut(key.val())
    if spec["end"]:
        d, deep = spec["end"]
        solid = solid.cut(cylinder(d / 2, z - deep, z + 1, 0, 0))
    return solid


def sheet_spec(rng: np.random.Generator) -> Spec:
    """A Z bracket with two different holes."""
    return {
        "drawn": "sheet",
        "legs": [size(rng, 25, 30), size(rng, 35, 42), size(rng, 18, 22)],
        "bends": [[90.0, size(rng, 2, 3)], [-70.0, size(rng, 2, 3)]],
        "thickness": 1.5,
        "width": size(rng, 45, 55),
        "holes": {"a": [10.0, 12.0, size(rng, 5, 6)], "b": [12.0, 32.0, size(rng, 7, 8)]},
    }


def _sheet(spec: Spec) -> cq.Shape:
    t = spec["thickness"]
    section = bent_section(spec["legs"], [tuple(bend) for bend in spec["bends"]], t)
    solid = cq.Solid.extrudeLinear(section, [], cq.Vector(0, 0, spec["width"]))
    for x, z, d in spec["holes"].values():
        drill = cq.Solid.makeCylinder(d / 2, t + 1, cq.Vector(x, -0.5, z), cq.Vector(0, 1, 0))
        solid = solid.cut(drill)
    return solid


DRAW = {"plate": _plate, "shaft": _shaft, "sheet": _sheet}
SPECS = {"plate": plate_spec, "shaft": shaft_spec, "sheet": sheet_spec}


def drawn(spec: Spec) -> cq.Shape:
    """The solid of a specification.

    Raises `BadDrawing`.
    """
    return checked(Made(DRAW[spec["drawn"]](spec), (), ())).shape


# --- what changes ---


def _number(path: tuple[object, ...], factor: float, parameter: str) -> Change:
    """One number of the specification grows; the reader should name that parameter."""

    def change(spec: Spec) -> Mapping[str, object]:
        place = spec
        for key in path[:-1]:
            place = place[key]
        was = place[path[-1]]
        place[path[-1]] = round(was * factor, 3)
        return {"changed": [[parameter, abs(was), abs(place[path[-1]])]]}

    return change


def _shift(path: tuple[object, ...], by: float) -> Change:
    def change(spec: Spec) -> Mapping[str, object]:
        place = spec
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] += by
        return {"changed": [["origin_mm", None, None]]}

    return change


def _gone(*path: str) -> Change:
    def change(spec: Spec) -> Mapping[str, object]:
        place = spec
        for key in path[:-1]:
            place = place[key]
        if isinstance(place[path[-1]], list | float) and len(path) == 1:
            place[path[-1]] = None
        else:
            del place[path[-1]]
        return {"removed": True}

    return change


def _new(path: tuple[str, ...], value: object) -> Change:
    def change(spec: Spec) -> Mapping[str, object]:
        place = spec
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value
        return {"added": True}

    return change


def _thicker(spec: Spec) -> Mapping[str, object]:
    was = spec["size"][2]
    spec["size"][2] = round(was * 1.15, 2)
    return {"changed": [["depth_mm", was, spec["size"][2]]]}


def _sheet_thicker(spec: Spec) -> Mapping[str, object]:
    spec["thickness"] = 2.0
    return {"changed": [["thickness_mm", 1.5, 2.0]]}


def _longer(spec: Spec) -> Mapping[str, object]:
    was = sum(run for _, run in spec["steps"])
    spec["steps"][0][1] += 6.0
    return {"changed": [["length_mm", was, was + 6.0]]}


def _stouter(spec: Spec) -> Mapping[str, object]:
    was = spec["steps"][1][0]
    spec["steps"][1][0] = round(was * 1.06, 2)
    return {"changed": [["max_diameter_mm", was, spec["steps"][1][0]]]}


EDITS: dict[str, tuple[str, Change]] = {
    "hole_diameter": ("plate", _number(("holes", "a", 2), 1.2, "diameter_mm")),
    "hole_diameter_a_little": ("plate", _number(("holes", "b", 2), 1.04, "diameter_mm")),
    "blind_hole_diameter": ("plate", _number(("blind", "d", 2), 1.15, "diameter_mm")),
    "blind_hole_depth": ("plate", _number(("blind", "d", 3), 1.2, "depth_mm")),
    "counterbore_diameter": ("plate", _number(("counterbore", 3), 1.15, "diameter_mm")),
    "counterbore_depth": ("plate", _number(("counterbore", 4), 1.3, "depth_mm")),
    "countersink_diameter": ("plate", _number(("countersink", 3), 1.15, "diameter_mm")),
    "countersink_angle": ("plate", _number(("countersink", 4), 4 / 3, "angle_deg")),
    "pocket_length": ("plate", _number(("pocket", 2), 1.1, "length_mm")),
    "pocket_width": ("plate", _number(("pocket", 3), 1.1, "width_mm")),
    "pocket_depth": ("plate", _number(("pocket", 4), 1.25, "depth_mm")),
    "pocket_corner": ("plate", _number(("pocket", 5), 1.5, "corner_radius_mm")),
    "slot_width": ("plate", _number(("slot", 1), 1.2, "width_mm")),
    "slot_depth": ("plate", _number(("slot", 2), 1.2, "depth_mm")),
    "boss_diameter": ("plate", _number(("boss", 2), 1.15, "diameter_mm")),
    "boss_height": ("plate", _number(("boss", 3), 1.25, "height_mm")),
    "rib_thickness": ("plate", _number(("rib", 3), 1.3, "thickness_mm")),
    "rib_height": ("plate", _number(("rib", 4), 1.25, "height_mm")),
    "rib_length": ("plate", _number(("rib", 2), 1.1, "length_mm")),
    "fillet_radius": ("plate", _number(("fillet",), 1.5, "radius_mm")),
    "chamfer_width": ("plate", _number(("chamfer",), 1.4, "width_mm")),
    "plate_thicker": ("plate", _thicker),
    "hole_moved": ("plate", _shift(("holes", "a", 1), 6.0)),
    "hole_moved_a_little": ("plate", _shift(("holes", "c", 0), 0.8)),
    "blind_hole_moved": ("plate", _shift(("blind", "d", 1), -5.0)),
    "hole_added": ("plate", _new(("holes", "e"), [-50.0, 0.0, 6.4])),
    "hole_removed": ("plate", _gone("holes", "b")),
    "blind_hole_added": ("plate", _new(("blind", "f"), [-30.0, -29.0, 5.0, 9.0])),
    "blind_hole_removed": ("plate", _gone("blind", "d")),
    "counterbored_hole_removed": ("plate", _gone("counterbore")),
    "countersunk_hole_removed": ("plate", _gone("countersink")),
    "pocket_removed": ("plate", _gone("pocket")),
    "slot_removed": ("plate", _gone("slot")),
    "boss_removed": ("plate", _gone("boss")),
    "rib_removed": ("plate", _gone("rib")),
    "fillet_removed": ("plate", _gone("fillet")),
    "chamfer_removed": ("plate", _gone("chamfer")),
    "step_added": ("plate", _new(("step",), [5.0, 6.0])),
    "shaft_longer": ("shaft", _longer),
    "shaft_stouter": ("shaft", _stouter),
    "groove_width": ("shaft", _number(("groove", 1), 1.4, "width_mm")),
    "groove_depth": ("shaft", _number(("groove", 2), 1.4, "depth_mm")),
    "groove_removed": ("shaft", _gone("groove")),
    "cross_hole_diameter": ("shaft", _number(("cross", 0), 1.2, "diameter_mm")),
    "cross_hole_removed": ("shaft", _gone("cross")),
    "key_slot_width": ("shaft", _number(("key", 0), 1.25, "width_mm")),
    "key_slot_length": ("shaft", _number(("key", 2), 1.2, "length_mm")),
    "key_slot_removed": ("shaft", _gone("key")),
    "end_hole_depth": ("shaft", _number(("end", 1), 1.3, "depth_mm")),
    "bend_angle": ("sheet", _number(("bends", 1, 0), 80 / 70, "angle_deg")),
    "bend_radius": ("sheet", _number(("bends", 0, 1), 1.5, "inside_radius_mm")),
    "sheet_thicker": ("sheet", _sheet_thicker),
    "sheet_hole_diameter": ("sheet", _number(("holes", "a", 2), 1.3, "diameter_mm")),
    "sheet_hole_removed": ("sheet", _gone("holes", "b")),
    "sheet_hole_added": ("sheet", _new(("holes", "c"), [8.0, 24.0, 4.0])),
}

# the same shape, written in another way: options of the rewriter
REWRITES: dict[str, Mapping[str, object]] = {
    "same_file_written_again": {},
    "turned": {"turn": True},
    "as_nurbs": {"nurbs": True},
    "faces_split": {"split": True},
    "in_inches": {"unit": "INCH"},
    "in_metres": {"unit": "M"},
    "as_ap203": {"schema": "AP203"},
    "turned_split_nurbs_inch": {"turn": True, "split": True, "nurbs": True, "unit": "INCH"},
}
# name: mirrored, scale
TRANSFORMS: dict[str, tuple[bool, float]] = {
    "mirrored": (True, 1.0),
    "scaled_25_4": (False, 25.4),
    "scaled_1_25_4": (False, 1 / 25.4),
    "scaled_2": (False, 2.0),
    "scaled_1_05": (False, 1.05),
}
ALL = (*EDITS, *REWRITES, *TRANSFORMS)


def _transformed(shape: cq.Shape, *, mirrored: bool, scale: float) -> cq.Shape:
    if mirrored:
        return shape.mirror("YZ")
    motion = gp_Trsf()
    motion.SetScale(gp_Pnt(0, 0, 0), scale)
    return cq.Shape.cast(BRepBuilderAPI_Transform(shape.wrapped, motion, True).Shape())


def write_pair(folder: Path, number: int, name: str, seed: int) -> dict[str, object]:
    """Write the two files of one pair and return what is known of them.

    Raises `BadDrawing`.
    """
    a, b = (f"pair{number:04d}_{name}_{side}.step" for side in "ab")
    said = ""
    for attempt in range(TRIES):
        rng = np.random.default_rng([seed, 77, number, attempt])
        try:
            relation = _write(folder / a, folder / b, name, rng)
        except (BadDrawing, ValueError, *KERNEL_ERRORS) as error:
            said = f"{type(error).__name__}: {error}"
            continue
        return {"a": a, "b": b, "change": name, **relation}
    raise BadDrawing(f"{name} {number}: {said}")


def _write(a: Path, b: Path, name: str, rng: np.random.Generator) -> Mapping[str, object]:
    # the shaft has a plane of symmetry: its mirror image is itself
    free = ("plate", "sheet") if name == "mirrored" else tuple(SPECS)
    base = EDITS[name][0] if name in EDITS else str(rng.choice(free))
    spec = SPECS[base](rng)
    first = drawn(spec)
    motion = random_motion(rng)
    write_part(a, moved_shape(first, *motion), "part")
    if name in REWRITES:
        rewriter.rewrite(a, b, rng=rng, **REWRITES[name])
        return {"same_shape": True}
    if name in TRANSFORMS:
        mirrored, scale = TRANSFORMS[name]
        second = _transformed(first, mirrored=mirrored, scale=scale)
        relation: Mapping[str, object] = {"mirrored": True} if mirrored else {"scale": scale}
    else:
        other = copy.deepcopy(spec)
        relation = EDITS[name][1](other)
        second = drawn(other)
        if abs(second.Volume() / first.Volume() - 1) < 1e-9 and "origin_mm" not in str(relation):
            raise BadDrawing("the change changed nothing")
    if rng.random() < 0.5:  # half of the revisions lie elsewhere
        motion = random_motion(rng)
    write_part(b, moved_shape(second, *motion), "part")
    return relation


def write_pairs(folder: Path, count: int, seed: int) -> list[dict[str, object]]:
    """Write so many pairs, one kind of change after the other."""
    folder.mkdir(parents=True, exist_ok=True)
    return [write_pair(folder, i, ALL[i % len(ALL)], seed) for i in range(count)]
