"""Another microphone and the monitor, by their keys, while the session runs."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest
from textual.widgets import OptionList

from console.app import UnderstudyApp
from console.ports import Surroundings
from console.screens.devices import DeviceScreen
from pipeline.audio.monitor.state import Monitoring
from pipeline.errors import DeviceError, UnderstudyError
from tests.console.fake_app import running, settled, text_of
from tests.console.fake_session import ADA, FakeSession, FakeShelf, make_desk, typical_audio

SIZES = [(120, 35), (80, 24), (40, 12)]


@dataclass(frozen=True)
class FakeInput:
    """Something to be heard through."""

    wanted: str
    title: str
    source: str


DEMO = FakeInput("demo", "the demo actor", "demo voice")
HEADSET = FakeInput("headset", "Headset [red]", "Headset")
BROKEN = FakeInput("broken", "Broken", "Broken")


class Drivers:
    """Sound drivers that answer when the test lets them."""

    def __init__(self, *found: FakeInput, error: UnderstudyError | None = None) -> None:
        self._found, self._error = found, error
        self.may_answer = threading.Event()
        self.may_answer.set()

    def __call__(self) -> Sequence[FakeInput]:
        """The devices."""
        assert self.may_answer.wait(10.0)
        if self._error is not None:
            raise self._error
        return self._found


def app_over(session: FakeSession, drivers: Drivers) -> UnderstudyApp:
    """An app that can look for microphones."""

    def open_session(tell: object) -> FakeSession:
        session.on_event = tell
        return session

    around = Surroundings(FakeShelf(ADA), clock=session.clock, list_inputs=drivers, usual_inputs=(DEMO,))
    return UnderstudyApp(open_session, around)


@pytest.mark.parametrize("size", SIZES)
async def test_a_microphone_is_chosen_from_a_list_that_marks_the_present_one(size: tuple[int, int]) -> None:
    session = FakeSession()
    app = app_over(session, Drivers(HEADSET, BROKEN))
    async with app.run_test(size=size) as pilot:
        await settled(app)
        await pilot.press("i")
        await settled(app)
        await pilot.pause()
        text = text_of(app)
        assert "● the demo actor" in text
        assert "Headset [red]" in text
        await pilot.press("home", "enter")
        await settled(app)
        await pilot.pause()
        assert session.calls[-1] == "listen to headset"
        assert not isinstance(app.screen, DeviceScreen)
        if size[0] > 80:
            assert "The microphone is now: Headset [red]." in text_of(app)


async def test_a_microphone_that_can_not_be_had_is_told_in_a_sentence() -> None:
    session = FakeSession()
    app = app_over(session, Drivers(BROKEN))
    async with app.run_test(size=(120, 35)) as pilot:
        await settled(app)
        await pilot.press("i")
        await settled(app)
        await pilot.press("home", "enter")
        await settled(app)
        await pilot.pause()
        assert "can't be opened: it is broken" in text_of(app)


async def test_drivers_that_do_not_answer_stop_neither_the_screen_nor_the_choice() -> None:
    session = FakeSession()
    drivers = Drivers(HEADSET)
    drivers.may_answer.clear()
    app = app_over(session, drivers)
    async with app.run_test(size=(120, 35)) as pilot:
        await pilot.pause()
        await pilot.press("i")
        await pilot.pause()
        assert "Looking for microphones" in text_of(app)
        await pilot.press("escape")
        drivers.may_answer.set()
        await settled(app)
        await pilot.pause()
        assert not isinstance(app.screen, DeviceScreen)
        assert not [call for call in session.calls if call.startswith("listen")]


async def test_drivers_that_fail_are_told_in_the_list() -> None:
    app = app_over(FakeSession(), Drivers(error=DeviceError("The sound devices can't be listed: no reason given")))
    async with app.run_test(size=(120, 35)) as pilot:
        await settled(app)
        await pilot.press("i")
        await settled(app)
        await pilot.pause()
        assert "can't be listed: no reason given." in text_of(app)
        assert app.screen.query_one(OptionList).option_count == 1


async def test_the_present_microphone_is_not_opened_again() -> None:
    session = FakeSession()
    app = app_over(session, Drivers())
    async with app.run_test(size=(120, 35)) as pilot:
        await settled(app)
        await pilot.press("i")
        await settled(app)
        await pilot.press("enter")
        await settled(app)
        assert not [call for call in session.calls if call.startswith("listen")]


async def test_the_mark_stands_on_the_open_device_which_is_found_later_than_the_fixed_entries() -> None:
    session = FakeSession(audio=replace(typical_audio(), source="Headset · 48 kHz mono"))
    drivers = Drivers(BROKEN, HEADSET)
    drivers.may_answer.clear()
    app = app_over(session, drivers)
    async with app.run_test(size=(120, 35)) as pilot:
        await pilot.pause()
        await pilot.press("i")
        await pilot.pause()
        choices = app.screen.query_one(OptionList)
        assert choices.highlighted is None
        await pilot.press("enter")
        drivers.may_answer.set()
        await settled(app)
        await pilot.pause()
        assert choices.highlighted == 1
        await pilot.press("enter")
        await settled(app)
        assert not [call for call in session.calls if call.startswith("listen")]


async def test_a_mark_that_was_moved_stays_where_it_is_when_devices_are_found() -> None:
    session = FakeSession(audio=replace(typical_audio(), source="Headset · 48 kHz mono"))
    drivers = Drivers(HEADSET)
    drivers.may_answer.clear()
    app = app_over(session, drivers)
    async with app.run_test(size=(120, 35)) as pilot:
        await pilot.pause()
        await pilot.press("i")
        await pilot.pause()
        await pilot.press("down")
        drivers.may_answer.set()
        await settled(app)
        await pilot.pause()
        choices = app.screen.query_one(OptionList)
        assert choices.get_option_at_index(choices.highlighted or 0).id == "demo"


async def test_without_sound_there_is_nothing_to_choose() -> None:
    app = app_over(FakeSession(audio=None), Drivers())
    async with app.run_test(size=(120, 35)) as pilot:
        await settled(app)
        await pilot.press("i")
        await pilot.pause()
        assert "There is no sound; start with --microphone auto" in text_of(app)


async def test_the_palette_has_the_microphone_and_the_monitor() -> None:
    app = app_over(FakeSession(), Drivers())
    async with app.run_test(size=(120, 35)):
        titles = [command.title for command in app.get_system_commands(app.screen)]
        assert {"Microphone", "Monitor", "Push-to-talk"} <= set(titles)


def test_the_monitor_goes_off_and_on_and_on_again_after_it_was_cut_off() -> None:
    session = FakeSession(monitoring=Monitoring.ON)
    desk = make_desk(session)
    assert "off" in desk.sound.toggle_monitor()
    assert "on" in desk.sound.toggle_monitor()
    session.monitoring = Monitoring.CUT
    assert "on" in desk.sound.toggle_monitor()
    assert session.calls == ["monitor False", "monitor True", "monitor True"]


async def test_a_monitor_that_was_cut_off_is_told_as_long_as_it_is() -> None:
    session = FakeSession(monitoring=Monitoring.CUT)
    async with running(session) as (app, pilot):
        assert "monitor cut off" in text_of(app)
        await pilot.press("M")
        await pilot.pause()
        assert session.monitoring is Monitoring.ON
        assert "monitor cut off" not in text_of(app)


def test_without_a_monitor_the_key_says_how_to_get_one() -> None:
    with pytest.raises(UnderstudyError, match="--monitor"):
        make_desk(FakeSession()).sound.toggle_monitor()


def test_the_present_microphone_is_named_without_its_format() -> None:
    session = FakeSession(audio=replace(typical_audio(), source="Headset · 48 kHz"))
    assert make_desk(session).sound.microphone == "Headset"
