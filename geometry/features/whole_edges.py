"""Which edges did a modeller only split? The recognisers see each of them whole."""

import math

import numpy as np

from geometry.surfaces import surface_normals
from geometry.topology import CURVES, Topology

__all__ = ["chained", "whole_edges"]

LINE, CIRCLE = CURVES.index("line"), CURVES.index("circle")
SAME_DIRECTION = math.cos(math.radians(0.5))
SAME_CIRCLE_SHARE = 2e-3  # of the radius, for radius and centre
AROUND = np.array([0.3017, 0.5217, 0.7981])  # no drawing's direction: where circles about it start


def whole_edges(topology: Topology) -> tuple[np.ndarray, dict[int, tuple[int, ...]]]:
    """Edges with those that pieces make up appended, and the pieces of each of these in order.

    Two edges are pieces of one where they alone meet at a vertex, between the same two faces, on
    one line, circle or other curve; seams within a face do not count.
    """
    edges = topology.edges
    ends = edges["faces"]
    real = np.flatnonzero((ends >= 0).all(axis=1) & (ends[:, 0] != ends[:, 1]) & ~edges["closed"])
    vertices = edges["vertices"][real]
    owner = np.concatenate([real, real])
    place = np.concatenate([vertices[:, 0], vertices[:, 1]])
    order = np.argsort(place, kind="stable")
    place, owner = place[order], owner[order]
    starts = np.flatnonzero(np.concatenate([[True], place[1:] != place[:-1]]))
    counts = np.diff(np.append(starts, len(place)))
    # a closed edge at the vertex is a corner as well
    busy = set(edges["vertices"][edges["closed"] & (ends[:, 0] != ends[:, 1])].ravel().tolist())
    meets: dict[int, list[int]] = {}
    for start in starts[counts == 2].tolist():
        a, b = int(owner[start]), int(owner[start + 1])
        if a != b and int(place[start]) not in busy and _continues(edges[a], edges[b]):
            meets.setdefault(a, []).append(b)
            meets.setdefault(b, []).append(a)
    chains = _chains(meets)
    rows = [_whole(topology, chain) for chain in chains]
    if not rows:
        return edges, {}
    pieces = {len(edges) + number: tuple(chain) for number, chain in enumerate(chains)}
    every = np.concatenate([edges, np.array(rows, edges.dtype)])
    for number in np.flatnonzero(every["closed"] & (every["curve"] == CIRCLE)).tolist():
        _turn(topology, every[number])
    return every, pieces


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
    """One edge of its pieces, with its own middle where the curve is known."""
    rows = topology.edges[chain]
    lengths = np.cumsum(rows["length_mm"])
    half = 0.5 * float(lengths[-1])
    row = rows[int(np.searchsorted(lengths, half))].copy()
    row["length_mm"] = lengths[-1]
    vertices = rows["vertices"]
    first, last = _end(vertices, 0), _end(vertices, len(chain) - 1)
    starts = (rows["start_mm"][0], rows["end_mm"][0])
    stops = (rows["start_mm"][-1], rows["end_mm"][-1])
    row["start_mm"], row["end_mm"] = starts[first], stops[last]
    row["vertices"] = vertices[0][first], vertices[-1][last]
    row["closed"] = row["vertices"][0] == row["vertices"][1]
    middle = _middle(row)
    if middle is not None:
        _move(topology, row, middle)
    return row


def _end(vertices: np.ndarray, at: int) -> int:
    """Which end of the first or last piece of a chain is the chain's own."""
    beside = vertices[1] if at == 0 else vertices[at - 1]
    if set(vertices[at].tolist()) == set(beside.tolist()):  # two halves of a closed edge
        return 0 if at == 0 else int(vertices[at][1] == vertices[0][0])
    return 1 if vertices[at][0] in beside else 0


def _middle(row: np.void) -> np.ndarray | None:
    """Half way along a line or a circle, None on other curves."""
    if row["curve"] == LINE:
        return np.asarray(0.5 * (row["start_mm"] + row["end_mm"]))
    if row["curve"] != CIRCLE or row["closed"]:
        return None
    chord = 0.5 * (row["start_mm"] + row["end_mm"]) - row["origin_mm"]
    radius = float(row["radius_mm"])
    turn = float(row["length_mm"]) / radius
    if np.linalg.norm(chord) < 1e-3 * radius:  # a half turn: a piece tells the side
        chord = row["middle_mm"] - row["origin_mm"]
        along = row["end_mm"] - row["start_mm"]
        chord = chord - (chord @ along) / max(float(along @ along), 1e-300) * along
    elif turn > math.pi:
        chord = -chord
    return np.asarray(row["origin_mm"] + radius * chord / max(float(np.linalg.norm(chord)), 1e-300))


def _turn(topology: Topology, row: np.void) -> None:
    """Sets a whole circle's middle, in place: circles about one axis have theirs side by side."""
    arm = AROUND - (AROUND @ row["axis"]) * row["axis"]
    size = float(np.linalg.norm(arm))
    if size > 1e-3:
        _move(topology, row, row["origin_mm"] + float(row["radius_mm"]) / size * arm)


def _move(topology: Topology, row: np.void, middle: np.ndarray) -> None:
    """Sets an edge's middle, with the tangent and the normals there, in place."""
    faces = row["faces"].astype(int)
    normals = surface_normals(topology.faces, faces, np.array([middle, middle]))
    normals *= topology.faces["sense"][faces][:, None]
    if row["curve"] == CIRCLE:
        turn = _rotation(
            row["axis"], row["middle_mm"] - row["origin_mm"], middle - row["origin_mm"]
        )
        row["tangent"] = turn @ row["tangent"]
        row["normals"] = row["normals"] @ turn.T  # where a face is freeform it is one of revolution
    row["middle_mm"] = middle
    known = ~np.isnan(normals).any(axis=1)
    row["normals"][known] = normals[known]


def _rotation(axis: np.ndarray, old: np.ndarray, new: np.ndarray) -> np.ndarray:
    """The turn about an axis that takes one direction square to it to another: (3, 3)."""
    frames = []
    for arm in (old, new):
        x = arm - (arm @ axis) * axis
        x = x / max(float(np.linalg.norm(x)), 1e-300)
        frames.append(np.column_stack([x, np.cross(axis, x), axis]))
    return np.asarray(frames[1] @ frames[0].T)


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
