"""Sound in recordings: at its place to the sample, silence in the gaps, and no trouble for the pictures."""

import errno
import threading
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.errors import DeviceError
from pipeline.media import Block, Picture
from pipeline.video.codecs.film_sound import SoundTiming
from pipeline.video.codecs.sound import SoundTrack, stretched
from pipeline.video.devices.recorder import LIVE, Recorder
from pipeline.video.devices.sinks import open_recording, recording_settings, tracks_of
from tests.fakes import make_picture
from tests.flashes import BURST_S, FLASHES_S, RATE_HZ, bursts_in, find, heard
from tests.flashes import burst as noise_of

SIZE = (96, 64)
FRAME_NS = 40_000_000
BLOCK_NS = 10_000_000
START_NS = 777_000_000_000
BOTH = pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
CAPTURED, MEDIA = replace(LIVE, sound=SoundTiming.CAPTURED), replace(LIVE, sound=SoundTiming.MEDIA, starts_ns=0)


def picture(index: int, offset_ns: int = START_NS) -> Picture:
    """A picture that is taken every 40 ms."""
    return Picture(make_picture(index, SIZE).planes, index * FRAME_NS + offset_ns, index * FRAME_NS)


def said(seconds: float) -> NDArray[np.float32]:
    """Bursts at the known instants."""
    samples = np.zeros(round(seconds * RATE_HZ), np.float32)
    for at_s in FLASHES_S:
        start = round(at_s * RATE_HZ)
        samples[start : start + round(BURST_S * RATE_HZ)] = noise_of()
    return samples


def blocks(samples: NDArray[np.float32], start_ns: int, rate_hz: float = RATE_HZ) -> list[Block]:
    """The sound in blocks, as a microphone with a clock of its own would time them."""
    return [
        Block(samples[at : at + 480, np.newaxis], RATE_HZ, start_ns + round(at * 1e9 / rate_hz))
        for at in range(0, len(samples), 480)
    ]


def record(path: Path, sound: list[Block], pictures: int = 75, late_ns: int = 0) -> None:
    """Writes pictures and the sound that is captured until each of them, or so long before it, as a session does."""
    waiting = list(sound)
    with Recorder(path, SIZE, 25, CAPTURED) as recorder:
        for index in range(pictures):
            while waiting and waiting[0].captured_ns <= index * FRAME_NS + START_NS - late_ns:
                assert recorder.write_sound(waiting.pop(0))
            recorder.write(picture(index))
        while waiting:
            recorder.write_sound(waiting.pop(0))


def misplaced_ms(path: Path) -> NDArray[np.float64]:
    """How far the bursts are from where they belong."""
    return (np.array(find(path).bursts_s) - FLASHES_S) * 1000


@BOTH
def test_sound_is_placed_by_its_instant_of_capture(tmp_path: Path, name: str) -> None:
    record(tmp_path / name, blocks(said(3.0), START_NS))
    assert np.abs(misplaced_ms(tmp_path / name)).max() < 0.1
    found = find(tmp_path / name)
    assert found.pictures == 75
    assert found.sound_start_s == pytest.approx(0.0, abs=0.001)
    assert found.sound_end_s == pytest.approx(3.0, abs=0.022 if name.endswith("mp4") else 0.001)


@BOTH
@pytest.mark.parametrize("late_s", [2.5, 5.5])
def test_sound_of_a_slow_voice_comes_long_after_its_pictures_and_stands_beside_them(
    tmp_path: Path, name: str, late_s: float
) -> None:
    record(tmp_path / name, blocks(said(3.0), START_NS), pictures=160, late_ns=round(late_s * 1e9))
    assert np.abs(misplaced_ms(tmp_path / name)).max() < 0.1


@BOTH
def test_sound_that_begins_earlier_or_later_than_the_pictures_stays_in_sync(tmp_path: Path, name: str) -> None:
    whole = said(3.0)
    late, early = whole[round(0.123 * RATE_HZ) :], np.concatenate([np.ones(RATE_HZ // 4, np.float32) * 0.2, whole])
    for sound, start_ns in ((late, 123_000_000), (early, -250_000_000)):
        record(tmp_path / name, blocks(sound, START_NS + start_ns))
        assert np.abs(misplaced_ms(tmp_path / name)).max() < 0.1
        assert find(tmp_path / name).sound_start_s == pytest.approx(0.0, abs=0.001)


@BOTH
def test_gaps_are_silence_and_what_comes_twice_is_left_out(tmp_path: Path, name: str) -> None:
    sound = blocks(said(3.0), START_NS)
    torn = [*sound[:60], *sound[90:150], *sound[140:180], *sound[190:]]
    record(tmp_path / name, torn)
    assert np.abs(misplaced_ms(tmp_path / name)).max() < 0.1


@pytest.mark.parametrize("ppm", [-300, 300])
def test_a_clock_that_drifts_is_followed_without_a_gap(tmp_path: Path, ppm: int) -> None:
    seconds = 60.0
    tone = (0.3 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * RATE_HZ)) / RATE_HZ)).astype(np.float32)
    bursts = said(3.0)
    tone[-len(bursts) :] = bursts
    record(tmp_path / "a.mkv", blocks(tone, START_NS, RATE_HZ * (1 + ppm / 1e6)), round(seconds * 25))
    _, samples = heard(tmp_path / "a.mkv")
    tail = round((seconds - 3.0) * RATE_HZ / (1 + ppm / 1e6))
    places = np.array(bursts_in(samples)) / RATE_HZ - tail / RATE_HZ
    assert np.abs(places - FLASHES_S).max() < 0.001
    levels = np.abs(samples[RATE_HZ // 2 : tail - 4800].reshape(-1)[: 50 * RATE_HZ]).reshape(-1, 480).max(axis=1)
    assert levels.min() > 0.25


def test_without_sound_for_long_the_recording_goes_on_in_silence(tmp_path: Path) -> None:
    record(tmp_path / "a.mp4", blocks(said(3.0)[:24_000], START_NS), 300)
    found = find(tmp_path / "a.mp4")
    assert found.pictures == 300
    assert found.sound_end_s == pytest.approx(12.0, abs=0.022)
    assert not found.samples[RATE_HZ:].any()


@BOTH
@pytest.mark.parametrize("lag_ns", [0, 200_000_000])
def test_sound_that_is_ahead_ends_with_the_last_picture(tmp_path: Path, name: str, lag_ns: int) -> None:
    """Whoever stops stops the camera first, and pictures may be held for longer than their sound."""
    waiting = blocks(said(3.0), START_NS)
    with Recorder(tmp_path / name, SIZE, 25, CAPTURED) as recorder:
        for index in range(63):
            while waiting and waiting[0].captured_ns <= index * FRAME_NS + START_NS + lag_ns:
                assert recorder.write_sound(waiting.pop(0))
            recorder.write(picture(index))
        for block in waiting:
            recorder.write_sound(block)
    found = find(tmp_path / name)
    assert found.sound_end_s == pytest.approx(63 * 0.04, abs=0.022 if name.endswith("mp4") else 0.001)
    assert np.abs(misplaced_ms(tmp_path / name)).max() < 0.1


def test_sound_that_is_far_ahead_of_pictures_that_do_not_come_is_not_lost(tmp_path: Path) -> None:
    whole = np.concatenate([said(3.0), np.zeros(6 * RATE_HZ, np.float32)])
    with Recorder(tmp_path / "a.mkv", SIZE, 25, CAPTURED) as recorder:
        recorder.write(picture(0))
        for block in blocks(whole, START_NS):
            recorder.write_sound(block)
        recorder.write(picture(224))
    found = find(tmp_path / "a.mkv")
    assert found.sound_end_s == pytest.approx(9.0, abs=0.001)
    assert np.abs(misplaced_ms(tmp_path / "a.mkv")).max() < 0.1


def test_sound_that_came_before_the_first_picture_is_kept_for_it(tmp_path: Path) -> None:
    sound = blocks(said(3.0), START_NS)
    with Recorder(tmp_path / "a.mkv", SIZE, 25, CAPTURED) as recorder:
        for block in sound[:90]:
            recorder.write_sound(block)
        for index in range(75):
            recorder.write(picture(index))
        for block in sound[90:]:
            recorder.write_sound(block)
    assert np.abs(misplaced_ms(tmp_path / "a.mkv")).max() < 0.1


@BOTH
def test_a_file_may_start_before_its_first_picture(tmp_path: Path, name: str) -> None:
    early = np.concatenate([np.zeros(RATE_HZ // 4, np.float32), said(3.0)])
    with Recorder(tmp_path / name, SIZE, 25, replace(MEDIA, starts_ns=-250_000_000)) as recorder:
        for index in range(75):
            recorder.write(picture(index))
        for block in blocks(early, -250_000_000):
            recorder.write_sound(block)
    found = find(tmp_path / name)
    assert found.sound_start_s == pytest.approx(-0.25, abs=0.001)
    assert np.abs(misplaced_ms(tmp_path / name)).max() < 0.6


@pytest.mark.parametrize("pictures_first", [True, False])
def test_where_nothing_may_be_lost_pictures_and_sound_wait_for_each_other(tmp_path: Path, pictures_first: bool) -> None:
    settings = recording_settings(lossless=True, sound=True)
    sink = open_recording(tmp_path / "a.mkv", SIZE, 25, settings)
    (track,) = tracks_of((sink,))

    def show() -> None:
        for index in range(75):
            sink.write(picture(index, 123))
        sink.close()

    def speak() -> None:
        for block in blocks(said(5.0), 0):
            if not track.write_sound(block):
                break
        track.end_sound()

    threads = [threading.Thread(target=task) for task in ((show, speak) if pictures_first else (speak, show))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20.0)
        assert not thread.is_alive()
    assert np.abs(misplaced_ms(tmp_path / "a.mkv")).max() < 0.1
    found = find(tmp_path / "a.mkv")
    assert (found.pictures, sink.dropped) == (75, 0)
    assert found.sound_end_s == pytest.approx(3.0, abs=0.001)


def test_pictures_do_not_wait_in_a_gap_of_the_sound(tmp_path: Path) -> None:
    sink = open_recording(tmp_path / "a.mkv", SIZE, 25, recording_settings(lossless=True, sound=True))
    (track,) = tracks_of((sink,))
    sound = blocks(said(3.0), 0)

    def speak() -> None:
        for block in [*sound[30:90], *sound[110:]]:
            track.write_sound(block)
        track.end_sound()

    thread = threading.Thread(target=speak)
    thread.start()
    for index in range(75):
        sink.write(picture(index))
    sink.close()
    thread.join(20.0)
    assert not thread.is_alive()
    assert np.abs(misplaced_ms(tmp_path / "a.mkv")).max() < 0.1


def test_pictures_do_not_wait_for_sound_that_has_ended(tmp_path: Path) -> None:
    with open_recording(tmp_path / "a.mkv", SIZE, 25, recording_settings(lossless=True, sound=True)) as sink:
        (track,) = tracks_of((sink,))
        track.end_sound()
        for index in range(75):
            sink.write(picture(index))
    assert find(tmp_path / "a.mkv").sound_end_s == pytest.approx(3.0, abs=0.001)


def test_a_closed_recording_takes_no_sound_and_says_so(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "a.mkv", SIZE, 25, CAPTURED)
    recorder.write(picture(0))
    recorder.close()
    assert not recorder.write_sound(blocks(said(3.0), START_NS)[0])
    with pytest.raises(DeviceError, match="is closed"):
        recorder.write(picture(1))


def test_a_recording_without_sound_has_no_track(tmp_path: Path) -> None:
    with open_recording(tmp_path / "a.mp4", SIZE, 25) as sink:
        assert tracks_of((sink,)) == ()
        sink.write(picture(0))
    with av.open(str(tmp_path / "a.mp4")) as container:
        assert not container.streams.audio


@pytest.mark.parametrize("count", [479, 481])
def test_a_stretched_block_is_the_same_sound(count: int) -> None:
    wave = np.sin(np.arange(480) * 0.05).astype(np.float32)
    done = stretched(wave, count)
    assert len(done) == count
    assert (done[0], done[-1]) == (wave[0], wave[-1])
    assert np.abs(np.interp(np.linspace(0, 1, 480), np.linspace(0, 1, count), done) - wave).max() < 0.002


@pytest.mark.parametrize("at_close", [False, True])
def test_a_disk_that_fills_up_under_the_sound_is_told_where_the_pictures_come_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_close: bool
) -> None:
    recorder = Recorder(tmp_path / "a.mp4", SIZE, 25, CAPTURED)
    for index in range(50):
        recorder.write(picture(index))

    def full(track: SoundTrack, at: int, samples: NDArray[np.float32]) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(SoundTrack, "place", full)
    sound = blocks(said(3.0), START_NS)
    assert not recorder.write_sound(sound[0])
    assert not recorder.write_sound(sound[1])
    with pytest.raises(DeviceError, match="stopped after 2.0 s: no space left on device"):
        recorder.close() if at_close else recorder.write(picture(50))
    recorder.close()
