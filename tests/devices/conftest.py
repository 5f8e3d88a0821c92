"""The devices of the machine, and a program that feeds one of them."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.media import Pixels

ROOT = Path(__file__).parents[2]
LOOPBACK = Path("/dev/video10")
SIZE = (640, 360)

FEEDER = """
import sys, time
from tests.devices.conftest import SIZE, stripes
import cv2
from pipeline.media import Picture
from pipeline.video.devices.virtual_camera import VirtualCamera
planes = cv2.cvtColor(stripes(), cv2.COLOR_BGR2YUV_I420)
with VirtualCamera(sys.argv[1], SIZE, 10) as camera:
    print(camera.description, flush=True)
    while True:
        camera.write(Picture(planes, 0, 0))
        time.sleep(0.1)
"""
COLOURS = ((40, 40, 200), (40, 200, 40), (200, 40, 40), (90, 150, 210))


def stripes() -> Pixels:
    """Four upright stripes, one per colour."""
    width, height = SIZE
    return np.repeat(np.repeat(np.array(COLOURS, np.uint8)[None], height, axis=0), width // 4, axis=1)


@pytest.fixture(autouse=True)
def real_devices() -> None:
    """Leaves the test out where there is no loopback device."""
    if not LOOPBACK.exists():
        pytest.skip(f"there is no {LOOPBACK}; tests/devices/run.sh brings one")


@pytest.fixture
def fed_loopback() -> Iterator[str]:
    """The description of the loopback device, fed with stripes by another process."""
    feeder = subprocess.Popen(
        [sys.executable, "-c", FEEDER, str(LOOPBACK)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert feeder.stdout is not None
    described = feeder.stdout.readline().strip()
    yield described
    alive = feeder.poll() is None
    feeder.kill()
    rest = feeder.communicate()[0]
    assert alive, described + rest


def watch(path: Path, seconds: float = 60.0) -> cv2.VideoCapture:
    """The device as another program sees it, as soon as it gives pictures."""
    # OpenCV writes about every attempt to the terminal.
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    deadline_s = time.monotonic() + seconds
    while time.monotonic() < deadline_s:
        capture = cv2.VideoCapture(str(path), cv2.CAP_V4L2)
        if capture.isOpened():
            return capture
        capture.release()
        time.sleep(0.2)
    raise AssertionError(f"{path} gave no picture in {seconds:g} s")


def off_by(pixels: Pixels) -> int:
    """The largest difference from the stripes, away from their edges."""
    centres = [pixels[SIZE[1] // 2, SIZE[0] // 8 + index * SIZE[0] // 4] for index in range(4)]
    return int(np.abs(np.array(centres, int) - COLOURS).max())
