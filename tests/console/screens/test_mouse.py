"""What the mouse does on the screens."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from console.events.event_list import EventList
from console.events.event_log import EventLog
from console.events.event_screen import EventScreen
from console.pictures.picture_pair import PicturePair, Sight
from console.profiles.manage.manage_screen import ManageScreen
from console.screens.devices import DeviceScreen
from console.screens.help import HelpScreen
from console.show.cue_line import CueLine
from console.show.cue_screen import CueScreen
from console.show.cues import Cue, Show
from console.widgets.profile_list import ProfileList
from pipeline.telemetry import Level
from tests.console.profiles.stage import done, on_stage


@dataclass(frozen=True)
class Device:
    """A microphone on a list."""

    wanted: str
    title: str
    source: str


async def test_a_click_marks_a_profile_and_a_second_one_has_it_made_ready(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as (app, pilot, session):
        await pilot.click(ProfileList, offset=(5, 2))
        await done(app, pilot)
        assert app.desk.profiles.marked == "ben"
        assert "prepare ben" not in session.calls
        await pilot.click(ProfileList, offset=(5, 2), times=2)
        await done(app, pilot)
        assert session.calls.count("prepare ben") == 1


async def test_a_click_on_the_heading_or_under_the_list_marks_nothing(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as (app, pilot, _):
        for row in (0, 5):
            await pilot.click(ProfileList, offset=(5, row))
            await done(app, pilot)
            assert app.desk.profiles.marked == "ada"


async def test_a_click_in_a_list_that_was_scrolled_marks_what_stands_there(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as (app, pilot, _):
        app.screen.query_one(ProfileList).styles.height = 3
        await pilot.press("down", "down")
        await done(app, pilot)
        assert app.desk.profiles.marked == "mara"
        await pilot.click(ProfileList, offset=(5, 1))
        await done(app, pilot)
        assert app.desk.profiles.marked == "ben"


async def test_whoever_only_watches_marks_nothing(tmp_path: Path) -> None:
    async with on_stage(tmp_path, around=lambda same: replace(same, read_only=True)) as (app, pilot, session):
        await pilot.click(ProfileList, offset=(5, 2), times=2)
        await done(app, pilot)
        assert app.desk.profiles.marked == "ada"
        assert "prepare ben" not in session.calls
        await pilot.click(PicturePair)
        await done(app, pilot)
        assert app.screen.query_one(PicturePair).sight is Sight.SOURCE, "what is seen here is not the session's"


async def test_a_click_on_the_picture_shows_the_next_kind(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as (app, pilot, _):
        await pilot.click(PicturePair)
        await done(app, pilot)
        assert app.screen.query_one(PicturePair).sight is Sight.SOURCE


async def test_a_click_on_the_events_opens_all_of_them_and_one_there_marks_an_event(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as (app, pilot, _):
        for number in range(5):
            app.tell(Level.INFO, f"Event {number}.")
        await done(app, pilot)
        await pilot.click(EventList)
        await done(app, pilot)
        assert isinstance(app.screen, EventScreen)
        await pilot.click(EventLog, offset=(5, 3))
        await done(app, pilot)
        marked = app.screen.query_one(EventLog).marked
        assert marked is not None and marked.text == "Event 1."


async def test_a_click_on_the_cue_line_opens_the_cue_list(tmp_path: Path) -> None:
    show = Show(cue=(Cue(profile="ben"), Cue(profile="ada")))
    async with on_stage(tmp_path, around=lambda same: replace(same, show=show)) as (app, pilot, session):
        await pilot.click(CueLine)
        await done(app, pilot)
        assert isinstance(app.screen, CueScreen)
        await pilot.click("#cue-list", offset=(3, 0))
        await done(app, pilot)
        assert "switch ben" in session.calls


@pytest.mark.parametrize(("action", "screen"), [("app.help", HelpScreen), ("app.quit", None), ("app.mute", None)])
async def test_a_click_on_a_key_of_the_footer_is_that_key(tmp_path: Path, action: str, screen: type | None) -> None:
    async with on_stage(tmp_path) as (app, pilot, session):
        key = next(key for key in app.screen.query("FooterKey") if key.action in (action, action[4:]))
        await pilot.click(key)
        await done(app, pilot)
        if action == "app.mute":
            assert session.calls[-1] == "mute True"
        elif screen is None:
            assert len(app.screen_stack) == 2
        else:
            assert isinstance(app.screen, screen)


async def test_a_click_on_a_profile_of_the_shelf_has_it_made_ready(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as (app, pilot, session):
        await pilot.press("P")
        await done(app, pilot)
        assert isinstance(app.screen, ManageScreen)
        await pilot.click("#manage-list", offset=(5, 1))
        await done(app, pilot)
        assert "prepare ben" in session.calls


async def test_a_click_takes_a_device_of_a_list(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as (app, pilot, session):
        app.surroundings = replace(app.surroundings, usual_inputs=(Device("demo", "Demo voice", "other"),))
        await pilot.press("i")
        await done(app, pilot)
        assert isinstance(app.screen, DeviceScreen)
        await pilot.click("OptionList", offset=(5, 0))
        await done(app, pilot)
        assert session.calls[-1] == "listen to demo"


async def test_a_click_on_an_answer_of_the_wizard_chooses_it(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as (app, pilot, _):
        await pilot.press("P", "n")
        await done(app, pilot)
        buttons = list(app.screen.query("RadioButton"))
        await pilot.click(buttons[1])
        await done(app, pilot)
        assert buttons[1].value and not buttons[0].value
