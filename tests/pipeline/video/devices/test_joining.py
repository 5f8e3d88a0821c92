"""A recording whose sound goes on is joined where that is, and one that nobody hears begins at its start."""

from pathlib import Path

import pytest

from pipeline.clock import Playhead
from pipeline.video.codecs.decoder import VideoDecoder, length_ns
from pipeline.video.devices.file_source import FileSource
from pipeline.video.devices.settings import Pace, SourceSettings
from tests.fakes import FakeClock
from tests.films import make_film, number_of

COUNT, FPS = 20, 10
LAP_NS = 2_000_000_000
START_NS = 5_000_000_000


def played(for_ns: int) -> tuple[Playhead, FakeClock]:
    """A recording whose sound has been heard for a while."""
    playhead, clock = Playhead(), FakeClock(START_NS)
    playhead.due_ns(0, clock.now_ns())
    clock.advance(for_ns)
    return playhead, clock


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """Twenty numbered pictures, ten a second."""
    return make_film(tmp_path / "film.mp4", COUNT, fps=FPS)


@pytest.mark.parametrize(("for_ms", "first"), [(0, 0), (1, 1), (700, 7), (701, 8), (1_900, 19)])
def test_the_first_picture_is_the_one_that_is_due_next(film: Path, for_ms: int, first: int) -> None:
    playhead, clock = played(for_ms * 1_000_000)
    with FileSource(film, SourceSettings(), clock, playhead) as source:
        frames = [source.read() for _ in range(min(2, COUNT - first))]
    assert [number_of(frame.pixels) for frame in frames] == list(range(first, COUNT))[:2]
    assert [frame.captured_ns for frame in frames] == [
        START_NS + number * 100_000_000 for number in range(first, first + len(frames))
    ]


@pytest.mark.parametrize(("for_ms", "first"), [(2_000, 0), (4_700, 7), (7_950, 0), (201_130, 12)])
def test_one_that_is_looped_is_joined_in_the_lap_that_its_sound_is_in(film: Path, for_ms: int, first: int) -> None:
    playhead, clock = played(for_ms * 1_000_000)
    with FileSource(film, SourceSettings(loop=True), clock, playhead) as source:
        frames = [source.read() for _ in range(COUNT + 3)]
    assert [number_of(frame.pixels) for frame in frames] == [(first + index) % COUNT for index in range(COUNT + 3)]
    began_ns = START_NS + for_ms * 1_000_000
    assert 0 <= frames[0].captured_ns - began_ns <= 100_000_000
    assert all(frame.captured_ns - START_NS == frame.media_ns for frame in frames)


def test_one_that_is_over_is_played_from_its_start(film: Path) -> None:
    playhead, clock = played(60_000_000_000)
    with FileSource(film, SourceSettings(), clock, playhead) as source:
        frames = [source.read() for _ in range(3)]
    assert [number_of(frame.pixels) for frame in frames] == [0, 1, 2]
    assert frames[0].captured_ns == START_NS + 60_000_000_000
    # The other sound is not held up by it.
    assert playhead.played_ns(START_NS) == 0


def test_one_that_has_not_begun_and_one_that_goes_as_fast_as_it_can_begin_at_the_start(film: Path) -> None:
    with FileSource(film, SourceSettings(), FakeClock(START_NS), Playhead()) as source:
        assert number_of(source.read().pixels) == 0
    playhead, clock = played(700_000_000)
    with FileSource(film, SourceSettings(pace=Pace.MAX), clock, playhead) as source:
        assert number_of(source.read().pixels) == 0


def test_the_length_of_a_film_is_told_without_decoding_it(film: Path) -> None:
    assert length_ns(film) == pytest.approx(LAP_NS, abs=1_000_000)


def test_pictures_that_nobody_wants_are_left_out_and_the_others_keep_their_times(film: Path) -> None:
    with VideoDecoder(film) as decoder:
        found = [
            (number_of(frame.pixels), frame.at_ns) for frame in decoder.frames(lambda at_ns: at_ns >= 1_750_000_000)
        ]
    assert found == [(18, 1_800_000_000), (19, 1_900_000_000)]
