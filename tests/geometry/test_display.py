"""The GLB of a part says which triangles and vertices are whose, and lies where the part lies."""

import io
import json
import struct

import numpy as np
import pytest
import trimesh

from geometry.display import UNKNOWN, gltf_binary
from geometry.mesh import Mesh

SQUARES = np.array(
    [[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]]
)


def cube(*, at_mm=(0.0, 0.0, 0.0)):
    """A cube of 10 mm whose faces share their vertices, with one polyline around the floor."""
    corners = np.array([[x, y, z] for x in (0, 10) for y in (0, 10) for z in (0, 10)], dtype=float)
    triangles = np.concatenate([[s[[0, 1, 2]], s[[0, 2, 3]]] for s in SQUARES]).astype(np.int32)
    normals = np.cross(
        corners[triangles[:, 1]] - corners[triangles[:, 0]],
        corners[triangles[:, 2]] - corners[triangles[:, 0]],
    )
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    points = corners + np.asarray(at_mm)
    return Mesh(
        vertices_mm=points,
        triangles=triangles,
        face_of_triangle=np.repeat(np.arange(6), 2).astype(np.int32),
        vertex_normals=np.repeat(normals[:, None, :], 3, axis=1),
        edge_points_mm=np.concatenate([points[[0, 4, 6, 2, 0]], points[[0, 1]]]),
        edge_ranges=np.array([0, 5, 5, 7]),
        watertight=True,
    )


def header(glb):
    length = struct.unpack_from("<I", glb, 12)[0]
    return json.loads(glb[20 : 20 + length])


def accessor(glb, place):
    document = header(glb)
    entry = document["accessors"][place]
    view = document["bufferViews"][entry["bufferView"]]
    start = 20 + struct.unpack_from("<I", glb, 12)[0] + 8 + view["byteOffset"]
    kind = {5126: "<f4", 5125: "<u4"}[entry["componentType"]]
    values = np.frombuffer(glb[start : start + view["byteLength"]], kind)
    return values.reshape(entry["count"], -1) if entry["type"] == "VEC3" else values


def test_an_independent_reader_finds_the_cube_in_its_place():
    scene = trimesh.load(io.BytesIO(gltf_binary(cube(at_mm=(5, -7, 100)))), file_type="glb")
    solid = trimesh.util.concatenate(
        [each for each in scene.dump() if isinstance(each, trimesh.Trimesh)]
    )
    np.testing.assert_allclose(solid.bounds, [[5, -7, 100], [15, 3, 110]])
    solid.merge_vertices(merge_norm=True, merge_tex=True)
    assert solid.volume == pytest.approx(1000.0)


def test_faces_share_no_vertex_and_the_ranges_say_whose_each_is():
    glb = gltf_binary(cube())
    node = header(glb)["nodes"][0]
    assert node["name"] == "faces"
    assert node["extras"]["face_ranges"] == [0, 2, 4, 6, 8, 10, 12]
    assert node["extras"]["vertex_ranges"] == [0, 4, 8, 12, 16, 20, 24]
    triangles = accessor(glb, header(glb)["meshes"][0]["primitives"][0]["indices"]).reshape(-1, 3)
    assert (triangles // 4 == np.repeat(np.arange(6), 2)[:, None]).all()


def test_every_vertex_carries_the_normal_of_its_own_face():
    glb = gltf_binary(cube())
    attributes = header(glb)["meshes"][0]["primitives"][0]["attributes"]
    normals = accessor(glb, attributes["NORMAL"])
    points = accessor(glb, attributes["POSITION"])
    for face in range(6):
        own = slice(4 * face, 4 * face + 4)
        assert np.ptp(normals[own], axis=0).max() == 0
        outward = points[own].mean(axis=0) / 5  # the middle of a face lies 5 mm from the cube's
        np.testing.assert_allclose(normals[4 * face], outward, atol=1e-6)


def test_a_part_kilometres_away_keeps_its_shape_in_single_precision():
    far = (3.0e6, -2.0e6, 1.0e6)
    glb = gltf_binary(cube(at_mm=far))
    document = header(glb)
    np.testing.assert_allclose(document["nodes"][0]["translation"], np.asarray(far) + 5)
    assert document["nodes"][1]["translation"] == document["nodes"][0]["translation"]
    points = accessor(glb, document["meshes"][0]["primitives"][0]["attributes"]["POSITION"])
    np.testing.assert_array_equal(np.abs(points), 5)


def test_polylines_become_segments_and_an_edge_without_points_has_none():
    glb = gltf_binary(cube())
    document = header(glb)
    assert document["nodes"][1]["extras"]["edge_ranges"] == [0, 4, 4, 5]
    lines = accessor(glb, document["meshes"][1]["primitives"][0]["indices"]).reshape(-1, 2)
    assert lines.tolist() == [[0, 1], [1, 2], [2, 3], [3, 4], [5, 6]]


def test_a_field_follows_its_vertices_and_says_where_it_is_not_known():
    mesh = cube()
    values = mesh.vertices_mm[:, 2].copy()
    values[0] = np.nan
    glb = gltf_binary(mesh, scalars={"thickness": values[mesh.triangles]})
    attributes = header(glb)["meshes"][0]["primitives"][0]["attributes"]
    field = accessor(glb, attributes["_THICKNESS"])
    heights = accessor(glb, attributes["POSITION"])[:, 2] + 5
    unknown = field > UNKNOWN / 10
    assert unknown.sum() == 3  # three faces meet at the corner that has no value
    np.testing.assert_allclose(field[~unknown], heights[~unknown])
