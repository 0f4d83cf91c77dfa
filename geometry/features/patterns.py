"""Which equal features repeat along a line, round a circle or on a grid?

Holes first, since bolt circles and rows of holes mean most; then cuts, bosses, ribs, grooves and
forms of sheet, each known again by its own measures and by how it is turned.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, islice

import numpy as np

from geometry.features.arrangements import FEWEST, NEAR_MM, on_circle, repeated
from geometry.features.feature import Draft
from geometry.features.survey import PLANE, Survey, unit
from geometry.vectors import cross, fit_circle, norms, rejections, square_to

__all__ = ["find_patterns"]

LARGEST_RING = 60  # equal features on different axes; the search is cubic
MOST_TRIPLES = 2000
SPOKES_APART = 0.02  # of the cross of two differences of axes, that tells the axis of a ring
SPOKES_FLAT = 0.01  # sine by which a spoke may leave the cone or plane of the others
SAME_PLANE = 1 - 1e-4
SAME_WAY = 1 - 1e-4  # cosine
SAME_SHARE, SAME_MM = 2e-3, 0.01  # what measures of equal features may differ by
SAME_SLANT = 0.02  # sine of how much one may be turned against its spoke beside the others
ROUND = 0.05  # share by which walls must face one way more than across it to tell how one is turned

# what two features of a type must agree in to be equal
_MEASURES = {
    "hole": ("diameter_mm", "depth_mm"),
    "pocket": ("depth_mm", "length_mm", "width_mm"),
    "slot": ("width_mm", "depth_mm", "length_mm"),
    "boss": ("diameter_mm", "height_mm"),
    "rib": ("thickness_mm", "height_mm", "length_mm"),
    "groove": ("width_mm", "depth_mm", "diameter_mm"),
    "form": ("height_mm", "size_mm"),
    "cutout": ("width_mm", "length_mm", "perimeter_mm"),
}


@dataclass(frozen=True, eq=False)
class _Item:
    """A feature where it stands."""

    draft: Draft
    place_mm: np.ndarray  # (3,)
    way: np.ndarray  # (3,) its axis or the direction it opens in
    across: np.ndarray | None  # (3,) across it, sign open; None where it has none, as round ones

    @property
    def is_hole(self) -> bool:
        return self.draft.type == "hole"


def find_patterns(survey: Survey, drafts: list[Draft]) -> list[Draft]:
    """Circular, grid and linear patterns of equal features, each feature in one at most."""
    found: list[Draft] = []
    for group in _alike(survey, drafts):
        left = group
        for parallel in _parallel(group):
            patterns = _rows(parallel) if parallel[0].draft.type == "groove" else _flat(parallel)
            found.extend(patterns)
            used = {id(part) for pattern in patterns for part in pattern.parts}
            left = [item for item in left if id(item.draft) not in used]
        left = left[:LARGEST_RING]
        while len(left) >= FEWEST and (ring := _ring(left)) is not None:
            found.append(ring)
            used = {id(part) for part in ring.parts}
            left = [item for item in left if id(item.draft) not in used]
    return found


def _alike(survey: Survey, drafts: Iterable[Draft]) -> list[list[_Item]]:
    """Groups of equal features."""
    drafts = list(drafts)
    bored = {face for draft in drafts if draft.type == "hole" for face in draft.faces}
    groups: dict[tuple[object, ...], list[Draft]] = {}
    for draft in drafts:
        if draft.type not in _MEASURES or (draft.type == "cutout" and bored & set(draft.faces)):
            continue
        if draft.type == "hole" and "axis" not in draft.parameters:
            continue
        key = (draft.type, draft.kind, draft.parameters.get("profile"))
        groups.setdefault(key, []).append(draft)
    found = []
    for group in groups.values():
        if len(group) < FEWEST:
            continue
        measures = np.array([_measures(draft) for draft in group])
        for equal in _clusters(measures, SAME_MM + SAME_SHARE * np.abs(measures)):
            if len(equal) >= FEWEST:
                items = (_item(survey, group[i]) for i in equal)
                found.append([item for item in items if item is not None])
    return [group for group in found if len(group) >= FEWEST]


def _measures(draft: Draft) -> list[float]:
    return [float(draft.parameters.get(key) or 0.0) for key in _MEASURES[draft.type]]


def _clusters(values: np.ndarray, near: np.ndarray) -> list[list[int]]:
    """Rows (n, k) that lie near the first one of their cluster."""
    left = np.arange(len(values))
    found = []
    while len(left):
        same = (np.abs(values[left] - values[left[0]]) <= near[left[0]]).all(axis=1)
        found.append(left[same].tolist())
        left = left[~same]
    return found


def _item(survey: Survey, draft: Draft) -> _Item | None:
    """A feature with its place; None where nothing tells which way it looks."""
    p = draft.parameters
    if draft.type == "hole":
        return _Item(draft, np.array(p["origin_mm"], float), np.array(p["axis"], float), None)
    if not draft.faces:
        return None
    faces = survey.faces.take(list(draft.faces))
    area = faces["area_mm2"]
    place = (area @ faces["centroid_mm"]) / area.sum()
    way = p.get("direction", p.get("axis"))
    flat = survey.kind[list(draft.faces)] == PLANE
    walls = faces["axis"][flat]
    if way is None and draft.type == "groove":
        axes = faces["axis"][~flat]
        way = axes[0] if len(axes) else None
    spread = (walls * area[flat, None]).T @ walls / max(float(area.sum()), 1e-300)
    if draft.type == "cutout":  # square to its walls
        axes = faces["axis"][~flat]
        way = axes[0] if len(axes) else np.linalg.eigh(spread)[1][:, 0]
    if way is None:
        # of ribs and forms: the way that the fewest of their faces look in turns with them
        way = (area[flat] @ walls) if flat.any() else None
        if way is None or np.linalg.norm(way) < ROUND * area.sum():
            return None
    way = unit(np.asarray(way, float))
    turned = np.eye(3) - np.outer(way, way)
    values, axes = np.linalg.eigh(turned @ spread @ turned)
    across = axes[:, 2] if values[2] - values[1] > ROUND and draft.type != "groove" else None
    return _Item(draft, place, way, across)


def _parallel(group: list[_Item]) -> list[list[_Item]]:
    """Those that look one way, passages and cut-outs one way or the other: holes wherever they
    begin, others from one level.
    """
    ways = np.array([item.way for item in group])
    left = np.arange(len(group))
    found = []
    while len(left) >= FEWEST:
        first = group[left[0]]
        same = ways[left] @ first.way
        passage = first.draft.type == "pocket" and first.draft.kind == "through"
        either = first.draft.type in ("hole", "groove", "cutout") or passage
        same = np.abs(same) if either else same
        fits = same > SAME_WAY
        if not first.is_hole and first.draft.type != "groove":
            places = np.array([group[i].place_mm for i in left])
            fits &= np.abs((places - first.place_mm) @ first.way) < NEAR_MM
        if fits.sum() >= FEWEST:
            found.append([group[i] for i in left[fits]])
        fits[0] = True
        left = left[~fits]
    return found


def _flat(group: list[_Item]) -> list[Draft]:
    """Patterns of features that look one way, in the plane across it."""
    found = _take(group, circles=True)
    if group[0].across is None:
        return found
    used = {id(part) for pattern in found for part in pattern.parts}
    left = [(item, item.across) for item in group if id(item.draft) not in used]
    turned = [(item, across) for item, across in left if across is not None]
    while len(turned) >= FEWEST:
        first = turned[0][1]
        rows = [item for item, across in turned if abs(float(across @ first)) > SAME_WAY]
        found.extend(_take(rows, circles=False))
        turned = [(item, across) for item, across in turned if item not in rows]
    return found


def _take(group: list[_Item], *, circles: bool) -> list[Draft]:
    """Pattern after pattern, each from what the ones before have left."""
    axis = group[0].way
    frame = square_to(axis).T
    flat = np.array([item.place_mm for item in group]) @ frame
    slanted = group[0].across is not None
    across = np.array([item.across if item.across is not None else axis for item in group]) @ frame
    left = list(range(len(group)))
    found = []
    while len(left) >= FEWEST:
        if circles and slanted:
            best = on_circle(flat[left])
            if best is not None and not _turn_with(flat[left][best[1]], across[left][best[1]]):
                best = None
        else:
            best = repeated(flat[left], turned=circles)
        if best is None:
            break
        kind, members, parameters = best
        parts = tuple(group[left[m]].draft for m in members)
        extra = {"axis": axis.tolist()} if kind == "circular" else {}
        parameters = {"count": len(parts), **parameters, **extra}
        found.append(Draft("pattern", kind, (), parameters, parts=parts))
        gone = {left[m] for m in members}
        left = [i for i in left if i not in gone]
    return found


def _turn_with(flat: np.ndarray, across: np.ndarray) -> bool:
    """Whether things on a circle (n, 2) are all turned alike against their spoke."""
    spokes = flat - fit_circle(flat)[0]
    spokes /= np.maximum(norms(spokes), 1e-300)[:, None]
    along = np.abs(np.einsum("ij,ij->i", spokes, across))
    side = spokes[:, 0] * across[:, 1] - spokes[:, 1] * across[:, 0]
    slant = side * np.sign(np.einsum("ij,ij->i", spokes, across))
    upright = along.min() > SAME_SLANT and np.abs(side).min() > SAME_SLANT
    return bool(np.ptp(along) < SAME_SLANT and (not upright or np.ptp(slant) < SAME_SLANT))


def _rows(group: list[_Item]) -> list[Draft]:
    """Rows of grooves along one axis."""
    axis, found, left = group[0].way, [], list(group)
    while len(left) >= FEWEST:
        away = np.array([item.place_mm for item in left]) - left[0].place_mm
        aside = norms(rejections(away, axis))
        on = [item for item, off in zip(left, aside, strict=True) if off < NEAR_MM]
        if len(on) >= FEWEST:
            heights = np.array([item.place_mm for item in on]) @ axis
            best = repeated(np.column_stack([heights, np.zeros(len(on))]), turned=False)
            if best is not None:
                parts = tuple(on[m].draft for m in best[1])
                parameters = {"count": len(parts), **best[2]}
                found.append(Draft("pattern", "linear", (), parameters, parts=parts))
        left = [item for item in left if item not in on]
    return found


def _ring(group: Sequence[_Item]) -> Draft | None:
    """The first circle on which features stand like spokes, flat or as on a cone."""
    ways = np.array([item.way for item in group])
    places = np.array([item.place_mm for item in group])
    for i, normal in _ring_axes(ways, places):
        slope = float(normal @ ways[i])
        on = np.flatnonzero(
            (np.abs(ways @ normal - slope) < SPOKES_FLAT)
            & (np.abs((places - places[i]) @ normal) < NEAR_MM)
        )
        if len(on) < FEWEST:
            continue
        x = unit(ways[i] - slope * normal)
        plane = np.column_stack([x, cross(normal, x)])
        flat, out = places[on] @ plane, ways[on] @ plane
        out /= np.maximum(norms(out), 1e-300)[:, None]
        match = on_circle(flat)
        if match is None:
            continue
        members = match[1]
        spokes = flat[members] - _meeting_point(flat[members], out[members])
        spokes /= np.maximum(norms(spokes), 1e-300)[:, None]
        if (np.abs(np.einsum("ij,ij->i", spokes, out[members])) < SAME_PLANE).any():
            continue
        parts = tuple(group[on[m]].draft for m in members)
        parameters = {"count": len(parts), **match[2], "axis": normal.tolist()}
        return Draft("pattern", "circular", (), parameters, parts=parts)
    return None


def _ring_axes(ways: np.ndarray, places: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """Axes of the rings that any three of some spokes are of, each once with the first of the
    three; ways (n, 3), places (n, 3) mm.
    """
    triples = list(islice(combinations(range(len(ways)), 3), MOST_TRIPLES))
    i, j, k = np.array(triples, int).reshape(-1, 3).T
    normals = cross(ways[j] - ways[i], ways[k] - ways[i])
    size = norms(normals)
    apart = size >= SPOKES_APART
    i, normals = i[apart], normals[apart] / size[apart, None]
    slopes = np.einsum("ij,ij->i", normals, ways[i])
    normals[np.abs(slopes) > SPOKES_FLAT] *= np.sign(slopes)[np.abs(slopes) > SPOKES_FLAT, None]
    levels = np.abs(np.einsum("ij,ij->i", normals, places[i]))
    while len(i):
        first, level = normals[0], levels[0]
        yield int(i[0]), first
        same = (np.abs(normals @ first) > SAME_PLANE) & (np.abs(levels - level) < NEAR_MM)
        same[0] = True
        i, normals, levels = i[~same], normals[~same], levels[~same]


def _meeting_point(places: np.ndarray, ways: np.ndarray) -> np.ndarray:
    """Where lines in a plane come nearest to meeting, by least squares."""
    across = np.eye(2) - ways[:, :, None] * ways[:, None, :]
    return np.asarray(np.linalg.solve(across.sum(axis=0), np.einsum("ijk,ik->j", across, places)))
