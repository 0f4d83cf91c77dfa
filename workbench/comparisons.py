"""What can two parts be asked, or one in many revisions: what differs, what does it mean?

The part of `workbench.service.Workbench` that looks at two at once.
"""

import itertools
import threading
from collections import OrderedDict
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geometry
from workbench import judging
from workbench.grounds import Grounds, Progress, Source
from workbench.intake import read_plants
from workbench.judging import Conditions
from workbench.many import together
from workbench.storage import sha256_of

if TYPE_CHECKING:
    from geometry.side import Side
    from workbench.catalogue import StoredExamination

__all__ = ["Comparisons"]

COMPARE = "geometry.comparison:compare_files"
DEVIATION = "geometry.deviation_map:deviation_glb"
DRAW_PAIR = "workbench.reports.pictures:draw_pair"
# answers at hand: a page asks for one, its map of deviations and its reports, or for a history's
REMEMBERED = 32


class Comparisons(Grounds):
    """Questions to two parts."""

    _answers: "OrderedDict[tuple[Any, ...], dict[str, Any]]"
    _drawn: "OrderedDict[tuple[str, str], dict[str, bytes]]"
    _drawing: threading.Lock

    def compare(
        self,
        a: Source,
        b: Source,
        *,
        material: str | None = None,
        annual: int | None = None,
        plants: Path | None = None,
        progress: Progress | None = None,
        stop: threading.Event | None = None,
    ) -> dict[str, Any]:
        """What changed from A to B, each a file or a part of the catalogue, and what that means.

        annual: with it, and plants, the costs of both are told.
        """
        from workbench import comparing
        from workbench.matching import Demand

        conditions = Conditions(material, annual)
        judging.check(conditions)
        chosen = read_plants(plants) if plants is not None else self.plants() if annual else ()
        answer, *examined = self._compared(a, b, progress, stop)
        first, second = (
            self._judged(each, answer[side]["name"], conditions)["parts"]
            for each, side in zip(examined, "ab", strict=True)
        )
        one, other = comparing.main_pair(answer, self._index_of(a), self._index_of(b))
        demand = Demand(annual=annual, material=material) if annual and chosen else None
        return comparing.completed(answer, first[one], second[other], demand, chosen)

    def compare_shapes(
        self,
        a: Source,
        b: Source,
        *,
        progress: Progress | None = None,
        stop: threading.Event | None = None,
    ) -> dict[str, Any]:
        """What changed from A to B and nothing of what that means: `compare` without processes.

        Files that nobody examined are only read, two at once, and nothing is kept of them.
        """
        from workbench import comparing, examining

        held = [self._data_or_part(each) for each in (a, b)]
        known = [self._stored(data) for data, _ in held]
        if all(known):
            answer, *_ = self._compared(a, b, progress, stop)
            notes: list[Any] = [None, None]
        else:
            sides = (
                self._side(stored or data, name, self._part_of(source))
                for stored, (data, name), source in zip(known, held, (a, b), strict=True)
            )
            answer, *notes = examining.compare(self._workers, *sides, progress, stop)
        for number, stored in enumerate(known):
            if stored is not None:
                notes[number] = [part.get("pmi") or [] for part in stored.record["parts"]]
        first, second = comparing.main_pair(answer, self._index_of(a), self._index_of(b))
        told = comparing.pmi_changes({"pmi": notes[0][first]}, {"pmi": notes[1][second]})
        return {**answer, **({} if told is None else {"pmi": told})}

    def comparison_report(
        self,
        comparison: dict[str, Any],
        a: Source,
        b: Source,
        form: str,
        language: str,
        *,
        stop: threading.Event | None = None,
    ) -> bytes:
        """A report (pdf, html, json) on what `compare` told of A and B, with both views."""
        from workbench import reports

        draw = partial(self._draw_pair, comparison, a, b, reports.heat_mm(comparison), stop)
        return reports.write_comparison(comparison, form, language, draw)

    def history(
        self,
        sources: Sequence[Source],
        *,
        progress: Progress | None = None,
        stop: threading.Event | None = None,
        **conditions: Any,
    ) -> dict[str, Any]:
        """The revisions as they stand, oldest first, and the comparison of each with the last.

        conditions: material, annual, plants, as in `compare`. The first file that cannot be read
        stops it.
        """
        from workbench import history

        history.check(sources)
        pairs = list(itertools.pairwise(sources))
        steps = []
        for number, (old, new) in enumerate(pairs):

            def heard(share: float, stage: str, done: int = number) -> None:
                if progress is not None:
                    progress((done + share) / len(pairs), stage)

            heard(0.0, "comparing")
            steps.append(self.compare(old, new, progress=heard, stop=stop, **conditions))
        judged = Conditions(conditions.get("material"), conditions.get("annual"))
        revisions = []
        for source in sources:
            data, name = self._data_or_part(source)
            told = self._judged(self._examined(data, name, None, stop), name, judged)
            revisions.append((told, self._part_of(source)))
        return history.history(revisions, steps)

    def history_report(
        self,
        history: dict[str, Any],
        sources: Sequence[Source],
        form: str,
        language: str,
        *,
        stop: threading.Event | None = None,
    ) -> bytes:
        """A report (pdf, html, json) on what `history` told, with both views of each step."""
        from workbench import reports

        draws = [
            partial(self._draw_pair, step, old, new, None, stop)
            for step, (old, new) in zip(history["steps"], itertools.pairwise(sources), strict=True)
        ]
        return reports.write_history(history, form, language, draws)

    def compared_pictures(
        self, a: str, b: str, *, stop: threading.Event | None = None
    ) -> dict[str, bytes]:
        """Two parts of the catalogue from one eye, changed faces in colour: PNG, `a` and `b`.

        Raises NoSuchPart.
        """
        from workbench import reports

        key = (a, b)
        with self._drawing:  # who asks for the second view waits for the first, which brings both
            if key not in self._drawn:
                answer, *_ = self._compared(a, b, None, stop)
                draw = partial(self._draw_pair, answer, a, b, None, stop)
                self._drawn[key] = dict(reports.pair_pictures(answer, draw))
                while len(self._drawn) > REMEMBERED:
                    self._drawn.popitem(last=False)
            return self._drawn[key]

    def deviation_glb(self, a: Source, b: Source, *, stop: threading.Event | None = None) -> bytes:
        """B as binary glTF for the viewer, with its distance from A in mm as `_DEVIATION`."""
        from workbench import comparing

        answer, first, second = self._compared(a, b, None, stop)
        one, other = comparing.main_pair(answer, self._index_of(a), self._index_of(b))
        second = self._with_pictures(second, stop)
        return self._deviation_glb(answer, (first, one), (second, other), stop)

    # --- inside ---

    def _stored(self, data: bytes) -> "StoredExamination | None":
        """The examination of these bytes, where there is one."""
        return self._catalogue.examination(sha256_of(data), geometry.VERSION)

    def _side(self, held: "bytes | StoredExamination", name: str, part: int | None) -> "Side":
        """A side of a comparison: a file's bytes, or the digest of its examination."""
        from geometry.side import Side

        if isinstance(held, bytes):
            return Side(held, name, part)
        return Side(self._catalogue.blobs.read(held.blobs["digest"]), name, part, examined=True)

    def _draw_pair(
        self,
        answer: dict[str, Any],
        a: Source,
        b: Source,
        heat_mm: float | None,
        stop: threading.Event | None,
        *view: Any,
    ) -> dict[str, bytes]:
        """What a comparison shows, see `workbench.reports.pictures.draw_pair`; view: how."""
        from workbench import comparing

        one, other = comparing.main_pair(answer, self._index_of(a), self._index_of(b))
        _, *examined = self._compared(a, b, None, stop)
        first, second = (self._with_pictures(each, stop) for each in examined)
        bodies = [
            self._catalogue.blobs.read(each.blobs[f"{index}.glb"])
            for each, index in ((first, one), (second, other))
        ]
        coloured = (
            self._deviation_glb(answer, (first, one), (second, other), stop) if heat_mm else None
        )
        job = self._workers.submit(DRAW_PAIR, *bodies, *view, coloured=coloured, heat_mm=heat_mm)
        return dict(job.result(stop=stop))

    def _compared(
        self, a: Source, b: Source, progress: Progress | None, stop: threading.Event | None
    ) -> "tuple[dict[str, Any], StoredExamination, StoredExamination]":
        """What differs between two shapes, and the examinations of both."""
        held = self._data_or_part(a), self._data_or_part(b)
        first, second = together([partial(self._examined, *each) for each in held], progress, stop)
        meant = self._part_of(a), self._part_of(b)
        sides = tuple(
            (each, name, part)
            for each, (_, name), part in zip((first, second), held, meant, strict=True)
        )
        key = tuple((each.blobs["digest"], *rest) for each, *rest in sides)
        with self._lock:
            found = self._answers.get(key)
        if found is None:
            job = self._workers.submit(COMPARE, *(self._side(*each) for each in sides))
            found = dict(job.result(stop=stop))
            with self._lock:
                self._answers[key] = found
                while len(self._answers) > REMEMBERED:
                    self._answers.popitem(last=False)
        return found, first, second

    def _deviation_glb(
        self,
        answer: dict[str, Any],
        a: "tuple[StoredExamination, int]",
        b: "tuple[StoredExamination, int]",
        stop: threading.Event | None,
    ) -> bytes:
        """The map for a comparison of part `a` with part `b` of their files."""
        (first, one), (second, other) = a, b
        read = self._catalogue.blobs.read
        stayed = [pair[1] for pair in answer["faces"]["same"]]
        return bytes(
            self._workers.submit(
                DEVIATION, read(first.blobs["digest"]), one, read(second.blobs[f"{other}.glb"]),
                answer["alignment"], stayed,
            ).result(stop=stop)
        )  # fmt: skip
