"""Which faces only round or break an edge? The rest of the recognisers look through them."""

import math
from dataclasses import dataclass

import numpy as np

from geometry.features.feature import Draft
from geometry.features.smooth_lines import curve_through
from geometry.features.survey import CONE, CYLINDER, FREEFORM, PLANE, SPHERE, TORUS, Survey
from geometry.surfaces import surface_normals
from geometry.topology import SMOOTH, radii_across_mm
from geometry.vectors import cross, norms

__all__ = ["chains", "fillet_faces"]

WIDEST_FILLET_DEG = 170.0  # a full round is a wall, not a blend
SAME_SIZE_SHARE = 0.02
VARIES_SHARE = 0.05  # of the radius: less is how a modeller approximates a constant one
# width of a freeform patch over the largest radius about it: rounds turn half a turn at most; a
# wall that rounds run about on all sides is wider
WIDEST_PATCH = math.pi
BETWEEN = 8  # places between two points of a blend's rim where the way across it may begin
LEAST_TURN_DEG = 5.0  # of the faces that a blend leads over
NARROW = 0.7  # of its longer edge: how wide a blend may be
LEANS = 0.2  # sine between a rim and a chord across a blend: what is less square ends it
END_SHARE = 0.3  # of a freeform blend's longest side: where shorter ones end it
PARALLEL = math.cos(math.radians(2))


def fillet_faces(survey: Survey) -> dict[int, float]:
    """Faces that blend two others tangentially, with their radius: > 0 external, < 0 internal."""
    senses = survey.faces["sense"].tolist()
    found = {face: radius * senses[face] for face, radius in _rounded(survey).items()}
    freeform = np.flatnonzero(survey.kind >= FREEFORM).tolist()
    bands = [band for face in freeform if (band := _band(survey, face)) is not None]
    radii_of = _rolling_radii(survey, bands)
    rolled = {band.face: radii for band, radii in zip(bands, radii_of, strict=True) if radii}
    sides = {band.face: band.beside for band in bands}
    every = found | {face: radii[0] for face, radii in rolled.items()}
    for face, radii in rolled.items():
        if all(abs(every.get(g, math.inf)) < abs(radii[0]) for g in sides[face]):
            continue  # a wall between the rounds of its own edges
        found[face] = radii[0]
        if abs(radii[1]) > abs(radii[0]) * (1 + VARIES_SHARE):
            survey.widest_radius_mm[face] = abs(radii[1])
    return found | _corner_patches(survey, found)


def _corner_patches(survey: Survey, found: dict[int, float]) -> dict[int, float]:
    """Faces where blends meet: tangent to all neighbours, at least two of which are blends."""
    patches: dict[int, float] = {}
    for face in range(survey.count):
        if face in found or survey.kinds[face] in (PLANE, CYLINDER, CONE):
            continue
        near = survey.near[face]
        blends = [g for _, g in near if g in found]
        if len(near) < 3 or len(blends) < 2 or not all(survey.smooth(edge) for edge, _ in near):
            continue
        if survey.kinds[face] in (SPHERE, TORUS):
            patches[face] = _own_radius(survey, face) * int(survey.faces["sense"][face])
        elif survey.strip_mm(face) < WIDEST_PATCH * max(abs(found[g]) for g in blends):
            external = any(found[g] > 0 for g in blends)
            if external and any(found[g] < 0 for g in blends):
                external = _bulges(survey, face)
            sizes = [found[g] for g in blends if (found[g] > 0) == external]
            patches[face] = min(sizes, key=abs)
    return patches


def _bulges(survey: Survey, face: int) -> bool:
    """Whether a face curves as a shaft does rather than as a bore, on the whole.

    Its mean curvature times its normal, summed over it, is half of what its rim pulls at it; the
    sides that triangles share pull both ways.
    """
    mesh, rows = survey.part.mesh, survey.triangles(face)
    corners, normals = mesh.corners_mm[rows], mesh.vertex_normals[rows]
    sides = np.roll(corners, -1, axis=1) - corners
    pull = cross(sides, normals + np.roll(normals, -1, axis=1)).sum(axis=(0, 1))
    return bool(pull @ (mesh.areas_mm2[rows] @ mesh.normals[rows]) < 0)


@dataclass(frozen=True)
class _Band:
    """A freeform face between two tangent edges, along which a ball may have rolled."""

    face: int
    beside: tuple[int, int]  # the faces that it leads over
    rims_mm: tuple[np.ndarray, np.ndarray]  # (n, 3) points of one edge, those of the other nearest
    longest_mm: float  # of both edges
    sign: float  # +1 where it is convex


def _band(survey: Survey, face: int) -> _Band | None:
    """A freeform face as a band between its two long tangent edges, None where it has others or
    bends one way at one and the other way at the other.
    """
    sides: dict[int, tuple[float, int]] = {}
    for edge, g in survey.near[face]:
        if survey.smooth(edge):
            length = survey.lengths_mm[edge]
            if length > sides.get(g, (0.0, -1))[0]:
                sides[g] = (length, edge)
    longest = max((length for length, _ in sides.values()), default=0.0)
    sides = {g: side for g, side in sides.items() if side[0] > END_SHARE * longest}
    if len(sides) != 2:
        return None
    (a, (_, edge_a)), (b, (_, edge_b)) = sides.items()
    bends = [survey.bend[e, survey.side(e, face)] for e in (edge_a, edge_b)]
    if bends[0] * bends[1] <= 0:
        return None
    line_a, line_b = survey.polyline(edge_a), _finer(survey.polyline(edge_b))
    rims = line_a, line_b[_nearest(line_a, line_b)]
    return _Band(face, (a, b), rims, longest, 1.0 if bends[0] > 0 else -1.0)


def _rolling_radii(survey: Survey, bands: list[_Band]) -> list[tuple[float, float] | None]:
    """The least and the largest radius of each freeform blend, by how far its tangent edges lie
    apart; None where no ball touches both.

    A ball of radius r between faces whose normals turn by a touches them 2 r sin(a / 2) apart.
    """
    if not bands:
        return []
    counts = [len(band.rims_mm[0]) for band in bands]
    chord = np.concatenate([band.rims_mm[1] - band.rims_mm[0] for band in bands])
    along = np.concatenate([_tangents(band.rims_mm[0]) for band in bands])
    gap, turn = norms(chord), _turn(survey, bands, chord)
    bent = np.degrees(np.nan_to_num(turn)) > LEAST_TURN_DEG
    # where one rim ends before the other no ball touches both
    square = bent & (np.abs(np.einsum("ij,ij->i", chord, along)) < LEANS * gap)
    with np.errstate(invalid="ignore", divide="ignore"):
        radius = gap / (2 * np.sin(turn / 2))
    found: list[tuple[float, float] | None] = []
    for band, end, count in zip(bands, np.cumsum(counts).tolist(), counts, strict=True):
        own = slice(end - count, end)
        good = square[own] if square[own].any() else bent[own]
        radii, widest = radius[own][good], float(turn[own][good].max(initial=0.0))
        if not len(radii) or math.degrees(widest) > WIDEST_FILLET_DEG:
            found.append(None)
            continue
        least, most = float(radii.min()), float(radii.max())
        narrow = most * widest < NARROW * band.longest_mm
        found.append((band.sign * least, band.sign * most) if narrow else None)
    return found


def _turn(survey: Survey, bands: list[_Band], chord_mm: np.ndarray) -> np.ndarray:
    """By how much the normals of the faces beside bands turn between points of their rims, (n,)
    radians; chord_mm (n, 3) from one rim to the other.

    A ball that touches both leaves a chord between the points that leans half of it from either
    tangent plane: one face of known surface tells it without the other's mesh.
    """
    counts = np.array([len(band.rims_mm[0]) for band in bands])
    beside = np.array([band.beside for band in bands])
    known = survey.kind[beside] < FREEFORM
    normals = np.zeros((2, *chord_mm.shape))
    for side in (0, 1):
        face = np.repeat(beside[:, side], counts)
        points = np.concatenate([band.rims_mm[side] for band in bands])
        outward = surface_normals(survey.faces, face, points)
        normals[side] = outward * survey.faces["sense"][face][:, None]
    ends = np.cumsum(counts)
    for row in np.flatnonzero(~known.any(axis=1)).tolist():
        own = slice(ends[row] - counts[row], ends[row])
        for side, line in enumerate(bands[row].rims_mm):
            normals[side, own] = survey.normals(int(beside[row, side]), line)
    one = np.repeat(known.sum(axis=1) == 1, counts)
    told = np.where(np.repeat(known[:, 0], counts)[:, None], *normals)
    lean = np.abs(np.einsum("ij,ij->i", chord_mm, told)) / np.maximum(norms(chord_mm), 1e-300)
    cosine = np.einsum("ij,ij->i", *normals)
    half, whole = np.arcsin(np.minimum(lean, 1.0)), np.arccos(np.clip(cosine, -1, 1))
    return np.where(one, 2 * half, whole)


def _finer(line: np.ndarray) -> np.ndarray:
    """A polyline with points between its own, so that the nearest of them is near to square off:
    on a curve through its corners, for its chords cut off more than a small radius is wide.
    """
    return curve_through(line).between(BETWEEN)


def _nearest(points: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Which of other points (m, 3) is nearest to each of some (n, 3): (n,)."""
    (x, y, z), (u, v, w) = points.T[:, :, None], others.T
    return np.asarray(((x - u) ** 2 + (y - v) ** 2 + (z - w) ** 2).argmin(axis=1))


def _tangents(line: np.ndarray) -> np.ndarray:
    """Unit directions (n, 3) of the curve through the corners of a polyline, at each of them."""
    curve = curve_through(line)
    places = curve.places_mm
    if len(places) == len(line):
        along = curve.slopes
    else:  # corners that follow at no distance count once
        along = curve.tangents(np.interp(np.arange(len(line)), np.arange(len(places)), places))
    return np.asarray(along / np.maximum(norms(along), 1e-300)[:, None])


def _own_radius(survey: Survey, face: int) -> float:
    row = survey.faces[face]
    return float(row["minor_radius_mm"] if survey.kinds[face] == TORUS else row["radius_mm"])


@dataclass(frozen=True)
class _Side:
    """An edge that a round face meets another tangentially along, across its run."""

    length_mm: float
    normal: tuple[float, float, float]  # there
    across: int  # the face beyond


def _rounded(survey: Survey) -> dict[int, float]:
    """Cylinders and tori that are tangent along both of their long sides, with their radius."""
    faces, edges = survey.faces, survey.edges
    radii = radii_across_mm(faces)
    narrow = ~(faces["sweep_deg"] > WIDEST_FILLET_DEG)
    round_ = (survey.kind == TORUS) | ((survey.kind == CYLINDER) & narrow)
    smooth = np.flatnonzero(survey.whole & (edges["convexity"] == SMOOTH))
    ends, lengths = edges["faces"][smooth], edges["length_mm"][smooth].tolist()
    # no sides are those that are tangent along the run of something else
    across = round_[ends] & ~(np.abs(survey.bend[smooth]) * radii[ends] < 0.5)
    sides: dict[int, list[_Side]] = {}
    normals, named = edges["normals"][smooth].tolist(), ends.tolist()
    for row, side in np.argwhere(across).tolist():
        own = _Side(lengths[row], normals[row][side], named[row][1 - side])
        sides.setdefault(named[row][side], []).append(own)
    return {
        face: float(radii[face])
        for face, own in sorted(sides.items())
        if len(own) > 1 and _is_rounded(survey, face, own)
    }


def _is_rounded(survey: Survey, face: int, sides: list[_Side]) -> bool:
    """Whether a round face with these tangent sides leads over from one long side to another."""
    longest = max(side.length_mm for side in sides)
    long = [side for side in sides if side.length_mm > 0.2 * longest]
    least = min(
        (x * u + y * v + z * w)
        for i, (x, y, z) in enumerate(side.normal for side in long)
        for u, v, w in (side.normal for side in long[i:])
    )
    turn = math.degrees(math.acos(min(max(least, -1.0), 1.0)))
    if turn < 5.0 or turn > WIDEST_FILLET_DEG:
        return False
    # an arc that two tighter ones lead on, as the sides of a curved slot
    led_on = survey.kinds[face] == CYLINDER and all(_tighter(survey, s.across, face) for s in long)
    return not led_on


def _tighter(survey: Survey, face: int, arc: int) -> bool:
    """Whether a face is a cylinder along another's axis of less radius."""
    axes, radii = survey.faces["axis"], survey.faces["radius_mm"]
    return bool(
        survey.kinds[face] == CYLINDER
        and radii[face] < radii[arc]
        and abs(axes[face] @ axes[arc]) > PARALLEL
    )


def chains(survey: Survey, fillets: dict[int, float]) -> list[Draft]:
    """Equal tangent fillets that touch, as one feature each."""

    def equal(face: int, edge: int, other: int) -> bool:
        a, b = fillets[face], fillets[other]
        return bool(survey.smooth(edge) and a * b > 0 and abs(a - b) <= SAME_SIZE_SHARE * abs(a))

    drafts = []
    for chain in survey.connected(fillets, equal):
        face = chain[0]
        kind = "external" if fillets[face] > 0 else "internal"
        size = {"radius_mm": abs(fillets[face])}
        varying = [survey.widest_radius_mm[f] for f in chain if f in survey.widest_radius_mm]
        if varying:
            size["radius_max_mm"] = max(varying)
        drafts.append(Draft("fillet", kind, tuple(chain), size))
    return drafts
