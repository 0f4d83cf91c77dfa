"""What does a comparison need of a file, and how is it kept?

Reading, meshing and recognising take most of the time of a comparison and depend on the file alone.
An examination keeps them, so that a file once examined is compared without the kernel.
"""

import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np

from geometry.features.feature import Feature
from geometry.fields.deviation import Surface
from geometry.mass import Hull, Mass, OrientedBox
from geometry.mesh import Mesh
from geometry.part import Part
from geometry.step import Document, Place
from geometry.topology import COEDGE, EDGE, FACE, LOOP, Topology

__all__ = ["Digest", "Packing", "Subject", "digest", "pack", "unpack"]

QUICK = 1  # level of compression: half the bytes in a tenth of the time of the best
WORD = 8  # bytes: arrays start where numbers may
_NONE = np.zeros((0, 3))


class Subject:
    """A part that is compared: its surface and its features, found once however often it is."""

    def __init__(
        self, part: Part, known: Callable[[], Sequence[Feature] | None] | None = None
    ) -> None:
        """Known: who has its features, or not, when they are asked for."""
        self.part = part
        self._known = known

    @cached_property
    def features(self) -> Sequence[Feature]:
        """What was recognised in the part."""
        known = None if self._known is None else self._known()
        if known is not None:
            return known
        from geometry.features.recognition import recognise

        return recognise(self.part).features

    @cached_property
    def skin(self) -> Surface:
        """Its surface in the part's own measure."""
        return Surface(self.part)


@dataclass(frozen=True)
class Digest:
    """The parts of a file, ready to be compared."""

    document: Document
    subjects: tuple[Subject, ...]  # one for each of its parts


def digest(document: Document, records: Sequence[Mapping[str, Any]] | None = None) -> Digest:
    """A document as it was read; records: the contract's parts, where it was examined already.

    Without them features are recognised when somebody asks.
    """
    if records is None:
        return Digest(document, tuple(map(Subject, document.parts)))
    features = (partial(_features, record["features"]) for record in records)
    return Digest(document, tuple(map(Subject, document.parts, features)))


def _features(records: Sequence[Mapping[str, Any]]) -> list[Feature]:
    """Features that come from the shape of a part; undercuts hang on a mould."""
    return [
        Feature(
            each["id"], each["type"], each.get("kind"), tuple(each["faces"]), each["parameters"],
            each.get("parent"),
        )
        for each in records
        if each["type"] != "undercut"
    ]  # fmt: skip


class Packing:
    """A digest on its way to bytes: the arrays of its parts, most of it, are compressed in a thread
    beside whatever is done meanwhile, as zlib leaves Python's lock to others.

    Of a part all is kept but vertex normals, which follow from the rest, and what only measuring
    needs: the convex hull.
    """

    def __init__(self, document: Document) -> None:
        self._document = document
        arrays: list[np.ndarray] = []
        self._parts = [
            {
                "name": part.name,
                "closed": part.closed,
                **_topologies(part, arrays),
                "colour": part.colour,
                "mesh": _put(
                    arrays, part.mesh.vertices_mm, part.mesh.triangles, part.mesh.face_of_triangle,
                    part.mesh.edge_points_mm, part.mesh.edge_ranges,
                ),
                "mass": _put(
                    arrays, part.mass.centroid_mm, part.mass.inertia, part.mass.box.size_mm,
                    part.mass.box.axes, part.mass.box.centre_mm, part.mass.bbox_mm,
                ),
                "volume_mm3": part.mass.volume_mm3,
                "area_mm2": part.mass.area_mm2,
            }
            for part in document.parts
        ]  # fmt: skip
        self._arrays = [[each.dtype.str, each.shape, each.nbytes] for each in arrays]
        thread = ThreadPoolExecutor(1)
        self._packed = thread.submit(_compressed, arrays)
        thread.shutdown(wait=False)

    def finish(self, digest: Digest) -> bytes:
        """The digest of the document as bytes."""
        document = self._document
        parts = [
            part | {"features": [vars(each) for each in subject.features]}
            for part, subject in zip(self._parts, digest.subjects, strict=True)
        ]
        head = {
            "format": document.format,
            "unit": document.unit,
            "originating_system": document.originating_system,
            "counts": document.counts,
            "root": _tree(document.root),
            "parts": parts,
            "arrays": self._arrays,
        }
        text = zlib.compress(json.dumps(head, default=_plain).encode(), QUICK)
        return text + self._packed.result()


def _compressed(arrays: Sequence[np.ndarray]) -> bytes:
    """Arrays one after the other, each begun where numbers may."""
    body = bytearray()
    for each in arrays:
        body += each.tobytes() + bytes(-each.nbytes % WORD)
    return zlib.compress(body, QUICK)


def pack(digest: Digest) -> bytes:
    """A digest as bytes: `Packing` for those who have nothing to do meanwhile."""
    return Packing(digest.document).finish(digest)


def unpack(packed: bytes) -> Digest:
    """What `pack` kept; the form is that of this `geometry.VERSION`."""
    head_stream = zlib.decompressobj()
    head = json.loads(head_stream.decompress(packed))
    body = zlib.decompress(head_stream.unused_data)
    arrays: list[np.ndarray] = []
    start = 0
    for kind, shape, size in head["arrays"]:
        plain = np.frombuffer(body, np.uint8, size, start)
        arrays.append(plain.view(_ROWS.get(kind, kind)).reshape(shape))
        start += size + -size % WORD
    parts = tuple(_part(each, arrays) for each in head["parts"])
    document = Document(
        head["format"], head["unit"], head["originating_system"], parts, tuple(head["counts"]),
        _place(head["root"]), (),
    )  # fmt: skip
    features = (partial(_features, each["features"]) for each in head["parts"])
    return Digest(document, tuple(map(Subject, parts, features)))


_ROWS = {f"|V{kind.itemsize}": kind for kind in (FACE, EDGE, LOOP, COEDGE)}
assert len(_ROWS) == 4, "rows of two kinds are equally long"


def _put(arrays: list[np.ndarray], *some: np.ndarray) -> list[int]:
    """Keep arrays; their places."""
    first = len(arrays)
    arrays.extend(some)
    return list(range(first, len(arrays)))


def _topologies(part: Part, arrays: list[np.ndarray]) -> dict[str, list[int]]:
    """Both topologies of a part; most parts have no split faces, and one is the other."""
    drawn = _topology(part.topology, arrays)
    joined = drawn if part.joined is part.topology else _topology(part.joined, arrays)
    return {"topology": drawn, "joined": joined}


def _topology(one: Topology, arrays: list[np.ndarray]) -> list[int]:
    return _put(
        arrays, one.faces, one.edges, one.loops, one.coedges, one.member_ids, one.member_offsets
    )


def _part(head: Mapping[str, Any], arrays: list[np.ndarray]) -> Part:
    drawn = Topology(*(arrays[place] for place in head["topology"]))
    joined = drawn
    if head["joined"] != head["topology"]:
        joined = Topology(*(arrays[place] for place in head["joined"]))
    vertices, triangles, owner, lines, ranges = (arrays[place] for place in head["mesh"])
    centroid, inertia, size, axes, centre, bbox = (arrays[place] for place in head["mass"])
    mesh = Mesh(vertices, triangles, owner, np.zeros((0, 3, 3)), lines, ranges, head["closed"])
    mass = Mass(
        head["volume_mm3"], head["area_mm2"], centroid, inertia, OrientedBox(size, axes, centre),
        bbox, Hull(_NONE, 0.0, 0.0),
    )  # fmt: skip
    return Part(head["name"], drawn, joined, mesh, mass, head["closed"], head["colour"])


def _tree(place: Place) -> dict[str, Any]:
    return {
        "name": place.name,
        "part": place.part,
        "placement": place.placement,
        "children": [_tree(child) for child in place.children],
    }


def _place(tree: Mapping[str, Any]) -> Place:
    return Place(
        tree["name"],
        tree["part"],
        np.array(tree["placement"]),
        tuple(_place(child) for child in tree["children"]),
    )


def _plain(value: Any) -> Any:
    """Arrays as lists."""
    return value.tolist()
