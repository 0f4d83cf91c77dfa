"""Which edges did a modeller only split? The recognisers see each of them whole."""

import bisect
import itertools
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
    rows = _whole(topology, chains)
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
    first = starts[counts == 2]
    first = first[owner[first] != owner[first + 1]]
    a, b, vertices = owner[first], owner[first + 1], place[first]
    goes_on = _continues(edges, a, b).tolist()
    for row, (vertex, one, other) in enumerate(
        zip(vertices.tolist(), a.tolist(), b.tolist(), strict=True)
    ):
        if goes_on[row] and vertex not in busy:
            yield vertex, one, other


def _continues(edges: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Whether edges a (n,) and those that they meet, b (n,), lie between the same faces on one
    curve: (n,) bool.
    """
    ends, curve = edges["faces"], edges["curve"]
    one, other = np.sort(ends[a], axis=1), np.sort(ends[b], axis=1)
    same = (one == other).all(axis=1)
    ways = [edges["end_mm"][row] - edges["start_mm"][row] for row in (a, b)]
    lengths = np.maximum(norms(ways[0]), 1e-300) * np.maximum(norms(ways[1]), 1e-300)
    straight = np.abs(np.einsum("ij,ij->i", *ways)) > SAME_DIRECTION * lengths
    radius, centre = edges["radius_mm"], edges["origin_mm"]
    near = SAME_CIRCLE_SHARE * radius[a]
    round_ = (np.abs(radius[a] - radius[b]) < near) & (norms(centre[a] - centre[b]) < near)
    lines, arcs = ((curve[a] == kind) & (curve[b] == kind) for kind in (LINE, CIRCLE))
    others = ~np.isin(curve[a], (LINE, CIRCLE)) & ~np.isin(curve[b], (LINE, CIRCLE))
    return np.asarray(same & ((lines & straight) | (arcs & round_) | others))


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


def _whole(topology: Topology, chains: list[list[int]]) -> np.ndarray:
    """One edge of the pieces of each chain (c,), with the middle of the piece that its middle lies
    on.
    """
    edges = topology.edges
    lengths, vertices = edges["length_mm"].tolist(), edges["vertices"].tolist()
    middles, totals, ends = [], [], []
    for chain in chains:
        reached = list(itertools.accumulate(lengths[piece] for piece in chain))
        middles.append(chain[bisect.bisect_left(reached, 0.5 * reached[-1])])
        totals.append(reached[-1])
        own = [vertices[piece] for piece in chain]
        ends.append((_end(own, 0), _end(own, len(chain) - 1)))
    rows = edges.take(middles)
    rows["length_mm"] = totals
    outer = np.array([(chain[0], chain[-1]) for chain in chains])
    end = np.array(ends)
    places = np.stack([edges["start_mm"][outer], edges["end_mm"][outer]], axis=2)
    rows["start_mm"], rows["end_mm"] = np.take_along_axis(places, end[:, :, None, None], 2)[
        :, :, 0
    ].transpose(1, 0, 2)
    rows["vertices"] = np.take_along_axis(edges["vertices"][outer], end[:, :, None], 2)[:, :, 0]
    rows["closed"] = rows["vertices"][:, 0] == rows["vertices"][:, 1]
    return rows


def _end(vertices: list[list[int]], at: int) -> int:
    """Which end of the first or last piece of a chain is the chain's own."""
    beside = vertices[1] if at == 0 else vertices[at - 1]
    if set(vertices[at]) == set(beside):  # two halves of a closed edge
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
    ends = [(line[0].tolist(), line[-1].tolist()) for line in lines]
    # plain numbers: of two points numpy's calls take ten times as long as their work
    (start, end), second = ends[0], ends[1]
    backward = min(math.dist(start, p) for p in second) < min(math.dist(end, p) for p in second)
    joined = [lines[0][::-1] if backward else lines[0]]
    at = start if backward else end
    for line, (start, end) in zip(lines[1:], ends[1:], strict=True):
        backward = math.dist(end, at) < math.dist(start, at)
        joined.append((line[::-1] if backward else line)[1:])
        at = start if backward else end
    return np.concatenate(joined)
