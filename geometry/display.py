"""What does the 3D view of a part need? A binary glTF: triangles by face, B-rep edges, fields."""

import json
import struct
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from geometry.vectors import norms

if TYPE_CHECKING:
    from geometry.mesh import Mesh

__all__ = ["HEAT", "UNKNOWN", "gltf_binary", "mesh_of_gltf", "scalars_of_gltf"]

# from little to much, as the 3D view paints it
HEAT = ("#263b80", "#2f78b7", "#7fbf9b", "#f7d06b", "#ef8a62", "#b2182b")
UNKNOWN = 1e30  # glTF forbids nan; the viewer paints this value as "not known"

_FLOAT, _UINT = 5126, 5125
_VERTICES, _INDICES = 34962, 34963
_TRIANGLES, _LINES = 4, 1


def gltf_binary(mesh: "Mesh", *, scalars: Mapping[str, NDArray[np.float64]] | None = None) -> bytes:
    """The mesh as one immutable GLB.

    Node `faces`: triangles sorted by face; its extras hold `face_ranges` (f + 1,) in triangles and
    `vertex_ranges` (f + 1,) in vertices, for no vertex is shared between faces. Node `edges`: line
    segments with `edge_ranges` (e + 1,) in segments. Both nodes are moved by the middle of the
    part, so that single precision is enough for a part far from the origin; world coordinates are
    those of the part.
    scalars: (t, 3) at the corners of the triangles by name, the same at one vertex of one face,
    nan where not known; `thickness` becomes `_THICKNESS`.
    """
    face_count = int(mesh.face_of_triangle[-1]) + 1 if len(mesh.face_of_triangle) else 0
    origin, triangles, owner = _split_by_face(mesh.triangles, mesh.face_of_triangle)
    normals = np.zeros((len(origin), 3))
    np.add.at(normals, triangles.ravel(), mesh.vertex_normals.reshape(-1, 3))
    face_ranges = np.searchsorted(mesh.face_of_triangle, np.arange(face_count + 1))
    vertex_ranges = np.searchsorted(owner, np.arange(face_count + 1))

    points = np.asarray(mesh.vertices_mm, dtype=np.float64)
    middle = (points.min(axis=0) + points.max(axis=0)) / 2 if len(points) else np.zeros(3)
    document = _Document()
    attributes = {
        "POSITION": document.add((points - middle)[origin].astype("<f4"), _VERTICES),
        "NORMAL": document.add(_unit(normals).astype("<f4"), _VERTICES),
    }
    for name, values in (scalars or {}).items():
        known = np.full(len(origin), UNKNOWN)
        known[triangles.ravel()] = np.where(np.isfinite(values), values, UNKNOWN).ravel()
        attributes[f"_{name.upper()}"] = document.add(known.astype("<f4"), _VERTICES)
    document.node(
        "faces",
        {
            "attributes": attributes,
            "indices": document.add(triangles.ravel().astype("<u4"), _INDICES),
            "mode": _TRIANGLES,
        },
        middle,
        {"face_ranges": face_ranges.tolist(), "vertex_ranges": vertex_ranges.tolist()},
    )
    lines, ranges = _segments(np.asarray(mesh.edge_ranges))
    if len(lines):
        edge_points = np.asarray(mesh.edge_points_mm, dtype=np.float64) - middle
        document.node(
            "edges",
            {
                "attributes": {"POSITION": document.add(edge_points.astype("<f4"), _VERTICES)},
                "indices": document.add(lines.ravel().astype("<u4"), _INDICES),
                "mode": _LINES,
            },
            middle,
            {"edge_ranges": ranges.tolist()},
        )
    return document.encode()


def mesh_of_gltf(data: bytes) -> "Mesh":
    """The mesh in a GLB that `gltf_binary` wrote, in the coordinates of the part.

    No vertex is shared between faces, so it does not count as watertight; edges come back as one
    polyline a B-rep edge.
    """
    from geometry.mesh import Mesh

    length = struct.unpack_from("<I", data, 12)[0]
    header = json.loads(data[20 : 20 + length])
    body = memoryview(data)[20 + length + 8 :]
    nodes = {node["name"]: node for node in header["nodes"]}
    node = nodes["faces"]
    primitive = header["meshes"][node["mesh"]]["primitives"][0]
    middle = np.asarray(node["translation"], dtype=np.float64)
    triangles = _values(header, body, primitive["indices"]).reshape(-1, 3).astype(np.int32)
    normals = _values(header, body, primitive["attributes"]["NORMAL"]).astype(np.float64)
    points = _values(header, body, primitive["attributes"]["POSITION"]).astype(np.float64)
    counts = np.diff(node["extras"]["face_ranges"])
    edge_points, edge_ranges = np.zeros((0, 3)), np.zeros(1, dtype=np.int64)
    if "edges" in nodes:
        lines = header["meshes"][nodes["edges"]["mesh"]]["primitives"][0]
        edge_points = _values(header, body, lines["attributes"]["POSITION"]) + middle
        segments = np.diff(nodes["edges"]["extras"]["edge_ranges"])
        edge_ranges = np.concatenate([[0], np.cumsum(np.where(segments > 0, segments + 1, 0))])
    return Mesh(
        vertices_mm=points + middle,
        triangles=triangles,
        face_of_triangle=np.repeat(np.arange(len(counts)), counts).astype(np.int32),
        vertex_normals=normals[triangles],
        edge_points_mm=edge_points,
        edge_ranges=edge_ranges,
        watertight=False,
    )


def scalars_of_gltf(data: bytes, name: str) -> NDArray[np.float64]:
    """The values of one name in a GLB that `gltf_binary` wrote: (t, 3), nan where not known."""
    length = struct.unpack_from("<I", data, 12)[0]
    header = json.loads(data[20 : 20 + length])
    body = memoryview(data)[20 + length + 8 :]
    node = next(each for each in header["nodes"] if each["name"] == "faces")
    primitive = header["meshes"][node["mesh"]]["primitives"][0]
    triangles = _values(header, body, primitive["indices"]).reshape(-1, 3)
    values = _values(header, body, primitive["attributes"][f"_{name.upper()}"]).astype(np.float64)
    return np.where(values < UNKNOWN / 10, values, np.nan)[triangles]


def _values(header: Mapping[str, Any], body: memoryview, accessor: int) -> NDArray[Any]:
    entry = header["accessors"][accessor]
    start = header["bufferViews"][entry["bufferView"]]["byteOffset"]
    width = 3 if entry["type"] == "VEC3" else 1
    kind = {_FLOAT: "<f4", _UINT: "<u4"}[entry["componentType"]]
    flat = np.frombuffer(body, kind, entry["count"] * width, start)
    return flat.reshape(-1, 3) if width == 3 else flat


def _split_by_face(
    triangles: NDArray[np.int32], face_of_triangle: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Vertices of their own for every face.

    → source vertex (m,), triangles (t, 3) into them, face of each new vertex (m,) ascending.
    """
    vertex_count = int(triangles.max()) + 1 if len(triangles) else 0
    corner = triangles.astype(np.int64)
    key = face_of_triangle.astype(np.int64)[:, None] * vertex_count + corner
    unique, inverse = np.unique(key, return_inverse=True)
    if not vertex_count:
        return unique, corner, unique
    return unique % vertex_count, inverse.reshape(-1, 3), unique // vertex_count


def _segments(
    edge_ranges: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Polylines as pairs of neighbouring points.

    edge_ranges (e + 1,) in points → segments (s, 2), edge_ranges (e + 1,) in segments.
    """
    counts = np.maximum(np.diff(edge_ranges) - 1, 0)
    ranges = np.concatenate([[0], np.cumsum(counts)])
    edge = np.repeat(np.arange(len(counts)), counts)
    first = edge_ranges[edge] + np.arange(ranges[-1]) - ranges[edge]
    return np.column_stack([first, first + 1]), ranges


def _unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    length = norms(vectors)[:, None]
    up = np.array([0.0, 0.0, 1.0])  # glTF wants unit normals, also at a degenerate vertex
    usable = np.isfinite(length) & (length > 0)
    return np.where(usable, vectors / np.where(usable, length, 1.0), up)


class _Document:
    """A glTF document while it is being put together."""

    def __init__(self) -> None:
        self.blob = bytearray()
        self.views: list[dict[str, object]] = []
        self.accessors: list[dict[str, object]] = []
        self.meshes: list[dict[str, object]] = []
        self.nodes: list[dict[str, object]] = []

    def add(self, values: NDArray[np.generic], target: int) -> int:
        """Append an array; → its accessor."""
        raw = values.tobytes()
        self.views.append(
            {
                "buffer": 0,
                "byteOffset": len(self.blob),
                "byteLength": len(raw),
                "target": target,
            }
        )
        accessor: dict[str, object] = {
            "bufferView": len(self.views) - 1,
            "componentType": _UINT if values.dtype.kind == "u" else _FLOAT,
            "count": len(values),
            "type": "VEC3" if values.ndim == 2 else "SCALAR",
        }
        if values.ndim == 2:
            accessor |= {"min": values.min(axis=0).tolist(), "max": values.max(axis=0).tolist()}
        self.accessors.append(accessor)
        self.blob += raw + b"\0" * (-len(raw) % 4)
        return len(self.accessors) - 1

    def node(
        self,
        name: str,
        primitive: dict[str, object],
        translation: NDArray[np.float64],
        extras: dict[str, object],
    ) -> None:
        """Append a node with one mesh."""
        self.nodes.append(
            {
                "name": name,
                "mesh": len(self.meshes),
                "translation": translation.tolist(),
                "extras": extras,
            }
        )
        self.meshes.append({"name": name, "primitives": [primitive]})

    def encode(self) -> bytes:
        """The bytes of the GLB container."""
        header = {
            "asset": {"version": "2.0", "generator": "localisation workbench"},
            "scene": 0,
            "scenes": [{"nodes": list(range(len(self.nodes)))}],
            "nodes": self.nodes,
            "meshes": self.meshes,
            "accessors": self.accessors,
            "bufferViews": self.views,
            "buffers": [{"byteLength": len(self.blob)}],
        }
        text = json.dumps(header, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 4)
        return b"".join(
            [
                struct.pack("<4sII", b"glTF", 2, 12 + 8 + len(text) + 8 + len(self.blob)),
                struct.pack("<I4s", len(text), b"JSON"),
                text,
                struct.pack("<I4s", len(self.blob), b"BIN\0"),
                bytes(self.blob),
            ]
        )
