"""A profile as one zip file: written whole, and taken apart only when nothing in it is amiss."""

import stat
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path, PurePosixPath, PureWindowsPath

from profiles.errors import Problem, ProfileError
from profiles.profile import Profile
from profiles.reading import FILE_NAME, named_files

MAX_FILES = 200
"""Entries that an archive may have."""
MAX_BYTES = 200_000_000
"""What an archive's files may take together when unpacked."""
MAX_RATIO = 100
"""How many times its packed size a large file may have; pictures and sound hardly shrink at all."""
LARGE_BYTES = 1_000_000
"""Below this a file is never a bomb."""
CHUNK_BYTES = 1 << 16


def write_archive(profile: Profile, file: Path) -> None:
    """Writes the profile's folder into the zip archive `file`, under the profile's name.

    Hidden files and links are left out.

    Raises:
        ProfileError: a file that the profile names lies outside its folder, or the archive would be too large.
        OSError: the archive can't be written.
    """
    problems = outside_files(profile)
    if problems:
        raise ProfileError(problems)
    members = [path for path in sorted(profile.folder.rglob("*")) if path.is_file() and not path.is_symlink()]
    members = [path for path in members if not _hidden(path.relative_to(profile.folder).parts)]
    total = sum(path.stat().st_size for path in members)
    if len(members) > MAX_FILES or total > MAX_BYTES:
        raise ProfileError(
            f"The profile {profile.name} has {len(members)} files of {total} bytes in all, "
            f"but an archive holds at most {MAX_FILES} files and {MAX_BYTES} bytes; take some out of {profile.folder}"
        )
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in members:
            archive.write(path, f"{profile.name}/{path.relative_to(profile.folder).as_posix()}")


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
    try:
        if file.stat().st_size > MAX_BYTES:
            raise ProfileError([Problem(f"is larger than {MAX_BYTES} bytes, more than a profile may have", file)])
        with zipfile.ZipFile(file) as archive:
            entries = [entry for entry in archive.infolist() if not entry.filename.startswith("__MACOSX/")]
            problems = _refusals(entries)
            if problems:
                raise ProfileError([replace(problem, file=file) for problem in problems])
            root = _root(entries, file)
            _extract(archive, entries, root, folder)
            return root.name or file.stem
    except FileNotFoundError as error:
        raise ProfileError(f"There is no archive {file}; give the zip file that `profiles export` wrote") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise ProfileError([Problem(f"is not a whole zip archive ({error}); export it again", file)]) from error


def _refusals(entries: list[zipfile.ZipInfo]) -> list[Problem]:
    problems = [problem for entry in entries for problem in _entry_refusals(entry)]
    if len(entries) > MAX_FILES:
        problems = [Problem(f"holds {len(entries)} files, at most {MAX_FILES} may be in a profile")]
    total = sum(entry.file_size for entry in entries)
    if total > MAX_BYTES:
        problems.append(Problem(f"unpacks to {total} bytes, at most {MAX_BYTES} may be in a profile"))
    names = [entry.filename.casefold() for entry in entries]
    problems += [Problem("is in the archive twice", key=name) for name in sorted(set(names)) if names.count(name) > 1]
    return problems


def _entry_refusals(entry: zipfile.ZipInfo) -> Iterable[Problem]:
    name = entry.filename
    if name.startswith("/") or PureWindowsPath(name).drive or PureWindowsPath(name).root:
        yield Problem("has an absolute path", key=name)
    elif "\\" in name or ".." in PurePosixPath(name).parts:
        yield Problem("has a path that leaves the folder", key=name)
    if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
        yield Problem("is a link or a device, not a file", key=name)
    if entry.flag_bits & 1:
        yield Problem("is encrypted", key=name)
    if entry.file_size > LARGE_BYTES and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
        yield Problem(f"would grow from {entry.compress_size} to {entry.file_size} bytes", key=name)


def _root(entries: list[zipfile.ZipInfo], file: Path) -> PurePosixPath:
    """The folder inside the archive that holds `profile.toml`."""
    found = [path.parent for entry in entries if (path := PurePosixPath(entry.filename)).name == FILE_NAME]
    found = [root for root in found if len(root.parts) <= 1]
    if len(found) != 1:
        count = "no" if not found else "more than one"
        raise ProfileError([Problem(f"holds {count} {FILE_NAME}, wanted one at the top or in one folder", file)])
    return found[0]


def _extract(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], root: PurePosixPath, folder: Path) -> None:
    budget = MAX_BYTES
    for entry in entries:
        path = PurePosixPath(entry.filename)
        if entry.is_dir() or not path.is_relative_to(root) or _hidden(path.relative_to(root).parts):
            continue
        target = folder / path.relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(entry) as source, target.open("xb") as sink:
            while chunk := source.read(CHUNK_BYTES):
                budget -= len(chunk)
                if budget < 0:
                    raise ProfileError([Problem("unpacks to more than it says", Path(archive.filename or ""))])
                sink.write(chunk)


def _hidden(parts: tuple[str, ...]) -> bool:
    return any(part.startswith(".") for part in parts)
