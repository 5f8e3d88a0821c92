"""The operator's acts on the sound: mute, voice, latency, trim; and what the dashboard shows of it."""

from dataclasses import replace

import pytest

from console.adjustments import LATENCIES_MS, Setting
from console.desk import Desk
from console.widgets.panel import Role
from console.widgets.sound.sound_panel import SoundPanel, sound_lines
from console.widgets.sound.sync_panel import sync_lines
from pipeline.errors import UnderstudyError
from pipeline.telemetry import MeterReading, SyncReadings
from tests.console.fake_app import dashboard_of, running, text_of
from tests.console.fake_session import ADA, FakeSession, make_desk, typical_audio
from tests.console.test_panels import make_view


def without_sound() -> FakeSession:
    """A session without a microphone."""
    return FakeSession(audio=None, sync=SyncReadings())


def at_latency(latency_ms: float) -> FakeSession:
    """A session whose voice may take so long."""
    voice = ADA.voice.model_copy(update={"latency_ms": latency_ms})
    return FakeSession(profile=ADA.model_copy(update={"voice": voice}))


def test_mute_and_unmute() -> None:
    session = FakeSession()
    desk = make_desk(session)
    assert not desk.muted
    assert "Muted" in desk.sound.toggle_mute()
    assert desk.muted
    assert "on again" in desk.sound.toggle_mute()
    assert session.calls == ["mute True", "mute False"]


@pytest.mark.parametrize("setting", [Setting.PITCH, Setting.FORMANTS, Setting.LATENCY, Setting.TRIM])
def test_without_sound_nothing_of_it_can_be_changed(setting: Setting) -> None:
    session = without_sound()
    desk = make_desk(session)
    for act in (desk.sound.toggle_mute, lambda: desk.move(setting, 1)):
        with pytest.raises(UnderstudyError, match="--microphone"):
            act()
    assert session.calls == []
    assert not desk.muted


def test_nobody_is_muted_before_the_start() -> None:
    desk = make_desk(FakeSession(), started=False)
    assert not desk.muted
    with pytest.raises(UnderstudyError, match="starting"):
        desk.sound.toggle_mute()


def value_of(session: FakeSession, setting: Setting) -> float:
    """A setting of the profile in the lane."""
    voice = session.profile.voice
    values = {
        Setting.PITCH: voice.pitch_semitones,
        Setting.FORMANTS: voice.formant_scale,
        Setting.LATENCY: voice.latency_ms,
        Setting.TRIM: session.profile.sync.trim_ms,
    }
    return values[setting]


@pytest.mark.parametrize(
    ("setting", "step", "limits"),
    [
        (Setting.PITCH, 0.5, (-12.0, 12.0)),
        (Setting.FORMANTS, 0.02, (0.7, 1.4)),
        (Setting.TRIM, 10.0, (-500.0, 500.0)),
    ],
)
def test_a_scale_moves_by_its_step_stops_at_its_ends_and_is_undone(
    setting: Setting, step: float, limits: tuple[float, float]
) -> None:
    session = FakeSession()
    desk = make_desk(session)
    first = value_of(session, setting)
    desk.move(setting, 1)
    assert value_of(session, setting) == pytest.approx(first + step)
    for direction, limit in zip((-1, 1), limits, strict=True):
        for _ in range(200):
            desk.move(setting, direction)
        assert value_of(session, setting) == pytest.approx(limit)
    assert desk.undo() == f"Undone: {setting}."
    assert value_of(session, setting) == first


def test_the_latency_goes_through_the_marks_of_the_dial_and_back() -> None:
    session = at_latency(40.0)
    desk = make_desk(session)
    told = [value_of(session, Setting.LATENCY)]
    for _ in range(len(LATENCIES_MS)):
        desk.move(Setting.LATENCY, 1)
        told.append(value_of(session, Setting.LATENCY))
    assert told == [*LATENCIES_MS, LATENCIES_MS[-1]]
    for _ in range(len(LATENCIES_MS)):
        desk.move(Setting.LATENCY, -1)
    assert value_of(session, Setting.LATENCY) == LATENCIES_MS[0]


@pytest.mark.parametrize(("steps", "latency_ms"), [(1, 120.0), (-1, 80.0)])
def test_a_latency_between_two_marks_goes_to_the_next_one(steps: int, latency_ms: float) -> None:
    session = at_latency(100.0)
    make_desk(session).move(Setting.LATENCY, steps)
    assert value_of(session, Setting.LATENCY) == latency_ms


def test_a_latency_is_not_changed_while_another_profile_comes_in() -> None:
    class Slow(FakeSession):
        def switch(self, profile: object) -> None:
            self.loading = "ben"

    desk: Desk = make_desk(Slow())
    desk.switch("ben")
    with pytest.raises(UnderstudyError, match="about to come in"):
        desk.move(Setting.LATENCY, 1)
    desk.move(Setting.PITCH, 1)


async def test_m_mutes_and_unmutes_and_the_strip_says_so() -> None:
    session = FakeSession()
    async with running(session) as (app, pilot):
        await pilot.press("m")
        await pilot.pause()
        assert " MUTED " in text_of(app).splitlines()[0]
        session.audio = replace(typical_audio(), muted=True, speaking=True)
        app.show_all()
        await pilot.pause()
        assert "YOU ARE MUTED BUT SPEAKING" in text_of(app).splitlines()[0]
        await pilot.press("m")
        await pilot.pause()
        assert "MUTED" not in text_of(app).splitlines()[0]


async def test_the_palette_tells_what_mute_will_do() -> None:
    session = FakeSession()
    async with running(session) as (app, pilot):
        for entry in ("Mute", "Unmute"):
            titles = [command.title for command in app.get_system_commands(app.screen)]
            assert [title for title in titles if "mute" in title.lower()] == [entry]
            await pilot.press("m")


@pytest.mark.parametrize(
    ("keys", "setting", "value"),
    [
        ((".", ".", ","), Setting.PITCH, 0.5),
        ((">", ">", "<"), Setting.FORMANTS, 1.02),
        (("L", "L", "l"), Setting.LATENCY, 60.0),
        ((")", ")", "("), Setting.TRIM, 10.0),
    ],
)
async def test_keys_move_the_voice_and_u_takes_it_back(keys: tuple[str, ...], setting: Setting, value: float) -> None:
    session = FakeSession()
    before = value_of(session, setting)
    async with running(session) as (_, pilot):
        await pilot.press(*keys)
        assert value_of(session, setting) == pytest.approx(value)
        await pilot.press("u")
        assert value_of(session, setting) == before


@pytest.mark.parametrize("key", ["m", ".", ">", "L", ")"])
async def test_without_sound_the_keys_say_why(key: str) -> None:
    async with running(without_sound()) as (app, pilot):
        await pilot.press(key)
        await pilot.pause()
        assert "There is no sound; start with --microphone auto" in text_of(app)


@pytest.mark.parametrize("size", [(160, 45), (120, 35), (100, 30), (80, 24)])
async def test_sound_sync_and_voice_are_on_every_usual_screen(size: tuple[int, int]) -> None:
    session = FakeSession()
    async with running(session, size=size) as (app, pilot):
        await pilot.press(".")
        await pilot.pause()
        text = text_of(app)
        for part in ("mic █", "out █", "58", "SYNC", "IN SYNC", "+0.5", "40 ms", "FRAMES", "STAGES", "LOST", "MACHINE"):
            assert part in text
        # The lowest panel is not cut off.
        assert "memory" in text


@pytest.mark.parametrize("size", [(160, 45), (120, 35), (100, 30), (80, 24)])
async def test_a_session_without_sound_says_so_on_every_usual_screen(size: tuple[int, int]) -> None:
    async with running(without_sound(), size=size) as (app, _):
        assert "no microphone" in text_of(app)
        assert "IN SYNC" not in text_of(app)


@pytest.mark.parametrize("size", [(20, 5), (60, 50), (1, 1), (200, 70)])
async def test_sound_on_other_screens(size: tuple[int, int]) -> None:
    async with running(FakeSession(), size=size) as (app, pilot):
        await pilot.press("m")
        await pilot.pause()
        assert size[0] < 60 or " MUTED " in text_of(app).splitlines()[0]


async def test_meters_move_between_two_readings_and_nothing_else_is_drawn_again() -> None:
    session = FakeSession()
    async with running(session) as (app, pilot):
        panel = app.query_one(SoundPanel)
        before = panel.lines
        drawn: list[object] = []
        panel.refresh = lambda *regions, **_: drawn.extend(regions)
        dashboard_of(app).draw(session, 100.0)
        assert drawn == []
        louder = MeterReading(-3.0, -10.0, -3.0, stale=False)
        session.audio = replace(typical_audio(), input_level=louder)
        dashboard_of(app).draw(session, 100.05)
        assert drawn == []
        dashboard_of(app).draw(session, 100.1)
        changed = [y for y, (old, new) in enumerate(zip(before, panel.lines, strict=True)) if old != new]
        assert [region.y for region in drawn] == changed
        assert len(changed) == 1


async def test_a_panel_whose_view_is_the_same_is_not_drawn_again() -> None:
    session = FakeSession()
    async with running(session) as (app, pilot):
        await pilot.pause()
        drawn: list[object] = []
        for panel in dashboard_of(app)._gauges[:3]:
            panel.refresh = lambda *regions, **_: drawn.append(regions)
        app.show_all()
        assert drawn == []


@pytest.mark.parametrize(("acquainted", "told"), [(0.4, "learning voice 40 %"), (1.0, "timbre")])
def test_that_the_voice_still_learns_the_actor_is_told(acquainted: float, told: str) -> None:
    session = FakeSession(audio=replace(typical_audio(), acquainted=acquainted))
    title = sound_lines(make_view(session), 30, 7)[0]
    assert told in "".join(text for text, _ in title)


@pytest.mark.parametrize(("load", "told"), [(None, "rvc"), (0.344, "rvc load 34 %"), (1.27, "rvc load 127 %")])
@pytest.mark.parametrize("width", [24, 30, 58])
def test_what_a_voice_takes_of_its_time_stands_beside_its_name(load: float | None, told: str, width: int) -> None:
    session = FakeSession(audio=replace(typical_audio(), engine="rvc", load=load))
    title = sound_lines(make_view(session), width, 7)[0]
    assert "".join(text for text, _ in title).rstrip().endswith(told)


@pytest.mark.parametrize("height", [1, 3])
def test_a_delay_that_goes_over_to_another_is_no_alarm(height: int) -> None:
    """From a latency of 5 s to 40 ms pictures need seconds to follow."""
    session = FakeSession(sync=SyncReadings(3_167.0, delay_ms=3_200.0, target_ms=60.0))
    lines = sync_lines(make_view(session, offset_ms=3_167.0), 40, height)
    assert ("ADJUSTING" in "".join(text for text, _ in lines[0])) and "EARLY" not in str(lines)
    assert next(role for text, role in lines[0] if "ADJUSTING" in text) is Role.WARNING
    session.sync = SyncReadings(120.0, delay_ms=62.0, target_ms=60.0)
    assert "AUDIO 120 ms EARLY" in str(sync_lines(make_view(session, offset_ms=120.0), 40, height))
