"""Models that the user adds by their address and their SHA-256, kept beside the networks that the program knows."""

import json
import re
import urllib.parse
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath

import platformdirs

from pipeline.errors import ModelError
from pipeline.inference.catalogue import sha256_of
from pipeline.inference.download import Report, fetch, require_safe, shown_address
from pipeline.inference.file_lock import exclusive
from profiles.member_names import name_problem

FOLDER = "own"
STORE = "store:"
"""Stands before the names of added models where a file can be named as well."""
ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)
DIGITS = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class OwnModel:
    """One model that the user added.

    Attributes:
        name: its file's name.
        path: where it is.
        origin: where it came from, without what may be secret in an address.
        sha256: what its bytes must hash to.
        size: in bytes.
    """

    name: str
    path: Path
    origin: str
    sha256: str
    size: int

    def problem(self) -> str | None:
        """What is wrong with its file, as a sentence with its cure; None when nothing is. Reads all of it."""
        cure = f"run `understudy models add` for {self.origin} again"
        try:
            got = sha256_of(self.path)
        except OSError as error:
            return f"The model {self.name} can't be read from {self.path}: {error.strerror}; {cure}"
        if got != self.sha256:
            return f"The model {self.path} is damaged: SHA-256 wanted {self.sha256}, got {got}; {cure}"
        return None


class OwnModels:
    """The models in one folder, each with a note of where it came from."""

    def __init__(self, folder: Path | None = None) -> None:
        """Looks at `folder`, by default one in the platform's cache folder; nothing is read or made yet."""
        self.folder = folder or platformdirs.user_cache_path("understudy") / "models" / FOLDER

    def list(self) -> tuple[OwnModel, ...]:
        """Every model, by name."""
        notes = sorted(self.folder.glob("*.json")) if self.folder.is_dir() else []
        found = (self._read(note) for note in notes)
        return tuple(model for model in found if model is not None and model.path.is_file())

    def find(self, name: str) -> OwnModel:
        """The model called `name`, present and with the right hash.

        Raises:
            ModelError: it is unknown or damaged.
        """
        model = next((model for model in self.list() if model.name == name), None)
        if model is None:
            known = ", ".join(model.name for model in self.list()) or "none"
            raise ModelError(f"There is no model called {name} in {self.folder}, got {known}; add it first.")
        problem = model.problem()
        if problem is not None:
            raise ModelError(f"{problem}.")
        return model

    def place(self, named: str) -> Path:
        """Where a file is that is named by its path, or as `store:NAME`.

        Raises:
            ModelError: there is no model of that name, or it is damaged; or it is an address.
        """
        if named.startswith(STORE):
            return self.find(named.removeprefix(STORE)).path
        if ADDRESS.match(named):
            shown = shown_address(named)
            raise ModelError(
                f"The model {shown} is not on this computer; fetch it with "
                f"`understudy models add {shown} --sha256 HEX`, and name it as store:NAME then."
            )
        return Path(named).expanduser()

    def add(
        self,
        address: str,
        sha256: str,
        name: str | None = None,
        *,
        progress: Report = lambda *_: None,
        on_wait: Callable[[], None] = lambda: None,
    ) -> OwnModel:
        """Fetches a model; its file appears in one step, whole and with the hash that is wanted.

        Args:
            address: https://, or file:/// for one that is here already.
            sha256: what it must hash to, in hexadecimal.
            name: what it is to be called; by default what the address calls it.
            progress: told how far it is.
            on_wait: called while another process adds one.

        Raises:
            ModelError: it can't be had, is another one, or can't be called so.
        """
        require_safe(address)
        wanted, name = _digest(sha256), _name(address, name)
        model = OwnModel(name, self.folder / name, shown_address(address), wanted, 0)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with exclusive(self.folder / "add.lock", on_wait):
                if model.path.is_file() and model.problem() is None:
                    return self._noted(model)
                part = self.folder / f"{wanted}.part"
                self._fetch(address, part, wanted, progress)
                part.replace(model.path)
                return self._noted(model)
        except OSError as error:
            raise ModelError(
                f"The model {name} can't be put into {self.folder}: {error.strerror or error}; "
                "check the rights and the free space there."
            ) from error

    def remove(self, name: str) -> None:
        """Deletes a model.

        Raises:
            ModelError: there is none of that name, or it can't be deleted.
        """
        known = {model.name: model for model in self.list()}
        if name not in known:
            raise ModelError(f"There is no model called {name} in {self.folder}, got {', '.join(known) or 'none'}.")
        try:
            known[name].path.unlink()
            self._note(name).unlink(missing_ok=True)
        except OSError as error:
            raise ModelError(f"The model {known[name].path} can't be deleted: {error.strerror}.") from error

    def _fetch(self, address: str, part: Path, wanted: str, progress: Report) -> None:
        """Has the whole file in `part`, with the right hash.

        Raises:
            ModelError: it can't be had, or is another one.
        """
        continued = fetch(address, part, progress)
        got = sha256_of(part)
        if got != wanted and continued:
            # What an earlier try left may be of another file.
            part.unlink()
            fetch(address, part, progress)
            got = sha256_of(part)
        if got != wanted:
            part.unlink()
            raise ModelError(
                f"The file {shown_address(address)} is another one: SHA-256 wanted {wanted}, got {got}; "
                "check both with whoever offers it."
            )

    def _noted(self, model: OwnModel) -> OwnModel:
        """Writes down where a model came from."""
        model = OwnModel(model.name, model.path, model.origin, model.sha256, model.path.stat().st_size)
        note = {key: value for key, value in asdict(model).items() if key != "path"}
        self._note(model.name).write_text(json.dumps(note, indent=2), encoding="utf-8")
        return model

    def _note(self, name: str) -> Path:
        return self.folder / f"{name}.json"

    def _read(self, note: Path) -> OwnModel | None:
        """The model that a note is for; None where it is none."""
        try:
            said = json.loads(note.read_text(encoding="utf-8"))
            name = note.name.removesuffix(".json")
            return OwnModel(name, self.folder / name, str(said["origin"]), str(said["sha256"]), int(said["size"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None


def _digest(text: str) -> str:
    digest = text.strip().lower()
    if len(digest) != 64 or not set(digest) <= DIGITS:
        raise ModelError(f"The SHA-256 {text} is none; wanted 64 digits from 0 to f, as whoever offers the model says.")
    return digest


def _name(address: str, name: str | None) -> str:
    """What a model is to be called."""
    name = name or PurePosixPath(urllib.parse.unquote(urllib.parse.urlsplit(address).path)).name
    fault = name_problem(name)
    if fault is not None or "/" in name or name.startswith(".") or name.endswith((".json", ".part", ".lock")):
        why = fault.text if fault is not None else "is no name of a model"
        raise ModelError(f"The name {name!r} can't be taken: it {why}; choose another with --name.")
    return name
