"""The palette finds what was meant, and profiles that have no number of their own."""

from textual.pilot import Pilot
from textual.widgets import Input

from console.app import UnderstudyApp
from console.lineup import ProfileRow, Standing
from console.widgets.profile_list import profile_lines
from tests.console.fake_app import running, text_of
from tests.console.fake_session import FakeSession, FakeSummary
from tests.console.test_panels import make_view, words

SHELF = tuple(FakeSummary(name, name.title()) for name in ("mara", "d1", "anselm"))


async def entries(app: UnderstudyApp, pilot: Pilot[int], *keys: str) -> list[str]:
    """What the palette shows of the profiles' entries after some keys."""
    app.desk.profiles.summaries = SHELF
    await pilot.press(*keys)
    await app.workers.wait_for_complete()
    await pilot.pause()
    titles = [f"{act} {summary.title}{end}" for summary in SHELF for act, end in (("Take", ""), ("Make", " ready"))]
    return [title for title in titles if title in text_of(app)]


async def test_a_search_finds_titles_that_have_the_words() -> None:
    async with running(FakeSession(), size=(120, 70)) as (app, pilot):
        assert await entries(app, pilot, "ctrl+p", *"mara") == ["Take Mara", "Make Mara ready"]


async def test_single_letters_find_an_entry_where_no_title_has_the_word() -> None:
    async with running(FakeSession(), size=(120, 70)) as (app, pilot):
        assert await entries(app, pilot, "ctrl+p", *"anslm") == ["Take Anselm", "Make Anselm ready"]


async def test_0_lists_every_profile_and_takes_the_one_that_is_chosen() -> None:
    session = FakeSession()
    async with running(session, size=(120, 70)) as (app, pilot):
        assert await entries(app, pilot, "0") == ["Take Mara", "Take D1", "Take Anselm"]
        assert app.screen.query_one(Input).value == "Take "
        await pilot.press("escape")


async def test_0_says_of_a_profile_that_cannot_go_on_air_why() -> None:
    why = "Dora's [face] can't be used: size is 9."
    async with running(FakeSession(), size=(120, 70)) as (app, pilot):
        app.desk.profiles.summaries = (*SHELF, FakeSummary("dora", "Dora", None, why))
        await pilot.press("0")
        await app.workers.wait_for_complete()
        await pilot.pause()
        shown = text_of(app)
        assert why in shown and "Switch to mara, live" in shown
        assert "Switch to dora" not in shown


def test_the_list_says_how_profiles_without_a_number_are_reached() -> None:
    rows = tuple(ProfileRow(name, name, Standing.IDLE, number) for name, number in (("a", 1), ("b", None)))
    assert "others: 0" in words(profile_lines(make_view(rows=rows), 30, 5)[:1])
    assert "1 more: 0" in words(profile_lines(make_view(rows=rows), 30, 2)[:1])
    assert " more: 0" in words(profile_lines(make_view(rows=rows), 18, 2)[:1])
    refused = (*rows[:1], ProfileRow("c", "c", Standing.REFUSED))
    assert "0" not in words(profile_lines(make_view(rows=refused), 30, 5)[:1])
