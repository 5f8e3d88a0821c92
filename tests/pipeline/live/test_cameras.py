"""Another camera while a call goes on: size and rate stay, the former person is forgotten, and nothing is lost."""

from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from pipeline.audio.devices.sound_file import SoundFile
from pipeline.audio.settings import SoundSettings
from pipeline.clock import Clock, Playhead
from pipeline.errors import DeviceError, MediaError
from pipeline.live import cameras
from pipeline.media import Picture
from pipeline.session import Session
from pipeline.stage import VideoSource
from pipeline.telemetry import Level, Shown
from pipeline.video.devices.settings import SourceSettings
from pipeline.video.devices.sources import open_source
from profiles.profile import FailSafePolicy
from tests.chains import make_profile
from tests.fakes import FakeSink
from tests.films import make_film
from tests.flashes import FlashFilm, write_flash_film
from tests.pipeline.audio.booth import FakeEar
from tests.pipeline.live.ticking import SIZE, Stage, Ticking, until
from tests.rigging import WatchedSink


def middle(picture: Picture) -> int:
    """The grey in the middle of a picture."""
    pixels = cv2.cvtColor(picture.planes, cv2.COLOR_YUV2BGR_I420)
    return int(pixels[pixels.shape[0] // 2, pixels.shape[1] // 2].mean())


def still(path: Path, level: int, size: tuple[int, int] = SIZE) -> Path:
    """A picture file of one grey."""
    cv2.imwrite(str(path), np.full((size[1], size[0], 3), level, np.uint8))
    return path


def shown(session: Session, call: WatchedSink, level: int) -> None:
    """Waits for a picture of some grey in the call."""
    until(session, lambda: bool(call.pictures) and abs(middle(call.pictures[-1]) - level) <= 2)


def test_a_camera_takes_the_place_of_another_and_gives_it_back(stage: Stage, tmp_path: Path) -> None:
    call = WatchedSink(steady=True)
    session = stage.session(Ticking(100), call)
    shown(session, call, 101)
    session.watch(str(still(tmp_path / "tall.png", 200, (300, 500))))
    shown(session, call, 201)
    assert session.readings().video.source == "tall.png · 300×500, fitted to 128×96"
    session.watch(str(still(tmp_path / "same.png", 50)))
    shown(session, call, 51)
    readings = session.readings().video
    assert (readings.source, readings.size, readings.fps_target) == ("same.png · 128×96", SIZE, 50.0)
    assert {picture.size for picture in call.pictures} == {SIZE}
    times = [picture.media_ns for picture in call.pictures if not picture.by_policy]
    assert times == sorted(times)
    assert stage.events == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nosuch.mp4", "There is no file"),
        ("text.mp4", "can't be read as a video"),
        ("/dev/video77", "There is no camera /dev/video77"),
        ("nobody's camera", "There is no camera nobody's camera"),
    ],
)
def test_where_the_other_one_can_not_be_had_the_present_one_stays(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.mp4").write_text("hello")
    call = WatchedSink(steady=True)
    session = stage.session(Ticking(100), call)
    with pytest.raises((DeviceError, MediaError), match=said):
        session.watch(name)
    before = session.readings().video.frames_in
    until(session, lambda: session.readings().video.frames_in > before + 3)
    assert session.readings().video.source.startswith("fake source")


@pytest.mark.parametrize("policy", [FailSafePolicy.HOLD, FailSafePolicy.CARD, FailSafePolicy.BLUR])
def test_a_camera_that_is_lost_is_replaced_and_the_call_never_stands_still(
    stage: Stage, tmp_path: Path, policy: FailSafePolicy
) -> None:
    call, lost = WatchedSink(steady=True), Ticking(100)
    session = stage.session(lost, call, profile=make_profile(policy=policy))
    shown(session, call, 101)
    lost.silent = True
    until(session, lambda: any("fail-safe is on" in event.text for event in stage.events))
    told = len(call.pictures)
    until(session, lambda: len(call.pictures) > told + 3)
    assert all(picture.by_policy for picture in call.pictures[told:])
    session.watch(str(still(tmp_path / "other.png", 180)))
    shown(session, call, 181)
    assert stage.events[-1].text == "Pictures come again."


def test_what_the_stages_know_of_the_former_person_is_forgotten_before_the_first_new_frame(
    stage: Stage, tmp_path: Path
) -> None:
    session = stage.session(Ticking(100), WatchedSink(steady=True))
    (worn,) = session._running.lane._chain.stages
    seen: list[tuple[str, int]] = []
    work, forget = worn.process, worn.reset
    worn.process = lambda frame: seen.append(("frame", frame.camera)) or work(frame)  # type: ignore[method-assign, func-returns-value]
    worn.reset = lambda: seen.append(("reset", 0)) or forget()  # type: ignore[method-assign, func-returns-value]
    until(session, lambda: len(seen) > 3)
    session.watch(str(still(tmp_path / "other.png", 180)))
    until(session, lambda: ("frame", 1) in seen)
    first = seen.index(("frame", 1))
    assert seen[first - 1] == ("reset", 0)
    assert [what for what, _ in seen].count("reset") == 1
    assert all(entry == ("frame", 0) for entry in seen[: first - 1])


def test_nobody_of_before_is_held_when_the_new_camera_sees_nobody(stage: Stage, tmp_path: Path) -> None:
    """A picture of the former person would stand for seconds where somebody else sits."""
    call = WatchedSink(steady=True)
    session = stage.session(Ticking(100), call)
    shown(session, call, 101)
    (worn,) = session._running.lane._chain.stages
    worn.fails_on = frozenset(range(10**6))  # type: ignore[attr-defined]
    held = len(call.pictures)
    until(session, lambda: len(call.pictures) > held + 2)
    assert abs(middle(call.pictures[-1]) - 101) <= 2
    session.watch(str(still(tmp_path / "other.png", 180)))
    until(session, lambda: middle(call.pictures[-1]) < 90)


def test_a_film_that_is_over_does_not_end_the_call(stage: Stage, tmp_path: Path) -> None:
    call = WatchedSink(steady=True)
    session = stage.session(Ticking(100), call)
    session.watch(str(make_film(tmp_path / "short.mp4", count=4, size=SIZE, fps=25)))
    until(session, lambda: any("short.mp4 is over" in event.text for event in stage.events))
    told = len(call.pictures)
    until(session, lambda: len(call.pictures) > told + 3)
    session.watch(str(still(tmp_path / "other.png", 180)))
    shown(session, call, 181)
    assert [event.level for event in stage.events if "over" in event.text] == [Level.WARNING]


def test_a_film_that_is_being_recorded_is_no_camera(stage: Stage, tmp_path: Path) -> None:
    session = stage.session(Ticking(100), FakeSink(steady=True))
    session.record(tmp_path / "film.mkv")
    with pytest.raises(DeviceError, match="is the film that is being recorded; end the recording first"):
        session.watch(str(tmp_path / "film.mkv"))


def test_a_recording_and_the_operators_pictures_go_on_across_cameras(stage: Stage, tmp_path: Path) -> None:
    call = WatchedSink(steady=True)
    session = stage.session(Ticking(100), call, sound=SoundSettings("demo"))
    shown(session, call, 101)
    session.record(tmp_path / "film.mkv")
    sent = session.readings().video.frames_out
    until(session, lambda: session.readings().video.frames_out > sent + 5)
    session.watch(str(still(tmp_path / "wide.png", 200, (400, 200))))
    shown(session, call, 201)
    sent = session.readings().video.frames_out
    until(session, lambda: session.readings().video.frames_out > sent + 5)
    until(session, lambda: _source_level(session) == 200)
    session.record(None)
    assert session.readings().video.lost_sinks == ()
    with av.open(str(tmp_path / "film.mkv")) as film:
        levels = [int(frame.to_ndarray(format="bgr24")[48, 64].mean()) for frame in film.decode(video=0)]
    assert sorted({round(level, -1) for level in levels}) == [100, 200]


def _source_level(session: Session) -> int | None:
    preview = session.picture(32, 24, Shown.SOURCE)
    return None if preview is None else int(preview.pixels[12, 16, 0])


def test_a_recording_that_is_left_is_joined_where_its_own_sound_is(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lips that begin anew beside a voice that went on would be somebody else's."""
    given: list[Playhead | None] = []

    def noted(settings: SourceSettings, clock: Clock, playhead: Playhead | None = None) -> VideoSource:
        given.append(playhead)
        return open_source(settings, clock, playhead)

    monkeypatch.setattr(cameras, "open_source", noted)
    film, other = (
        str(write_flash_film(tmp_path / name, FlashFilm(fps=50, size=SIZE))) for name in ("own.mkv", "other.mkv")
    )
    session = stage.session(
        SourceSettings(film, loop=True), FakeSink(steady=True), sound=SoundSettings("auto", FakeEar(), loop=True)
    )
    sound = session._running.sound
    assert sound is not None and isinstance(sound.source, SoundFile)
    own = sound.source._playhead
    until(session, lambda: own.played_ns(0) is not None)
    for camera in (str(still(tmp_path / "grey.png", 70)), film, other, film):
        session.watch(camera)
    assert [playhead is own for playhead in given] == [False, True, False, True]
    seen = session.readings().video.frames_in
    until(session, lambda: session.readings().video.frames_in > seen + 3)
    session.listen_to("demo")
    until(session, lambda: sound.source.name != "own.mkv")
    session.watch(film)
    assert given[4] is not own
