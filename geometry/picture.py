"""What does a part look like? A small picture by ray casting, without a display."""

import io
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from geometry.fields.rays import RayScene

if TYPE_CHECKING:
    from geometry.mesh import Mesh

__all__ = ["picture"]

VIEW = np.array([1.0, -1.25, 0.95])  # the eye of an isometric drawing, seen slightly from above
LIGHT = np.array([-0.35, -0.6, 0.9])  # key light over the left shoulder
STEEL = np.array([168.0, 178.0, 190.0])
INK = np.array([38.0, 45.0, 54.0])
BLACKEST = 52.0  # black bodies are drawn this light, so that their edges and the dark page differ
SUPERSAMPLES = 2  # rays a pixel and direction: edges one pixel wide stay calm
MARGIN = 1.06
CREASE_COS = float(np.cos(np.radians(25.0)))  # smaller turns between faces are no visible edge


def picture(
    mesh: "Mesh",
    *,
    size_px: int = 256,
    colour: str | None = None,
    scene: RayScene | None = None,
) -> bytes:
    """The part as a square PNG on transparent ground.

    colour: `#rrggbb` of the body, steel grey when absent; scene: the mesh's own, where there is one.
    """
    right, up, ahead = _camera()
    points = np.asarray(mesh.vertices_mm, dtype=np.float64)
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    seen = (points - middle) @ np.column_stack([right, up, ahead])
    shift = (seen.min(axis=0) + seen.max(axis=0)) / 2
    half_mm = float((seen.max(axis=0) - seen.min(axis=0))[:2].max()) / 2 * MARGIN or 1.0
    count = size_px * SUPERSAMPLES
    ticks = ((np.arange(count) + 0.5) / count * 2 - 1) * half_mm
    across, upward = np.meshgrid(ticks + shift[0], shift[1] - ticks)
    depth_mm = float(seen[:, 2].min()) - half_mm
    origins = (
        middle
        + across.reshape(-1, 1) * right
        + upward.reshape(-1, 1) * up
        + np.full((count * count, 1), depth_mm) * ahead
    )
    scene = scene or RayScene(points, np.asarray(mesh.triangles))
    hits = scene.cast(origins, np.tile(ahead, (len(origins), 1)))
    triangle = np.asarray(hits.triangle).reshape(count, count)
    distance_mm = np.asarray(hits.distance_mm, dtype=np.float64).reshape(count, count)
    image = _shade(mesh, triangle, distance_mm, half_mm, _rgb(colour), -ahead)
    small = Image.fromarray(image, "RGBA").resize((size_px, size_px), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.save(out, "PNG")
    return out.getvalue()


def _camera() -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    ahead = -VIEW / np.linalg.norm(VIEW)
    right = np.cross(ahead, [0.0, 0.0, 1.0])
    right /= np.linalg.norm(right)
    return right, np.cross(right, ahead), ahead


def _rgb(colour: str | None) -> NDArray[np.float64]:
    if not colour:
        return STEEL
    given = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], dtype=np.float64)
    return BLACKEST + given * (255.0 - BLACKEST) / 255.0


def _shade(
    mesh: "Mesh",
    triangle: NDArray[np.int64],
    distance_mm: NDArray[np.float64],
    half_mm: float,
    body: NDArray[np.float64],
    towards_eye: NDArray[np.float64],
) -> NDArray[np.uint8]:
    """Light, and ink where the face turns sharply, another face begins or the depth jumps."""
    hit = triangle >= 0
    corners = np.asarray(mesh.vertices_mm)[np.asarray(mesh.triangles)]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-30)
    normal = np.where(hit[..., None], normals[triangle], 0.0)
    normal = np.where((normal @ towards_eye < 0)[..., None], -normal, normal)
    key = LIGHT / np.linalg.norm(LIGHT)
    light = 0.50 + 0.38 * np.clip(normal @ key, 0, 1) + 0.28 * np.clip(normal @ towards_eye, 0, 1)
    rgb = np.clip(body * light[..., None], 0, 255)

    face = np.where(hit, np.asarray(mesh.face_of_triangle)[triangle], -1)
    jump_mm = 0.03 * half_mm  # a step in depth that reads as an outline
    depth_mm = np.where(hit, distance_mm, 0.0)
    ink = np.zeros_like(hit)
    for axis in (0, 1):
        here, there = _neighbours(axis)
        turn = (normal[here] * normal[there]).sum(axis=-1) < CREASE_COS
        other = face[here] != face[there]
        step = np.abs(depth_mm[here] - depth_mm[there]) > jump_mm
        ink[here] |= other & (turn | step)
    rgb[ink] = INK
    alpha = np.where(hit | ink, 255, 0)
    return np.dstack([rgb, alpha]).astype(np.uint8)


def _neighbours(axis: int) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    every, first, second = slice(None), slice(None, -1), slice(1, None)
    return ((first, every), (second, every)) if axis == 0 else ((every, first), (every, second))
