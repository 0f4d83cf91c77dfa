"""Which faces only round or break an edge? The rest of the recognisers look through them."""

import math
from dataclasses import dataclass

import numpy as np

from geometry.features.feature import Draft
from geometry.features.smooth_lines import curve_through
from geometry.features.survey import CONE, CYLINDER, FREEFORM, PLANE, SPHERE, TORUS, Survey
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
LEANS = 0.2  # sine between a rim and a chord across a blend: what is less square ends it
END_SHARE = 0.3  # of a freeform blend's longest side: where shorter ones end it
PARALLEL = math.cos(math.radians(2))


def fillet_faces(survey: Survey) -> dict[int, float]:
    """Faces that blend two others tangentially, with their radius: > 0 external, < 0 internal."""
    senses = survey.faces["sense"].tolist()
    found = {face: radius * senses[face] for face, radius in _rounded(survey).items()}
    rolled: dict[int, tuple[float, float]] = {}
    sides: dict[int, tuple[int, int]] = {}
    for face in np.flatnonzero(survey.kind >= FREEFORM).tolist():
        if (rolling := _rolling_radii(survey, face)) is not None:
            sides[face], rolled[face] = rolling
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


def _rolling_radii(survey: Survey, face: int) -> tuple[tuple[int, int], tuple[float, float]] | None:
    """The two faces that a freeform blend leads over, and its least and largest radius, by how far
    its tangent edges lie apart.

    A ball of radius r between faces whose normals turn by a touches them 2 r sin(a / 2) apart.
    """
    sides: dict[int, tuple[float, int]] = {}
    for edge, g in survey.near[face]:
        if survey.smooth(edge):
            length = float(survey.edges["length_mm"][edge])
            if length > sides.get(g, (0.0, -1))[0]:
                sides[g] = (length, edge)
    longest = max((length for length, _ in sides.values()), default=0.0)
    sides = {g: side for g, side in sides.items() if side[0] > END_SHARE * longest}
    if len(sides) != 2:
        return None
    (a, (length_a, edge_a)), (b, (length_b, edge_b)) = sides.items()
    bends = [survey.bend[e, survey.side(e, face)] for e in (edge_a, edge_b)]
    if bends[0] * bends[1] <= 0:
        return None
    line_a, line_b = survey.polyline(edge_a), _finer(survey.polyline(edge_b))
    line_b = line_b[_nearest(line_a, line_b)]
    turn = _turn(survey, (a, line_a), (b, line_b))
    good = np.degrees(np.nan_to_num(turn)) > 5
    if not good.any():
        return None
    gap = norms(line_b - line_a)
    # where one rim ends before the other no ball touches both
    square = np.abs(np.einsum("ij,ij->i", line_b - line_a, _tangents(line_a))) < LEANS * gap
    good = good & square if (good & square).any() else good
    turn = turn[good]
    radii = gap[good] / (2 * np.sin(turn / 2))
    widest = float(np.degrees(turn).max())
    narrow = float(radii.max()) * math.radians(widest) < 0.7 * max(length_a, length_b)
    if widest > WIDEST_FILLET_DEG or not narrow:
        return None
    sign = 1.0 if bends[0] > 0 else -1.0
    return (a, b), (sign * float(radii.min()), sign * float(radii.max()))


def _turn(survey: Survey, *sides: tuple[int, np.ndarray]) -> np.ndarray:
    """By how much the normals of two faces turn between points of their rims (n, 3): (n,) radians.

    A ball that touches both leaves a chord between the points that leans half of it from either
    tangent plane: one face of known surface tells it without the other's mesh.
    """
    known = [side for side in sides if survey.kind[side[0]] < FREEFORM]
    if len(known) == 1:
        normals = survey.normals(*known[0])
        chord = sides[1][1] - sides[0][1]
        lean = np.abs(np.einsum("ij,ij->i", chord, normals)) / np.maximum(norms(chord), 1e-300)
        return 2 * np.arcsin(np.minimum(lean, 1.0))
    cosine = np.einsum("ij,ij->i", *(survey.normals(*side) for side in sides))
    return np.asarray(np.arccos(np.clip(cosine, -1, 1)))


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
