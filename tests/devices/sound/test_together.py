"""The virtual camera and the virtual microphone at once: how far picture and sound are apart for a call program."""

import threading
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from pipeline.audio.stream import RATE_HZ
from pipeline.clock import MonotonicClock
from pipeline.media import Picture
from pipeline.selftest.av import LEAST_FOUND, Spread
from pipeline.selftest.devices import WatchingSink
from pipeline.selftest.finding import beep_latencies, flash_latencies
from pipeline.selftest.score import BEEP_SAMPLES, Score, beep, flash
from pipeline.video.devices.settings import SourceSettings
from pipeline.video.devices.sources import first_pictures
from tests.devices.conftest import LOOPBACK, watch
from tests.devices.sound.conftest import OWN, Program, Server, Sound, Tape, until

pytestmark = pytest.mark.device

SIZE = (320, 180)
SCORE = Score(12.0, fps=10.0)
EARLIER_NS = 1_000_000_000
"""What is looked for is looked for from so long before it was due."""
MOST_MS = 20.0
PATIENCE_S = 120.0
WAIT_NS = 200_000_000


@pytest.fixture(autouse=True)
def virtual_camera() -> None:
    """Leaves the test out where there is no loopback device."""
    if not LOOPBACK.exists():
        pytest.skip(f"there is no {LOOPBACK}; tests/devices/run.sh brings one")


class Film:
    """What the virtual camera shows, and when: its pictures' brightness with the instants at which they came."""

    def __init__(self) -> None:
        self._seen = WatchingSink(MonotonicClock())
        self._capture = watch(LOOPBACK)
        self._capture.set(cv2.CAP_PROP_CONVERT_RGB, 0)
        self._ended = threading.Event()
        self._reader = threading.Thread(target=self._read, name="film")
        self._reader.start()

    def stop(self) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """When each picture came (n,), and how bright its patches are (n, patches)."""
        self._ended.set()
        self._reader.join()
        self._capture.release()
        return self._seen.seen()

    def _read(self) -> None:
        while not self._ended.is_set():
            # Reading would wait ten seconds for a picture after the last.
            ready, _ = cv2.VideoCapture.waitAny([self._capture], WAIT_NS)
            if not ready:
                continue
            found, raw = self._capture.retrieve()
            if found:
                planes = np.asarray(raw, np.uint8).reshape(SIZE[1] * 3 // 2, SIZE[0])
                self._seen.write(Picture(planes, 0, 0))


def write_film(path: Path) -> Path:
    """The demo actor, flashing and beeping."""
    pictures = first_pictures(SourceSettings(camera="demo", size=SIZE), 20)
    count = round((SCORE.seconds + 1.0) * SCORE.fps)
    with av.open(str(path), "w") as container:
        film = container.add_stream("rawvideo", rate=round(SCORE.fps))
        film.width, film.height, film.pix_fmt = *SIZE, "yuv420p"
        sound = container.add_stream("pcm_s16le", rate=RATE_HZ)
        sound.layout = "mono"
        for index in range(count):
            pixels = pictures[index % len(pictures)]
            # A single frame: four of so few a second would be as long as the pauses.
            lit = round(index * 1e9 / SCORE.fps) in SCORE.flashes_ns
            frame = VideoFrame.from_ndarray(flash(pixels) if lit else pixels, format="bgr24").reformat(format="yuv420p")
            frame.pts, frame.time_base = index, Fraction(1, round(SCORE.fps))
            container.mux(film.encode(frame))
        samples = SCORE.sound(0, round(count * RATE_HZ / SCORE.fps))
        block = AudioFrame.from_ndarray((samples * 32767).astype(np.int16)[np.newaxis], format="s16", layout="mono")
        block.sample_rate, block.pts, block.time_base = RATE_HZ, 0, Fraction(1, RATE_HZ)
        container.mux(sound.encode(block))
        for stream in (film, sound):
            container.mux(stream.encode(None))
    return path


def begin_of(times_ns: NDArray[np.int64], samples: Sound) -> int:
    """When the film began, told from the first beep that was recorded: no beep is like another."""
    first = int(np.flatnonzero(np.abs(samples) > 0.05)[0])
    around = samples[max(0, first - BEEP_SAMPLES) : first + 2 * BEEP_SAMPLES]
    alike = [np.abs(np.correlate(around, beep(index))).max() for index in range(len(SCORE.beeps_ns))]
    return int(times_ns[first]) - SCORE.beeps_ns[int(np.argmax(alike))]


def test_a_call_programs_picture_and_sound_belong_together(server: Server, tmp_path: Path) -> None:
    film = str(write_film(tmp_path / "film.mkv"))
    options = ["--camera", film, "--microphone", film, "--virtual-camera", str(LOOPBACK), "--fps", "10"]
    program = Program(server, "auto", *options)
    try:
        assert until(lambda: server.has_source(OWN)), (
            f"the program did not begin: {program.stop()} {program.complaints}"
        )
        tape, watched = Tape(server, OWN), Film()
        until(lambda: not program.running, PATIENCE_S)
        times_ns, samples = tape.stop()
        seen = watched.stop()
    finally:
        status = program.stop()
    assert status == 0, program.complaints
    print(program.complaints)
    early_ns = begin_of(times_ns, samples) - EARLIER_NS
    beeps = beep_latencies(times_ns, samples, early_ns + np.array(SCORE.beeps_ns, np.int64))
    flashes = flash_latencies(*seen, early_ns + np.array(SCORE.flashes_ns, np.int64))
    offsets_ms = [(flashes[index] - beeps[index]) / 1e6 for index in sorted(set(flashes) & set(beeps))]
    print(f"{len(seen[0])} pictures, {len(flashes)} flashes, {len(beeps)} beeps of {len(SCORE.beeps_ns)}")
    print("sound early by", [round(offset, 1) for offset in offsets_ms])
    assert len(offsets_ms) >= LEAST_FOUND
    p95_ms = float(np.percentile(np.abs(offsets_ms), 95))
    print(f"sound early by {Spread.of(offsets_ms)}, 95 % within {p95_ms:.1f} ms")
    assert p95_ms <= MOST_MS
