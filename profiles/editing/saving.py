"""A profile's settings put into its file: what was not changed stays as it was written, remarks and order included."""

import shutil
import tomllib
from pathlib import Path

from profiles.editing.toml_edit import Changes, Plain, edited
from profiles.profile import Profile
from profiles.reading import FILE_NAME, profile_of
from profiles.schema import fields_at, is_section
from profiles.toml_file import load_toml

KEPT = frozenset({"cast", "hashes", "devices"})
"""Parts of a file that no setting on a screen changes."""


def settings_of(profile: Profile) -> dict[str, Plain]:
    """Every setting of a profile as its file would say it, by key."""
    plain = profile.model_dump(mode="json", exclude={"folder", "name", *KEPT})
    settings: dict[str, Plain] = {}
    for name, field in fields_at(()).items():
        if name in KEPT:
            continue
        if is_section(field):
            settings |= {f"{name}.{key}": value for key, value in plain[name].items()}
        else:
            settings[name] = plain[name]
    return settings


def differences(old: Profile, new: Profile) -> dict[str, Plain]:
    """What `new` says otherwise than `old`, by key."""
    before, after = settings_of(old), settings_of(new)
    return {key: value for key, value in after.items() if value != before[key]}


def save(changes: Changes, folder: Path, staging: Path) -> Profile:
    """Puts changes into a profile's file.

    Args:
        changes: by key.
        folder: the profile's.
        staging: an empty folder on the same disk.

    Raises:
        ProfileError: the profile would not be readable; everything is as it was then.
        OSError: the file can't be read or written.
    """
    file = folder / FILE_NAME
    load_toml(file)
    text = edited(file.read_text(encoding="utf-8-sig"), changes)
    saved = profile_of(tomllib.loads(text), folder, folder.name)
    part = staging / FILE_NAME
    part.write_text(text, encoding="utf-8")
    part.replace(file)
    return saved


def write_copy(source: Path, changes: Changes, folder: Path) -> None:
    """Copies a profile's folder, but for hidden files, and puts changes into the copy.

    Raises:
        ProfileError: the file is written in a way that is not understood here.
        OSError: a file can't be read or written.
    """
    load_toml(source / FILE_NAME)
    for path in sorted(source.rglob("*")):
        inner = path.relative_to(source)
        if any(part.startswith(".") for part in inner.parts):
            continue
        target = folder / inner
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.is_symlink():
            target.symlink_to(path.resolve())
        elif path.is_file():
            shutil.copyfile(path, target)
    file = folder / FILE_NAME
    text = edited((source / FILE_NAME).read_text(encoding="utf-8-sig"), changes)
    file.unlink(missing_ok=True)
    file.write_text(text, encoding="utf-8")
