"""Which features does a part have? The one way through the families of recognisers."""

from collections.abc import Callable
from dataclasses import dataclass

from geometry.features.blends import Chamfer
from geometry.features.feature import Draft, Feature, number
from geometry.features.survey import FREEFORM, PLANE, Survey
from geometry.part import Part, Warning

__all__ = ["Recognition", "recognise"]


@dataclass(frozen=True)
class Recognition:
    """What was recognised in a part, and how much of its surface that explains."""

    features: tuple[Feature, ...]
    explained_share: float  # of the area: faces of features and plain stock faces
    warnings: tuple[Warning, ...] = ()


@dataclass
class Findings:
    """What the families before have found; each takes from it what it needs."""

    survey: Survey
    fillets: dict[int, float]
    chamfers: dict[int, Chamfer]
    drafts: list[Draft]
    taken: set[int]
    turned: set[int]  # faces of the turned profile, which other features may cut


def recognise(part: Part) -> Recognition:
    """Features of a part in the contract's words; never raises, a family that fails is named in the warnings."""
    findings = Findings(Survey(part), {}, {}, [], set(), set())
    warnings = []
    for family in FAMILIES:
        try:
            findings.drafts.extend(family(findings))
        except Exception as error:  # odd geometry costs one family, not the part
            warnings.append(
                Warning(
                    "family_failed", {"family": family.__name__.strip("_"), "error": repr(error)}
                )
            )
    features = number(findings.drafts, part.joined.body_faces)
    return Recognition(tuple(features), explained_share(part, features), tuple(warnings))


def explained_share(part: Part, features: list[Feature]) -> float:
    """Share of the area in features and in plain faces: planes and shaft-like turned faces of the stock."""
    faces = part.topology.faces
    explained = faces["kind"] < FREEFORM
    explained &= (faces["kind"] == PLANE) | (faces["sense"] > 0)
    for feature in features:
        if feature.faces:
            explained[list(feature.faces)] = True
    total = float(faces["area_mm2"].sum())
    return float(faces["area_mm2"][explained].sum() / total) if total > 0 else 0.0


def _blends(findings: Findings) -> list[Draft]:
    from geometry.features.blends import chains, fillet_faces

    findings.fillets = fillet_faces(findings.survey)
    return chains(findings.survey, findings.fillets)


def _turned(findings: Findings) -> list[Draft]:
    from geometry.features.turned import find_lathe, profile

    lathe = find_lathe(findings.survey)
    if lathe is None:
        return []
    draft = profile(findings.survey, lathe)
    findings.turned.update(draft.faces)
    return [draft]


def _grooves(findings: Findings) -> list[Draft]:
    from geometry.features.grooves import find_grooves

    drafts = find_grooves(findings.survey, set(findings.taken))
    for draft in drafts:
        findings.taken.update(draft.faces)
    return drafts


def _holes(findings: Findings) -> list[Draft]:
    from geometry.features.holes import find_holes

    drafts = find_holes(findings.survey, findings.taken | set(findings.fillets))
    for draft in drafts:
        findings.taken.update(draft.faces)
    return drafts


def _chamfers(findings: Findings) -> list[Draft]:
    from geometry.features.blends import chamfer_drafts, chamfer_faces

    blocked = findings.taken | set(findings.fillets)
    findings.chamfers = chamfer_faces(findings.survey, blocked)
    findings.taken.update(findings.chamfers)
    return chamfer_drafts(findings.survey, findings.chamfers)


def _cuts(findings: Findings) -> list[Draft]:
    from geometry.features.cutting import cut_draft
    from geometry.features.depressions import find_depressions

    survey = findings.survey
    external = {f for f, radius in findings.fillets.items() if radius > 0}
    free = set(range(survey.count)) - findings.taken - external - findings.turned
    blends = external | set(findings.chamfers)
    drafts = []
    for depression in find_depressions(survey, free, blends, set()):
        draft = cut_draft(survey, depression)
        if draft is not None:
            drafts.append(draft)
            findings.taken.update(draft.faces)
    return drafts


FAMILIES: tuple[Callable[[Findings], list[Draft]], ...] = (
    _blends, _turned, _grooves, _holes, _chamfers, _cuts,
)  # fmt: skip
