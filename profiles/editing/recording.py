"""A profile's models recorded anew: their SHA-256 as they are now, and models put in or in the place of others."""

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from profiles.draft import ProfileDraft
from profiles.editing.toml_edit import Value, edited
from profiles.errors import Problem, ProfileError
from profiles.member_names import name_problem
from profiles.model_files import bring, model_problems, named_models, sha256_of
from profiles.profile import Profile
from profiles.reading import FILE_NAME, read_profile
from profiles.toml_file import load_toml


def record(draft: ProfileDraft, folder: Path, staging: Path) -> Profile:
    """Writes down what the models in a profile's folder are now, those of the draft put in first.

    Args:
        draft: its models, settings and `link` count.
        folder: the profile's.
        staging: an empty folder on the same disk.

    Raises:
        ProfileError: a file is not there, or the profile would not be readable; everything is as it was then.
        OSError: a file can't be read or written.
    """
    home = folder.resolve()
    problems = model_problems(draft.models)
    problems += [
        Problem(f"{model.path} lies in the profile's folder, which can't be linked to; leave --link out", key=model.key)
        for model in draft.models
        if draft.link and model.path.expanduser().resolve().is_relative_to(home)
    ]
    if problems:
        raise ProfileError(problems)
    file = folder / FILE_NAME
    data = load_toml(file)
    before = file.read_text(encoding="utf-8-sig")
    brought = bring(draft.models, staging / "new", link=draft.link)
    values = draft_values(draft)
    with ExitStack() as undone:
        for name in brought:
            _put(staging / "new" / name, folder / name, staging / "old" / name, undone)
        undone.callback(_write, file, before, staging)
        _write(file, edited(before, values, {}), staging)
        profile = read_profile(folder)
        recorded = data.get("hashes", {})
        names = {*brought, *(recorded if isinstance(recorded, dict) else ())}
        pictures = [*profile.tracking.actor, *(path for entry in profile.cast for path in entry.enrolled)]
        names |= {path.as_posix() for path in (*named_models(profile).values(), *pictures)}
        _write(file, edited(before, values, _hashes(folder, names)), staging)
        profile = read_profile(folder)
        undone.pop_all()
    return profile


def draft_values(draft: ProfileDraft) -> Mapping[str, Value]:
    """What a draft's models and settings say in a profile's file, by key."""
    engines: dict[str, Value] = {f"{section}.engine": engine for section, engine in draft.engines.items()}
    return engines | {model.key: model.name for model in draft.models} | dict(draft.settings)


def _hashes(folder: Path, names: set[str]) -> dict[str, str]:
    """The SHA-256 of each of some files that is there and lies in the folder."""
    return {
        name: sha256_of(folder / name)
        for name in sorted(names)
        if name_problem(name) is None and (folder / name).is_file()
    }


def _put(source: Path, target: Path, old: Path, undone: ExitStack) -> None:
    """Moves a file to its place; what was there comes back unless all goes well."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_symlink() or target.exists():
        if target.is_dir():
            raise ProfileError([Problem("is a folder, wanted a file; move it away", target)])
        old.parent.mkdir(parents=True, exist_ok=True)
        target.replace(old)
        undone.callback(old.replace, target)
    else:
        undone.callback(target.unlink, missing_ok=True)
    source.replace(target)


def _write(file: Path, text: str, staging: Path) -> None:
    part = staging / FILE_NAME
    part.write_text(text, encoding="utf-8")
    part.replace(file)
