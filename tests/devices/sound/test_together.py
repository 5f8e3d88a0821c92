"""The virtual camera and the virtual microphone at once: how far picture and sound are apart for a call program."""

import json
import subprocess
import sys
import threading

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.clock import MonotonicClock
from pipeline.media import Picture
from pipeline.selftest.av import LEAST_FOUND, Spread
from pipeline.selftest.devices import WatchingSink
from pipeline.selftest.finding import beep_latencies, flash_latencies
from tests.devices.conftest import LOOPBACK, ROOT, watch
from tests.devices.sound.conftest import OWN, Server, Tape, until
from tests.devices.sound.flashing import SCORE, SIZE

pytestmark = pytest.mark.device

MOST_MS = 20.0
PATIENCE_S = 120.0
WAIT_NS = 200_000_000
MOST_LOST, FEW_LOST = 0.1, 0.005
"""Of the pictures. Where more than the first are lost the computer is too slow for the engines; where more than the
second are, it does too much else for every single picture to be in time."""


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


@pytest.mark.parametrize("way", ["plain", "engines"])
def test_a_call_programs_picture_and_sound_belong_together(server: Server, way: str) -> None:
    program = subprocess.Popen(
        [sys.executable, "-m", "tests.devices.sound.flashing", way],
        cwd=ROOT,
        env=server.environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        until(lambda: server.has_source(OWN) or program.poll() is not None, PATIENCE_S)
        tape, film = Tape(server, OWN), Film()
        said = program.communicate(timeout=PATIENCE_S)[0]
        times_ns, samples = tape.stop()
        seen = film.stop()
    finally:
        program.kill()
        program.wait()
    print(said)
    told = json.loads(said.splitlines()[-1])
    beeps = beep_latencies(times_ns, samples, told["begin_ns"] + np.array(SCORE.beeps_ns, np.int64))
    flashes = flash_latencies(*seen, told["begin_ns"] + np.array(SCORE.flashes_ns, np.int64))
    both = sorted(set(flashes) & set(beeps))
    print(f"{len(flashes)} flashes and {len(beeps)} beeps of {len(SCORE.beeps_ns)}, {len(both)} together")
    if told["lost"] > MOST_LOST * told["pictures"]:
        pytest.skip(f"this computer is too slow for the engines: {told['lost']} of its pictures were lost")
    assert len(both) >= LEAST_FOUND
    offsets_ms = [(flashes[index] - beeps[index]) / 1e6 for index in both]
    middle, p95_ms = Spread.of(offsets_ms), float(np.percentile(np.abs(offsets_ms), 95))
    for name, taken_ns in (("picture", flashes), ("sound", beeps)):
        print(f"{name} capture→call program {Spread.of([taken_ns[index] / 1e6 for index in both])}")
    print(f"sound early by {middle}, 95 % within {p95_ms:.1f} ms: {[round(offset, 1) for offset in offsets_ms]}")
    assert abs(middle.median_ms) <= MOST_MS
    if told["lost"] > FEW_LOST * told["pictures"]:
        pytest.skip(f"this computer does too much else: {told['lost']} pictures were lost, 95 % within {p95_ms:.1f} ms")
    assert p95_ms <= MOST_MS
