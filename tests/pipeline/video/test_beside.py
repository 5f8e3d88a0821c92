"""Work begun early comes to the same as work done in its turn, and is never mixed up between frames."""

import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from pipeline.media import Frame
from pipeline.video.background.compose import Compose
from pipeline.video.background.person_matte import PersonMatte
from pipeline.video.background.room import PictureRoom
from pipeline.video.beside import Ahead, Beside
from tests.footage import DEMO, make_frame, models, persona, tracked_clip

PATIENCE_S = 10.0


@pytest.fixture
def executor() -> Iterator[Executor]:
    with ThreadPoolExecutor(1) as executor:
        yield executor


def frames(count: int) -> list[Frame]:
    """Small frames, one after another."""
    return [make_frame(np.full((4, 4, 3), number, np.uint8), number) for number in range(count)]


def test_what_was_begun_is_done_on_the_other_thread(executor: Executor) -> None:
    beside = Beside(lambda frame: (int(frame.pixels[0, 0, 0]), threading.current_thread()), executor)
    for frame in frames(3):
        beside.begin(frame)
        number, thread = beside.done(replace(frame, pixels=np.zeros((4, 4, 3), np.uint8)))
        assert number == frame.media_ns
        assert thread is not threading.current_thread()


def test_what_was_not_begun_is_done_when_asked_for(executor: Executor) -> None:
    one, other = frames(2)
    for beside in (Beside(lambda frame: frame.media_ns, executor), Beside(lambda frame: frame.media_ns, None)):
        assert beside.done(one) == one.media_ns
        beside.begin(one)
        assert beside.done(other) == other.media_ns


def test_the_work_never_runs_twice_at_a_time(executor: Executor) -> None:
    running, most, entered, go = 0, 0, threading.Event(), threading.Event()

    def work(frame: Frame) -> int:
        nonlocal running, most
        running += 1
        most = max(most, running)
        entered.set()
        assert go.wait(PATIENCE_S)
        running -= 1
        return frame.media_ns

    one, other = frames(2)
    beside = Beside(work, executor)
    beside.begin(one)
    assert entered.wait(PATIENCE_S)
    threading.Timer(0.02, go.set).start()
    assert beside.done(other) == other.media_ns
    assert most == 1


def test_what_the_work_raises_reaches_whoever_asks(executor: Executor) -> None:
    def work(frame: Frame) -> None:
        raise ValueError(frame.media_ns)

    one, other = frames(2)
    beside = Beside(work, executor)
    beside.begin(one)
    with pytest.raises(ValueError, match="0"):
        beside.done(one)
    beside.begin(one)
    beside.begin(other)
    beside.forget()


def test_the_room_is_the_same_whether_begun_early_or_not(executor: Executor) -> None:
    shots = tracked_clip(DEMO)[:6]
    pictures = []
    for hand in (None, executor):
        matte = PersonMatte(models().path("selfie-segmentation-landscape"), hand)
        compose = Compose(PictureRoom.plain("#203040"), persona(), hand)
        stages = (Ahead(matte), matte, Ahead(compose), compose)
        for shot in shots:
            frame = shot
            for stage in stages:
                frame = stage.process(frame)
        pictures.append(frame.pixels.copy())
    np.testing.assert_array_equal(*pictures)
    assert np.abs(pictures[0].astype(int) - shots[-1].pixels).max() > 20
