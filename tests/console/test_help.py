"""The list of keys on small screens: every line can be brought to view with the keyboard alone."""

import pytest

from console.screens.help import SECTION_OF_WORDS, HelpScreen
from console.screens.keys import NO_SOUND
from pipeline.telemetry import SyncReadings
from tests.console.fake_app import running, text_of
from tests.console.fake_session import FakeSession

LAST = "What goes out in"


@pytest.mark.parametrize("size", [(120, 35), (80, 24), (60, 16)])
async def test_the_last_key_and_the_first_again_can_be_brought_to_view(size: tuple[int, int]) -> None:
    async with running(FakeSession(), size=size) as (app, pilot):
        await pilot.press("question_mark")
        await pilot.pause()
        assert LAST not in text_of(app)
        assert "Esc: close" in text_of(app) and "PgDn: more" in text_of(app)
        await pilot.press("end")
        await pilot.wait_for_animation()
        assert LAST in text_of(app)
        await pilot.press("home")
        await pilot.wait_for_animation()
        assert "Go on air, or" in text_of(app)


async def test_pages_and_arrows_bring_every_key_to_view() -> None:
    async with running(FakeSession(), size=(80, 24)) as (app, pilot):
        await pilot.press("question_mark")
        await pilot.pause()
        assert isinstance(app.screen, HelpScreen)
        seen = text_of(app)
        for key in ("down", *["pagedown"] * 8):
            await pilot.press(key)
            await pilot.wait_for_animation()
            seen += text_of(app)
        for row in app.screen.rows:
            assert f" {row.keys} " in seen
        await pilot.press("escape")
        await pilot.pause()
        assert not isinstance(app.screen, HelpScreen)


@pytest.mark.parametrize("word", ["timbre", "join", "one block", "ppm", "underruns", "formants"])
async def test_a_word_of_the_panels_that_nobody_says_is_explained(word: str) -> None:
    async with running(FakeSession(), size=(120, 40)) as (app, pilot):
        assert word in text_of(app)
        await pilot.press("question_mark")
        await pilot.pause()
        assert isinstance(app.screen, HelpScreen)
        assert [row.meaning for row in app.screen.rows if row.keys == word]


async def test_a_list_that_is_seen_as_a_whole_does_not_promise_more() -> None:
    async with running(FakeSession(), size=(120, 130)) as (app, pilot):
        await pilot.press("question_mark")
        await pilot.pause()
        assert "Esc: close" in text_of(app) and "more" not in text_of(app).rpartition("Esc: close")[0][-30:]


@pytest.mark.parametrize("size", [(120, 90), (80, 24)])
async def test_without_sound_its_keys_and_words_are_not_listed_and_that_is_said(size: tuple[int, int]) -> None:
    async with running(FakeSession(audio=None, sync=SyncReadings()), size=size) as (app, pilot):
        await pilot.press("question_mark")
        await pilot.pause()
        assert isinstance(app.screen, HelpScreen)
        rows = app.screen.rows
        assert [row.meaning for row in rows if row.section == "Sound"] == [NO_SOUND]
        assert not [row for row in rows if row.section == "Voice"]
        assert not {"m", "V", "M", "i", ", .", "l L", "( )"} & {row.keys for row in rows}
        assert [row.keys for row in rows if row.section == SECTION_OF_WORDS] == ["warp", "p95, p99", "fail-safe"]
        assert {"space", "b", "F", "[ ]"} <= {row.keys for row in rows}


async def test_without_sound_the_palette_offers_no_acts_on_it() -> None:
    silent = FakeSession(audio=None, sync=SyncReadings())
    for session, offered in ((FakeSession(), True), (silent, False)):
        async with running(session) as (app, _):
            titles = {command.title for command in app.get_system_commands(app.screen)}
            assert ("Mute" in titles, "Lower voice" in titles, "Undo" in titles) == (offered, offered, True)
