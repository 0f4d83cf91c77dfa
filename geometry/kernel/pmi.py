"""Which dimensions, tolerances and datums does a file carry, and on which faces?"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from OCP.TCollection import TCollection_HAsciiString
from OCP.TDF import TDF_Label, TDF_LabelSequence
from OCP.TDocStd import TDocStd_Document
from OCP.TopAbs import TopAbs_EDGE, TopAbs_FACE
from OCP.TopExp import TopExp
from OCP.TopLoc import TopLoc_Location
from OCP.TopTools import TopTools_IndexedDataMapOfShapeListOfShape, TopTools_IndexedMapOfShape
from OCP.XCAFDoc import (
    XCAFDoc_Datum,
    XCAFDoc_Dimension,
    XCAFDoc_DimTolTool,
    XCAFDoc_DocumentTool,
    XCAFDoc_GeomTolerance,
    XCAFDoc_ShapeTool,
)

from geometry.kernel.explored import faces_of, numbered

__all__ = ["FaceFinder", "RawAnnotation", "annotations", "carries_pmi", "face_count_of"]

_MARKS = (b"DIMENSIONAL_SIZE", b"DIMENSIONAL_LOCATION", b"GEOMETRIC_TOLERANCE", b"DATUM_FEATURE")
_PREFIX = "XCAFDimTolObjects_"
_DRAWN_ONLY = ("CommonLabel", "DimensionPresentation")  # pictures of annotations, no values


@dataclass(frozen=True)
class RawAnnotation:
    """One dimension, tolerance or datum as the kernel reads it."""

    type: str  # dimension, tolerance, datum
    kind: str  # the kernel's word for its type: Size_Diameter, Flatness …
    value: float | None  # None where there is none; dimensions in their own unit, tolerances mm
    limits: tuple[float, float] | None  # least and largest value, in the unit of the value
    upper: float | None  # deviations from the value, mm
    lower: float | None
    texts: tuple[str, ...]  # as written: descriptions and names; a datum's letter
    datums: tuple[str, ...]  # letters that a tolerance refers to
    shapes: tuple[Any, ...]  # TopoDS shapes it is about


def carries_pmi(data: bytes) -> bool:
    """Whether STEP text has semantic PMI at all: reading it takes time."""
    return any(mark in data for mark in _MARKS)


def annotations(document: TDocStd_Document) -> list[RawAnnotation]:
    """All semantic PMI of a document.

    The kernel converts tolerances to mm and leaves the dimensions themselves in whichever unit
    they are written in. It also drops the sign of lower deviations: they are taken to go below
    the value.
    """
    tool = XCAFDoc_DocumentTool.DimTolTool_s(document.Main())
    return [*_dimensions(tool), *_tolerances(tool), *_datums(tool)]


def face_count_of(body: Any) -> int:
    """How many faces a body has."""
    return int(numbered(body, TopAbs_FACE).Extent())


class FaceFinder:
    """Finds the faces of one body that shapes are or bound, wherever either is placed."""

    def __init__(self, body: Any) -> None:
        self._body = body
        self._faces = TopTools_IndexedMapOfShape()
        ids = numbered(body, TopAbs_FACE)
        for i in range(1, ids.Extent() + 1):
            self._faces.Add(_bare(ids.FindKey(i)))
        self._at_edges: Any = None

    def ids(self, shapes: tuple[Any, ...]) -> tuple[int, ...]:
        """Ids of the faces, ascending; none where the shapes are of another body."""
        found: set[int] = set()
        for shape in shapes:
            near = self._beside(shape) if shape.ShapeType() == TopAbs_EDGE else faces_of(shape)
            found.update(self._faces.FindIndex(_bare(face)) - 1 for face in near)
        return tuple(sorted(found - {-1}))

    def _beside(self, edge: Any) -> list[Any]:
        if self._at_edges is None:
            self._at_edges = TopTools_IndexedDataMapOfShapeListOfShape()
            for face in faces_of(self._body):
                TopExp.MapShapesAndAncestors_s(
                    _bare(face), TopAbs_EDGE, TopAbs_FACE, self._at_edges
                )
        row = self._at_edges.FindIndex(_bare(edge))
        return list(self._at_edges.FindFromIndex(row)) if row else []


def _bare(shape: Any) -> Any:
    return shape.Located(TopLoc_Location())


def _labels(fill: Any) -> Iterator[TDF_Label]:
    found = TDF_LabelSequence()
    fill(found)
    for i in range(1, found.Length() + 1):
        yield found.Value(i)


def _object(label: TDF_Label, kind: Any) -> Any | None:
    """The XCAF object that an attribute of a label holds."""
    # Set finds the attribute that is there; FindAttribute hands out a copy without its label
    return kind.Set_s(label).GetObject() if label.IsAttribute(kind.GetID_s()) else None


def _dimensions(tool: XCAFDoc_DimTolTool) -> Iterator[RawAnnotation]:
    for label in _labels(tool.GetDimensionLabels):
        dimension = _object(label, XCAFDoc_Dimension)
        kind = "" if dimension is None else _word(dimension.GetType(), "DimensionType_")
        if dimension is None or kind in _DRAWN_ONLY:
            continue
        value, upper, lower, limits = dimension.GetValue(), None, None, None
        if dimension.IsDimWithRange():
            limits = (dimension.GetLowerBound(), dimension.GetUpperBound())
        elif dimension.IsDimWithPlusMinusTolerance():
            upper, lower = dimension.GetUpperTolValue(), -dimension.GetLowerTolValue()
        notes = [_text(dimension.GetSemanticName())]
        if dimension.HasDescriptions():
            notes += [_text(dimension.GetDescription(i)) for i in range(dimension.NbDescriptions())]
        yield RawAnnotation(
            type="dimension",
            kind=kind,
            value=value or None,
            limits=limits,
            upper=upper,
            lower=lower,
            texts=tuple(dict.fromkeys(note for note in notes if note)),
            datums=(),
            shapes=_shapes(label),
        )


def _tolerances(tool: XCAFDoc_DimTolTool) -> Iterator[RawAnnotation]:
    for label in _labels(tool.GetGeomToleranceLabels):
        tolerance = _object(label, XCAFDoc_GeomTolerance)
        if tolerance is None:
            continue
        letters = []
        datums = TDF_LabelSequence()
        if XCAFDoc_DimTolTool.GetDatumOfTolerLabels_s(label, datums):
            for i in range(1, datums.Length() + 1):
                datum = _object(datums.Value(i), XCAFDoc_Datum)
                letters.append("" if datum is None else _text(datum.GetName()))
        note = _text(tolerance.GetSemanticName())
        yield RawAnnotation(
            type="tolerance",
            kind=_word(tolerance.GetType(), "GeomToleranceType_"),
            value=tolerance.GetValue() or None,
            limits=None,
            upper=None,
            lower=None,
            texts=(note,) if note else (),
            datums=tuple(letter for letter in letters if letter),
            shapes=_shapes(label),
        )


def _datums(tool: XCAFDoc_DimTolTool) -> Iterator[RawAnnotation]:
    seen: set[str] = set()
    for label in _labels(tool.GetDatumLabels):
        datum = _object(label, XCAFDoc_Datum)
        name = "" if datum is None else _text(datum.GetName())
        shapes = _shapes(label)
        if name and (shapes or name not in seen):
            seen.add(name)
            yield RawAnnotation("datum", "", None, None, None, None, (name,), (), shapes)


def _shapes(label: TDF_Label) -> tuple[Any, ...]:
    first, second = TDF_LabelSequence(), TDF_LabelSequence()
    if not XCAFDoc_DimTolTool.GetRefShapeLabel_s(label, first, second):
        return ()
    found = []
    for labels in (first, second):
        for i in range(1, labels.Length() + 1):
            shape = XCAFDoc_ShapeTool.GetShape_s(labels.Value(i))
            if shape is not None and not shape.IsNull():
                found.append(shape)
    return tuple(found)


def _text(value: TCollection_HAsciiString | None) -> str:
    return "" if value is None else str(value.ToCString()).strip()


def _word(value: Any, prefix: str) -> str:
    return str(value.name).removeprefix(_PREFIX + prefix)
