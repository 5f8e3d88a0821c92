"""Recordings that end badly: by a kill, by a full disk, by a limit. What was written until then plays."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import av
import av.error
import pytest

from pipeline.errors import DeviceError
from pipeline.video.devices.recorder import Recorder
from tests.flashes import FLASHES_S, find
from tests.pipeline.video.devices.test_recorder import BOTH, SIZE, noisy, times_s

resource = pytest.importorskip("resource", reason="Windows has no limits of resources, and no kill that can't be heard")


def playable(path: Path) -> list[float]:
    """Times of the pictures up to where the file ends or is damaged."""
    found: list[float] = []
    with av.open(str(path)) as container, contextlib.suppress(av.error.InvalidDataError):
        for frame in container.decode(container.streams.video[0]):
            found.append(frame.time or 0.0)
    return found


KILLED = """
import os, signal, sys
from pathlib import Path
from pipeline.video.devices.recorder import Recorder
from pipeline.video.devices.sinks import recording_settings
from tests.pipeline.video.devices.test_recorder import noisy
from tests.pipeline.video.devices.test_recorder_sound import blocks, said
sound = blocks(said(4.0), 0) if sys.argv[2] == "True" else []
recorder = Recorder(Path(sys.argv[1]), (320, 240), 30, recording_settings(lossless=False, sound=bool(sound)))
for index in range(100):
    picture = noisy(index)
    while sound and sound[0].captured_ns <= picture.captured_ns:
        recorder.write_sound(sound.pop(0))
    recorder.write(picture)
os.kill(os.getpid(), signal.SIGKILL)
"""


def in_a_process(code: str, *arguments: object) -> "subprocess.CompletedProcess[str]":
    root = Path(__file__).parents[4]
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60)


@BOTH
@pytest.mark.parametrize("with_sound", [False, True])
def test_what_was_written_before_a_kill_plays(tmp_path: Path, name: str, with_sound: bool) -> None:
    ended = in_a_process(KILLED, tmp_path / name, with_sound)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    played = playable(tmp_path / name)
    assert played[-1] > 1.8
    if with_sound:
        assert find(tmp_path / name).bursts_s[:2] == pytest.approx(FLASHES_S[:2], abs=0.001)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder with room for one megabyte."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = shutil.which("mount")
    if mount is None or os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    if subprocess.run([mount, "-t", "tmpfs", "-o", "size=1m", "none", folder], capture_output=True).returncode:
        pytest.skip("no small disk can be mounted here")
    yield folder
    subprocess.run(["umount", folder], check=True)


@BOTH
def test_a_full_disk_ends_the_recording_with_a_sentence(
    small_disk: Path, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    path = small_disk / name
    recorder = Recorder(path, SIZE, 30)
    with pytest.raises(DeviceError, match=r"stopped after \d+\.\d s: no space left on device; ") as caught:
        for index in range(300):
            recorder.write(noisy(index))
    assert str(path) in str(caught.value)
    recorder.close()
    assert len(times_s(path)) >= 10, "all of the file can be decoded"
    with pytest.raises(DeviceError, match="closed"):
        recorder.write(noisy(0))
    assert capfd.readouterr() == ("", "")


LIMITED = """
import resource, sys
from pathlib import Path
from pipeline.errors import DeviceError
from pipeline.video.devices.recorder import Recorder
from tests.pipeline.video.devices.test_recorder import noisy
resource.setrlimit(resource.RLIMIT_FSIZE, (800_000, 800_000))
recorder = Recorder(Path(sys.argv[1]), (320, 240), 30)
try:
    for index in range(300):
        recorder.write(noisy(index))
except DeviceError as error:
    print(error)
recorder.close()
"""


@BOTH
def test_a_file_that_may_not_grow_ends_the_recording_with_a_sentence(tmp_path: Path, name: str) -> None:
    ended = in_a_process(LIMITED, tmp_path / name)
    assert ended.returncode == 0, ended.stderr
    assert "stopped after" in ended.stdout
    assert "file too large" in ended.stdout
    assert ended.stderr == ""
    assert len(times_s(tmp_path / name)) >= 10, "all of the file can be decoded"


@contextlib.contextmanager
def files_limited_to(size: int) -> Iterator[None]:
    """No file of this process may grow beyond `size` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_disk_that_fills_while_the_last_pictures_are_written_is_told_by_close(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "a.mp4", SIZE, 30)
    recorder.write(noisy(0))
    with files_limited_to(1000):
        with pytest.raises(DeviceError, match="stopped after"):
            recorder.close()
        recorder.close()


@pytest.mark.parametrize("missing", [1, 600, 1200, 20_000, 200_000])
def test_whatever_of_the_end_has_no_room_the_whole_fragments_before_it_play(tmp_path: Path, missing: int) -> None:
    def record(path: Path) -> None:
        with Recorder(path, SIZE, 30) as recorder:
            for index in range(30):
                recorder.write(noisy(index))

    record(tmp_path / "whole.mp4")
    with (
        files_limited_to((tmp_path / "whole.mp4").stat().st_size - missing),
        pytest.raises(DeviceError, match="stopped after"),
    ):
        record(tmp_path / "cut.mp4")
    whole, cut = times_s(tmp_path / "whole.mp4"), times_s(tmp_path / "cut.mp4")
    assert cut == pytest.approx(whole[: len(cut)])
    assert len(cut) >= 20
