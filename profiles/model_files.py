"""Files brought into a profile's folder, models and pictures of people, and known again by their SHA-256."""

import hashlib
import shutil
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from profiles.errors import Problem
from profiles.member_names import name_clashes, name_problem
from profiles.plain_text import shortened
from profiles.profile import Profile
from profiles.reading import FILE_NAME
from profiles.schema import file_fields

MODEL_SECTIONS = frozenset({"dfm", "embedding", "masks", "restore", "tracking", "matting", "rvc"})
"""The parts of a profile whose files, apart from lists of pictures, are models."""
FOLDER = "models"
"""Where in a profile's folder models lie."""
FACES = "faces"
"""Where in it the pictures lie that people are known by."""


@dataclass(frozen=True, slots=True)
class ModelDraft:
    """A model, or a picture of somebody, that is to go into a profile.

    Attributes:
        key: the key that names it, such as `dfm.model`.
        path: where it is now.
        beside: further files that it needs, by their paths from its folder.
        title: what it was recognised as; empty for what is of no known format.
        folder: where in the profile's folder it goes.
    """

    key: str
    path: Path
    beside: tuple[str, ...] = ()
    title: str = ""
    folder: str = FOLDER

    @property
    def name(self) -> str:
        """Its path in the profile's folder."""
        name = f"{self.folder}/{self.path.name}"
        return name if name_problem(name) is None else f"{self.folder}/{self.key.replace('.', '-')}{self.path.suffix}"

    def files(self) -> Iterator[tuple[str, Path]]:
        """Every file that comes with it: its path in the profile's folder, and where it is now."""
        source = self.path.expanduser()
        yield self.name, source
        for inner in self.beside:
            yield f"{self.folder}/{PurePosixPath(inner)}", source.parent / inner


def model_problems(models: Sequence[ModelDraft]) -> list[Problem]:
    """A problem for each file that is not there, can't be called so in a profile, or has another's name."""
    problems: list[Problem] = []
    names: dict[str, Path] = {}
    for model in models:
        for name, source in model.files():
            if not source.is_file():
                problems.append(Problem(f"there is no file {source}", key=model.key))
            elif names.setdefault(name, source.resolve()) != source.resolve():
                problems.append(Problem(f"{source} and {names[name]} have one name; rename one", key=model.key))
            fault = name_problem(name)
            if fault is not None:
                problems.append(Problem(f"{source} {fault.text}; rename it", key=model.key))
    return problems + name_clashes(list(names))


def bring(models: Sequence[ModelDraft], folder: Path, *, link: bool) -> dict[str, str]:
    """Copies files into a profile's folder, or links to them where they are, and tells each one's SHA-256.

    Raises:
        OSError: a file can't be read or written.
    """
    hashes: dict[str, str] = {}
    for model in models:
        for name, source in model.files():
            if name in hashes:
                continue
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if link and name == model.name:
                target.symlink_to(source.resolve())
            else:
                # What stands in files beside a model has to lie in its folder itself, or it is refused.
                shutil.copyfile(source, target)
            hashes[name] = sha256_of(target)
    return hashes


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, in lower-case hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def shared_pictures(people: Sequence[tuple[str, Sequence[Path]]]) -> list[Problem]:
    """A problem for each picture of somebody that is one of somebody else's as well, byte for byte.

    Args:
        people: the key that names each person's pictures, and where they are.
    """
    problems: list[Problem] = []
    first: dict[str, tuple[int, Path]] = {}
    for number, (key, paths) in enumerate(people):
        for path in paths:
            try:
                if not path.is_file():
                    continue
                owner, other = first.setdefault(sha256_of(path), (number, path))
            except OSError:
                continue
            if owner != number:
                same = "stands" if path == other else f"is the same picture as {other}"
                text = (
                    f"{path} {same} under {people[owner][0]} already; a picture is of one person, so name another one"
                )
                problems.append(Problem(text, key=key))
    return problems


def people_of(profile: Profile) -> list[tuple[str, Sequence[Path]]]:
    """The key and the pictures of each person whom a profile knows by them."""
    named = [("tracking.actor", profile.tracking.actor)]
    named += [(f"cast.{number}.enrolled", entry.enrolled) for number, entry in enumerate(profile.cast)]
    return [(key, [profile.resolve(path) for path in paths]) for key, paths in named]


def named_models(profile: Profile) -> dict[str, Path]:
    """The models that a profile names, by key, as it names them."""
    named = {
        f"{section}.{key}": getattr(getattr(profile, section), key)
        for section, key, field in file_fields()
        if section in MODEL_SECTIONS and field.default is None
    }
    return {key: path for key, path in named.items() if path is not None}


def unrecorded_models(profile: Profile) -> list[Problem]:
    """A remark for each model that nothing was recorded of, so that a changed one would not be noticed."""
    names = dict.fromkeys(path.as_posix() for path in named_models(profile).values())
    cure = f"`understudy profiles record {profile.name}` writes it down"
    text = f"is missing: a change of the file would not be noticed; {cure}"
    return [
        Problem(text, profile.folder / FILE_NAME, f"hashes.{shortened(name)}")
        for name in names
        if name not in profile.hashes and name_problem(name) is None
    ]


def changed_files(profile: Profile, names: Container[str] | None = None) -> list[Problem]:
    """A problem for each file that is not what it was when it was brought in, or can't be read; each is read whole.

    Args:
        profile: has the files' SHA-256.
        names: which of them; all without it.
    """
    recorded = {name: wanted for name, wanted in profile.hashes.items() if names is None or name in names}
    return [problem for name, wanted in recorded.items() for problem in _changes(profile, name, wanted)]


def _changes(profile: Profile, name: str, wanted: str) -> Iterator[Problem]:
    place = profile.folder / FILE_NAME
    path, key = profile.resolve(Path(name)), f"hashes.{shortened(name)}"
    if name_problem(name) is not None:
        yield Problem("is no name of a file in the profile's folder; take the line out", place, key)
        return
    if not path.is_file():
        # A pipe or a device would be read without an end.
        cure = f"put it back, or have `understudy profiles record {profile.name}` take the line out"
        yield Problem(f"there is no such file; {cure}", place, key)
        return
    try:
        got = sha256_of(path)
    except OSError as error:
        yield Problem(f"the file can't be read ({error.strerror}); check its rights", place, key)
        return
    if got != wanted:
        text = (
            f"the file has changed: SHA-256 wanted {wanted}, got {got}; put the old one back, or record the new one "
            f"with `understudy profiles record {profile.name}`"
        )
        yield Problem(text, place, key)
