"""The whole program feeding a real virtual camera, watched by another program."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from pipeline.inference.store import ModelStore
from pipeline.media import Pixels
from pipeline.video.devices.demo_actor import RECORDING
from pipeline.video.output.label import Label
from profiles.profile import Profile
from profiles.store import ProfileStore
from tests.devices.conftest import LOOPBACK, ROOT, SIZE, watch

pytestmark = pytest.mark.device

PROFILE = "mara"
STILL = ROOT / "profiles" / "builtin" / "tomas" / "portrait.png"
"""Stands before the camera and never moves."""


@pytest.fixture(autouse=True)
def networks() -> None:
    """Leaves the test out where the networks were not fetched."""
    if ModelStore().missing():
        pytest.skip("the networks are not here; 'understudy models pull' fetches them")


@pytest.fixture
def profile() -> Profile:
    """The persona that goes out."""
    return ProfileStore().load(PROFILE)


@pytest.fixture
def recorded(tmp_path: Path) -> Pixels:
    """What the program makes of the still actor, recorded to a file."""
    path = tmp_path / "same.mkv"
    subprocess.run(command(str(STILL), str(path), "--pace", "max"), cwd=ROOT, check=True, timeout=240)
    with av.open(str(path)) as container:
        picture = next(container.decode(container.streams.video[0]))
        return np.asarray(picture.to_ndarray(format="bgr24"), np.uint8)


def command(camera: str, target: str, *more: str) -> list[str]:
    options = ["--profile", PROFILE, "--size", f"{SIZE[0]}x{SIZE[1]}", "--fps", "10", *more]
    run = ["-m", "console", "run", "--headless", "--camera", camera, "--virtual-camera", target]
    return [sys.executable, *run, *options]


def on_air(camera: str) -> Iterator[cv2.VideoCapture]:
    """The loopback device as another program sees it while the program feeds it."""
    program = subprocess.Popen(
        command(camera, str(LOOPBACK), "--seconds", "600"), cwd=ROOT, stderr=subprocess.PIPE, text=True
    )
    try:
        watcher = watch(LOOPBACK, seconds=240)
        yield watcher
        watcher.release()
        assert program.poll() is None
    finally:
        program.terminate()
        _, complaints = program.communicate(timeout=60)
    assert program.returncode == 0, complaints


@pytest.fixture
def still_on_air() -> Iterator[cv2.VideoCapture]:
    """The program with a still actor."""
    yield from on_air(str(STILL))


@pytest.fixture
def demo_on_air() -> Iterator[cv2.VideoCapture]:
    """The program with the demo actor."""
    if not RECORDING.is_file():
        pytest.skip("the demo actor was not rendered yet")
    yield from on_air("demo")


def shown(watcher: cv2.VideoCapture) -> Pixels:
    found, pixels = watcher.read()
    assert found
    assert pixels.shape == (SIZE[1], SIZE[0], 3)
    return np.asarray(pixels, np.uint8)


def label_contrast(pixels: Pixels, profile: Profile) -> float:
    """How much brighter the label's letters are than its plate, in levels."""
    label = Label.build(profile.title, profile.disclosure, SIZE)
    height, width = label.text.shape[:2]
    under = pixels[label.top : label.top + height, label.left : label.left + width]
    letters = label.text.min(axis=2) > 200
    plate = label.text.max(axis=2) < 20
    return float(under[letters].mean() - under[plate].mean())


def test_what_goes_out_has_the_size_the_label_and_the_colours_of_a_recording(
    recorded: Pixels, still_on_air: cv2.VideoCapture, profile: Profile
) -> None:
    deadline_s = time.monotonic() + 120
    seen = shown(still_on_air)
    # The card goes out until the first picture is done.
    while time.monotonic() < deadline_s and np.abs(seen.astype(int) - recorded).mean() > 10:
        seen = shown(still_on_air)
    difference = np.abs(seen.astype(int) - recorded)
    assert difference.mean() < 3
    assert np.percentile(difference, 99) < 20
    assert label_contrast(seen, profile) > 100


def test_the_demo_actor_goes_out_labelled_to_two_programs(demo_on_air: cv2.VideoCapture, profile: Profile) -> None:
    second = watch(LOOPBACK)
    for _ in range(3):
        for watcher in (demo_on_air, second):
            assert label_contrast(shown(watcher), profile) > 100
    second.release()
