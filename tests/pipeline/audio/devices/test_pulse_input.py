"""A sound server's microphone, with a recorder that says and does what a server makes it do."""

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.audio.devices.pulse.input import SILENT_NS, PulseInput
from pipeline.audio.devices.pulse.server import PulseDevice, watch_server
from pipeline.errors import DeviceError
from pipeline.stage import EndOfSource
from tests.fakes import FakeClock

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="PulseAudio and PipeWire are Linux's")

HEADSET = PulseDevice("headset", "Headset Mono")
STARTS = "starts"
"""Every start of the recorder leaves a line in this file."""


@pytest.fixture
def recorder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `parec` that gives 20 ms of silence, says what is in the file `says` and goes quiet."""
    script = tmp_path / "parec"
    script.write_text(
        f"#!/bin/sh\necho $LC_ALL >>{tmp_path / STARTS}\ncat {tmp_path}/says >&2 2>/dev/null\n"
        "head -c 3840 /dev/zero\nexec sleep 60\n"
    )
    script.chmod(0o755)
    (tmp_path / "says").write_text("")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return tmp_path


def starts(recorder: Path) -> int:
    return len((recorder / STARTS).read_text().splitlines())


def heard(microphone: PulseInput, tries: int = 60) -> int:
    """Samples of the first reads that bring any."""
    for _ in range(tries):
        block = microphone.read()
        if block is not None:
            assert not np.any(block.samples)
            return len(block.samples)
    return 0


def test_samples_come_and_a_closed_microphone_is_the_end(recorder: Path) -> None:
    microphone = PulseInput(HEADSET, FakeClock())
    assert 0 < heard(microphone) <= 960
    microphone.close()
    with pytest.raises(EndOfSource):
        microphone.read()
    microphone.close()


def test_a_microphone_that_goes_quiet_is_opened_again(recorder: Path) -> None:
    clock = FakeClock()
    with PulseInput(HEADSET, clock) as microphone:
        while microphone.read() is not None or starts(recorder) == 0:
            pass
        clock.advance(SILENT_NS + 1)
        assert microphone.read() is None
        assert heard(microphone) > 0
        assert starts(recorder) == 2


def test_a_microphone_that_is_closed_while_it_is_opened_again_records_no_more(
    recorder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, started = FakeClock(), list[subprocess.Popen[bytes]]()
    microphone = PulseInput(HEADSET, clock)
    closing, popen = threading.Thread(target=microphone.close), subprocess.Popen

    def start(*arguments: Any, **options: Any) -> subprocess.Popen[bytes]:
        closing.start()
        closing.join(0.2)
        started.append(popen(*arguments, **options))
        return started[-1]

    while microphone.read() is not None or starts(recorder) == 0:
        pass
    monkeypatch.setattr(subprocess, "Popen", start)
    clock.advance(SILENT_NS + 1)
    microphone.read()
    closing.join()
    with started[0] as process:
        left = process.poll() is None
        process.kill()
    assert not left


def test_a_terminal_that_is_closed_ends_neither_the_recorder_nor_the_watch_of_the_server(
    recorder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (recorder / "pactl").symlink_to(recorder / "parec")
    started, popen = list[subprocess.Popen[bytes]](), subprocess.Popen

    def start(*arguments: Any, **options: Any) -> subprocess.Popen[bytes]:
        started.append(popen(*arguments, **options))
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", start)
    with PulseInput(HEADSET, FakeClock()) as microphone:
        assert heard(microphone) > 0
        watch_server()
        sessions = [os.getsid(process.pid) for process in started]
        started[-1].kill()
        started[-1].wait()
    assert len(sessions) == 2
    assert os.getsid(0) not in sessions


def test_what_another_source_gives_is_not_taken(recorder: Path) -> None:
    """Servers move a stream whose source vanished to another one: it may be what the program itself puts out."""
    (recorder / "says").write_text("Stream moved to device understudy_microphone (3, not suspended).\n")
    with PulseInput(HEADSET, FakeClock()) as microphone:
        assert heard(microphone, tries=3) == 0
    (recorder / "says").write_text("Stream moved to device headset (3, not suspended).\n")
    with PulseInput(HEADSET, FakeClock()) as microphone:
        assert heard(microphone) > 0


def test_the_recorder_speaks_no_language_but_the_one_that_is_understood(
    recorder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    with PulseInput(HEADSET, FakeClock()) as microphone:
        assert heard(microphone) > 0
    assert (recorder / STARTS).read_text() == "C.UTF-8\n"


def test_without_the_recorder_there_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DeviceError, match="Headset Mono can't be opened: there is no `parec`; install it: .*apt"):
        PulseInput(HEADSET, FakeClock())
