"""Files as sources: order, time, size, loops, and everything that can be wrong with a file."""

import threading
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from pipeline.errors import MediaError
from pipeline.media import Frame
from pipeline.stage import EndOfSource
from pipeline.video.devices.demo_actor import RECORDING
from pipeline.video.devices.file_source import FileSource
from pipeline.video.devices.settings import Pace, SourceSettings
from tests.fakes import FakeClock
from tests.films import make_film, number_of, turned_jpeg
from tests.footage import BIRD, DEMO, MEDIA, SMILING, needs_media

ALL = SourceSettings(pace=Pace.MAX)


def drain(source: FileSource, limit: int = 1000) -> list[Frame]:
    frames: list[Frame] = []
    with source:
        try:
            while len(frames) < limit:
                frames.append(source.read())
        except EndOfSource:
            pass
    return frames


def settings(**changes: object) -> SourceSettings:
    return SourceSettings(**{"pace": Pace.MAX, **changes})


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.gif"])
def test_every_frame_comes_once_in_order_and_on_its_time(tmp_path: Path, name: str) -> None:
    source = FileSource(make_film(tmp_path / name, 12), ALL, FakeClock())
    frames = drain(source)
    assert [number_of(frame.pixels) for frame in frames] == list(range(12))
    assert [round(frame.media_ns / 1e8) for frame in frames] == list(range(12))
    assert source.fps == pytest.approx(10)


def test_frames_are_contiguous_bgr_of_the_reported_size(tmp_path: Path) -> None:
    source = FileSource(make_film(tmp_path / "a.mp4"), ALL, FakeClock())
    for frame in drain(source):
        assert frame.size == source.size == (96, 64)
        assert frame.pixels.dtype == np.uint8
        assert frame.pixels.flags.c_contiguous


def test_as_fast_as_possible_waits_for_nothing_and_is_captured_now(tmp_path: Path) -> None:
    clock = FakeClock(start_ns=777)
    frames = drain(FileSource(make_film(tmp_path / "a.mp4"), ALL, clock))
    assert not clock.waited_ns
    assert {frame.captured_ns for frame in frames} == {777}


def test_in_real_time_every_frame_is_captured_when_it_was_due(tmp_path: Path) -> None:
    clock = FakeClock(start_ns=5_000)
    frames = drain(FileSource(make_film(tmp_path / "a.mp4"), SourceSettings(), clock))
    assert [frame.captured_ns for frame in frames] == [5_000 + frame.media_ns for frame in frames]
    assert clock.now_ns() == frames[-1].captured_ns


class SlowReader(FakeClock):
    """A clock on which two seconds pass once, between the third and the fourth frame."""

    def wait_until(self, instant_ns: int, interrupt: threading.Event) -> bool:
        interrupted = super().wait_until(instant_ns, interrupt)
        if len(self.waited_ns) == 3:
            self.advance(2_000_000_000)
        return interrupted


def test_time_that_the_reader_lost_is_not_made_up_by_a_rush(tmp_path: Path) -> None:
    frames = drain(FileSource(make_film(tmp_path / "a.mp4"), SourceSettings(), SlowReader()))
    steps_ms = [round((b.captured_ns - a.captured_ns) / 1e6) for a, b in zip(frames, frames[1:], strict=False)]
    assert steps_ms == [100, 100, 2000, 100, 100, 100, 100, 100, 100]


def test_media_time_grows_evenly_over_the_loops(tmp_path: Path) -> None:
    source = FileSource(make_film(tmp_path / "a.mp4", 5), settings(loop=True), FakeClock())
    frames = drain(source, limit=23)
    assert [number_of(frame.pixels) for frame in frames] == [index % 5 for index in range(23)]
    assert [round(frame.media_ns / 1e8) for frame in frames] == list(range(23))


def test_a_rate_below_the_files_thins_it_evenly(tmp_path: Path) -> None:
    source = FileSource(make_film(tmp_path / "a.mp4", 30, fps=30), settings(fps=10.0), FakeClock())
    frames = drain(source)
    assert source.fps == 10
    assert [round(frame.media_ns / 1e8) for frame in frames] == list(range(10))


def test_a_rate_above_the_files_changes_nothing(tmp_path: Path) -> None:
    source = FileSource(make_film(tmp_path / "a.mp4", 10), settings(fps=60.0), FakeClock())
    assert len(drain(source)) == 10
    assert source.fps == pytest.approx(10)


def test_a_slow_film_repeats_its_picture_instead_of_falling_silent(tmp_path: Path) -> None:
    frames = drain(FileSource(make_film(tmp_path / "a.mp4", 3, fps=1), SourceSettings(), FakeClock()))
    gaps_ms = [(b.captured_ns - a.captured_ns) / 1e6 for a, b in zip(frames, frames[1:], strict=False)]
    assert max(gaps_ms) <= 500
    assert all(gap > 0 for gap in gaps_ms)
    numbers = [number_of(frame.pixels) for frame in frames]
    assert sorted(set(numbers)) == [0, 1, 2]
    assert numbers == sorted(numbers)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
def test_a_picture_is_one_frame_at_full_pace_and_lasts_in_real_time(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"picture{suffix}"
    cv2.imwrite(str(path), np.full((80, 120, 3), (20, 120, 220), np.uint8))
    assert len(drain(FileSource(path, ALL, FakeClock()))) == 1
    for kind in (SourceSettings(), settings(loop=True)):
        frames = drain(FileSource(path, kind, FakeClock()), limit=40)
        assert [round(frame.media_ns * 30 / 1e9) for frame in frames] == list(range(40))
        assert np.abs(frames[39].pixels[40, 60].astype(int) - (20, 120, 220)).max() <= 4


@pytest.mark.parametrize("name", ["50%.png", "a b'c.png", "été-%03d.png"])
def test_a_picture_may_have_any_name(tmp_path: Path, name: str) -> None:
    cv2.imencode(".png", np.zeros((64, 64, 3), np.uint8))[1].tofile(tmp_path / name)
    assert len(drain(FileSource(tmp_path / name, ALL, FakeClock()))) == 1


def test_a_picture_of_one_pixel_becomes_a_small_usable_one(tmp_path: Path) -> None:
    path = tmp_path / "dot.png"
    cv2.imwrite(str(path), np.full((1, 1, 3), 90, np.uint8))
    frames = drain(FileSource(path, ALL, FakeClock()))
    assert frames[0].size == (64, 64)
    assert (frames[0].pixels == 90).all()


def test_odd_sides_lose_their_last_row_and_column(tmp_path: Path) -> None:
    path = tmp_path / "odd.png"
    cv2.imwrite(str(path), np.zeros((81, 133, 3), np.uint8))
    assert FileSource(path, ALL, FakeClock()).size == (132, 80)


def test_another_size_is_filled_from_the_centre_without_distortion(tmp_path: Path) -> None:
    path = tmp_path / "disc.png"
    picture = np.zeros((300, 600, 3), np.uint8)
    cv2.circle(picture, (300, 150), 100, (255, 255, 255), -1)
    picture[:, :100] = picture[:, 500:] = (0, 0, 255)
    cv2.imwrite(str(path), picture)
    frame = drain(FileSource(path, settings(size=(200, 200)), FakeClock()))[0]
    assert frame.size == (200, 200)
    lit = frame.pixels[..., 1] > 127
    assert np.ptp(np.flatnonzero(lit.any(axis=0))) == pytest.approx(np.ptp(np.flatnonzero(lit.any(axis=1))), abs=2)
    assert not (frame.pixels[..., 2].astype(int) - frame.pixels[..., 1] > 60).any()


@pytest.mark.parametrize(
    ("rotate_deg", "flip", "bright"),
    [(0, False, "left"), (0, True, "right"), (90, False, "top"), (180, False, "right"), (270, False, "bottom")],
)
def test_turn_and_mirror(tmp_path: Path, rotate_deg: int, flip: bool, bright: str) -> None:
    path = tmp_path / "half.png"
    picture = np.zeros((64, 96, 3), np.uint8)
    picture[:, :48] = 255
    cv2.imwrite(str(path), picture)
    source = FileSource(path, settings(rotate_deg=rotate_deg, flip=flip), FakeClock())
    frame = drain(source)[0]
    assert frame.size == source.size == ((64, 96) if rotate_deg % 180 else (96, 64))
    assert bright_side(frame) == bright
    assert frame.pixels.flags.c_contiguous


@pytest.mark.parametrize(("orientation", "bright"), [(1, "left"), (3, "right"), (6, "top"), (8, "bottom")])
def test_a_camera_held_on_its_side_is_set_upright(tmp_path: Path, orientation: int, bright: str) -> None:
    path = turned_jpeg(tmp_path / "turned.jpg", orientation)
    assert bright_side(drain(FileSource(path, ALL, FakeClock()))[0]) == bright


def bright_side(frame: Frame) -> str:
    grey = frame.pixels.mean(axis=2)
    height, width = grey.shape
    sides = {
        "left": grey[:, : width // 3].mean() - grey[:, -width // 3 :].mean(),
        "top": grey[: height // 3].mean() - grey[-height // 3 :].mean(),
    }
    sides |= {"right": -sides["left"], "bottom": -sides["top"]}
    return max(sides, key=lambda side: sides[side])


def test_closing_ends_a_read_that_waits(tmp_path: Path) -> None:
    clock = FakeClock(jumps=False)
    source = FileSource(make_film(tmp_path / "a.mp4"), SourceSettings(), clock)
    source.read()
    ended = threading.Event()

    def read() -> None:
        with pytest.raises(EndOfSource):
            source.read()
        ended.set()

    reader = threading.Thread(target=read)
    reader.start()
    source.close()
    assert ended.wait(2.0)
    reader.join()


def test_a_truncated_film_gives_what_it_has_and_ends(tmp_path: Path) -> None:
    whole = make_film(tmp_path / "whole.mkv", 60, size=(320, 240))
    data = whole.read_bytes()
    part = tmp_path / "part.mkv"
    part.write_bytes(data[: len(data) * 6 // 10])
    frames = drain(FileSource(part, ALL, FakeClock()))
    assert 10 < len(frames) < 60
    assert [number_of(frame.pixels) for frame in frames] == [index % 25 for index in range(len(frames))]


def test_damage_in_the_middle_ends_nothing_with_an_error(tmp_path: Path) -> None:
    path = make_film(tmp_path / "a.mkv", 60, size=(320, 240))
    data = bytearray(path.read_bytes())
    data[len(data) // 2 :] = bytes(len(data) - len(data) // 2)
    path.write_bytes(data)
    assert len(drain(FileSource(path, ALL, FakeClock()))) >= 10


def bad_files(folder: Path) -> dict[str, Path]:
    (folder / "text.mp4").write_text("This is no film.\n" * 100)
    (folder / "text.txt").write_text("This is no film.\n" * 100)
    (folder / "empty.png").write_bytes(b"")
    whole = make_film(folder / "whole.mp4").read_bytes()
    (folder / "headless.mp4").write_bytes(whole[: len(whole) // 2])
    (folder / "list.m3u8").write_text(f"#EXTM3U\n#EXTINF:1,\n{folder}/whole.mp4\n#EXT-X-ENDLIST\n")
    with_sound = make_film(folder / "sound.mkv", beep_s=0.1)
    sound_only(with_sound, folder / "sound.m4a")
    names = ("text.mp4", "text.txt", "empty.png", "headless.mp4", "list.m3u8", "sound.m4a", "absent.mp4", ".")
    return {name: folder / name for name in names}


def sound_only(film: Path, path: Path) -> None:
    with av.open(str(film)) as source, av.open(str(path), "w") as target:
        stream = target.add_stream_from_template(source.streams.audio[0])
        for packet in source.demux(source.streams.audio[0]):
            if packet.pts is not None:
                packet.stream = stream
                target.mux(packet)


def test_every_bad_file_is_refused_in_one_sentence_that_names_it(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for path in bad_files(tmp_path).values():
        with pytest.raises(MediaError) as caught:
            FileSource(path, ALL, FakeClock())
        assert str(path) in str(caught.value)
        assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("path", "count", "fps"),
    [
        pytest.param(RECORDING, 300, 30, id=DEMO),
        pytest.param(MEDIA / BIRD, 63, 30, id=BIRD, marks=needs_media),
        pytest.param(MEDIA / SMILING, 62, 12.5, id=SMILING, marks=needs_media),
    ],
)
def test_people_on_film(path: Path, count: int, fps: float) -> None:
    source = FileSource(path, settings(size=(320, 180)), FakeClock())
    assert source.fps == pytest.approx(fps, rel=0.01)
    frames = drain(source)
    assert len(frames) == count
    assert {frame.size for frame in frames} == {(320, 180)}


@needs_media
def test_real_speech_holds_no_picture() -> None:
    with pytest.raises(MediaError, match="holds no picture"):
        FileSource(MEDIA / "speech-jfk.flac", ALL, FakeClock())
