"""What goes wrong on air stays to be seen, takes one line however often it happens, and is not cheered away."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from textual.widgets._toast import Toast

from console.desk import Phase
from console.events.journal import REPEATED_WITHIN, Entry, Journal
from console.life.watch import Pace, switch_text
from console.pictures.live_picture import LivePicture
from console.view import View
from console.widgets.sound.sound_panel import state_word
from console.widgets.sound.voice_list import voice_lines
from console.widgets.status_strip import badge, first_line, second_line
from pipeline.telemetry import Event, Level, Outage, Percentiles, State, SwitchReading, VideoReadings
from tests.console.fake_app import dashboard_of, make_app, running, settled, text_of
from tests.console.fake_session import FakeSession, typical_audio, typical_video
from tests.console.test_panels import make_view, words

REASON = "The model ada.onnx put out values that are no numbers on CPU."
NOON = datetime(2026, 1, 1, 12, 0, 0)


def view_with(*, standing_in: bool = False, voiceless: bool = False) -> View:
    view = make_view(standing_in=standing_in)
    assert view.readings is not None
    audio = replace(typical_audio(), outage=Outage(REASON, 9)) if voiceless else typical_audio()
    return replace(view, readings=replace(view.readings, audio=audio))


@pytest.mark.parametrize(
    ("standing_in", "voiceless", "words"),
    [
        (False, False, "● ON AIR"),
        (True, False, "● ON AIR · FAIL-SAFE"),
        (False, True, "● ON AIR · NO VOICE"),
        (True, True, "● ON AIR · FAIL-SAFE · NO VOICE"),
    ],
)
def test_the_badge_says_what_is_missing_on_air(standing_in: bool, voiceless: bool, words: str) -> None:
    view = view_with(standing_in=standing_in, voiceless=voiceless)
    assert badge(view)[0] == words
    assert view.audio is not None and state_word(view, view.audio) == ("voice failed" if voiceless else "")


def entries_of(*added: Entry) -> list[tuple[str, datetime]]:
    journal = Journal()
    for entry in added:
        journal.add(entry)
    return [(entry.told, entry.at) for entry in journal.entries]


def test_what_is_wrong_again_takes_one_line_and_what_the_operator_does_is_told_each_time() -> None:
    later = NOON + timedelta(seconds=5)
    assert entries_of(
        Entry(NOON, Level.ERROR, "broke"),
        Entry(NOON, Level.INFO, "On air."),
        Entry(NOON, Level.INFO, "On air."),
        Entry(later, Level.ERROR, "broke"),
    ) == [("On air.", NOON), ("On air.", NOON), ("×2 broke", later)]
    much_later = NOON + REPEATED_WITHIN + timedelta(seconds=1)
    assert entries_of(Entry(NOON, Level.ERROR, "broke"), Entry(much_later, Level.ERROR, "broke")) == [
        ("broke", NOON),
        ("broke", much_later),
    ]


LONG = "The voice broke because its model put out values that are no numbers; take another model, or the timbre engine."


@pytest.mark.parametrize(("text", "toasts"), [(LONG, 1), ("The voice broke.", 0)])
async def test_a_failure_that_lasts_is_one_line_and_one_toast_where_the_line_can_not_tell_it(
    text: str, toasts: int
) -> None:
    session = FakeSession()
    async with running(session) as (app, pilot):
        for _ in range(12):
            session.on_event(Event(Level.ERROR, text, 0))
        await pilot.pause()
        await settled(app)
        assert text_of(app).count("×12 The voice broke") == 1
        assert len(app._notifications) == toasts
        assert dashboard_of(app) is app.screen


@pytest.mark.parametrize(("size", "key"), [((60, 20), "x"), ((120, 40), "question_mark")])
async def test_a_failure_that_no_line_can_show_has_a_toast(size: tuple[int, int], key: str) -> None:
    session = FakeSession()
    async with running(session, size=size) as (app, pilot):
        await pilot.press(key)
        await pilot.pause()
        session.on_event(Event(Level.ERROR, "The voice broke.", 0))
        await pilot.pause()
        assert len(app._notifications) == 1


def test_a_profile_that_comes_in_broken_is_not_welcomed() -> None:
    switch = SwitchReading("ada", "ben", 120.0, 3.0, 0)
    assert switch_text(switch, "Ben", REASON) == f"Ben is in, but not whole: {REASON}"
    view = make_view(FakeSession(video=replace(typical_video(), outage=Outage(REASON, 3))))
    assert (view.failure, make_view().failure, view_with(voiceless=True).failure) == (REASON, "", REASON)


def slow_view(at_s: float, lane_ms: float, profile: str = "full") -> View:
    stages = {"track": Percentiles(173.0, 180.0, 190.0), "swap": Percentiles(30.0, 400.0, 500.0)}
    video = VideoReadings(fps_target=30.0, lane=Percentiles(lane_ms, 300.0, 300.0), stages=stages)
    view = make_view()
    assert view.readings is not None
    readings = replace(view.readings, profile=profile, title="Full", at_ns=round(at_s * 1e9), video=video)
    return replace(view, readings=readings)


def test_a_profile_that_cannot_keep_up_is_told_once_when_that_lasts() -> None:
    pace = Pace()
    told = [pace.look(slow_view(second, 210.0)) for second in range(10)]
    assert [text for text in told if text] == [
        "Full takes 210 ms a frame, wanted 33: the slowest is track, 173 ms.",
    ]
    assert told.index(next(filter(None, told))) == 3
    assert any(pace.look(slow_view(second, 210.0, "other")) for second in range(10, 20))


def test_a_profile_that_is_slow_for_a_moment_is_not_told() -> None:
    pace = Pace()
    assert not any(pace.look(slow_view(second, 210.0 if second % 3 else 20.0)) for second in range(20))


@pytest.mark.parametrize(
    ("engine_ms", "shown"), [(33.0, "40 ms"), (40.0, "40 ms"), (103.2, "103←40"), (1482.0, "1.5s←40")]
)
def test_the_latency_in_force_is_told_where_it_is_more_than_the_wanted_one(engine_ms: float, shown: str) -> None:
    session = FakeSession(audio=replace(typical_audio(), engine_ms=engine_ms))
    view = make_view(session)
    assert view.profile.voice.latency_ms == 40.0
    assert f"latency    {shown:>7}" in words(voice_lines(view, 24, 5))
    assert shown.removesuffix(" ms") in words(voice_lines(view, 30, 1))


async def test_a_toast_leaves_events_and_figures_to_be_seen() -> None:
    session = FakeSession()
    app = make_app(session)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await settled(app)
        session.on_event(Event(Level.ERROR, LONG, 0))
        for _ in range(50):
            await pilot.pause()
            if app.screen.query(Toast) and app.screen.query_one(Toast).region:
                break
        picture = dashboard_of(app).query_one(LivePicture).region
        assert picture.contains_region(app.screen.query_one(Toast).region)


def test_a_session_that_failed_with_its_card_up_is_called_an_error() -> None:
    view = make_view(FakeSession(state=State.CARD), phase=Phase.ENDED, reason="The lane died.")
    assert badge(view)[0] == "× ERROR · ■ CARD"
    assert badge(make_view(FakeSession(state=State.STOPPED), phase=Phase.ENDED))[0] == "□ STOPPED"


def test_the_strip_tells_for_how_long_a_recording_runs_and_whose_session_it_is() -> None:
    video = replace(FakeSession().video, recording_s=75.0, sinks=("a.mp4 · 1280x720",))
    view = make_view(FakeSession(video=video), place="process 77")
    assert "● REC 01:15" in words([first_line(view, 120)])
    assert "process 77 · demo actor" in words([second_line(view, 120)])
