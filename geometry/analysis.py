"""The one way through: bytes → Examination, which depends on the file alone; Examination →
judgements, in milliseconds.

Nothing else strings the steps together.
"""

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from geometry import VERSION

# `judge` is asked by programs that never run the kernel: `examine` imports what it needs itself
if TYPE_CHECKING:
    from geometry.part import Part, Warning
    from geometry.step import Place

__all__ = ["Examination", "Progress", "examine", "judge"]

Progress = Callable[[float, str], None]

_IDENTITY = [[float(row == column) for column in range(4)] for row in range(4)]
READING_SHARE = 0.7  # of the whole, for reading and meshing; measured on parts of 300 faces
# where the work on one part stands when each stage begins
_STAGES = {"features": 0.0, "fields": 0.3, "processes": 0.55, "picture": 0.8}


@dataclass(frozen=True)
class Examination:
    """What a file says by itself; plain data, so that neither kernel nor rays are needed to read it
    again.
    """

    version: str
    record: dict[
        str, Any
    ]  # contract keys without processes and findings; each part with `facts` by process
    blobs: Mapping[str, bytes] = field(
        default_factory=dict
    )  # "digest", for comparing; where depicted "<part>.glb", "<part>.png", "<part>.descriptor"


class _Clock:
    """Seconds by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._start = time.perf_counter()
        self._begun = self._start

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self.seconds[stage] = self.seconds.get(stage, 0.0) + now - self._begun
        self._begun = now

    def total(self) -> float:
        return time.perf_counter() - self._start


def examine(
    data: bytes,
    *,
    name: str,
    depicted: bool = False,
    progress: Progress | None = None,
    careful: bool = False,
) -> Examination:
    """Reads, meshes, recognises and measures every part of a STEP file.

    depicted: also what is shown of it, see `geometry.depiction`; careful: for a file that took a
    process down before. Runs the kernel: call it in a worker. Raises UnreadableFile or
    LimitReached.
    """
    from geometry.digest import Packing, digest
    from geometry.step import read_step, stem_of

    say = progress or _silent
    clock = _Clock()

    def reading(share: float, word: str) -> None:
        if word == "meshing" and "read" not in clock.seconds:
            clock.lap("read")
        say(READING_SHARE * share, word)

    document = read_step(data, name=stem_of(name), say=reading, careful=careful)
    clock.lap("mesh")
    packing = Packing(document)
    parts: list[dict[str, Any]] = []
    blobs: dict[str, bytes] = {}
    warnings = [_warning(warning) for warning in document.warnings]
    for index, part in enumerate(document.parts):

        def stage(word: str, index: int = index) -> None:
            done = (index + _STAGES[word]) / len(document.parts)
            say(READING_SHARE + (1.0 - READING_SHARE) * done, word)

        parts.append(
            _examine_part(
                part,
                index,
                document.counts[index],
                blobs if depicted else None,
                warnings,
                clock,
                stage,
            )
        )
    blobs["digest"] = packing.finish(digest(document, parts))
    source = {
        "name": name,
        "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": len(data),
        "unit": document.unit,
        "originating_system": document.originating_system,
        **({"format": document.format} if document.format else {}),
    }
    record = {
        "source": source,
        "warnings": warnings,
        "assembly": _assembly(document.root, top=True),
        "parts": parts,
        "timing_s": {**clock.seconds, "total": clock.total()},
    }
    return Examination(VERSION, record, blobs)


def _examine_part(
    part: "Part",
    index: int,
    count: int,
    blobs: dict[str, bytes] | None,
    warnings: list[dict[str, Any]],
    clock: _Clock,
    stage: Callable[[str], None],
) -> dict[str, Any]:
    """The contract's record of a part; blobs: where what is shown of it goes, None: nowhere."""
    from geometry.depiction import depict
    from geometry.features.recognition import recognise
    from geometry.fields.fields import Fields
    from geometry.fields.shape import shape_record
    from geometry.part import failed
    from geometry.processes.registry import measure_all
    from geometry.standard_parts import recognise_standard_part

    stage("features")
    recognition = recognise(part)
    clock.lap("features")
    stage("fields")
    fields = Fields(part)
    try:
        fields.compute()
    except Exception as error:  # what needs the field says so too, and the others go on
        warnings.append(_warning(failed(error, "family_failed", family="fields"), index))
    shape = shape_record(fields)
    clock.lap("fields")
    stage("processes")
    measured = measure_all(part, recognition, recognition.sheet, fields)
    clock.lap("processes")
    standard = recognise_standard_part(part)
    clock.lap("standard parts")
    if blobs is not None:
        stage("picture")
        blobs |= depict(part, index, fields, standard)
        clock.lap("picture")
    record = part_record(part, index, count)
    of_face: list[list[str]] = [[] for _ in record["faces"]]
    features = (*recognition.features, *measured.undercuts)
    for feature in features:
        for face in feature.faces:
            of_face[face].append(feature.id)
    for face, names in zip(record["faces"], of_face, strict=True):
        face["features"] = names
    record["features"] = [
        {
            "id": feature.id,
            "type": feature.type,
            **({"kind": feature.kind} if feature.kind else {}),
            "faces": list(feature.faces),
            "parameters": _plain(feature.parameters),
            **({"parent": feature.parent} if feature.parent else {}),
        }
        for feature in features
    ]
    if part.pmi:
        record["pmi"] = [annotation.to_dict() for annotation in part.pmi]
    record["explained_share"] = recognition.explained.share
    record["freeform_share"] = recognition.explained.freeform_share
    record["unexplained_faces"] = list(recognition.explained.unexplained)
    if standard is not None:
        record["standard_part"] = standard
    record["facts"] = {name: facts.to_dict() for name, facts in measured.facts.items()}
    record["wall"] = fields.wall.summary
    record["shape"] = _plain(shape)
    found = [*part.warnings, *recognition.warnings, *measured.warnings]
    found += _void_warnings(shape["voids"])
    warnings += [_warning(warning, index) for warning in found]
    return record


def _void_warnings(voids: list[dict[str, Any]]) -> Iterator["Warning"]:
    from geometry.part import Warning

    if voids:
        volume = sum(void["volume_mm3"] for void in voids)
        yield Warning("closed_voids", {"count": len(voids), "volume_mm3": volume})


def part_record(part: "Part", index: int, count: int) -> dict[str, Any]:
    """Contract keys that come from the part model alone."""
    from geometry.topology import SURFACES

    faces = part.topology.faces
    return {
        "index": index,
        "name": part.name,
        "count": count,
        "closed": part.closed,
        **({"material": part.material} if part.material else {}),
        **({"colour": part.colour} if part.colour else {}),
        "size_mm": part.mass.box.size_mm.tolist(),
        "box_axes": part.mass.box.axes.tolist(),
        "bbox_mm": part.mass.bbox_mm.tolist(),
        "volume_mm3": part.mass.volume_mm3,
        "area_mm2": part.mass.area_mm2,
        "centroid_mm": part.mass.centroid_mm.tolist(),
        "inertia": part.mass.inertia.tolist(),
        "faces": [
            {"surface": SURFACES[surface], "kind": SURFACES[kind], "area_mm2": area}
            for surface, kind, area in zip(
                faces["surface"].tolist(),
                faces["kind"].tolist(),
                faces["area_mm2"].tolist(),
                strict=True,
            )
        ],
    }


def judge(examination: Mapping[str, Any], conditions: Any, rules: Any) -> list[list[Any]]:
    """Judgements of every part of an examination's record, best process first: one list a part."""
    from geometry.processes.measurement import Facts
    from geometry.processes.suitability import judge as judge_part

    return [
        judge_part(
            {name: Facts.from_dict(facts) for name, facts in part["facts"].items()},
            conditions,
            rules,
        )
        for part in examination["parts"]
    ]


def _warning(warning: "Warning", part: int | None = None) -> dict[str, Any]:
    said: dict[str, Any] = {"code": warning.code, "values": _plain(warning.values)}
    if part is not None:
        said["part"] = part
    return said


def _assembly(place: "Place", *, top: bool = False) -> dict[str, Any]:
    node: dict[str, Any] = {"name": place.name}
    placement = place.placement.tolist()
    if not top or placement != _IDENTITY or place.part is not None:
        node["placement"] = placement
    if place.part is not None:
        node["part"] = place.part
    node["children"] = [_assembly(child) for child in place.children]
    return node


def _plain(value: Any) -> Any:
    """The same value in types that JSON knows."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if hasattr(value, "tolist"):  # numpy arrays and scalars
        return value.tolist()
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    return value


def _silent(_share: float, _stage: str) -> None:
    return None
