"""Which features does a part have? The one way through the families of recognisers."""

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from geometry.features.called_threads import with_called_threads
from geometry.features.chamfers import Chamfer
from geometry.features.explained import Explanation, explain
from geometry.features.feature import Draft, Feature, number
from geometry.features.sheet import recognise_sheet
from geometry.features.sheet_model import SheetModel
from geometry.features.sheet_outlines import recesses
from geometry.features.survey import CYLINDER, FREEFORM, SPHERE, TORUS, Survey
from geometry.part import Part, Warning, failed
from geometry.topology import CONCAVE, CONVEX

__all__ = ["Recognition", "recognise"]

SAME_MM = 1e-3  # what a re-export leaves of a gauge
SQUARE_ON = 0.9  # cosine between two legs of an angle: less is no one plane
PIERCED_LENGTH = 1.3  # length of a pierced hole over the thickness, on a bend at most
THICKEST_FLAT_SHEET_MM = (
    6.0  # the gauge that pressings end at; flat parts above it may as well be milled
)


@dataclass(frozen=True)
class Recognition:
    """What was recognised in a part, and how much of its surface that explains."""

    features: tuple[Feature, ...]
    explained: Explanation
    warnings: tuple[Warning, ...] = ()
    sheet: SheetModel | None = None  # the sheet that the part could be; processes weigh it


@dataclass
class Findings:
    """What the families before have found; each takes from it what it needs."""

    survey: Survey
    fillets: dict[int, float]
    chamfers: dict[int, Chamfer]
    drafts: list[Draft]
    taken: set[int]
    thickness_mm: float | None = None  # of the sheet, where the part is one
    sheet: set[int] = field(default_factory=set)  # faces that are its sides or in them
    turned: set[int] = field(default_factory=set)  # faces of the turned profile: cuts may share
    serrated: set[int] = field(default_factory=set)  # faces of teeth that are no gear's
    bare: set[int] = field(default_factory=set)  # faces of the body that no feature is of
    broken: set[int] = field(default_factory=set)  # chamfers of inner corners
    standing: set[int] = field(default_factory=set)  # faces of bosses and ribs
    loose: set[int] = field(default_factory=set)  # those of bosses that no loop surrounds
    islands: dict[int, list[Draft]] = field(default_factory=dict)  # by the face they stand on


def recognise(part: Part) -> Recognition:
    """Features in the contract's words; never raises, a family that fails is named in warnings."""
    findings = Findings(Survey(part), {}, {}, [], set())
    warnings = []
    sheet = None
    try:
        sheet = recognise_sheet(part)
    except Exception as error:  # as for the families below
        warnings.append(failed(error, "family_failed", family="sheet"))
    if sheet is not None and is_made_of_sheet(sheet):
        drafted = {face for draft in sheet.drafts for face in draft.faces}
        cut = recesses(findings.survey, set(sheet.edge_faces) - drafted)
        findings.drafts.extend(sheet.drafts)
        findings.taken.update(set(sheet.faces) - cut)
        findings.sheet.update(set(sheet.faces) - cut)
        findings.thickness_mm = sheet.thickness_mm
    for family in FAMILIES:
        try:
            findings.drafts.extend(family(findings))
        except Exception as error:  # odd geometry costs one family, not the part
            warnings.append(failed(error, "family_failed", family=family.__name__.strip("_")))
    features = with_called_threads(number(findings.drafts, part.joined.body_faces), part.pmi)
    of_sheet = sheet.faces if sheet is not None and findings.thickness_mm is not None else ()
    explained = explain(findings.survey, features, (*of_sheet, *sorted(findings.bare)))
    return Recognition(tuple(features), explained, tuple(warnings), sheet)


def is_made_of_sheet(sheet: SheetModel) -> bool:
    """Whether a part is told as sheet metal: bent, or formed or flat and thin enough to press."""
    thin = sheet.thickness_mm <= THICKEST_FLAT_SHEET_MM + SAME_MM
    sharp = [bend for bend in sheet.bends if bend.sharp]
    if sharp and "closed_section" in sheet.reasons:
        return False  # walls all round and a sharp floor between them: cut or moulded hollow
    if sharp and len(sharp) == len(sheet.bends) and _is_gusseted(sheet):
        return False
    rounded = [b for b in sheet.bends if not b.sharp and (thin or len(b.faces) > 1)]
    if any(thin or bend.kind != "roll" for bend in rounded):
        return True
    closed = "seams" in sheet.reasons or ("drawn" in sheet.reasons and not _is_dished(sheet))
    if closed and sharp and len(sharp) == len(sheet.bends):
        return False  # sharp all round and closed at its corners: moulded, a drawn part has radii
    drawn = "drawn" in sheet.reasons
    return thin and (sheet.developable or bool(sheet.forms) or drawn)


def _is_gusseted(sheet: SheetModel) -> bool:
    """Whether something that is none of the sheet stands in the corner between two of its sides, as
    a gusset does: it was cast, cut or moulded in one with them.
    """
    topology = sheet.regions.topology
    edges, axes = topology.edges, topology.faces["axis"]
    sides, own = {*sheet.side_a, *sheet.side_b}, set(sheet.faces)
    feet: dict[int, list[int]] = {}
    for a, b in edges["faces"][edges["convexity"] == CONCAVE].tolist():
        for face, foot in ((a, b), (b, a)):
            if foot in sides and face not in own:
                feet.setdefault(face, []).append(foot)
    return any(
        abs(axes[one] @ axes[other]) < SQUARE_ON
        for standing in feet.values()
        for one, other in itertools.combinations(sorted(set(standing)), 2)
    )


def _is_dished(sheet: SheetModel) -> bool:
    """Whether drawn places curve both ways, as a punch's rounded corners leave them."""
    faces = [face for draft in sheet.drafts if draft.kind == "draw" for face in draft.faces]
    return bool(np.isin(sheet.regions.faces["kind"][faces], (SPHERE, TORUS)).any())


def _blends(findings: Findings) -> list[Draft]:
    from geometry.features.blends import chains, fillet_faces

    findings.fillets = fillet_faces(findings.survey)
    drafts = chains(findings.survey, findings.fillets)
    # the rounds of a bend belong to the bend
    return [draft for draft in drafts if not findings.taken.issuperset(draft.faces)]


def _gears(findings: Findings) -> list[Draft]:
    from geometry.features.gears import find_gears

    if findings.taken:  # a sheet has no teeth
        return []
    drafts = find_gears(findings.survey)
    for draft in drafts:
        findings.taken.update(draft.faces)
    return drafts


def _serrations(findings: Findings) -> list[Draft]:
    from geometry.features.serrations import find_serrations

    if findings.thickness_mm is not None and any(d.type == "bend" for d in findings.drafts):
        return []
    drafts = find_serrations(findings.survey, findings.taken - findings.sheet)
    for draft in drafts:
        findings.serrated.update(draft.faces)
        findings.taken.update(draft.faces)
    return drafts


def _threads(findings: Findings) -> list[Draft]:
    from geometry.features.threads import find_threads

    drafts = find_threads(findings.survey)
    for draft in drafts:
        findings.taken.update(draft.faces)
    return drafts


def _patterns(findings: Findings) -> list[Draft]:
    from geometry.features.nesting import nested
    from geometry.features.patterns import find_patterns

    findings.drafts[:] = nested(findings.survey, findings.drafts)
    return find_patterns(findings.survey, findings.drafts)


def _turned(findings: Findings) -> list[Draft]:
    from geometry.features.turned import find_lathe, profile

    if any(draft.type == "bend" for draft in findings.drafts):
        return []  # what is bent of sheet does not run on a lathe
    lathe = find_lathe(findings.survey, findings.taken, findings.serrated)
    if lathe is None:
        return []
    draft = profile(findings.survey, lathe)
    findings.turned.update(draft.faces)
    findings.bare.update(lathe.inside, lathe.bar)
    return [draft]


def _grooves(findings: Findings) -> list[Draft]:
    from geometry.features.grooves import find_grooves
    from geometry.features.seal_grooves import find_seal_grooves

    drafts = find_grooves(findings.survey, set(findings.taken), findings.turned)
    used = findings.taken | {face for draft in drafts for face in draft.faces}
    if findings.thickness_mm is None:
        drafts += find_seal_grooves(findings.survey, used | findings.turned)
    for draft in drafts:
        findings.taken.update(draft.faces)
    return drafts


def _holes(findings: Findings) -> list[Draft]:
    from geometry.features.holes import find_holes

    survey = findings.survey
    cutouts = [d for d in findings.drafts if d.type == "cutout"]
    round_faces = {f for cutout in cutouts if cutout.kind == "round" for f in cutout.faces}
    if findings.thickness_mm is not None:
        round_faces |= _pierced(survey, findings.thickness_mm)
    drafts = find_holes(survey, (findings.taken - round_faces) | set(findings.fillets))
    if findings.thickness_mm is not None:
        drafts = [_as_pierced(hole, findings.thickness_mm) for hole in drafts]
    # a round hole of a sheet is one feature, with the words of both; unrolled it may be oval
    for cutout in cutouts:
        for i, hole in enumerate(drafts):
            if hole.type == "hole" and set(hole.faces) >= set(cutout.faces):
                faces = tuple(sorted({*hole.faces, *cutout.faces}))
                both = {**cutout.parameters, **hole.parameters}
                drafts[i] = replace(hole, faces=faces, parameters=both)
                findings.drafts.remove(cutout)
                break
    for draft in drafts:
        findings.taken.update(draft.faces)
    return drafts


def _as_pierced(hole: Draft, thickness_mm: float) -> Draft:
    """A round hole of a sheet in the words of a cut-out too, also where the sheet is drawn or
    coined, and as deep as the sheet is thick where it runs into a bend.
    """
    depth = float(hole.parameters["depth_mm"])
    if hole.type != "hole" or hole.kind != "through" or depth > PIERCED_LENGTH * thickness_mm:
        return hole
    diameter = float(hole.parameters["diameter_mm"])
    sizes = {"width_mm": diameter, "length_mm": diameter, "perimeter_mm": math.pi * diameter}
    depth = min(depth, thickness_mm)
    return replace(hole, parameters={**sizes, **hole.parameters, "depth_mm": depth})


def _pierced(survey: Survey, thickness_mm: float) -> set[int]:
    """Cylinders as long as a sheet is thick, with sharp rims: holes, also in drawn places."""
    rows = survey.faces
    short = rows["high_mm"] - rows["low_mm"] < PIERCED_LENGTH * thickness_mm
    whole = (survey.kind == CYLINDER) & (rows["sense"] < 0) & (rows["sweep_deg"] > 359)
    return {
        face
        for face in np.flatnonzero(whole & short).tolist()
        if all(survey.edges["convexity"][edge] == CONVEX for edge, _ in survey.near[face])
    }


def _protrusions(findings: Findings) -> list[Draft]:
    from geometry.features.bosses_ribs import find_protrusions, find_ribs

    blocked = findings.taken | findings.turned
    found = find_protrusions(findings.survey, findings.taken, findings.turned)
    for protrusion in found:
        findings.standing.update(protrusion.faces)
        findings.loose.update(protrusion.faces if protrusion.loose else ())
        findings.islands.setdefault(protrusion.base, []).append(protrusion.draft)
    ribs = find_ribs(findings.survey, blocked | findings.standing)
    for rib in ribs:
        findings.standing.update(rib.faces)
    return [protrusion.draft for protrusion in found] + ribs


def _flats(findings: Findings) -> list[Draft]:
    from geometry.features.flats import find_flats

    drafts = find_flats(findings.survey, findings.turned, findings.taken | findings.bare)
    for draft in drafts:
        findings.taken.update(draft.faces)
    return drafts


def _chamfers(findings: Findings) -> list[Draft]:
    from geometry.features.chamfers import (
        chamfer_drafts,
        chamfer_faces,
        inner_chamfer_faces,
        slanted_step,
    )

    blocked = findings.taken | set(findings.fillets)
    found = chamfer_faces(findings.survey, blocked)
    findings.taken.update(found)
    # what holds a pocket of its own is a face: the pocket opens in it, and not beyond
    cut_into = findings.survey.faces["loop_count"] > 1
    findings.chamfers = {
        face: chamfer
        for face, chamfer in found.items()
        if not cut_into[face] or slanted_step(findings.survey, face, chamfer) is None
    }
    inner = inner_chamfer_faces(findings.survey, blocked)
    findings.broken.update(inner)
    external = chamfer_drafts(findings.survey, found, "external")
    return external + chamfer_drafts(findings.survey, inner, "internal")


def _cuts(findings: Findings) -> list[Draft]:
    from geometry.features.conical import conical_hole, is_recess_side
    from geometry.features.cutting import cut_draft, stands_around
    from geometry.features.depressions import find_depressions, is_only_blends
    from geometry.features.sheet_outlines import is_of_sheet

    survey = findings.survey
    external = {f for f, radius in findings.fillets.items() if radius > 0}
    free = (
        set(range(survey.count)) - findings.taken - external - findings.turned - findings.standing
    )
    blends = external | set(findings.chamfers)
    thickness = findings.thickness_mm
    drafts = []
    for depression in find_depressions(survey, free, blends, findings.broken):
        if is_recess_side(survey, depression) or is_only_blends(depression, findings.fillets):
            continue
        if stands_around(survey, depression, findings.loose):
            findings.bare.update(f for f in depression.faces if survey.kinds[f] < FREEFORM)
            continue
        draft = conical_hole(survey, depression) or cut_draft(
            survey, depression, findings.islands, findings.fillets
        )
        if draft is not None and thickness is not None:
            draft = None if is_of_sheet(survey, draft, thickness, findings.sheet) else draft
        if draft is not None:
            draft = replace(draft, faces=tuple(sorted({*draft.faces, *depression.floor})))
            drafts.append(draft)
            findings.taken.update(draft.faces)
    return drafts


def _splines(findings: Findings) -> list[Draft]:
    from geometry.features.slits import find_spline_slots

    if findings.thickness_mm is not None:
        return []
    taken = findings.taken - findings.turned
    drafts = find_spline_slots(findings.survey, taken, findings.turned)
    for draft in drafts:
        findings.taken.update(draft.faces)
    return drafts


def _slits(findings: Findings) -> list[Draft]:
    from geometry.features.slits import find_slits

    if findings.thickness_mm is not None:  # a rolled sheet leaves its seam open
        return []
    drafts = find_slits(findings.survey, findings.taken - findings.turned)
    for draft in drafts:
        findings.taken.update(draft.faces)
    return drafts


FAMILIES: tuple[Callable[[Findings], list[Draft]], ...] = (
    _gears, _serrations, _threads, _blends, _turned, _grooves, _holes, _splines, _protrusions,
    _flats, _chamfers, _cuts, _slits, _patterns,
)  # fmt: skip
