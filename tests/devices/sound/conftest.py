"""A sound server of the tests' own, tapes that record it, and the program that runs on it."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.audio.devices.opening import SPEECH
from pipeline.audio.devices.sound_file import SoundFile
from pipeline.audio.stream import BLOCK_SAMPLES, RATE_HZ
from pipeline.clock import MonotonicClock
from pipeline.inference.store import ModelStore
from tests.devices.conftest import ROOT

Sound = NDArray[np.float32]

MODULES = (
    "module-native-protocol-unix",
    "module-null-sink sink_name=fake_mic rate=48000 channels=1 norewinds=1",
    "module-null-sink sink_name=call_out rate=48000 channels=1 norewinds=1",
    "module-null-sink sink_name=room rate=48000 channels=1 norewinds=1",
)
"""A microphone, what a call program listens to, and loudspeakers that everybody in the room hears."""
NEEDED = ("pulseaudio", "pactl", "parec", "paplay")
OWN = "understudy_microphone"
SOON_S = 60.0


@pytest.fixture(autouse=True)
def real_devices() -> None:
    """These tests need no device of the kernel's."""
    missing = [program for program in NEEDED if shutil.which(program) is None]
    if missing:
        pytest.skip(f"{', '.join(missing)} can't be found; tests/devices/install.sh gets the packages")
    if ModelStore().missing():
        pytest.skip("the networks are not here; 'understudy models pull' fetches them")


class Server:
    """PulseAudio with a fake microphone and a loudspeaker that nobody hears."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700)
        self._folder = folder
        own = {"XDG_RUNTIME_DIR": str(folder), "ALSA_CONFIG_PATH": str(folder / "alsa.conf")}
        self.environment = {**os.environ, **own}
        self.environment.pop("PULSE_SERVER", None)
        (folder / "alsa.conf").write_text(
            "</usr/share/alsa/alsa.conf>\n"
            'pcm.plugged { type pulse device "call_out" hint { show on description "Call output" } }\n'
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> bool:
        """Starts it; whether it answers."""
        command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "-F", "/dev/null"]
        for module in MODULES:
            command += ["-L", module]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
        if not until(lambda: self.pactl("info") != "", 10.0):
            return False
        self.pactl("set-default-sink", "room")
        self.pactl("set-default-source", "fake_mic.monitor")
        return True

    def kill(self) -> None:
        """Ends it without a word to its clients."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def pactl(self, *arguments: str) -> str:
        """What `pactl` prints; nothing where no server answers."""
        done = subprocess.run(["pactl", *arguments], env=self.environment, capture_output=True, text=True, timeout=10)
        return done.stdout

    def modules(self) -> list[str]:
        """What is loaded, without numbers."""
        return [line.split("\t", 1)[1].strip() for line in self.pactl("list", "short", "modules").splitlines()]

    def unload(self, having: str) -> None:
        """Takes away the module that was loaded with some words."""
        for line in self.pactl("list", "short", "modules").splitlines():
            if having in line:
                self.pactl("unload-module", line.split("\t")[0])

    def has_source(self, name: str) -> bool:
        """Whether a source of this name is there."""
        return any(line.split("\t")[1] == name for line in self.pactl("list", "short", "sources").splitlines())

    def on_air(self, source: str) -> bool:
        """Whether the program listens to the fake microphone and gives to a source that is not everyone's."""
        listening = "Understudy" in self.pactl("list", "source-outputs")
        plays = source == OWN or self.pactl("list", "short", "sink-inputs") != ""
        return listening and plays and self.has_source(source) and "fake_mic" in self.pactl("get-default-source")

    def play(self, file: Path) -> None:
        """Plays a file into the fake microphone, to its end."""
        with self.playing(file) as player:
            assert player.wait(timeout=120) == 0

    @contextmanager
    def playing(self, file: Path, sink: str = "fake_mic") -> Iterator[subprocess.Popen[bytes]]:
        """Plays a file to a sink meanwhile."""
        player = subprocess.Popen(["paplay", f"--device={sink}", str(file)], env=self.environment)
        try:
            yield player
        finally:
            player.kill()
            player.wait()


class Tape:
    """What one source gives, and when: every piece with the instant at which it came."""

    def __init__(self, server: Server, source: str) -> None:
        command = ["parec", f"--device={source}", "--raw", "--format=float32le", f"--rate={RATE_HZ}", "--channels=1"]
        self._recorder = subprocess.Popen(
            [*command, "--latency-msec=5"], env=server.environment, stdout=subprocess.PIPE, bufsize=0
        )
        self._pieces: list[tuple[int, bytes]] = []
        self._reader = threading.Thread(target=self._read, name=f"tape of {source}")
        self._reader.start()

    @property
    def over(self) -> bool:
        """Whether the server has ended it."""
        return self._recorder.poll() is not None

    def stop(self) -> tuple[NDArray[np.int64], Sound]:
        """When each sample came (n,), and the samples (n,)."""
        self._recorder.terminate()
        self._recorder.wait()
        self._reader.join()
        times, samples = [], []
        for now_ns, data in self._pieces:
            piece = np.frombuffer(data[: len(data) // 4 * 4], np.float32)
            times.append(now_ns - (len(piece) - np.arange(len(piece))) * 1_000_000_000 // RATE_HZ)
            samples.append(piece)
        if not samples:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        return np.concatenate(times).astype(np.int64), np.concatenate(samples)

    def _read(self) -> None:
        assert self._recorder.stdout is not None
        while data := os.read(self._recorder.stdout.fileno(), 65_536):
            self._pieces.append((time.monotonic_ns(), data))
        self._recorder.stdout.close()


class Program:
    """`understudy run --headless`, with the fake microphone unless the options name another."""

    def __init__(self, server: Server, virtual_microphone: str, *options: str) -> None:
        sound = ["--microphone", "fake_mic", "--virtual-microphone", virtual_microphone]
        video = ["--camera", "demo", "--size", "320x180", "--fps", "15", "--profile", "mara", "--seconds", "300"]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "console", "run", "--headless", *sound, *video, *options],
            cwd=ROOT,
            env=server.environment,
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        )
        self._told: list[tuple[int, str]] = []
        self._listener = threading.Thread(target=self._listen, name="complaints")
        self._listener.start()

    @property
    def running(self) -> bool:
        """Whether it goes on."""
        return self._process.poll() is None

    @property
    def complaints(self) -> str:
        """Everything it said so far."""
        return "".join(line for _, line in self._told)

    def told(self, words: str) -> list[int]:
        """When it said something with these words, in nanoseconds."""
        return [at_ns for at_ns, line in self._told if words in line]

    def kill(self) -> None:
        """Ends it without a word."""
        self._process.kill()
        self._process.wait()
        self._listener.join()

    def stop(self) -> int:
        """Asks it to end; its status."""
        if self.running:
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(timeout=30)
        finally:
            self.kill()
        return self._process.returncode

    def _listen(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._told.append((time.monotonic_ns(), line))
        self._process.stderr.close()


@pytest.fixture(scope="session")
def speech() -> Sound:
    """What the demo actor says: real enough for a pitch, and nobody's."""
    with SoundFile(SPEECH, MonotonicClock(), loop=True, paced=False) as file:
        blocks = [file.read().samples[:, 0] for _ in range(12 * RATE_HZ // BLOCK_SAMPLES)]
    return np.concatenate(blocks)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A running server; tests are left out where none can run."""
    own = Server(tmp_path / "run")
    try:
        if not own.start():
            pytest.skip("PulseAudio does not start here: " + (tmp_path / "run" / "log").read_text()[-300:])
        yield own
    finally:
        own.kill()


def until(true: Callable[[], bool], seconds: float = SOON_S) -> bool:
    """Waits for something; whether it came."""
    deadline_s = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline_s:
            return False
        time.sleep(0.05)
    return True


def write_wav(path: Path, samples: Sound) -> Path:
    """A mono file at 48 kHz."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return path
