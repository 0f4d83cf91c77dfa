"""Which edges did a modeller only split? The recognisers see each of them whole."""

import math
from collections.abc import Iterator

import numpy as np

from geometry.surfaces import surface_normals
from geometry.topology import CURVES, Topology, between_faces
from geometry.vectors import ODD_WAY, norms

__all__ = ["arc_joints", "chained", "whole_edges"]

LINE, CIRCLE = CURVES.index("line"), CURVES.index("circle")
SAME_DIRECTION = math.cos(math.radians(0.5))
SAME_CIRCLE_SHARE = 2e-3  # of the radius, for radius and centre


def whole_edges(topology: Topology) -> tuple[np.ndarray, dict[int, tuple[int, ...]]]:
    """Edges with those that pieces make up appended, and the pieces of each of these in order.

    Two edges are pieces of one where they alone meet at a vertex, between the same two faces, on
    one line, circle or other curve; seams within a face do not count.
    """
    edges = topology.edges
    meets: dict[int, list[int]] = {}
    for _, a, b in _meetings(topology):
        meets.setdefault(a, []).append(b)
        meets.setdefault(b, []).append(a)
    chains = _chains(meets)
    if not chains:
        return edges, {}
    rows = np.array([_whole(topology, chain) for chain in chains], edges.dtype)
    _centre(topology, rows)
    every = np.concatenate([edges, rows])
    _turn(topology, every)
    return every, {len(edges) + number: tuple(chain) for number, chain in enumerate(chains)}


def arc_joints(topology: Topology) -> set[int]:
    """Vertices where a modeller only split an arc."""
    curves = topology.edges["curve"]
    return {v for v, a, b in _meetings(topology) if curves[a] == CIRCLE == curves[b]}


def _meetings(topology: Topology) -> Iterator[tuple[int, int, int]]:
    """Vertices where two pieces of one edge meet, and the pieces."""
    edges = topology.edges
    ends = edges["faces"]
    real = np.flatnonzero(between_faces(edges) & ~edges["closed"])
    vertices = edges["vertices"][real]
    owner = np.concatenate([real, real])
    place = np.concatenate([vertices[:, 0], vertices[:, 1]])
    order = np.argsort(place, kind="stable")
    place, owner = place[order], owner[order]
    starts = np.flatnonzero(np.concatenate([[True], place[1:] != place[:-1]]))
    counts = np.diff(np.append(starts, len(place)))
    # a closed edge at the vertex is a corner as well
    busy = set(edges["vertices"][edges["closed"] & (ends[:, 0] != ends[:, 1])].ravel().tolist())
    for start in starts[counts == 2].tolist():
        a, b, vertex = int(owner[start]), int(owner[start + 1]), int(place[start])
        if a != b and vertex not in busy and _continues(edges[a], edges[b]):
            yield vertex, a, b


def _continues(a: np.void, b: np.void) -> bool:
    """Whether two edges that meet lie between the same faces on one curve."""
    if set(a["faces"].tolist()) != set(b["faces"].tolist()):
        return False
    if a["curve"] == LINE and b["curve"] == LINE:
        ways = [row["end_mm"] - row["start_mm"] for row in (a, b)]
        lengths = [max(float(np.linalg.norm(way)), 1e-300) for way in ways]
        return bool(abs(ways[0] @ ways[1]) > SAME_DIRECTION * lengths[0] * lengths[1])
    if a["curve"] == CIRCLE and b["curve"] == CIRCLE:
        near = SAME_CIRCLE_SHARE * float(a["radius_mm"])
        return bool(
            abs(a["radius_mm"] - b["radius_mm"]) < near
            and np.linalg.norm(a["origin_mm"] - b["origin_mm"]) < near
        )
    return bool(a["curve"] not in (LINE, CIRCLE) and b["curve"] not in (LINE, CIRCLE))


def _chains(meets: dict[int, list[int]]) -> list[list[int]]:
    """Edges that continue each other, in order from one end to the other."""
    found, seen = [], set[int]()
    for first in sorted(meets, key=lambda edge: (len(meets[edge]) > 1, edge)):
        if first in seen:
            continue
        chain = [first]
        seen.add(first)
        while following := [edge for edge in meets[chain[-1]] if edge not in seen]:
            chain.append(following[0])
            seen.add(following[0])
        found.append(chain)
    return found


def _whole(topology: Topology, chain: list[int]) -> np.void:
    """One edge of its pieces, with the middle of the piece that its middle lies on."""
    rows = topology.edges[chain]
    lengths = np.cumsum(rows["length_mm"])
    row = rows[int(np.searchsorted(lengths, 0.5 * lengths[-1]))].copy()
    row["length_mm"] = lengths[-1]
    vertices = rows["vertices"]
    first, last = _end(vertices, 0), _end(vertices, len(chain) - 1)
    row["start_mm"] = rows["end_mm" if first else "start_mm"][0]
    row["end_mm"] = rows["end_mm" if last else "start_mm"][-1]
    row["vertices"] = vertices[0][first], vertices[-1][last]
    row["closed"] = row["vertices"][0] == row["vertices"][1]
    return row


def _end(vertices: np.ndarray, at: int) -> int:
    """Which end of the first or last piece of a chain is the chain's own."""
    beside = vertices[1] if at == 0 else vertices[at - 1]
    if set(vertices[at].tolist()) == set(beside.tolist()):  # two halves of a closed edge
        return 0 if at == 0 else int(vertices[at][1] == vertices[0][0])
    return 1 if vertices[at][0] in beside else 0


def _centre(topology: Topology, rows: np.ndarray) -> None:
    """Sets the middles of lines and arcs half way along them, in place."""
    lines = np.flatnonzero(rows["curve"] == LINE)
    _move(topology, rows, lines, 0.5 * (rows["start_mm"] + rows["end_mm"])[lines])
    arcs = np.flatnonzero((rows["curve"] == CIRCLE) & ~rows["closed"])
    some = rows[arcs]
    radius = some["radius_mm"]
    chord = 0.5 * (some["start_mm"] + some["end_mm"]) - some["origin_mm"]
    chord[some["length_mm"] > math.pi * radius] *= -1
    # a half turn: a piece tells the side
    half = norms(chord) < 1e-3 * radius
    chord[half] = (some["middle_mm"] - some["origin_mm"])[half]
    along = _unit(some["end_mm"] - some["start_mm"])
    chord[half] -= (np.einsum("ij,ij->i", chord, along)[:, None] * along)[half]
    _move(topology, rows, arcs, some["origin_mm"] + radius[:, None] * _unit(chord))


def _turn(topology: Topology, rows: np.ndarray) -> None:
    """Sets the middles of whole circles, in place: those about one axis lie side by side."""
    arms = ODD_WAY - (rows["axis"] @ ODD_WAY)[:, None] * rows["axis"]
    sizes = norms(arms)
    whole = np.flatnonzero(rows["closed"] & (rows["curve"] == CIRCLE) & (sizes > 1e-3))
    arms = rows["radius_mm"][whole, None] * _unit(arms[whole])
    _move(topology, rows, whole, rows["origin_mm"][whole] + arms)


def _move(topology: Topology, rows: np.ndarray, chosen: np.ndarray, middles_mm: np.ndarray) -> None:
    """Sets the middles of some edges, with the tangents and the normals there, in place.

    chosen (n,) numbers of rows; middles_mm (n, 3).
    """
    some = rows[chosen]
    round_ones = some["curve"] == CIRCLE
    # the turn about the axis takes everything along: freeform faces at a circle are of revolution
    axis = some["axis"]
    frames = []
    for arms in (some["middle_mm"] - some["origin_mm"], middles_mm - some["origin_mm"]):
        x = _unit(arms - np.einsum("ij,ij->i", arms, axis)[:, None] * axis)
        frames.append(np.stack([x, np.cross(axis, x), axis], axis=2))
    turns = np.einsum("nij,nkj->nik", frames[1], frames[0])
    tangents = np.einsum("nij,nj->ni", turns, some["tangent"])
    normals = np.einsum("nij,nkj->nki", turns, some["normals"])
    some["tangent"][round_ones] = tangents[round_ones]
    some["normals"][round_ones] = normals[round_ones]
    some["middle_mm"] = middles_mm
    for side in (0, 1):
        faces = some["faces"][:, side].astype(int)
        exact = surface_normals(topology.faces, faces, middles_mm)
        exact *= topology.faces["sense"][faces][:, None]
        known = ~np.isnan(exact).any(axis=1) & (faces >= 0)
        some["normals"][known, side] = exact[known]
    rows[chosen] = some


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.maximum(norms(vectors)[:, None], 1e-300)


def chained(lines: list[np.ndarray]) -> np.ndarray:
    """Polylines (n, 3) that follow each other, in whichever direction each runs, as one."""
    first, second = lines[0], lines[1]
    gaps = np.linalg.norm(first[[0, -1]][:, None] - second[[0, -1]][None], axis=2)
    joined = [first[::-1] if gaps[0].min() < gaps[1].min() else first]
    for line in lines[1:]:
        at = joined[-1][-1]
        backward = np.linalg.norm(line[-1] - at) < np.linalg.norm(line[0] - at)
        joined.append((line[::-1] if backward else line)[1:])
    return np.concatenate(joined)
