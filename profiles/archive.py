"""A profile as one zip file: written whole, and taken apart only when nothing in it is amiss."""

import os
import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath

from profiles.errors import Problem, ProfileError, TakenError
from profiles.member_names import member_key, name_clashes, name_problem
from profiles.profile import Profile
from profiles.reading import FILE_NAME, named_files

MAX_FILES = 200
"""Entries that an archive may have."""
MAX_BYTES = 8_000_000_000
"""What an archive's files may take together when unpacked: a trained face and a voice with all that it needs."""
STORED_AS_THEY_ARE = frozenset({".onnx", ".dfm", ".data", ".index", ".mp4", ".mkv", ".jpg", ".jpeg", ".png"})
"""Weights and pictures hardly shrink, and trying to takes minutes."""
MAX_RATIO = 100
"""How many times its packed size a large file may have; pictures and sound hardly shrink at all."""
LARGE_BYTES = 1_000_000
"""Below this a file is never a bomb."""
CHUNK_BYTES = 1 << 16
PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, ValueError, OverflowError)
"""What reading an archive raises where bytes in it have changed; a name that is no text is a `ValueError`."""


def put_archive(profile: Profile, file: Path, *, force: bool) -> Path:
    """Writes the profile's folder into one zip archive, whole or not at all, and tells where.

    Raises:
        ProfileError: the archive is there already, or can't be made or written.
    """
    try:
        if file.is_dir():
            raise ProfileError(f"The archive can't be called {file}, which is a folder; name a file in it")
        if os.path.lexists(file) and not force:
            raise TakenError(f"The file {file} is there already", "choose another name or add --force")
        part = file.with_name(f".{file.name}.part")
        try:
            write_archive(profile, part)
            part.replace(file)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise ProfileError(f"The archive {file} can't be written: {error.strerror or error}") from error
    return file


def write_archive(profile: Profile, file: Path) -> None:
    """Writes the profile's folder into the zip archive `file`, under the profile's name.

    Hidden files and links are left out.

    Raises:
        ProfileError: a file that the profile names lies outside its folder, a name would not do everywhere, or the
            archive would be too large.
        OSError: the archive can't be written.
    """
    problems = outside_files(profile)
    if problems:
        raise ProfileError(problems)
    members = _members(profile)
    total = sum(path.stat().st_size for path in members.values())
    if len(members) > MAX_FILES or total > MAX_BYTES:
        raise ProfileError(
            f"The profile {profile.name} has {len(members)} files of {total} bytes in all, "
            f"but an archive holds at most {MAX_FILES} files and {MAX_BYTES} bytes; take some out of {profile.folder}"
        )
    problems = [*filter(None, map(name_problem, members)), *name_clashes(list(members))]
    if problems:
        raise ProfileError([replace(problem, text=f"{problem.text}; rename it") for problem in problems])
    # A zip archive begins in 1980; files from before are taken for as old as that.
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
        for name, path in members.items():
            packing = zipfile.ZIP_STORED if path.suffix.lower() in STORED_AS_THEY_ARE else zipfile.ZIP_DEFLATED
            archive.write(path, name, packing)


def _members(profile: Profile) -> dict[str, Path]:
    """The files of the profile's folder by their names in an archive."""
    found = {path.relative_to(profile.folder): path for path in sorted(profile.folder.rglob("*"))}
    return {
        f"{profile.name}/{inner.as_posix()}": path
        for inner, path in found.items()
        if path.is_file() and not path.is_symlink() and not _hidden(inner.parts)
    }


def outside_files(profile: Profile) -> list[Problem]:
    """A problem for each file that the profile names and that does not lie in its folder."""
    home = profile.folder.resolve()
    return [
        Problem(f"{path} lies outside the profile's folder; copy it there", profile.folder / FILE_NAME, key)
        for key, path in named_files(profile).items()
        if not path.resolve().is_relative_to(home)
    ]


def unpack_archive(file: Path, folder: Path) -> str:
    """Unpacks a profile's archive into the empty `folder` and tells the profile's name.

    Nothing is written unless the list of contents is harmless: no path leaves the folder, no links, at most
    `MAX_FILES` entries and `MAX_BYTES`, and one `profile.toml`, at the top or in the one folder at the top.

    Raises:
        ProfileError: the archive is refused; every reason is told.
    """
    with _damage_told(file):
        if not file.exists():
            raise ProfileError(f"There is no archive {file}; give the zip file that `profiles export` wrote")
        if not file.is_file():
            raise ProfileError([Problem("is not a file; give the zip file that `profiles export` wrote", file)])
        if file.stat().st_size > MAX_BYTES:
            raise ProfileError([Problem(f"is larger than {MAX_BYTES} bytes, more than a profile may have", file)])
        archive = zipfile.ZipFile(file)
    with archive:
        entries = [entry for entry in archive.infolist() if not entry.filename.startswith("__MACOSX/")]
        problems = _refusals(entries)
        if problems:
            raise ProfileError([replace(problem, file=file) for problem in problems])
        root = _root(entries, file)
        _require_room(entries, file, folder)
        _extract(archive, entries, root, folder)
        return root.name or file.stem


@contextmanager
def _damage_told(file: Path) -> Iterator[None]:
    """Blames the archive for what goes wrong while it is read; what goes wrong elsewhere has to stay outside."""
    try:
        yield
    except DAMAGE as error:
        raise ProfileError([Problem(f"is not a whole zip archive ({error}); export it again", file)]) from error
    except OSError as error:
        raise ProfileError([Problem(f"can't be read ({error.strerror or error})", file)]) from error


def _refusals(entries: list[zipfile.ZipInfo]) -> list[Problem]:
    if len(entries) > MAX_FILES:
        return [Problem(f"holds {len(entries)} files, at most {MAX_FILES} may be in a profile")]
    problems = [problem for entry in entries for problem in _entry_refusals(entry)]
    total = sum(entry.file_size for entry in entries)
    if total > MAX_BYTES:
        problems.append(Problem(f"unpacks to {total} bytes, at most {MAX_BYTES} may be in a profile"))
    return problems + name_clashes([entry.filename for entry in entries])


def _entry_refusals(entry: zipfile.ZipInfo) -> Iterable[Problem]:
    # The name as it is written: `filename` ends at a NUL, and on Windows has its backslashes turned.
    name = member_key(entry.orig_filename)
    problem = name_problem(entry.orig_filename)
    if problem:
        yield problem
    if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
        yield Problem("is a link or a device, not a file", key=name)
    if entry.flag_bits & 1:
        yield Problem("is encrypted", key=name)
    if entry.compress_type not in PACKINGS:
        yield Problem("is packed by another method than deflate; pack it as an ordinary zip file", key=name)
    if entry.file_size > LARGE_BYTES and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
        yield Problem(f"would grow from {entry.compress_size} to {entry.file_size} bytes", key=name)


def _require_room(entries: list[zipfile.ZipInfo], file: Path, folder: Path) -> None:
    """Lets no archive fill the disk."""
    total, free = sum(entry.file_size for entry in entries), shutil.disk_usage(folder).free
    if total > free:
        raise ProfileError([Problem(f"unpacks to {total} bytes, but {folder} has {free} bytes free; free some", file)])


def _root(entries: list[zipfile.ZipInfo], file: Path) -> PurePosixPath:
    """The folder inside the archive that holds `profile.toml`."""
    found = [path.parent for entry in entries if (path := PurePosixPath(entry.filename)).name == FILE_NAME]
    found = [root for root in found if len(root.parts) <= 1]
    if len(found) != 1:
        count = "no" if not found else "more than one"
        raise ProfileError([Problem(f"holds {count} {FILE_NAME}, wanted one at the top or in one folder", file)])
    return found[0]


def _extract(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], root: PurePosixPath, folder: Path) -> None:
    home = folder.resolve()
    budget = MAX_BYTES
    for entry in entries:
        path = PurePosixPath(entry.filename)
        if entry.is_dir() or not path.is_relative_to(root) or _hidden(path.relative_to(root).parts):
            continue
        target = (home / path.relative_to(root)).resolve()
        if not target.is_relative_to(home):
            raise ProfileError([Problem("has a path that leaves the folder", _file_of(archive), member_key(str(path)))])
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as sink:
            for chunk in _chunks(archive, entry):
                budget -= len(chunk)
                if budget < 0:
                    raise ProfileError([Problem("unpacks to more than it says", _file_of(archive))])
                sink.write(chunk)


def _chunks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    with _damage_told(_file_of(archive)), archive.open(entry) as source:
        while chunk := source.read(CHUNK_BYTES):
            yield chunk


def _file_of(archive: zipfile.ZipFile) -> Path:
    return Path(archive.filename or "")


def _hidden(parts: tuple[str, ...]) -> bool:
    return any(part.startswith(".") for part in parts)
