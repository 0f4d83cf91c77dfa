"""Where does a ray meet the mesh, and how far is a point? The only module that imports open3d."""

import sys
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from types import ModuleType
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from geometry.fields.crowding import uncrowded_axes
from geometry.mesh import Mesh
from geometry.vectors import norms

__all__ = ["Hits", "RayScene", "in_order", "load", "scene_of"]

_PLOTLY_PAGES = "open3d.visualization.draw_plotly"


def load() -> Any:
    """The ray caster's package, loaded once; a process forked later has it at once.

    Its Plotly pages import a whole web server, three of the four seconds of loading. They are
    left out here and come when somebody calls them.
    """
    if "open3d" in sys.modules:
        return sys.modules["open3d"]
    pages = ModuleType(_PLOTLY_PAGES)
    for name in ("draw_plotly", "draw_plotly_server", "get_plotly_fig"):
        setattr(pages, name, partial(_call_plotly_page, name))
    sys.modules[_PLOTLY_PAGES] = pages
    try:
        import open3d
    finally:
        del sys.modules[_PLOTLY_PAGES]
    return open3d


def _call_plotly_page(name: str, *args: Any, **options: Any) -> Any:
    return getattr(import_module(_PLOTLY_PAGES), name)(*args, **options)


@dataclass(frozen=True)
class Hits:
    """First hits of n rays."""

    distance_mm: np.ndarray  # (n,) inf where nothing is hit
    triangle: np.ndarray  # (n,) int64, −1 where nothing is hit
    normals: np.ndarray  # (n, 3) unit normals of the hit triangles, as the mesh winds them
    weights: np.ndarray  # (n, 3) of the triangle's corners at the hit


def in_order(group: np.ndarray, distance_mm: np.ndarray) -> np.ndarray:
    """Order (n,) by group, then distance: one key sorts in half the time of two, and leaves the
    distances of a group 12 digits.
    """
    low = distance_mm.min(initial=0.0)
    span = 1.0 + float(distance_mm.max(initial=0.0) - low)
    return np.argsort(group * span + (distance_mm - low), kind="stable")


class RayScene:
    """Triangles ready for rays.

    Works in coordinates centred on the mesh, because the ray caster computes in single precision
    and a part may lie metres from its origin; and in axes of its own where the triangles would
    crowd in the given ones.
    """

    def __init__(self, vertices_mm: np.ndarray, triangles: np.ndarray) -> None:
        open3d = load()
        self._core = open3d.core
        self.centre_mm = (vertices_mm.min(axis=0) + vertices_mm.max(axis=0)) / 2
        self._axes = uncrowded_axes(vertices_mm, triangles)
        self._scene = open3d.t.geometry.RaycastingScene()
        self._scene.add_triangles(
            self._tensor(self._turned(vertices_mm - self.centre_mm)),
            open3d.core.Tensor(np.ascontiguousarray(triangles, dtype=np.uint32)),
        )

    def _tensor(self, array: np.ndarray) -> Any:
        return self._core.Tensor(np.ascontiguousarray(array, dtype=np.float32))

    def _turned(self, vectors: np.ndarray) -> np.ndarray:
        """Vectors (…, 3) in the axes of the scene."""
        return vectors if self._axes is None else vectors @ self._axes.T

    def _turned_back(self, vectors: np.ndarray) -> np.ndarray:
        """Vectors (n, 3) of the scene in the given axes."""
        return vectors if self._axes is None else vectors @ self._axes

    def _rays(self, offsets_mm: np.ndarray, directions: np.ndarray) -> Any:
        """Rays from offsets (n, 3) from the centre."""
        rays = np.zeros((len(offsets_mm), 6), dtype=np.float32)
        rays[:, :3] = self._turned(offsets_mm)
        rays[:, 3:] = self._turned(directions)
        return self._core.Tensor(rays)

    def cast(self, origins: np.ndarray, directions: np.ndarray) -> Hits:
        """First hits of rays from origins (n, 3) mm along unit directions (n, 3) or (3,)."""
        answer = self._scene.cast_rays(self._rays(origins - self.centre_mm, directions))
        distance = answer["t_hit"].numpy().astype(np.float64)
        triangle = answer["primitive_ids"].numpy().astype(np.int64)
        triangle[~np.isfinite(distance)] = -1
        normals = answer["primitive_normals"].numpy().astype(np.float64)
        second_third = answer["primitive_uvs"].numpy().astype(np.float64)
        weights = np.column_stack([1.0 - second_third.sum(axis=1), second_third])
        return Hits(distance, triangle, self._turned_back(normals), weights)

    def distance_mm(self, origins: np.ndarray, directions: np.ndarray) -> np.ndarray:
        """How far rays get, from origins (n, 3) mm along unit directions (n, 3) or (3,): (n,), inf
        where nothing is hit; as `cast`, without what else is known of the hits.
        """
        answer = self._scene.cast_rays(self._rays(origins - self.centre_mm, directions))
        return np.asarray(answer["t_hit"].numpy().astype(np.float64))

    def first_hits(
        self, offsets_mm: np.ndarray, direction: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """First hits of parallel rays, for pictures: distance_mm (n,), triangle (n,); as `cast`.

        offsets_mm: (n, 3) single precision, from `centre_mm`.
        """
        answer = self._scene.cast_rays(self._rays(offsets_mm, direction))
        distance = answer["t_hit"].numpy()
        triangle = answer["primitive_ids"].numpy().astype(np.int32)
        triangle[~np.isfinite(distance)] = -1
        return distance, triangle

    def occluded(
        self, origins: np.ndarray, directions: np.ndarray, near_mm: float = 0.0
    ) -> np.ndarray:
        """Whether each ray meets anything beyond `near_mm`: (n,) bool."""
        answer = self._scene.test_occlusions(
            self._rays(origins - self.centre_mm, directions), tnear=near_mm
        )
        return np.asarray(answer.numpy(), dtype=bool)

    def hidden(self, origins: np.ndarray, directions: np.ndarray, asked: np.ndarray) -> np.ndarray:
        """Whether rays meet anything from origins (n, 3) along directions (d, 3), of the pairs
        asked for (d, n) bool: (d, n) bool.
        """
        row, column = np.divmod(np.flatnonzero(asked), len(origins))
        starts = np.zeros((len(origins), 6), dtype=np.float32)
        starts[:, :3] = self._turned(origins - self.centre_mm)
        rays = starts.take(column, axis=0)
        rays[:, 3:] = self._turned(directions).astype(np.float32).take(row, axis=0)
        found = np.zeros(asked.shape, bool)
        found[asked] = self._scene.test_occlusions(self._core.Tensor(rays)).numpy()
        return found

    def crossings(
        self, origins: np.ndarray, directions: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """All hits of rays from origins (n, 3) mm along unit directions (n, 3) or (3,): (ray index
        (k,), distance_mm (k,), triangle (k,)), ordered by ray then distance.
        """
        answer = self._scene.list_intersections(self._rays(origins - self.centre_mm, directions))
        ray = answer["ray_ids"].numpy().astype(np.int64)
        distance = answer["t_hit"].numpy().astype(np.float64)
        triangle = answer["primitive_ids"].numpy().astype(np.int64)
        order = in_order(ray, distance)
        return ray[order], distance[order], triangle[order]

    def nearest(self, points_mm: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Closest surface point of each point: (distance_mm (n,), closest_mm (n, 3), triangle
        (n,)).
        """
        asked = self._turned(points_mm - self.centre_mm)
        answer = self._scene.compute_closest_points(self._tensor(asked))
        closest = answer["points"].numpy().astype(np.float64)
        closest = self._turned_back(closest) + self.centre_mm
        distance = norms(closest - points_mm)
        return distance, closest, answer["primitive_ids"].numpy().astype(np.int64)


def scene_of(mesh: Mesh) -> RayScene:
    """The scene of a mesh, made when first asked for and kept as long as the mesh."""
    if mesh not in _SCENES:
        _SCENES[mesh] = RayScene(mesh.vertices_mm, mesh.triangles)
    return _SCENES[mesh]


_SCENES: WeakKeyDictionary[Mesh, RayScene] = WeakKeyDictionary()
