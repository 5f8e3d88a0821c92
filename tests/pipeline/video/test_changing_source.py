"""A source whose camera changes: one size, one line of time, and nothing left open."""

import threading
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest

from pipeline.errors import DeviceError
from pipeline.media import Frame
from pipeline.stage import EndOfSource
from pipeline.telemetry import Event, Level
from pipeline.video.changing_source import ChangingSource, letterboxed
from tests.fakes import FRAME_NS, FakeClock, FakeSource, make_frame

SIZE = (64, 64)


def camera(levels: Iterable[int], *, at_ns: int = 0, size: tuple[int, int] = SIZE, fps: float = 30.0) -> FakeSource:
    """A camera that was opened at an instant and gives pictures of some grey."""
    frames = []
    for index, level in enumerate(levels):
        media_ns = round(index * 1e9 / fps)
        pixels = np.full((size[1], size[0], 3), level, np.uint8)
        frames.append(Frame(pixels, at_ns + media_ns, media_ns))
    source = FakeSource(frames, size=size, fps=fps)
    source.name, source.description = f"camera {fps:g}", f"camera {fps:g} · {size[0]}×{size[1]}"
    return source


class Desk:
    """A changing source, read by hand."""

    def __init__(self, first: FakeSource) -> None:
        self.events: list[Event] = []
        self.source = ChangingSource(first, FakeClock(), self.events.append)

    def read(self, count: int) -> list[Frame]:
        """What so many reads give, without those that give nothing."""
        return [frame for frame in (self.source.read() for _ in range(count)) if frame is not None]


def test_frames_of_the_first_camera_pass_as_they_are_and_its_end_is_the_end() -> None:
    frames = [make_frame(index) for index in range(3)]
    desk = Desk(FakeSource(frames))
    assert desk.read(3) == frames
    for _ in range(2):
        with pytest.raises(EndOfSource):
            desk.source.read()
    assert desk.events == []


def test_another_camera_goes_on_at_the_session_s_size_and_on_its_line_of_time() -> None:
    first, second = camera([1] * 9, at_ns=5_000), camera([200] * 9, at_ns=900_000_000, size=(128, 96))
    desk = Desk(first)
    before = desk.read(3)
    desk.source.change_to(second)
    after = desk.read(3)
    assert first.closed
    assert [frame.camera for frame in (*before, *after)] == [0, 0, 0, 1, 1, 1]
    assert {frame.size for frame in after} == {SIZE}
    # A recording places sound by this difference.
    assert {frame.captured_ns - frame.media_ns for frame in (*before, *after)} == {5_000}
    assert after[0].pixels[32].min() > 190
    assert (after[0].pixels[:6] == 0).all() and (after[0].pixels[-6:] == 0).all()
    assert (desk.source.name, desk.source.size, desk.source.fps) == ("camera 30", SIZE, 30.0)
    assert desk.source.description == "camera 30 · 128×96, fitted to 64×64"


def test_time_goes_forward_even_where_instants_do_not() -> None:
    desk = Desk(camera([1] * 5, at_ns=10_000_000_000))
    times = [frame.media_ns for frame in desk.read(5)]
    desk.source.change_to(camera([2] * 5, at_ns=0))
    times += [frame.media_ns for frame in desk.read(5)]
    assert times == sorted(set(times))


def test_a_camera_that_never_gave_a_frame_can_be_replaced() -> None:
    desk = Desk(FakeSource([None] * 100, live=True))
    assert desk.read(3) == []
    desk.source.change_to(camera([7] * 3, at_ns=44))
    assert [(frame.media_ns, frame.captured_ns) for frame in desk.read(1)] == [(0, 44)]


@pytest.mark.parametrize(("fps", "kept"), [(60.0, 30), (120.0, 15), (50.0, 36), (30.0, 60), (29.97, 60), (15.0, 60)])
def test_only_a_camera_that_is_faster_than_the_session_is_thinned_out_to_its_rate(fps: float, kept: int) -> None:
    desk = Desk(camera([1]))
    desk.read(1)
    jitter_ns = np.random.default_rng(3).integers(-6_000_000, 6_000_000, 60)
    even = [camera([level], at_ns=round(level * 1e9 / fps)).read() for level in range(60)]
    uneven = [
        replace(one, media_ns=one.captured_ns + int(late)) for one, late in zip(even, jitter_ns, strict=True) if one
    ]
    faster = FakeSource(uneven, fps=fps)
    desk.source.change_to(faster)
    assert len(desk.read(60)) == pytest.approx(kept, abs=2 if fps > 40 else 0)


def test_a_film_that_came_later_is_told_once_when_it_is_over_and_another_camera_goes_on() -> None:
    desk = Desk(camera([1] * 3))
    desk.read(1)
    desk.source.change_to(camera([2] * 2, fps=25.0))
    assert len(desk.read(2)) == 2
    assert desk.read(2) == []
    assert [(event.level, event.text) for event in desk.events] == [
        (Level.WARNING, "camera 25 is over: the fail-safe stands in until another camera is chosen.")
    ]
    desk.source.change_to(camera([3] * 2))
    assert [int(frame.pixels[0, 0, 0]) for frame in desk.read(2)] == [3, 3]
    assert [frame.camera for frame in desk.read(1)] == []


def test_a_rest_ends_when_another_camera_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.video.changing_source.REST_S", 60.0)
    desk = Desk(camera([1]))
    desk.read(1)
    desk.source.change_to(camera([]))
    assert desk.source.read() is None
    found: list[Frame | None] = []
    reader = threading.Thread(target=lambda: found.extend(desk.source.read() for _ in range(2)))
    reader.start()
    desk.source.change_to(camera([9]))
    reader.join(10.0)
    assert not reader.is_alive()
    assert [int(frame.pixels[0, 0, 0]) for frame in found if frame] == [9]


def test_of_two_that_come_at_once_the_later_one_is_taken_and_the_other_closed() -> None:
    first, second, third = camera([1] * 3), camera([2] * 3), camera([3] * 3)
    desk = Desk(first)
    desk.source.change_to(second)
    desk.source.change_to(third)
    assert [int(frame.pixels[0, 0, 0]) for frame in desk.read(1)] == [3]
    assert (first.closed, second.closed, third.closed) == (True, True, False)


@pytest.mark.parametrize("ended", [True, False])
def test_a_camera_that_comes_too_late_is_closed_and_that_is_said(ended: bool) -> None:
    desk, late = Desk(camera([])), camera([1])
    if ended:
        with pytest.raises(EndOfSource):
            desk.source.read()
    else:
        desk.source.close()
    with pytest.raises(DeviceError, match="camera 30 comes too late"):
        desk.source.change_to(late)
    assert late.closed


def test_a_camera_whose_driver_is_stuck_is_left_to_itself() -> None:
    class Stuck(FakeSource):
        def close(self) -> None:
            """Fails."""
            raise DeviceError("Camera 0 did not let go.")

    desk = Desk(Stuck([make_frame(0)], live=True))
    desk.source.change_to(camera([5]))
    assert [event.text for event in desk.events] == ["Camera 0 did not let go."]
    assert len(desk.read(1)) == 1


def test_closing_closes_the_camera_that_is_there_and_the_one_that_waits() -> None:
    first, second = camera([1]), camera([2])
    desk = Desk(first)
    desk.source.change_to(second)
    desk.source.close()
    assert second.closed
    with pytest.raises(EndOfSource):
        desk.read(2)


@pytest.mark.parametrize(
    ("size", "inner"),
    [
        ((640, 480), (96, 72)),
        ((480, 640), (54, 72)),
        ((1280, 400), (128, 40)),
        ((16, 9), (128, 72)),
        ((1, 1), (72, 72)),
    ],
)
def test_another_size_is_seen_whole_and_in_its_proportions_before_black(
    size: tuple[int, int], inner: tuple[int, int]
) -> None:
    whole = letterboxed(np.full((size[1], size[0], 3), 200, np.uint8), (128, 72))
    assert whole.shape == (72, 128, 3)
    rows, columns = np.nonzero(whole[..., 0])
    assert (np.ptp(columns) + 1, np.ptp(rows) + 1) == inner
    assert (whole[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1] == 200).all()
    assert abs(columns.min() - (127 - columns.max())) <= 1


def test_a_frame_that_is_late_for_one_camera_does_not_hold_the_next_one_up() -> None:
    desk = Desk(camera([1]))
    desk.read(1)
    for number in range(1, 4):
        desk.source.change_to(camera(range(8), at_ns=number * FRAME_NS, fps=120.0))
        assert desk.read(8)
