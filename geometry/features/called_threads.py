"""Which holes does the file itself call threaded?"""

import re
from collections.abc import Iterable
from dataclasses import replace

from geometry.annotations import Annotation, thread_in
from geometry.features.feature import Feature

__all__ = ["with_called_threads"]

# nominal over drawn diameter: drawn at nominal size down to the core of coarse threads, and up to
# the clearance that a tolerance leaves
NOMINAL_RATIO = (0.97, 1.45)
_NOMINAL = re.compile(r"M(\d+(?:\.\d+)?)")


def with_called_threads(
    features: Iterable[Feature], annotations: Iterable[Annotation]
) -> list[Feature]:
    """The features, holes and their threads with the designation that an annotation of one of
    their faces gives.

    What the file says outranks what a drill diameter suggests. A metric thread that does not fit
    the hole's diameter is of something else that touches the same face.
    """
    called = [(set(a.faces), thread) for a in annotations if (thread := thread_in([a.text]))]
    found = []
    for feature in features:
        threads = [t for faces, t in called if faces & set(feature.faces) and _fits(feature, t)]
        if feature.type == "hole" and threads:
            said = {"thread": {"designation": threads[0], "from": "pmi"}}
            feature = replace(feature, parameters={**feature.parameters, **said})
        found.append(feature)
    return found


def _fits(feature: Feature, thread: str) -> bool:
    nominal, drawn = _NOMINAL.match(thread), feature.parameters.get("diameter_mm")
    if nominal is None or not isinstance(drawn, int | float) or drawn <= 0:
        return True
    low, high = NOMINAL_RATIO
    return low <= float(nominal.group(1)) / float(drawn) <= high
