"""Which numbers say what a part looks like, whatever its motion, its mesh or its surfaces' form?

All of them are read from faces joined again where a modeller split them and named by the surface
they really lie on, so that a file moved, re-exported or rewritten as NURBS keeps its descriptor.

- `pairs`: distance × agreement of normals of random point pairs: the shape distribution D2 (Osada
  et al., Shape distributions, ACM TOG 2002) with one of the four values of surflet pairs as second
  axis (Wahl et al., Surflet-pair-relation histograms, 3DIM 2003).
- `handed`: triple products of the ways from the centre of mass to the centres of groups of faces:
  they change sign in a mirror, are 0 in a part with a mirror plane, and tell mirrored twins.
- `graph`: faces by kind, sense and loops, and each with its neighbours across convex, smooth and
  concave edges: one round of Weisfeiler & Lehman (Shervashidze et al., Weisfeiler-Lehman graph
  kernels, JMLR 2011) on the attributed adjacency graph (Joshi & Chang, CAD 1988).
- `meetings`: pairs of faces that meet, by their kinds and convexity: that graph as a bag of edges.
- `face_sizes`: shares of the area that single faces have, by kind of face.
- `symmetry`: how much of the surface the best mirror planes and half turns lay on itself.
- `ratios`: proportions of the minimal box, its filling, area against volume.
- `local_…`: the faces themselves with their places, by which parts of it are found again
  (`geometry.partial`).
"""

import hashlib
import io
import json
from dataclasses import dataclass, fields
from functools import lru_cache
from itertools import combinations
from typing import Any

import numpy as np

from geometry.fields.facetable import FaceTable, face_table
from geometry.mesh import sample_surface
from geometry.part import Part
from geometry.surroundings import pack_faces
from geometry.topology import SURFACES, Topology, between_faces, surface_code
from geometry.vectors import norms

__all__ = [
    "SIZE_BINS",
    "SIZE_OCTAVES",
    "VERSION",
    "Descriptor",
    "StaleDescriptor",
    "describe",
    "is_current",
    "load",
    "standard_of",
]

VERSION = "17"

PLANE, TORUS = surface_code("plane"), surface_code("torus")

POINTS = 3000
PAIRS = 150_000  # the histogram of one part differs by 0.4 % between two samplings
PIECE = 10_000  # pairs at a time
DISTANCE_BINS, NORMAL_BINS = 32, 4
HANDED_POWERS = (0.5, 1.0, 2.0)  # of the area: by length, by area, and the large faces before all
LONGEST = 3.0  # in mean distances: pairs farther apart than this share the last bin
GRAPH_BINS = 256  # hashed labels; two of the fifty that a part has meet in one bin now and then
MEETING_KINDS = TORUS + 2  # the canonical surfaces, and all others as one
CONVEXITIES = 3  # concave, smooth, convex
# Edges are eased, square or sharp: within a family slopes differ, and chamfers of 45° must lie on
# one side whatever rounding does to them.
ANGLES_DEG = (52.5, 97.5)
MOST_LOOPS = 3  # a plate with three holes and one with thirty have the same kind of face
SIZE_BINS, SIZE_OCTAVES = 24, 12.0  # area shares from 1 down to 2^-12, half an octave a bin
SYMMETRY_FACES = 100  # largest faces that vote
SYMMETRY_PAIRS = 150  # pairs of equal faces whose middle plane is tried
SYMMETRY_NEAR = 2e-3  # of the diagonal
SYMMETRY_KEPT = 4
_SEED = 20_240_517  # fixed, so that one part always has one descriptor


class StaleDescriptor(ValueError):
    """A descriptor of another version: describe the part anew."""


@dataclass(frozen=True)
class Descriptor:
    """What the catalogue keeps of a part's shape."""

    pairs: np.ndarray  # (32 · 4,) shares of point pairs, adding up to 1
    handed: np.ndarray  # (220,) triple products; a mirror changes their sign
    graph: np.ndarray  # (2, 256) faces by hashed label: alone, with their neighbours
    meetings: np.ndarray  # (108,) shares of the pairs of faces that meet, by kinds and convexity
    face_sizes: np.ndarray  # (3, 24) planes, hollow faces, others by share of the area
    symmetry: np.ndarray  # (8,) four best mirror planes, four best half turns: share of the area
    ratios: np.ndarray  # (4,) logarithms: L/W, W/H, filling of the box, area^1.5 / volume
    surfaces: np.ndarray  # (11,) shares of the area by canonical surface, in the order of SURFACES
    size_mm: np.ndarray  # (3,) minimal box, descending
    volume_mm3: np.ndarray  # ()
    area_mm2: np.ndarray  # ()
    counts: np.ndarray  # (2,) faces; round hollow faces that close (bores)


def describe(part: Part, standard: dict[str, Any] | None = None) -> bytes:
    """The descriptor of a part as it is stored (npz).

    standard: what `geometry.standard_parts` says of it, kept beside.
    """
    table = face_table(part)
    by_kind = np.bincount(table.kind, weights=table.areas_mm2, minlength=len(SURFACES))
    joined = part.joined.faces
    bores = (table.kind != PLANE) & (table.kind <= TORUS) & (table.sense < 0)
    bores &= np.nan_to_num(joined["sweep_deg"]) > 359.0
    arrays = {
        "pairs": pair_histogram(part),
        "handed": handedness(table, part.mass.centroid_mm),
        "graph": graph_labels(part.joined),
        "meetings": meetings(part.joined),
        "face_sizes": face_sizes(table),
        "symmetry": symmetry(table, part.mass.centroid_mm, part.mass.inertia),
        "ratios": ratios(part),
        "surfaces": by_kind / max(by_kind.sum(), 1e-300),
    }
    kept = {name: array.astype(np.float32) for name, array in arrays.items()} | pack_faces(part)
    packed = io.BytesIO()
    np.savez_compressed(
        packed,
        version=np.array(VERSION),
        standard=np.array(json.dumps(standard)),
        **kept,
        size_mm=part.mass.box.size_mm,
        volume_mm3=np.array(part.mass.volume_mm3),
        area_mm2=np.array(part.mass.area_mm2),
        counts=np.array([len(table.kind), int(bores.sum())]),
    )
    return packed.getvalue()


def is_current(data: bytes) -> bool:
    """Whether a stored descriptor is of this version and may be compared."""
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return "version" in arrays and str(arrays["version"]) == VERSION


def standard_of(data: bytes) -> dict[str, Any] | None:
    """The standard part that a stored descriptor is of, None for other parts."""
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        found: dict[str, Any] | None = json.loads(str(arrays["standard"]))
        return found


@lru_cache(maxsize=20_000)
def load(data: bytes) -> Descriptor:
    """A stored descriptor.

    Raises StaleDescriptor.
    """
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        version = str(arrays["version"]) if "version" in arrays else "0"
        if version != VERSION:
            raise StaleDescriptor(f"descriptor of version {version}, this is {VERSION}")
        return Descriptor(
            **{each.name: arrays[each.name].astype(np.float64) for each in fields(Descriptor)}
        )


def pair_histogram(part: Part) -> np.ndarray:
    """Shares of point pairs by distance, in mean distances, and |cosine| of normals: (32 · 4,)."""
    rng = np.random.default_rng(_SEED)
    points, triangle = sample_surface(part.mesh, POINTS, rng)
    normals = part.mesh.normals[triangle]
    columns = list(zip(points.T.copy(), normals.T.copy(), strict=True))
    distance, agreement = np.zeros(PAIRS), np.zeros(PAIRS)
    # pieces that stay in the cache, column by column: gathering rows of three takes long
    pieces = [slice(start, start + PIECE) for start in range(0, PAIRS, PIECE)]
    first, second = pairs()
    for piece in pieces:
        one, other = first[piece], second[piece]
        squares, cosine = distance[piece], agreement[piece]
        for along, normal in columns:
            apart = along.take(other)
            apart -= along.take(one)
            apart *= apart
            squares += apart
            turned = normal.take(one)
            turned *= normal.take(other)
            cosine += turned
        np.sqrt(squares, out=squares)
    scale = DISTANCE_BINS / (max(float(distance.mean()), 1e-300) * LONGEST)
    found = np.zeros(DISTANCE_BINS * NORMAL_BINS, np.intp)
    for piece in pieces:
        bins = np.minimum(distance[piece] * scale, DISTANCE_BINS - 1).astype(np.intp)
        bins *= NORMAL_BINS
        cosine = np.abs(agreement[piece])
        cosine *= NORMAL_BINS
        bins += np.minimum(cosine, NORMAL_BINS - 1).astype(np.intp)
        found += np.bincount(bins, minlength=len(found))
    return found / PAIRS


@lru_cache(maxsize=1)
def pairs() -> tuple[np.ndarray, np.ndarray]:
    """Both points (150,000,) of every pair: the same for all parts, drawn once a process."""
    rng = np.random.default_rng(_SEED)
    rng.random((3, POINTS))  # those that place the points
    return rng.integers(0, POINTS, PAIRS), rng.integers(0, POINTS, PAIRS)


def handedness(table: FaceTable, centroid_mm: np.ndarray) -> np.ndarray:
    """Triple products (220,) of the centres, seen from the centre of mass, of groups of faces.

    Groups are planes, hollow round faces, others and all, their centres weighted by powers of area.
    """
    ways = (table.points_mm - centroid_mm) / max(table.diagonal_mm, 1e-300)
    groups = _kinds(table)[None] == np.arange(3)[:, None]
    groups = np.concatenate([groups, np.ones((1, len(ways)), bool)])
    weights = np.concatenate([groups * table.areas_mm2**power for power in HANDED_POWERS])
    centres = weights @ ways / np.maximum(weights.sum(axis=1, keepdims=True), 1e-300)
    i, j, k = np.array(list(combinations(range(len(centres)), 3))).T
    return np.einsum("ij,ij->i", np.cross(centres[i], centres[j]), centres[k])


def _kinds(table: FaceTable) -> np.ndarray:
    """0 planes, 1 hollow round faces, 2 all others: (n,)."""
    hollow = (table.kind <= TORUS) & (table.sense < 0)
    return np.where(table.kind == PLANE, 0, np.where(hollow, 1, 2))


def graph_labels(topology: Topology) -> np.ndarray:
    """Faces by hashed label (2, 256): what each is, and what it is among its neighbours."""
    faces, edges = topology.faces, topology.edges
    freeform = faces["kind"] > TORUS
    own = [
        _hashed(
            TORUS + 1 if freeform[i] else int(faces["kind"][i]),
            0 if freeform[i] else int(faces["sense"][i]),
            min(int(faces["loop_count"][i]), MOST_LOOPS) if faces["kind"][i] == PLANE else 0,
        )
        for i in range(len(faces))
    ]
    around: list[set[tuple[int, int, int]]] = [set() for _ in own]
    ends = edges["faces"]
    real = between_faces(edges)
    step = np.digitize(np.abs(np.nan_to_num(edges["angle_deg"])), ANGLES_DEG)
    for edge in np.flatnonzero(real).tolist():
        a, b = int(ends[edge, 0]), int(ends[edge, 1])
        meeting = int(edges["convexity"][edge]), int(step[edge])
        around[a].add((*meeting, own[b]))
        around[b].add((*meeting, own[a]))
    # a set: how often a neighbour repeats is a matter of counts of teeth or holes
    placed = [_hashed(label, tuple(sorted(near))) for label, near in zip(own, around, strict=True)]
    return np.array(
        [
            np.bincount(np.array(labels, np.int64) % GRAPH_BINS, minlength=GRAPH_BINS)
            for labels in (own, placed)
        ]
    )


def meetings(topology: Topology) -> np.ndarray:
    """Shares of the pairs of faces that meet, by their kinds and convexity: (108,)."""
    edges = topology.edges[between_faces(topology.edges)]
    # a pair once, in however many edges a modeller cut the line where they meet
    pairs = np.unique(np.column_stack([np.sort(edges["faces"]), edges["convexity"]]), axis=0)
    kinds = np.minimum(topology.faces["kind"][pairs[:, :2]], MEETING_KINDS - 1).astype(int)
    low, high = np.sort(kinds, axis=1).T
    word = (low * MEETING_KINDS + high) * CONVEXITIES + pairs[:, 2] + 1
    found = np.bincount(word, minlength=MEETING_KINDS**2 * CONVEXITIES)
    return found / max(found.sum(), 1)


def _hashed(*values: object) -> int:
    """A number for a label that is the same on every machine: 60 bits."""
    return int(hashlib.blake2b(repr(values).encode(), digest_size=8).hexdigest(), 16) >> 4


def face_sizes(table: FaceTable) -> np.ndarray:
    """Faces by kind (planes, hollow round ones, others) and octave of area share: (3, 24)."""
    share = np.maximum(table.areas_mm2, 1e-30) / max(table.areas_mm2.sum(), 1e-300)
    place = (np.log2(share) + SIZE_OCTAVES) * SIZE_BINS / SIZE_OCTAVES
    place = np.clip(place, 0, SIZE_BINS - 1.001)
    low = place.astype(int)
    over = place - low
    kind = _kinds(table)
    found = np.zeros((3, SIZE_BINS))
    np.add.at(found, (kind, low), 1 - over)  # shared by two bins, so that a hair makes no step
    np.add.at(found, (kind, low + 1), over)
    return found


def ratios(part: Part) -> np.ndarray:
    """Logarithms of L/W, W/H, volume of the box over the part's, area^1.5 / volume: (4,)."""
    length, width, height = np.maximum(part.mass.box.size_mm, 1e-12)
    volume, area = max(abs(part.mass.volume_mm3), 1e-30), max(part.mass.area_mm2, 1e-30)
    return np.log(
        [length / width, width / height, length * width * height / volume, area**1.5 / volume]
    )


def symmetry(table: FaceTable, centroid_mm: np.ndarray, inertia: np.ndarray) -> np.ndarray:
    """Share of the area that the best four mirror planes and half turns lay on itself: (8,).

    Planes and axes go through the centroid; tried are the directions of the faces, of inertia, and
    those from each face to its equals.
    """
    top = np.argsort(-table.areas_mm2, kind="stable")[:SYMMETRY_FACES]
    near = SYMMETRY_NEAR * table.diagonal_mm
    points, axes, sizes = table.points_mm[top] - centroid_mm, table.axes[top], table.sizes_mm[top]
    weight = table.areas_mm2[top] / max(table.areas_mm2[top].sum(), 1e-300)
    kind, sense, directed = table.kind[top], table.sense[top], table.directed[top]
    off = np.abs(sizes[:, None] - sizes[None]).max(axis=2)
    same = off <= 2e-3 * np.maximum(sizes[:, None, 0], sizes[None, :, 0]) + 0.5 * near
    same &= (kind[:, None] == kind) & (sense[:, None] == sense)
    normals = _symmetry_directions(points, axes, weight, same, inertia, near)
    plain = np.abs(axes).sum(axis=1) == 0
    i, j = np.nonzero(same)
    level = points @ normals.T
    scores = np.zeros((2, len(normals)))
    for k, normal in enumerate(normals):
        height = level[:, k]
        place = points - 2 * np.outer(height, normal)
        turn = axes - 2 * np.outer(axes @ normal, normal)
        for half_turn, sign in enumerate((1.0, -1.0)):
            # a mirror turns the height over, half a turn keeps it: few pairs are left to look at
            maybe = np.flatnonzero(np.abs(height[j] + sign * height[i]) < near)
            first, second = i[maybe], j[maybe]
            gap = sign * place[first] - points[second]
            close = np.einsum("ij,ij->i", gap, gap) < near * near
            some = first[close]
            cosine = sign * np.einsum("ij,ij->i", turn[some], axes[second[close]])
            along = np.where(directed[some], cosine, np.abs(cosine)) > 0.999
            kept = np.zeros(len(points), bool)
            kept[some[along | plain[some]]] = True
            scores[half_turn, k] = weight[kept].sum()
    return np.concatenate([_best_apart(normals, score) for score in scores])


def _symmetry_directions(
    points: np.ndarray,
    axes: np.ndarray,
    weight: np.ndarray,
    same: np.ndarray,
    inertia: np.ndarray,
    near: float,
) -> np.ndarray:
    """Directions (k, 3), one of each opposite pair, in which symmetry is looked for."""
    i, j = np.nonzero(np.triu(same, 1))
    between = points[i] - points[j]
    length = norms(between)
    far = length > 10 * near
    order = np.argsort(-weight[i[far]], kind="stable")[:SYMMETRY_PAIRS]
    tried = np.concatenate(
        [
            axes[axes.any(axis=1)],
            np.linalg.eigh(inertia)[1].T,
            (between[far] / length[far, None])[order],
        ]
    )
    tried /= np.maximum(np.linalg.norm(tried, axis=1, keepdims=True), 1e-300)
    kept: list[int] = []
    for k in range(len(tried)):
        if not kept or np.abs(tried[kept] @ tried[k]).max() < 0.9999:
            kept.append(k)
    return np.asarray(tried[kept])


def _best_apart(directions: np.ndarray, score: np.ndarray) -> np.ndarray:
    """The four best scores of directions that differ by more than 11°: (4,)."""
    kept: list[int] = []
    for k in np.argsort(-score, kind="stable"):
        if not kept or np.abs(directions[kept] @ directions[k]).max() < 0.98:
            kept.append(int(k))
        if len(kept) == SYMMETRY_KEPT:
            break
    return np.pad(score[kept], (0, SYMMETRY_KEPT - len(kept)))
