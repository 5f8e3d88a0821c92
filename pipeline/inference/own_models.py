"""Models that the user adds by their address and their SHA-256, kept beside the networks that the program knows."""

import json
import re
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import platformdirs

from pipeline.errors import ModelError
from pipeline.inference.download import Report, fetch, require_safe, shown_address
from pipeline.inference.file_lock import exclusive
from pipeline.inference.half_models import HalfModel, HalfModels
from pipeline.inference.kinds.added_file import digest_of, looked_into, name_of, shipped_names, title_of
from profiles.model_files import sha256_of

FOLDER, FORMER = "models", "models/own"
STORE = "store:"
"""Stands before the names of added models where a file can be named as well."""
ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class OwnModel:
    """One model that the user added.

    Attributes:
        name: its file's name.
        path: where it is.
        origin: where it came from, without what may be secret in an address.
        sha256: what its bytes must hash to.
        size: in bytes.
        format: what it is, for people; empty where that was not looked into.
    """

    name: str
    path: Path
    origin: str
    sha256: str
    size: int
    format: str = ""

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


@dataclass(frozen=True, slots=True)
class Addition:
    """A model that was added.

    Attributes:
        model: what is there now.
        fresh: whether it was not there before.
    """

    model: OwnModel
    fresh: bool


class OwnModels:
    """The models in one folder, each with a note of where it came from."""

    def __init__(self, folder: Path | None = None, *, on_wait: Callable[[], None] = lambda: None) -> None:
        """Looks at a folder; nothing is read or made yet.

        Args:
            folder: by default one in the platform's folder for data, which nobody empties as caches are.
            on_wait: called while another process adds a model.
        """
        self.folder = folder or platformdirs.user_data_path("understudy") / FOLDER
        self._former = platformdirs.user_cache_path("understudy") / FORMER if folder is None else None
        self._on_wait, self._halves = on_wait, HalfModels(self.folder)

    def list(self) -> tuple[OwnModel, ...]:
        """Every model that is whole, by name."""
        self._take_over()
        notes = sorted(self.folder.glob("*.json")) if self.folder.is_dir() else []
        found = (self._read(note) for note in notes)
        return tuple(model for model in found if model is not None and model.path.is_file())

    def halves(self) -> tuple[HalfModel, ...]:
        """What is there of models that came half way."""
        self._take_over()
        return self._halves.list()

    def find(self, name: str) -> OwnModel:
        """The model called `name`, present and with the right hash.

        Raises:
            ModelError: it is unknown or damaged.
        """
        model = next((model for model in self.list() if model.name == name), None)
        if model is None:
            raise self._unknown(name, "Add it with `understudy models add`")
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
        force: bool = False,
        progress: Report = lambda *_: None,
    ) -> Addition:
        """Fetches a model; its file appears in one step, whole, with the hash that is wanted, and an ONNX model.

        Args:
            address: https://, or file:/// for one that is here already.
            sha256: what it must hash to, in hexadecimal.
            name: what it is to be called; by default what the address calls it.
            force: whether another model of that name is replaced.
            progress: told how far it is.

        Raises:
            ModelError: it can't be had, is another one or no model, or can't be called so.
        """
        require_safe(address)
        wanted, name = digest_of(sha256), name_of(address, name)
        model = OwnModel(name, self.folder / name, shown_address(address), wanted, 0)
        try:
            self._take_over()
            self.folder.mkdir(parents=True, exist_ok=True)
            with exclusive(self.folder / "add.lock", self._on_wait):
                there = self._there(model, force=force)
                if there is not None:
                    return Addition(self._noted(there), fresh=False)
                part = self._halves.part(wanted)
                model = replace(model, format=self._fetch(address, model, part, progress))
                part.replace(model.path)
                return Addition(self._noted(model), fresh=True)
        except OSError as error:
            raise ModelError(
                f"The model {name} can't be put into {self.folder}: {error.strerror or error}; "
                "check the rights and the free space there."
            ) from error

    def remove(self, name: str) -> OwnModel | HalfModel:
        """Deletes a model, or what is there of one.

        Raises:
            ModelError: there is none of that name, or it can't be deleted.
        """
        found = self.named(name)
        try:
            if isinstance(found, HalfModel):
                self._halves.remove(found.sha256)
            else:
                found.path.unlink()
                self._note(found.name).unlink(missing_ok=True)
        except OSError as error:
            raise ModelError(f"The model {found.name} can't be deleted: {error.strerror}.") from error
        return found

    def named(self, name: str) -> OwnModel | HalfModel:
        """The model called `name`, whole or not; with or without `store:` before it.

        Raises:
            ModelError: there is none of that name.
        """
        name = name.removeprefix(STORE)
        found: list[OwnModel | HalfModel] = [*self.list(), *self.halves()]
        for each in found:
            if each.name == name:
                return each
        raise self._unknown(name, "See `understudy models list`")

    def _unknown(self, name: str, cure: str) -> ModelError:
        if name in shipped_names():
            return ModelError(f"The network {name} comes with the program: it was not added, and stays where it is.")
        known = [model.name for model in self.list()]
        there = f"there are {', '.join(known)}" if len(known) > 1 else f"there is {known[0] if known else 'none'}"
        return ModelError(f"There is no model called {name} in {self.folder}, {there}. {cure}.")

    def _there(self, model: OwnModel, *, force: bool) -> OwnModel | None:
        """The same model where it is there already; None where it is to be fetched.

        Raises:
            ModelError: another one is called so.
        """
        if not model.path.is_file():
            return None
        there = self._read(self._note(model.name))
        if sha256_of(model.path) == model.sha256:
            return replace(model, origin=there.origin if there else model.origin, format=title_of(model.path))
        if force or (there is not None and there.sha256 == model.sha256):
            return None
        raise ModelError(
            f"There is another model called {model.name}, from {there.origin if there else 'elsewhere'}; give this one "
            "another name with --name, or replace that one with --force."
        )

    def _take_over(self) -> None:
        """Moves models here from where they lay before, and leaves links there for profiles that link to them."""
        if self._former is None or not self._former.is_dir():
            return
        for part in self._former.glob("*.part"):
            with suppress(OSError):
                self.folder.mkdir(parents=True, exist_ok=True)
                shutil.move(part, self.folder / part.name)
        for note in sorted(self._former.glob("*.json")):
            old = note.with_name(note.name.removesuffix(".json"))
            new, moving = self.folder / old.name, self.folder / f"{old.name}.moving"
            if old.is_symlink() or not old.is_file() or new.exists():
                continue
            # Another process may do the same.
            with suppress(OSError):
                self.folder.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(note, self._note(old.name))
                shutil.move(old, moving)
                moving.replace(new)
                note.unlink()
                old.symlink_to(new)

    def _fetch(self, address: str, model: OwnModel, part: Path, progress: Report) -> str:
        """Has the whole file in `part`, with the right hash; what came of it stays there where it can go on.

        Returns:
            What it is, for people.

        Raises:
            ModelError: it can't be had, is another one, or no model.
        """
        noted = self._halves.noting(model.name, model.origin, model.sha256, progress)
        try:
            self._fetched(address, model.sha256, part, noted)
            return looked_into(part, model.path)
        finally:
            self._halves.settle(model.sha256)

    def _fetched(self, address: str, wanted: str, part: Path, progress: Report) -> None:
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
        model = replace(model, size=model.path.stat().st_size)
        self._halves.remove(model.sha256)
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
            model = OwnModel(name, self.folder / name, str(said["origin"]), str(said["sha256"]), int(said["size"]))
            return replace(model, format=str(said.get("format", "")))
        except (OSError, ValueError, KeyError, TypeError):
            return None
