"""What can the catalogue as a whole be asked: what is alike, what is known, what belongs together?

The part of `workbench.service.Workbench` that looks at many parts at once.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import geometry
from workbench import known
from workbench.errors import WrongUse
from workbench.grounds import Grounds, Progress, Source
from workbench.kept_answers import KeptAnswers

if TYPE_CHECKING:
    from geometry.similarity import Mode
    from workbench.catalogue import PartCard, StoredExamination
    from workbench.part_index import PartIndex

__all__ = ["Library"]

LEAST_FIT = 0.6  # of picked faces in another part, below which it is no find (ours)


class Library(Grounds):
    """Questions to all parts."""

    _opened_index: "PartIndex | None" = None
    _kept_answers: KeptAnswers

    def similar(
        self,
        source: Source,
        *,
        top: int = 10,
        mode: "Mode" = "all",
        weights: Mapping[str, float] | None = None,
        faces: Sequence[int] | None = None,
        progress: Progress | None = None,
        stop: threading.Event | None = None,
    ) -> dict[str, Any]:
        """The parts most like the first part of a file, or like a part of the catalogue.

        weights: of aspects, in place of the mode's. faces: search for these faces of the part
        alone, wherever other parts have them. Raises WrongUse.
        """
        from workbench import likeness

        query, own, count = self._query(source, progress, stop)
        _check_weights(weights)
        if faces is not None:
            return self._holding(query, own, faces, count, top, stop)
        index = self._index(stop)
        from geometry.descriptor import load
        from geometry.embedding import embed

        cards = index.near(embed(load(query)), mode, top + 1)
        answer = likeness.likest(
            query,
            [card for card in cards if card.key != own],
            self._read(stop),
            mode=mode,
            top=top,
            weights=weights,
        )
        return self._with_known(answer)

    def _holding(
        self,
        query: bytes,
        own: str | None,
        faces: Sequence[int],
        count: int,
        top: int,
        stop: threading.Event | None,
    ) -> dict[str, Any]:
        from geometry.surroundings import load_faces, words
        from workbench import likeness

        wrong = [face for face in faces if not 0 <= face < count]
        if wrong or not faces:
            raise WrongUse(
                f"the part has faces 0 to {count - 1}",
                where="--faces",
                hint="give numbers of faces as `workbench analyse` lists them: --faces 3,4,5",
            )
        local = load_faces(query)
        index = self._index(stop)
        cards = index.holding(words(local, local.rows(faces)), LEAST_FIT)
        answer = likeness.holders(
            query,
            list(faces),
            [card for card in cards if card.key != own],
            self._read(stop),
            least=LEAST_FIT,
            top=top,
        )
        return self._with_known(answer)

    def families(
        self, *, progress: Progress | None = None, stop: threading.Event | None = None
    ) -> dict[str, Any]:
        """Families of the catalogue, doubles, mirrored twins, and candidates for one dimension."""
        from workbench import grouping

        index = self._index(stop, progress)

        def record(card: "PartCard") -> Mapping[str, Any]:
            data = self._catalogue.file_bytes(card.sha256)
            examination = self._examined(data, card.file_name, None, stop)
            return dict(examination.record["parts"][card.index])

        return self._kept(
            "families",
            index,
            lambda: grouping.families(index, self._read(stop), record, self.facts, progress),
        )

    def map(
        self, *, progress: Progress | None = None, stop: threading.Event | None = None
    ) -> dict[str, Any]:
        """Every part as a point of the plane; alike parts are neighbours."""
        from workbench import grouping

        index = self._index(stop, progress)
        return self._kept(
            "map", index, lambda: grouping.layout(index, self._read(stop), self.facts, progress)
        )

    # --- what is known ---

    def know(self, key: str, **values: Any) -> dict[str, Any]:
        """Keep what somebody says of a part: status, price, currency, plant, process, supplier.

        Fields not named stay, empty ones are forgotten. Raises NoSuchPart, WrongUse.
        """
        self._catalogue.part(key)
        with self._catalogue.database.session() as session:
            facts = known.remember(session, key, values)
        return {"schema": "workbench.known/1", "part": key, "known": facts.told()}

    def facts(self, keys: Sequence[str]) -> dict[str, known.Facts]:
        """What is known of parts: key → facts, for those of which anything is."""
        with self._catalogue.database.session() as session:
            return known.facts_of(session, keys)

    def evidence(
        self, source: Source, *, stop: threading.Event | None = None
    ) -> list[dict[str, Any]]:
        """Price, plant and process of the parts most like one, of which any is known."""
        from workbench import likeness

        with self._catalogue.database.session() as session:
            keys = set(known.keys(session))
        if not keys:
            return []
        query, own, _ = self._query(source, None, stop)
        # standard parts are bought: their price says nothing of a part that is made
        cards = [card for card in self._index(stop).all_cards() if card.key in keys - {own}]
        answer = likeness.likest(query, cards, self._read(stop), mode="all", top=len(cards))
        return likeness.evidence(answer, self.facts([card.key for card in cards]))

    # --- inside ---

    def _query(
        self,
        source: Source,
        progress: Progress | None,
        stop: threading.Event | None,
    ) -> tuple[bytes, str | None, int]:
        """The descriptor of what is asked about, its key if it has one, its number of faces."""
        own = source if isinstance(source, str) and self._is_key(source) else None
        data, name = self._data_or_part(source)
        index = self._index_of(source)
        query, examination = self._described(data, name, index, progress, stop)
        return query, own, len(examination.record["parts"][index]["faces"])

    def _described(
        self,
        data: bytes,
        name: str,
        index: int,
        progress: Progress | None,
        stop: threading.Event | None,
    ) -> "tuple[bytes, StoredExamination]":
        """The descriptor of a part of a file as this version makes it."""
        from geometry.descriptor import is_current

        examination = self._depicted(data, name, progress, stop)
        blob = self._catalogue.blobs.read(examination.blobs[f"{index}.descriptor"])
        if not is_current(blob):  # the library describes otherwise since
            self._catalogue.forget_examination(examination.sha256, geometry.VERSION)
            examination = self._depicted(data, name, progress, stop)
            blob = self._catalogue.blobs.read(examination.blobs[f"{index}.descriptor"])
        return blob, examination

    def _read(self, stop: threading.Event | None) -> "Callable[[PartCard], bytes]":
        """How the descriptor of a part is read; made anew where it is of an older version."""
        from geometry.descriptor import is_current

        def read(card: "PartCard") -> bytes:
            assert card.descriptor is not None
            stored = self._catalogue.blobs.read(card.descriptor)
            if is_current(stored):
                return stored
            data = self._catalogue.file_bytes(card.sha256)
            blob, examination = self._described(data, card.file_name, card.index, None, stop)
            self._catalogue.renew_descriptor(
                card.key, examination.blobs[f"{card.index}.descriptor"]
            )
            return blob

        return read

    def _index(self, stop: threading.Event | None, progress: Progress | None = None) -> "PartIndex":
        """The index with an entry for every part."""
        from workbench.part_index import PartIndex

        with self._lock:
            if self._opened_index is None:
                self._opened_index = PartIndex(self._catalogue, self.settings.home / "index")
            index = self._opened_index
        index.refresh(self._read(stop), progress)
        return index

    def _with_known(self, answer: dict[str, Any]) -> dict[str, Any]:
        """Results with what they are by a standard, and what is known of them."""
        keys = [result["part"] for result in answer["results"]]
        facts = self.facts(keys)
        told = self._index(None).standards(keys)
        for result in answer["results"]:
            if result["part"] in told:
                result["standard_part"] = told[result["part"]]
            if result["part"] in facts:
                result["known"] = facts[result["part"]].told()
        return answer

    def _kept(
        self, name: str, index: "PartIndex", make: Callable[[], dict[str, Any]]
    ) -> dict[str, Any]:
        """An answer over all parts, made again when a part came or went or something was said of
        one.
        """
        from geometry.embedding import VERSION

        with self._catalogue.database.session() as session:
            said = known.fingerprint(session)
        versions = f"{version('cooperation-workbench')} {geometry.VERSION} {VERSION}"
        state = f"{versions} {index.state()} {said}"
        return self._kept_answers.get(name, state, make)


def _check_weights(weights: Mapping[str, float] | None) -> None:
    from geometry.similarity import ASPECTS

    if weights is None:
        return
    known_ones = ", ".join(ASPECTS)
    for name, value in weights.items():
        if name not in ASPECTS or not 0 <= value <= 1000:
            raise WrongUse(
                f"no aspect {name}={value}",
                where="--weight",
                hint=f"say it as size=2 of {known_ones}",
            )
    if not any(weights.values()):
        raise WrongUse("all weights are 0", where="--weight", hint="give one above 0")
