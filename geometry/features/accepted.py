"""Which openings of a cut count, and what of them must rays still tell?"""

import math
from typing import TYPE_CHECKING

import numpy as np

from geometry.features.openings import END_OPEN, HULL_OPEN, INNER_OPEN, OPPOSITE, Opening
from geometry.features.ways_out import surely_over, surely_under

if TYPE_CHECKING:
    from geometry.features.depressions import Depression

__all__ = ["ALONG", "LOOKS_OUT", "Undecided", "accepted_openings"]

ALONG = math.sin(math.radians(16))  # a wall stands up along a direction within its draft
ELSEWHERE = math.cos(math.radians(55))  # an inner opening nearer to another leads the same way
MOUTH_LEAST = 4.0  # rim of a mouth over that of what stands higher beside it
NICK = 0.05  # of the longest opening's rim
LOOKS_OUT = math.cos(math.radians(30))  # between a face and the opening it looks out of


def accepted_openings(cut: "Depression") -> list[Opening]:
    """The openings that count: the stock's own first, then those inside it that lead elsewhere, one
    that lets all of the cut out before others that lead the same way.
    """
    found = sorted(
        (o for o in cut.openings if o.hull and o.share > HULL_OPEN), key=lambda o: -o.length_mm
    )
    # a nick in a corner of the rim lets out whatever happens to lie before it
    found = [o for o in found if o.share > END_OPEN or o.length_mm > NICK * found[0].length_mm]
    inner = [o for o in cut.openings if not o.hull and o.share > INNER_OPEN]
    inner.sort(key=lambda o: (o.share < END_OPEN, -o.length_mm))
    for opening in inner:
        beside = [o for o in found if opening.normal @ o.normal >= ELSEWHERE]
        if not beside:
            found.append(opening)
        elif all(o.hull for o in beside) and _outdoes(opening, beside):
            found = [opening, *(o for o in found if all(o is not b for b in beside))]
    if cut.gap:  # the other side of its ring hides the way out through the bore
        ways = [other.normal for other in found]
        inner = [o for o in cut.openings if o.length_mm > 0 and all(o is not f for f in found)]
        found += [o for o in inner if any(o.normal @ way < OPPOSITE for way in ways)]
    found = found or sorted(cut.openings, key=lambda o: -o.length_mm)[:1]
    if len(found) == 1 and not cut.ring:  # an end may open into another cut that leads nowhere
        ends = [o for o in cut.openings if o.length_mm > 0 and o.beyond > END_OPEN]
        ends = [o for o in ends if o.normal @ found[0].normal < ELSEWHERE]
        found += sorted(ends, key=lambda o: -o.length_mm)[:1]
    return found


def _outdoes(opening: Opening, beside: list[Opening]) -> bool:
    """Whether an opening below the hull is the mouth, and those of the hull that lead the same way
    no more than the top of something that stands higher at its rim, as a hook or a lug.
    """
    longer = opening.length_mm > MOUTH_LEAST * sum(o.length_mm for o in beside)
    return longer and opening.share > max(o.share for o in beside)


class Undecided:
    """Which ways out of a cut may still change what `accepted_openings` and `kind_of_cut` make of
    it: its openings, then −run and +run where it has a run.
    """

    def __init__(self, cut: "Depression") -> None:
        openings = cut.openings
        self.hull = [o.hull for o in openings]
        self.lengths = [o.length_mm for o in openings]
        normals = np.array([o.normal for o in openings]).reshape(-1, 3)
        alike = normals @ normals.T >= ELSEWHERE
        np.fill_diagonal(alike, False)
        self.beside = [np.flatnonzero(row).tolist() for row in alike]
        self.count = len(openings) + (0 if cut.run is None else 2)
        self.mouths = [row for row, hull in enumerate(self.hull) if hull and self._is_steady(row)]
        # what other inner openings come before each that no opening of the hull lies beside
        self.ahead = {
            row: [other for other in beside if self._precedes(other, row)]
            for row, beside in enumerate(self.beside)
            if not self.hull[row] and not any(self.hull[other] for other in beside)
        }
        # those that may settle others
        self.first = [hull or self.ahead.get(row) == [] for row, hull in enumerate(self.hull)]
        self.ends: list[int] = []  # that tell whether a ring has a floor
        self.passage = cut.ring and cut.run is not None
        self.one_way = False
        if self.passage:
            along = normals @ cut.run
            self.one_way = len({bool(cosine > -ALONG) for cosine in along.tolist()}) < 2
            self.ends = [] if cut.floor else np.flatnonzero(np.abs(along) > LOOKS_OUT).tolist()

    def _precedes(self, one: int, other: int) -> bool:
        """Whether the rim of an opening is longer, or as long and found before."""
        return (-self.lengths[one], one) < (-self.lengths[other], other)

    def _is_steady(self, mouth: int) -> bool:
        """Whether an opening of the hull counts if it is open at all: it is no nick, and nothing
        beside it can be the mouth that it is no more than the top of.
        """
        lengths = self.lengths
        longest = max(length for length, hull in zip(lengths, self.hull, strict=True) if hull)
        inner = [lengths[other] for other in self.beside[mouth] if not self.hull[other]]
        outdone = max(inner, default=0.0) > MOUTH_LEAST * lengths[mouth]
        return lengths[mouth] > NICK * longest and not outdone

    def settled(self, out: list[float], asked: list[float]) -> list[bool]:
        """Which ways (k,) can change nothing any more, when so many (k,) of so many points asked
        (k,) got out of the part each way.

        An opening that counts for sure is told, and inner ones that lead the same way as it does
        will not count. Of a passage nothing matters but which way the first of them leads.
        """
        steady = [row for row in self.mouths if surely_over(out[row], asked[row], HULL_OPEN)]
        steady += [
            row
            for row, ahead in self.ahead.items()
            if out[row] == asked[row] > 0
            and all(surely_under(out[other], asked[other], END_OPEN) for other in ahead)
        ]
        if (
            self.passage
            and all(surely_over(out[row], asked[row], INNER_OPEN) for row in (-2, -1))
            and (self.one_way or self._begins(steady, out, asked))
        ):
            return [True] * self.count
        done = [False] * self.count
        for row in steady:
            done[row] = True
            for other in self.beside[row]:
                done[other] |= not self.hull[other]
        for row in self.ends:  # how many get past the cut's own end matters as well
            done[row] = False
        return done

    def _begins(self, steady: list[int], out: list[float], asked: list[float]) -> bool:
        """Whether one of the openings that count for sure will be named the first of all."""
        rows = range(len(self.hull))
        mouths = [row for row in rows if self.hull[row]]
        inner = [row for row in rows if not self.hull[row]]
        lengths = self.lengths
        if mouths:  # none below the hull is long enough to be put before them
            least = MOUTH_LEAST * min(lengths[row] for row in mouths)
            first = min(mouths, key=lambda row: (-lengths[row], row))
            return first in steady and all(lengths[row] <= least for row in inner)
        return any(
            all(
                surely_under(out[other], asked[other], END_OPEN)
                for other in inner
                if self._precedes(other, row)
            )
            for row in steady
        )
