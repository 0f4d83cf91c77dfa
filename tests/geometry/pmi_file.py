"""A STEP file of AP242 with semantic dimensions, tolerances and datums, drawn in the test."""

from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cadquery as cq
from OCP import XCAFDimTolObjects as objects
from OCP.Interface import Interface_Static
from OCP.STEPCAFControl import STEPCAFControl_Writer
from OCP.STEPControl import STEPControl_AsIs
from OCP.TCollection import TCollection_ExtendedString, TCollection_HAsciiString
from OCP.TDF import TDF_LabelSequence
from OCP.TDocStd import TDocStd_Document
from OCP.XCAFApp import XCAFApp_Application
from OCP.XCAFDoc import (
    XCAFDoc_Datum,
    XCAFDoc_Dimension,
    XCAFDoc_DocumentTool,
    XCAFDoc_GeomTolerance,
)


@dataclass
class AnnotatedFile:
    """A solid to which annotations are added before it is written."""

    shape: cq.Shape
    _labels: dict[int, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        application = XCAFApp_Application.GetApplication_s()
        self._document = TDocStd_Document(TCollection_ExtendedString("drawn"))
        application.NewDocument(TCollection_ExtendedString("BinXCAF"), self._document)
        main = self._document.Main()
        self._shapes = XCAFDoc_DocumentTool.ShapeTool_s(main)
        self._tool = XCAFDoc_DocumentTool.DimTolTool_s(main)
        self._body = self._shapes.AddShape(self.shape.wrapped, False)

    def _of(self, *faces: cq.Face) -> TDF_LabelSequence:
        labels = TDF_LabelSequence()
        for face in faces:
            labels.Append(self._shapes.AddSubShape(self._body, face.wrapped))
        return labels

    def dimension(
        self,
        kind: str,
        value: float,
        *faces: cq.Face,
        upper: float | None = None,
        lower: float | None = None,
        note: str = "",
    ) -> None:
        """kind: a kernel's word such as Size_Diameter; two faces make it a distance."""
        label = self._tool.AddDimension()
        first, second = self._of(faces[0]), self._of(*faces[1:])
        self._tool.SetDimension(first, second, label)
        made = objects.XCAFDimTolObjects_DimensionObject()
        kinds = objects.XCAFDimTolObjects_DimensionType
        made.SetType(getattr(kinds, f"XCAFDimTolObjects_DimensionType_{kind}"))
        made.SetValue(value)
        if upper is not None and lower is not None:
            made.SetUpperTolValue(upper)
            made.SetLowerTolValue(-lower)  # the kernel keeps it turned round
        if note:
            made.AddDescription(TCollection_HAsciiString(note), TCollection_HAsciiString("note"))
        XCAFDoc_Dimension.Set_s(label).SetObject(made)

    def tolerance(
        self, kind: str, value_mm: float, face: cq.Face, datum: cq.Face, name: str
    ) -> None:
        """A geometrical tolerance of a face to a datum on another."""
        label = self._tool.AddGeomTolerance()
        self._tool.SetGeomTolerance(self._of(face), label)
        made = objects.XCAFDimTolObjects_GeomToleranceObject()
        kinds = objects.XCAFDimTolObjects_GeomToleranceType
        made.SetType(getattr(kinds, f"XCAFDimTolObjects_GeomToleranceType_{kind}"))
        made.SetValue(value_mm)
        XCAFDoc_GeomTolerance.Set_s(label).SetObject(made)
        letter = self._tool.AddDatum()
        self._tool.SetDatum(self._of(datum), letter)
        named = objects.XCAFDimTolObjects_DatumObject()
        named.SetName(TCollection_HAsciiString(name))
        named.SetPosition(1)
        XCAFDoc_Datum.Set_s(letter).SetObject(named)
        self._tool.SetDatumToGeomTol(letter, label)

    def bytes(self) -> bytes:
        """The file."""
        writer = STEPCAFControl_Writer()  # the schema can be chosen once a writer exists
        before = Interface_Static.CVal_s("write.step.schema")
        Interface_Static.SetCVal_s("write.step.schema", "AP242DIS")
        writer.SetDimTolMode(True)
        writer.Transfer(self._document, STEPControl_AsIs)
        with TemporaryDirectory() as folder:
            path = Path(folder) / "annotated.step"
            writer.Write(str(path))
            Interface_Static.SetCVal_s("write.step.schema", before)
            return path.read_bytes()
