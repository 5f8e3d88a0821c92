"""A session from its first frame to its last, with a face before the camera."""

import threading
from collections.abc import Callable, Iterator
from functools import partial

import cv2
import numpy as np
import pytest

from pipeline.audio.rig import SoundSettings
from pipeline.errors import ConsentError, LaneError
from pipeline.media import Picture, Pixels
from pipeline.rig import SessionSettings
from pipeline.session import Session
from pipeline.telemetry import Level, State
from pipeline.video.devices.settings import Pace, SourceSettings
from pipeline.video.output.label import Label
from profiles.profile import Kind, Profile
from profiles.store import BUILTIN, ProfileStore
from tests.fakes import FakeSource
from tests.footage import (
    BIRD,
    CLIPS,
    DEMO,
    MEDIA,
    chosen,
    clip,
    clips,
    difference,
    inside_oval,
    make_frame,
    models,
    needs_media,
    persona,
    tracked_clip,
)
from tests.rigging import SOON_S, WatchedSink
from tests.studio import LONG_S, Studio

RAW_FLOOR = 4.0
"""Levels inside the face's oval. On these clips the way through I420 alone changes the actor's own face by 0.4 to 1.5
levels, and the portrait, which takes over the actor's light and colours, by 6.7 to 15 on average over the oval: least
where the head is in profile and where a hand lies before half of the face and is kept."""
CAST = [
    *(pytest.param(DEMO, who, id=f"{DEMO}-{who}") for who in ("mara", "ines")),
    *(
        pytest.param(name, who, id=f"{name}-{who}", marks=needs_media)
        for name, who in zip(CLIPS, ("mara", "tomas", "ines", "anselm"), strict=True)
    ),
]
FACELESS = 5
"""Frames without anybody before the actor appears."""


@pytest.fixture
def studio(monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    """A maker of sessions."""
    studio = Studio(monkeypatch)
    yield studio
    studio.close()


def bgr(picture: Picture) -> Pixels:
    return np.asarray(cv2.cvtColor(picture.planes, cv2.COLOR_YUV2BGR_I420), np.uint8)


one_person = pytest.mark.parametrize("name", clips(DEMO, BIRD))


def footage(name: str, count: int = 20) -> FakeSource:
    """A file of the first frames of a clip."""
    return FakeSource(clip(name)[:count], size=clip(name)[0].size)


def faceless(size: tuple[int, int]) -> Pixels:
    """An empty room."""
    return np.full((size[1], size[0], 3), 130, np.uint8)


def card_planes(session: Session) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """The running profile's card as it leaves."""
    card = session._running.lane.card
    return np.asarray(cv2.cvtColor(card, cv2.COLOR_BGR2YUV_I420), np.uint8)


def is_labelled(picture: Picture, label: Label) -> bool:
    """Whether the label's letters are white and its plate is dark where they should be."""
    height, width = label.text.shape[:2]
    luminance = picture.planes[label.top : label.top + height, label.left : label.left + width]
    letters, plate = label.text[..., 1] >= 250, label.text[..., 1] == 0
    # A white pixel has luminance 235, the darkened one of a white picture 77; I420 keeps luminance at full resolution.
    return bool(luminance[letters].mean() > 220 and luminance[plate].max() <= 80)


@pytest.mark.parametrize(("name", "who"), CAST)
def test_every_frame_comes_out_labelled_and_none_shows_the_actors_own_face(studio: Studio, name: str, who: str) -> None:
    frames = tracked_clip(name)[:: 2 if name == DEMO else 1]
    source: FakeSource | SourceSettings = SourceSettings(camera=str(MEDIA / name), pace=Pace.MAX)
    if name == DEMO:
        source = FakeSource([make_frame(frame.pixels, frame.media_ns) for frame in frames], size=frames[0].size)
    session = studio.session(source, persona(who))
    pictures = studio.play(session)
    assert [picture.media_ns for picture in pictures] == [frame.media_ns for frame in frames]
    assert not any(picture.by_policy for picture in pictures)
    label = Label.build(who.title(), persona(who).disclosure, frames[0].size)
    for frame, picture in zip(frames, pictures, strict=True):
        inner = inside_oval(chosen(frame), frame.size)
        assert difference(bgr(picture), frame.pixels, inner) > RAW_FLOOR
        assert is_labelled(picture, label)
    video = session.readings().video
    assert (video.frames_in, video.frames_out, video.faces_found) == (len(frames),) * 3
    assert (video.drops.capture, video.drops.processing, video.drops.output) == (0, 0, 0)
    assert set(video.stages) == {"track", "segment", "bystanders", "swap", "compose"}


@one_person
def test_before_the_first_face_the_card_goes_out(studio: Studio, name: str) -> None:
    frames = clip(name)[:8]
    size = frames[0].size
    empty = [make_frame(faceless(size), index * 33_000_000) for index in range(FACELESS)]
    shifted = [make_frame(frame.pixels, FACELESS * 33_000_000 + frame.media_ns) for frame in frames]
    session = studio.session(FakeSource([*empty, *shifted], size=size))
    pictures = studio.play(session)
    card = card_planes(session)
    assert all(np.array_equal(picture.planes, card) for picture in pictures[:FACELESS])
    assert [picture.by_policy for picture in pictures] == [True] * FACELESS + [False] * len(frames)
    assert session.readings().video.policy_frames == FACELESS


@one_person
def test_the_room_is_the_personas_and_not_the_actors(studio: Studio, name: str) -> None:
    profile = ProfileStore([BUILTIN]).load("mara")
    pictures = studio.play(studio.session(footage(name), profile))
    room = cv2.imread(str(profile.resolve(profile.background.path)))
    assert room is not None
    frame = clip(name)[10]
    corner = np.s_[frame.size[1] // 3 : frame.size[1] // 2, :60]
    fitted = cv2.resize(room, frame.size, interpolation=cv2.INTER_AREA)
    shown = bgr(pictures[10])
    # The room is cut to the frame's shape, so that places agree only roughly; its colours do not.
    assert abs(float(shown[corner].mean()) - float(fitted[corner].mean())) < 25
    assert float(np.abs(shown[corner].astype(int) - frame.pixels[corner]).mean()) > 15


@one_person
def test_panic_shows_the_card_within_one_frame_and_rearming_takes_it_off(studio: Studio, name: str) -> None:
    deeds: dict[int, Callable[[], None]] = {}
    studio.sink = WatchedSink(on_picture=lambda number: deeds.get(number, lambda: None)())
    session = studio.session(footage(name))
    deeds.update({6: session.panic, 12: session.rearm})
    pictures = studio.play(session)
    covered = [np.array_equal(picture.planes, card_planes(session)) for picture in pictures]
    assert covered == [6 < number <= 12 for number in range(20)]


@one_person
def test_in_panic_the_screen_shows_the_card_and_the_state_says_so(studio: Studio, name: str) -> None:
    studio.sink.gate.clear()
    session = studio.session(footage(name))
    session.start()
    assert session.readings().state is State.ON_AIR
    session.panic()
    preview = session.picture(64, 36)
    assert session.readings().state is State.CARD
    assert preview is not None
    assert preview.pixels.shape == (36, 64, 3)
    session.rearm()
    session.set_on_air(False)
    assert session.readings().state is State.PREVIEW
    studio.sink.gate.set()
    session.stop(SOON_S)
    assert session.readings().state is State.STOPPED


@one_person
def test_off_air_the_card_goes_out_until_the_session_goes_on_air(studio: Studio, name: str) -> None:
    deeds: dict[int, Callable[[], None]] = {}
    studio.sink = WatchedSink(on_picture=lambda number: deeds.get(number, lambda: None)())
    session = studio.session(footage(name), on_air=False)
    deeds.update({9: partial(session.set_on_air, True)})
    pictures = studio.play(session)
    assert [picture.by_policy for picture in pictures] == [number <= 9 for number in range(20)]


@one_person
def test_a_switch_loses_no_frame_and_changes_the_label(studio: Studio, name: str) -> None:
    waits = threading.Event()
    studio.sink = WatchedSink(on_picture=waiting(5, waits))
    session = studio.session(footage(name, count=40))
    session.start()
    session.prepare(persona("tomas"))
    while "tomas" not in session.readings().ready:
        assert not session.wait(0.01)
    session.switch(persona("tomas"))
    waits.set()
    assert session.wait(LONG_S)
    session.stop(SOON_S)
    pictures = studio.sink.pictures
    assert [picture.media_ns for picture in pictures] == [frame.media_ns for frame in clip(name)[:40]]
    (reading,) = session.readings().switches
    assert (reading.source, reading.target, reading.dropped) == ("mara", "tomas", 0)
    assert session.profile.name == "tomas"
    before, after = (Label.build(who, persona().disclosure, pictures[0].size) for who in ("Mara", "Tomas"))
    assert is_labelled(pictures[0], before)
    assert is_labelled(pictures[-1], after)
    assert not is_labelled(pictures[-1], before)


@one_person
def test_settings_are_taken_while_it_runs_and_told_back(studio: Studio, name: str) -> None:
    waits = threading.Event()
    studio.sink = WatchedSink(on_picture=waiting(3, waits))
    session = studio.session(footage(name))
    session.start()
    session.adjust(persona().with_face(size=1.2))
    waits.set()
    assert session.wait(LONG_S)
    session.stop(SOON_S)
    assert session.profile.face.size == 1.2
    assert session.readings().switches == ()


def waiting(at: int, go_on: threading.Event) -> Callable[[int], None]:
    """What a sink does with each picture: at one of them it waits."""
    return lambda number: None if number != at or go_on.wait(SOON_S) else None


def refusals(session: Session) -> list[Callable[[Profile], None]]:
    return [session.switch, session.prepare, session.adjust]


@one_person
def test_nobody_real_goes_on_air_by_any_way(studio: Studio, name: str) -> None:
    person = persona("ines").model_copy(update={"kind": Kind.PERSON})
    with pytest.raises(ConsentError, match="real person"):
        studio.session(FakeSource(), person)
    session = studio.session(footage(name))
    session.start()
    for way in refusals(session):
        with pytest.raises(ConsentError, match="real person"):
            way(person)
    assert session.wait(LONG_S)
    session.stop(SOON_S)
    assert session.profile.name == "mara"
    assert session.readings().ready == ()


def test_what_needs_a_running_session_says_that_there_is_none() -> None:
    session = Session(SessionSettings(), persona(), models())
    assert session.profile == persona()
    for way in refusals(session):
        with pytest.raises(LaneError, match="not started"):
            way(persona("tomas"))
    session.stop()


@pytest.mark.parametrize("watched", [True, False])
def test_when_the_sound_breaks_down_a_call_gets_the_card_and_a_recording_ends(studio: Studio, watched: bool) -> None:
    studio.sink.steady = watched
    broken = FakeSource([RuntimeError("broken")])
    sound = SoundSettings(broken)  # type: ignore[arg-type]  # it breaks before it gives any sound
    session = studio.session(FakeSource(clip(DEMO), size=clip(DEMO)[0].size), sound=sound)
    session.start()
    with pytest.raises(LaneError, match="microphone"):
        session.wait(SOON_S)
    assert session.readings().state is State.CARD
    if watched:
        assert studio.sink.wait_for(lambda picture: picture.by_policy)
        assert not studio.sink.closed
    else:
        session.stop(SOON_S)
        assert studio.sink.closed
    assert [event.level for event in studio.events] == [Level.ERROR]


def test_no_thread_is_left_and_stopping_twice_is_harmless(studio: Studio) -> None:
    before = set(threading.enumerate())
    session = studio.session(FakeSource.of(30))
    session.start()
    started = {thread.name for thread in set(threading.enumerate()) - before}
    assert {"capture", "video lane", "sinks", "loader"} <= started
    session.stop(SOON_S)
    assert set(threading.enumerate()) <= before
    session.stop(SOON_S)
    assert studio.sink.close_count == 1
    assert session.wait(0.0)
