"""Everything that a face of the workbench, terminal or pages, can ask for."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geometry
from workbench import judging
from workbench.comparisons import Comparisons
from workbench.errors import NoPlants, NoSuchPart, NotAvailable, WrongUse
from workbench.examining import depict, examine, unfold
from workbench.grounds import Progress, Source
from workbench.intake import printable_name, read_file, read_plants, refuse_too_many
from workbench.judging import Conditions
from workbench.kept_answers import KeptAnswers
from workbench.library import Library
from workbench.many import Finished, side_by_side
from workbench.settings import Settings
from workbench.unpacking import unpacked

if TYPE_CHECKING:
    from workbench.catalogue import Catalogue, PartCard, StoredExamination
    from workbench.database import Database
    from workbench.jobs import Workers
    from workbench.plants import Plant

__all__ = ["Finished", "Workbench"]

DRAW = "workbench.reports.pictures:draw"
SHOWN = "0.glb"  # a file that was examined has a part: it is there where the parts are drawn


class Workbench(Library, Comparisons):
    """The services over one home folder, for several threads and programs at once."""

    def __init__(self, settings: Settings | None = None, *, workers: int | None = None) -> None:
        self.settings = settings or Settings.from_environment()
        self._worker_count = workers
        self._lock = threading.RLock()
        self._opened_workers: Workers | None = None
        self._opened_catalogue: Catalogue | None = None
        self._opened_database: Database | None = None
        self._kept_answers = KeptAnswers(self.settings.home / "index")
        self._answers = OrderedDict()
        self._drawn = OrderedDict()
        self._drawing = threading.Lock()

    def __enter__(self) -> "Workbench":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End running jobs and give the database back."""
        with self._lock:
            if self._opened_workers is not None:
                self._opened_workers.close()
                self._opened_workers = None
            if self._opened_database is not None:
                self._opened_database.close()
                self._opened_database = self._opened_catalogue = None
                self._opened_index = None

    def warm(self) -> None:
        """Let the workers load the kernel while something else is done; what judging needs is
        loaded here meanwhile.
        """
        self._workers.warm()
        judging.load()

    # --- analysis ---

    def analyse(
        self,
        source: Source,
        *,
        name: str | None = None,
        material: str | None = None,
        annual: int | None = None,
        processes: Sequence[str] | None = None,
        hints: bool = True,
        rules: Path | None = None,
        progress: Progress | None = None,
        stop: threading.Event | None = None,
    ) -> dict[str, Any]:
        """The contract's analysis of a file given as a path or as bytes.

        Raises WrongUse, UnreadablePath, Cancelled, StorageFailure, JobFailed, any GeometryError.
        """
        conditions = Conditions(
            material, annual, tuple(processes) if processes else None, hints, rules
        )
        judging.check(conditions)
        data, name = self._data_of(source, name)
        examination = self._examined(data, name, progress, stop)
        return self._judged(examination, name, conditions)

    def analyse_many(
        self,
        paths: Iterable[Path],
        *,
        jobs: int | None = None,
        progress: Callable[[Path, float, str], None] | None = None,
        **conditions: Any,
    ) -> Iterator[Finished]:
        """Analyse files side by side, each as soon as it is done; one that fails costs nobody else.

        Errors come back in their `Finished`; only what is not about one file is raised.
        """

        def one(path: Path, heard: Progress, stop: threading.Event) -> dict[str, Any]:
            return self.analyse(path, progress=heard, stop=stop, **conditions)

        return side_by_side(paths, one, jobs=jobs or self.settings.workers, progress=progress)

    def analysis(self, key: str, **conditions: Any) -> dict[str, Any]:
        """The contract's analysis of the file that a part of the catalogue came from.

        conditions: material, annual, processes, hints, rules, as in `analyse`. Raises NoSuchPart.
        """
        card = self.part(key)
        return self.analyse(
            self._catalogue.file_bytes(card.sha256), name=card.file_name, **conditions
        )

    # --- catalogue ---

    def add(
        self,
        source: Source,
        *,
        name: str | None = None,
        progress: Progress | None = None,
        stop: threading.Event | None = None,
    ) -> list[str]:
        """Put a file and its parts into the catalogue; the keys of the parts.

        The catalogue holds nothing of a file that fails.
        """
        data, name = self._data_of(source, name)
        examination = self._depicted(data, name, progress, stop)
        judged = self._judged(examination, name, Conditions())
        best = [
            (part["processes"][0]["process"], part["processes"][0]["suitability"])
            if part["processes"]
            else (None, None)
            for part in judged["parts"]
        ]
        with self._file_lock(examination.sha256):
            return self._catalogue.add(data, name, examination, best)

    def parts(self, search: str | None = None, limit: int | None = None) -> "list[PartCard]":
        """The parts of the catalogue, newest first, all or those with the words of `search`."""
        return self._catalogue.parts(search, limit)

    def part(self, key: str) -> "PartCard":
        """One part of the catalogue.

        Raises NoSuchPart.
        """
        return self._catalogue.part(key)

    def remove(self, key: str) -> None:
        """Take a part out of the catalogue.

        Raises NoSuchPart.
        """
        with self._file_lock(self.part(key).sha256):
            self._catalogue.remove(key)

    def glb(self, key: str) -> bytes:
        """The part as binary glTF for the viewer.

        Raises NoSuchPart.
        """
        return self._blob(key, "glb")

    def thumbnail(self, key: str) -> bytes:
        """The part's picture, PNG.

        Raises NoSuchPart.
        """
        return self._blob(key, "thumbnail")

    # --- unfold ---

    def unfold(
        self,
        source: Source,
        *,
        k_table: Mapping[float, float] | None = None,
        material: str | None = None,
        sheet_mm: tuple[float, float] | None = None,
        stop: threading.Event | None = None,
    ) -> tuple[dict[str, Any], dict[str, bytes]]:
        """The flat pattern of a sheet part: the contract's record without `dxf`, and the drawings
        by their kind, dxf and svg.

        k_table, material: whose k-factors are taken instead of those of DIN 6935; sheet_mm: on
        which as many blanks are nested as fit.
        """
        data, name = self._data_or_part(source)
        options = {"k_table": k_table, "material": material, "sheet_mm": sheet_mm}
        record, drawings = unfold(
            self._workers, data, self._index_of(source), name, stop, **options
        )
        from workbench.report_json import warned

        warnings = [warned(warning) for warning in record["warnings"]]
        return {**record, "warnings": warnings}, drawings

    def flat_drawing(self, key: str, kind: str) -> bytes:
        """The flat pattern of a part of the catalogue as dxf or svg.

        Raises NoSuchPart, and NotSheet or NotDevelopable for parts that have none.
        """
        return self.unfold(key)[1][kind]

    # --- reports ---

    def report(
        self,
        source: Source,
        form: str,
        language: str,
        *,
        progress: Progress | None = None,
        stop: threading.Event | None = None,
        **conditions: Any,
    ) -> bytes:
        """A report (pdf, html, xlsx, json) on a file or a part, under conditions of `analyse`."""
        from workbench import reports

        data, name = self._data_or_part(source)
        analysis = self.analyse(data, name=name, progress=progress, stop=stop, **conditions)
        if isinstance(source, str) and self._is_key(source):
            analysis["parts"] = [analysis["parts"][self._index_of(source)]]

        @cache
        def blobs() -> Mapping[str, str]:
            return self._depicted(data, name, None, stop).blobs

        def draw(index: int, wanted: "list[reports.Shot]") -> dict[str, bytes]:
            glb = self._catalogue.blobs.read(blobs()[f"{index}.glb"])
            drawn = dict(self._workers.submit(DRAW, glb, wanted).result(stop=stop))
            part = next(each for each in analysis["parts"] if each["index"] == index)
            if form in ("pdf", "html") and reports.has_flat(part):
                drawn["flat"] = unfold(self._workers, data, index, name, stop)[1]["svg"]
            return drawn

        return reports.make(analysis, form, language, draw, self.plants(), **conditions)

    # --- plants ---

    def plants(self) -> "tuple[Plant, ...]":
        """The plants that were imported, in the order of their workbook."""
        from workbench.plants import load

        with self._database.session() as session:
            return tuple(load(session))

    def import_plants(self, source: Path | bytes) -> int:
        """Take all plants of a workbook in place of those there are; how many.

        Raises BrokenWorkbook with every wrong cell; nothing is changed then.
        """
        from workbench.plants import read, save

        plants = read(source)
        with self._database.session() as session:
            save(session, plants)
        return len(plants)

    def plants_template(self) -> bytes:
        """An empty workbook that says how to fill it."""
        from workbench.plants import write

        return write(())

    def plants_workbook(self) -> bytes:
        """The plants there are, as a workbook."""
        from workbench.plants import write

        return write(self.plants())

    def match(
        self,
        source: Source,
        *,
        annual: int,
        material: str | None = None,
        plants: Path | None = None,
        progress: Progress | None = None,
        stop: threading.Event | None = None,
    ) -> dict[str, Any]:
        """Ranked ways to have a part made locally: the first of a file, or one of the catalogue."""
        from workbench import matching

        if annual < 1:
            raise WrongUse(
                "the annual quantity must be at least 1",
                where="--annual",
                hint="say how many are needed a year",
            )
        conditions = Conditions(material, annual)
        judging.check(conditions)
        data, name = self._data_or_part(source)
        examination = self._examined(data, name, progress, stop)
        judged = self._judged(examination, name, conditions)
        chosen = read_plants(plants) if plants is not None else self.plants()
        if not chosen:
            raise NoPlants("no plants have been imported", hint="workbench plants import FILE.xlsx")
        demand = matching.Demand(annual=annual, material=material)
        answer = dict(matching.match(judged["parts"][self._index_of(source)], demand, chosen))
        return {**answer, "evidence": self.evidence(source, stop=stop)}

    def load_samples(
        self, progress: Progress | None = None, stop: threading.Event | None = None
    ) -> list[str]:
        """Fill the catalogue with the samples and illustrative plants; the keys of the parts."""
        from workbench.illustration import load

        return load(self, progress, stop)

    # --- inside ---

    @property
    def _workers(self) -> "Workers":
        with self._lock:
            if self._opened_workers is None:
                from workbench.jobs import Workers

                self._opened_workers = Workers(self.settings, self._worker_count)
            return self._opened_workers

    @property
    def _database(self) -> "Database":
        self._catalogue  # noqa: B018 - opens both
        assert self._opened_database is not None
        return self._opened_database

    @property
    def _catalogue(self) -> "Catalogue":
        with self._lock:
            if self._opened_catalogue is None:
                from workbench.catalogue import Catalogue
                from workbench.database import Database
                from workbench.storage import Storage

                self._opened_database = Database(self.settings)
                files = Storage(self.settings.home / "files")
                blobs = Storage(self.settings.home / "blobs")
                files.sweep()
                blobs.sweep()
                self._opened_catalogue = Catalogue(self._opened_database, files, blobs)
            return self._opened_catalogue

    def _file_lock(self, sha256: str) -> Any:
        """One thread of one program at a time works on a file; freed when the program dies."""
        from filelock import FileLock

        self.settings.locks.mkdir(parents=True, exist_ok=True)
        return FileLock(
            self.settings.locks / f"{sha256[:2]}-{sha256[:16]}.lock", is_singleton=False
        )

    def _examined(
        self,
        data: bytes,
        name: str,
        progress: Progress | None,
        stop: threading.Event | None,
        *,
        depicted: bool = False,
    ) -> "StoredExamination":
        """The stored examination of these bytes; made in a worker when this version has none.

        depicted: whether that draws what is shown of the parts in one go.
        """
        from workbench.storage import sha256_of

        sha256 = sha256_of(data)
        found = self._catalogue.examination(sha256, geometry.VERSION)
        if found is not None:
            return found
        with self._file_lock(sha256):
            found = self._catalogue.examination(sha256, geometry.VERSION)
            if found is not None:  # somebody else was at it
                return found
            begun = time.perf_counter()
            made = examine(self._workers, data, name, progress, stop, depicted=depicted)
            seconds = time.perf_counter() - begun
            return self._catalogue.keep_examination(
                sha256, geometry.VERSION, made.record, made.blobs, seconds
            )

    def _depicted(
        self,
        data: bytes,
        name: str,
        progress: Progress | None,
        stop: threading.Event | None,
    ) -> "StoredExamination":
        """The stored examination of these bytes with what is shown of their parts."""
        return self._with_pictures(self._examined(data, name, progress, stop, depicted=True), stop)

    def _with_pictures(
        self, examination: "StoredExamination", stop: threading.Event | None
    ) -> "StoredExamination":
        """An examination with what is shown of its parts: meshes for the viewer, pictures,
        descriptors. A plain analysis leaves them out; they are drawn here then.
        """
        if SHOWN in examination.blobs:
            return examination
        sha256, version = examination.sha256, examination.version
        with self._file_lock(sha256):
            found = self._catalogue.examination(sha256, version) or examination
            if SHOWN in found.blobs:  # somebody else drew them
                return found
            digest = self._catalogue.blobs.read(found.blobs["digest"])
            drawn = depict(self._workers, digest, found.record, stop)
            return self._catalogue.keep_blobs(found, drawn)

    def _judged(
        self, examination: "StoredExamination", name: str, conditions: Conditions
    ) -> dict[str, Any]:
        return judging.analysis(examination.record, name, conditions)

    def _data_of(self, source: Source, name: str | None) -> tuple[bytes, str]:
        if isinstance(source, bytes):
            refuse_too_many(len(source), self.settings.max_bytes)
            data, name = source, printable_name(name or "part.step")
        else:
            path = Path(source)
            data = read_file(path, self.settings.max_bytes)
            name = printable_name(name or path.name)
        return unpacked(data, name, self.settings.max_bytes)

    def _data_or_part(self, source: Source) -> tuple[bytes, str]:
        if isinstance(source, str) and self._is_key(source):
            card = self.part(source)
            return self._catalogue.file_bytes(card.sha256), card.file_name
        return self._data_of(source, None)

    def _index_of(self, source: Source) -> int:
        """Which part of its file is meant: the first, unless a key says more."""
        if isinstance(source, str) and self._is_key(source):
            return self.part(source).index
        return 0

    def _part_of(self, source: Source) -> int | None:
        """Which part a key of the catalogue means; None for a file, which is meant as a whole."""
        return self._index_of(source) if isinstance(source, str) and self._is_key(source) else None

    @staticmethod
    def _is_key(text: str) -> bool:
        from workbench.catalogue import split_key

        try:
            split_key(text)
        except NoSuchPart:
            return False
        return True

    def _blob(self, key: str, kind: str) -> bytes:
        card = self.part(key)
        sha256 = getattr(card, kind)
        if sha256 is None:
            raise NotAvailable(f"part {key} has no {kind}", where=key, hint="add its file again")
        return self._catalogue.blobs.read(sha256)
