"""Frames made ready for the checks."""

from collections.abc import Iterator

import numpy as np
import pytest

from pipeline.preflight.camera.watching import Watcher, lightened
from tests.footage import DEMO, chosen, clip, models, persona


@pytest.fixture(scope="module")
def watcher() -> Iterator[Watcher]:
    watcher = Watcher(models(), persona())
    yield watcher
    watcher.close()
    watcher.close()


def test_a_frame_gets_its_face_its_matte_and_its_time(watcher: Watcher) -> None:
    pixels = clip(DEMO)[0].pixels
    seen = [watcher.look(pixels, captured_ns) for captured_ns in (5_000, 40_000_000)]
    assert [frame.captured_ns for frame in seen] == [5_000, 40_000_000]
    assert [frame.media_ns for frame in seen] == [0, 39_995_000]
    assert seen[1].matte is not None
    assert seen[1].matte.max() > 200 > 50 > seen[1].matte.min()
    assert chosen(seen[1]).score > 0.9


def test_a_lightened_frame_shows_the_same_at_a_quarter_of_the_size(watcher: Watcher) -> None:
    frame = watcher.look(clip(DEMO)[0].pixels, 80_000_000)
    light = lightened(frame)
    assert light.size == (frame.size[0] // 4, frame.size[1] // 4)
    assert light.captured_ns == frame.captured_ns
    assert np.allclose(chosen(light).landmarks * 4, chosen(frame).landmarks, atol=0.01)
    assert chosen(light).box[3] / light.size[1] == pytest.approx(chosen(frame).box[3] / frame.size[1])
    assert light.pixels.mean() == pytest.approx(frame.pixels.mean(), abs=1.0)
