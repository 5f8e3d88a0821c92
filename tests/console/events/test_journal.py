"""What is kept of what has happened, and the screen that shows all of it."""

from datetime import datetime, timedelta

import pytest
from textual.widgets import Input

from console.events.event_list import event_lines
from console.events.event_screen import EventScreen
from console.events.journal import Entry, Journal
from pipeline.telemetry import Event, Level
from tests.console.fake_app import running, text_of
from tests.console.fake_session import FakeSession

NOON = datetime(2026, 1, 1, 12, 0, 0)
LOST = "The camera is gone: unplugged; plug it in again."


def journal_of(*told: tuple[Level, str]) -> Journal:
    """A journal with an entry a second."""
    journal = Journal()
    for number, (level, text) in enumerate(told):
        journal.add(Entry(NOON + timedelta(seconds=number), level, text))
    return journal


def test_it_keeps_the_newest_and_no_more_than_it_has_room_for() -> None:
    journal = Journal(capacity=3)
    for number in range(5):
        journal.add(Entry(NOON, Level.INFO, f"thing {number}"))
    assert [entry.text for entry in journal.entries] == ["thing 2", "thing 3", "thing 4"]


def test_errors_are_unseen_until_somebody_looks() -> None:
    journal = journal_of((Level.ERROR, LOST), (Level.WARNING, "slow"), (Level.ERROR, LOST))
    assert journal.unseen == 1
    journal.see()
    assert journal.unseen == 0
    journal.add(Entry(NOON + timedelta(minutes=9), Level.ERROR, LOST))
    assert journal.unseen == 1


@pytest.mark.parametrize(
    ("words", "least", "found"),
    [
        ("", Level.INFO, ["On air.", LOST, "slow"]),
        ("GONE camera", Level.INFO, [LOST]),
        ("gone air", Level.INFO, []),
        ("", Level.WARNING, [LOST, "slow"]),
        ("", Level.ERROR, [LOST]),
    ],
)
def test_events_are_found_by_words_and_weight_newest_first(words: str, least: Level, found: list[str]) -> None:
    journal = journal_of((Level.WARNING, "slow"), (Level.ERROR, LOST), (Level.INFO, "On air."))
    assert [entry.text for entry in journal.found(words, least)] == found


def test_the_remedy_is_what_follows_what_happened() -> None:
    entry = Entry(NOON, Level.ERROR, LOST, times=2)
    assert entry.what == "×2 The camera is gone: unplugged"
    assert entry.remedy == "plug it in again."
    assert Entry(NOON, Level.INFO, "On air.").remedy == ""


def test_the_heading_counts_errors_that_nobody_has_seen() -> None:
    lines = event_lines([Entry(NOON, Level.ERROR, LOST)], 60, 3, unseen=2)
    assert "2 not seen yet: E" in "".join(text for text, _ in lines[0])


async def test_an_error_stays_on_the_dashboard_until_the_screen_of_events_was_opened() -> None:
    session = FakeSession()
    async with running(session) as (app, pilot):
        session.on_event(Event(Level.ERROR, LOST, 0))
        for number in range(30):
            session.on_event(Event(Level.INFO, f"thing {number}", 0))
        await pilot.pause()
        assert LOST[:30] in text_of(app) and "1 not seen yet: E" in text_of(app)
        await pilot.press("E")
        await pilot.pause()
        assert isinstance(app.screen, EventScreen)
        await pilot.press("escape")
        await pilot.pause()
        assert LOST[:30] not in text_of(app) and "not seen yet" not in text_of(app)


async def test_the_screen_filters_by_words_and_weight_and_tells_the_remedy() -> None:
    session = FakeSession()
    async with running(session) as (app, pilot):
        session.on_event(Event(Level.ERROR, LOST, 0))
        session.on_event(Event(Level.WARNING, "The lane is slow.", 0))
        await pilot.pause()
        await pilot.press("E")
        await pilot.pause()
        await pilot.press("w", "w")
        await pilot.pause()
        shown = text_of(app)
        assert "errors only" in shown and "→ plug it in again." in shown and "The lane is slow" not in shown
        await pilot.press("w", "slash", *"slow")
        await pilot.pause()
        assert app.screen.query_one(Input).value == "slow"
        assert "The lane is slow" in text_of(app) and "unplugged" not in text_of(app)
        await pilot.press("escape", "escape")
        await pilot.pause()
        assert not isinstance(app.screen, EventScreen)


async def test_5000_events_are_scrolled_by_rows_that_are_seen_only() -> None:
    session = FakeSession()
    async with running(session) as (app, pilot):
        for number in range(5000):
            app.journal.add(Entry(NOON, Level.INFO, f"thing {number}"))
        await pilot.press("E")
        await pilot.pause()
        assert "5000 events" in text_of(app) or "4999" in text_of(app)
        await pilot.press("end")
        await pilot.pause()
        assert "thing 1 " in text_of(app)


async def test_no_toast_covers_the_screen_of_events() -> None:
    session = FakeSession()
    async with running(session, size=(80, 24)) as (app, pilot):
        session.on_event(Event(Level.ERROR, LOST * 3, 0))
        await pilot.pause()
        assert len(app._notifications) == 1
        await pilot.press("E")
        await pilot.pause()
        session.on_event(Event(Level.ERROR, "Something else broke; " + "mend it. " * 20, 0))
        await pilot.pause()
        assert len(app._notifications) == 0
