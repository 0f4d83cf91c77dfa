"""Writes a STEP file again as another system might: turned, as NURBS, faces split, in other units.

`python tests/bench/rewriter.py IN OUT --turn --nurbs --split --unit INCH --schema AP203`: IN is a
file or a folder. A folder's `labels.json` (a class per face, in face order) and the parts of its
`truth.json` (features with axes and origins) are carried along.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # the checkout, for `samples`

import cadquery as cq
import numpy as np
from generator.made import DIRECTIONS, KERNEL_ERRORS, moved_feature, plain
from OCP.BRep import BRep_Tool
from OCP.BRepAlgoAPI import BRepAlgoAPI_Section
from OCP.BRepBuilderAPI import (
    BRepBuilderAPI_NurbsConvert,
    BRepBuilderAPI_Transform,
)
from OCP.BRepFeat import BRepFeat_SplitShape
from OCP.BRepGProp import BRepGProp
from OCP.gp import gp_Dir, gp_Pln, gp_Pnt, gp_Trsf
from OCP.GProp import GProp_GProps
from OCP.IFSelect import IFSelect_RetDone
from OCP.ShapeUpgrade import ShapeUpgrade_ShapeDivideClosed
from OCP.STEPControl import STEPControl_Reader
from OCP.TopAbs import TopAbs_EDGE, TopAbs_FACE
from OCP.TopExp import TopExp, TopExp_Explorer
from OCP.TopoDS import TopoDS, TopoDS_Face, TopoDS_Shape
from OCP.TopTools import TopTools_IndexedMapOfShape
from scipy.optimize import linear_sum_assignment
from scipy.spatial.transform import Rotation

from samples.step_file import SCHEMAS, write_part

UNITS = ("MM", "INCH", "M", "CM")
FARTHEST_MM = 300.0  # a turned part is also shifted by up to this
AREA_TOLERANCE = 2e-3  # relative: areas by Gauss points differ between a cylinder and its NURBS
PLACE_TOLERANCE = 2e-3  # of the part's diagonal, for centroids
TRIES = 3  # random motions before a part is given up
# planes to imprint, and whether closed faces are halved, until one attempt comes out whole
SPLITS = ((2, True), (2, True), (2, True), (2, False), (1, False), (0, True))
MANY_FACES = 400  # a plane is imprinted on at most this many; the section is quadratic beyond


@dataclass(frozen=True)
class Rewriting:
    """What became of a file: for each new face the old one, and the motion x → turn · x + shift."""

    old_face: tuple[int, ...]
    turn: np.ndarray
    shift_mm: np.ndarray


class NotRewritten(ValueError):
    """The rewritten file would not be the same part."""


@dataclass(frozen=True)
class Carried:
    """A shape and, for each of its faces in order, the row of the face it came from."""

    shape: TopoDS_Shape
    old_face: tuple[int, ...]


def read_shape(path: Path) -> TopoDS_Shape:
    """The file's shape in mm, healed as the kernel does by default.

    Raises `NotRewritten`.
    """
    reader = STEPControl_Reader()
    if reader.ReadFile(str(path)) != IFSelect_RetDone or not reader.TransferRoots():
        raise NotRewritten(f"{path.name} cannot be read")
    shape = reader.OneShape()
    if shape.IsNull() or not faces_of(shape):
        raise NotRewritten(f"{path.name} has no face")
    return shape


def faces_of(shape: TopoDS_Shape) -> list[TopoDS_Face]:
    """The faces in the order that gives them their numbers."""
    found = TopTools_IndexedMapOfShape()
    TopExp.MapShapes_s(shape, TopAbs_FACE, found)
    return [TopoDS.Face_s(found.FindKey(i)) for i in range(1, found.Extent() + 1)]


def start(shape: TopoDS_Shape) -> Carried:
    """The shape as it came: every face is its own origin."""
    return Carried(shape, tuple(range(len(faces_of(shape)))))


def turned(carried: Carried, turn: np.ndarray, shift_mm: np.ndarray) -> Carried:
    """After x → turn · x + shift, in the geometry itself."""
    motion = gp_Trsf()
    motion.SetValues(*(float(v) for row, s in zip(turn, shift_mm, strict=True) for v in (*row, s)))
    maker = BRepBuilderAPI_Transform(carried.shape, motion, True)
    return _followed(carried, maker.Shape(), lambda face: [maker.ModifiedShape(face)])


def as_nurbs(carried: Carried) -> Carried:
    """Every surface and curve as a B-spline."""
    maker = BRepBuilderAPI_NurbsConvert(carried.shape, True)
    return _followed(carried, maker.Shape(), lambda face: [maker.ModifiedShape(face)])


def closed_divided(carried: Carried) -> Carried:
    """Faces that close on themselves cut in two, as many systems write them."""
    divider = ShapeUpgrade_ShapeDivideClosed(carried.shape)
    divider.SetNbSplitPoints(1)
    divider.Perform()
    context = divider.GetContext()
    return _followed(carried, divider.Result(), lambda face: [context.Apply(face)])


def plane_imprinted(carried: Carried, rng: np.random.Generator) -> Carried:
    """Every face that a random plane through the middle meets is cut along it."""
    centre, diagonal = _middle(carried.shape)
    normal = rng.normal(size=3)
    normal /= np.linalg.norm(normal)
    at = centre + rng.uniform(-0.15, 0.15, 3) * diagonal
    plane = gp_Pln(gp_Pnt(*map(float, at)), gp_Dir(*map(float, normal)))
    section = BRepAlgoAPI_Section(carried.shape, plane, False)
    section.ComputePCurveOn1(True)
    section.Approximation(True)
    section.Build()
    splitter = BRepFeat_SplitShape(carried.shape)
    explorer, cuts = TopExp_Explorer(section.Shape(), TopAbs_EDGE), 0
    while explorer.More():
        edge = TopoDS.Edge_s(explorer.Current())
        face = TopoDS_Face()
        if not BRep_Tool.Degenerated_s(edge) and section.HasAncestorFaceOn1(edge, face):
            splitter.Add(edge, face)
            cuts += 1
        explorer.Next()
    if not cuts:
        return carried
    splitter.Build()
    return _followed(carried, splitter.Shape(), lambda face: list(splitter.Modified(face)))


def _followed(carried: Carried, shape: TopoDS_Shape, successors) -> Carried:
    """Number the new faces and say which old one each came from; a face unknown keeps −1."""
    found = TopTools_IndexedMapOfShape()
    TopExp.MapShapes_s(shape, TopAbs_FACE, found)
    origin = [-1] * found.Extent()
    for old, face in zip(carried.old_face, faces_of(carried.shape), strict=True):
        for successor in successors(face) or [face]:
            inner = TopTools_IndexedMapOfShape()
            TopExp.MapShapes_s(successor, TopAbs_FACE, inner)
            for i in range(1, inner.Extent() + 1):
                row = found.FindIndex(inner.FindKey(i))
                if row:
                    origin[row - 1] = old
    if -1 in origin:
        raise NotRewritten(f"{origin.count(-1)} faces came from nowhere")
    return Carried(shape, tuple(origin))


def measured(shape: TopoDS_Shape) -> np.ndarray:
    """Area and centroid of each face, (n, 4) in mm², mm."""
    rows = []
    for face in faces_of(shape):
        properties = GProp_GProps()
        BRepGProp.SurfaceProperties_s(face, properties, 1e-6)
        centre = properties.CentreOfMass()
        rows.append((abs(properties.Mass()), centre.X(), centre.Y(), centre.Z()))
    return np.array(rows).reshape(-1, 4)


def _middle(shape: TopoDS_Shape) -> tuple[np.ndarray, float]:
    bounds = cq.Shape.cast(shape).BoundingBox()
    centre = np.array([bounds.center.x, bounds.center.y, bounds.center.z])
    return centre, float(bounds.DiagonalLength)


def check_against(
    old: np.ndarray, carried: Carried, turn: np.ndarray, shift_mm: np.ndarray
) -> None:
    """Each old face must be the sum of the new faces said to be its pieces.

    old: `measured` of the shape before. Raises `NotRewritten`.
    """
    new = measured(carried.shape)
    place = (new[:, 1:] - shift_mm) @ turn  # back where it was: turn is orthogonal
    origin = np.array(carried.old_face)
    area = np.bincount(origin, new[:, 0], len(old))
    span = float(np.linalg.norm(np.ptp(old[:, 1:], axis=0))) + math.sqrt(old[:, 0].max())
    wrong = np.abs(area - old[:, 0]) > AREA_TOLERANCE * old[:, 0] + 1e-6 * old[:, 0].max()
    for axis in range(3):
        moment = np.bincount(origin, new[:, 0] * place[:, axis], len(old))
        centre = np.divide(moment, area, out=np.full(len(old), np.nan), where=area > 0)
        wrong |= ~(np.abs(centre - old[:, 1 + axis]) <= PLACE_TOLERANCE * span)
    if wrong.any():
        raise NotRewritten(f"faces {np.flatnonzero(wrong)[:5].tolist()} are not what they were")


def reread(carried: Carried, path: Path) -> Carried:
    """The written file as a reader numbers it.

    Raises `NotRewritten` when its faces cannot be told apart from those written.
    """
    shape = read_shape(path)
    want, got = measured(carried.shape), measured(shape)
    if len(want) != len(got):
        raise NotRewritten(f"{path.name}: {len(want)} faces written, {len(got)} read")
    scale = float(np.linalg.norm(np.ptp(want[:, 1:], axis=0))) + math.sqrt(want[:, 0].max())
    want, got = (
        np.column_stack([np.sqrt(rows[:, 0]), rows[:, 1:]]) / scale for rows in (want, got)
    )
    order = np.arange(len(want))
    if np.abs(want - got).max() > PLACE_TOLERANCE:  # the reader put them in another order
        cost = np.linalg.norm(got[:, None] - want[None], axis=2)
        order = linear_sum_assignment(cost)[1]
        if cost[np.arange(len(got)), order].max() > PLACE_TOLERANCE:
            raise NotRewritten(f"{path.name}: faces changed on the way through the file")
    return Carried(shape, tuple(carried.old_face[i] for i in order))


def rewrite(
    source: Path,
    target: Path,
    *,
    rng: np.random.Generator,
    turn: bool = False,
    nurbs: bool = False,
    split: bool = False,
    unit: str = "MM",
    schema: str = "AP214",
) -> Rewriting:
    """Write the part again and say what became of its faces and its place.

    Raises `NotRewritten`.
    """
    original = start(read_shape(source))
    old = measured(original.shape)
    said: Exception = NotRewritten(f"{source.name} was not tried")
    for cuts in SPLITS if split else ((0, False),) * TRIES:
        try:
            return _rewritten(
                original,
                old,
                target,
                rng,
                turn=turn,
                nurbs=nurbs,
                cuts=cuts,
                unit=unit,
                schema=schema,
            )
        except (NotRewritten, *KERNEL_ERRORS) as error:
            said = error  # an unlucky plane leaves slivers; another may not
    raise NotRewritten(str(said)) from said


def _rewritten(
    carried: Carried,
    old: np.ndarray,
    target: Path,
    rng: np.random.Generator,
    *,
    turn: bool,
    nurbs: bool,
    cuts: tuple[int, bool],
    unit: str,
    schema: str,
) -> Rewriting:
    motion = np.eye(3), np.zeros(3)
    if any(cuts):
        carried = _split(carried, old, rng, *cuts)
    if nurbs:
        carried = as_nurbs(carried)
    if turn:
        motion = Rotation.random(random_state=rng).as_matrix(), rng.uniform(-1, 1, 3) * FARTHEST_MM
        carried = turned(carried, *motion)
    check_against(old, carried, *motion)
    write_part(target, cq.Shape.cast(carried.shape), "part", unit=unit, schema=schema)
    carried = reread(carried, target)
    check_against(old, carried, *motion)
    return Rewriting(carried.old_face, *motion)


def _split(
    carried: Carried, old: np.ndarray, rng: np.random.Generator, planes: int, closed: bool
) -> Carried:
    """Closed faces halved and planes imprinted; a cut the kernel spoils is left out."""
    steps = [closed_divided] if closed else []
    if len(carried.old_face) <= MANY_FACES:
        steps += [lambda c: plane_imprinted(c, rng)] * planes
    for step in steps:
        try:
            tried = step(carried)
            check_against(old, tried, np.eye(3), np.zeros(3))
        except (NotRewritten, *KERNEL_ERRORS) as error:
            sys.stderr.write(f"one cut left out: {error}\n")
            continue
        carried = tried
    if len(carried.old_face) == len(old):
        raise NotRewritten("no face could be split")
    return carried


def carried_labels(record: Mapping[str, object], old_face: Sequence[int]) -> dict[str, object]:
    """A record of labels.json for the rewritten file."""
    labels = record["face_labels"]
    new: dict[str, object] = dict(record)
    new["face_labels"] = [labels[old] for old in old_face]
    new.pop("face_ids_in_step", None)
    if "directive" in record and len(record["directive"]) == len(labels):
        new["directive"] = [record["directive"][old] for old in old_face]
    if "instances" in record:
        rows: dict[int, list[int]] = {}
        for number, old in enumerate(old_face):
            rows.setdefault(old, []).append(number)
        new["instances"] = [
            [number for old in faces for number in rows[old]] for faces in record["instances"]
        ]
    return new


def carried_truth(record: Mapping[str, object], done: Rewriting) -> dict[str, object]:
    """A part of truth.json after the motion of the rewriting."""
    new = dict(record)
    new["features"] = [
        plain(moved_feature(one, done.turn, done.shift_mm)) for one in record["features"]
    ]
    for key in DIRECTIONS:
        if key in record:
            new[key] = plain(tuple(done.turn @ np.asarray(record[key])))
    return new


def rewrite_folder(
    source: Path, target: Path, *, seed: int, only: int | None = None, **options: object
) -> tuple[int, list[str]]:
    """Every STEP file of a folder with its labels; how many were written and which were not."""
    target.mkdir(parents=True, exist_ok=True)
    labels, known = _said(source / "labels.json"), _said(source / "truth.json")
    truth = {part["file"]: part for part in known.get("parts", ())}
    names = sorted(labels or truth) or sorted(
        path.name for path in source.iterdir() if path.suffix.lower() in (".step", ".stp")
    )
    carried, parts, failed = {}, [], []
    for number, name in enumerate(names[:only]):
        rng = np.random.default_rng([seed, number])
        try:
            done = rewrite(source / name, target / name, rng=rng, **options)
            if name in labels:
                carried[name] = carried_labels(labels[name], done.old_face)
            if name in truth:
                parts.append(carried_truth(truth[name], done))
        except (NotRewritten, *KERNEL_ERRORS) as error:
            failed.append(f"{name}: {error}")
            (target / name).unlink(missing_ok=True)
    if labels:
        text = json.dumps(carried, ensure_ascii=False)
        (target / "labels.json").write_text(text, encoding="utf-8")
    if truth:  # pairs are left behind: their files are not rewritten
        text = json.dumps({"parts": parts, "pairs": []}, ensure_ascii=False, indent=1)
        (target / "truth.json").write_text(text, encoding="utf-8")
    for extra in ("split.json",):
        if (source / extra).exists():
            (target / extra).write_bytes((source / extra).read_bytes())
    return len(names[:only]) - len(failed), failed


def _said(path: Path) -> dict:
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="rewriter", description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--turn", action="store_true", help="turn and shift at random")
    parser.add_argument("--nurbs", action="store_true", help="every surface as a B-spline")
    parser.add_argument("--split", action="store_true", help="faces cut into pieces")
    parser.add_argument("--inch", action="store_true", help="the same as --unit INCH")
    parser.add_argument("--unit", choices=UNITS, default="MM")
    parser.add_argument("--schema", choices=tuple(SCHEMAS), default="AP214")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="the first so many files")
    given = parser.parse_args(arguments)
    options = {
        "turn": given.turn,
        "nurbs": given.nurbs,
        "split": given.split,
        "unit": "INCH" if given.inch else given.unit,
        "schema": given.schema,
    }
    if given.source.is_dir():
        count, failed = rewrite_folder(
            given.source, given.target, seed=given.seed, only=given.only, **options
        )
    else:
        rewrite(given.source, given.target, rng=np.random.default_rng(given.seed), **options)
        count, failed = 1, []
    sys.stdout.write("".join(f"not rewritten: {line}\n" for line in failed))
    sys.stdout.write(f"{count} files rewritten, {len(failed)} not\n")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
