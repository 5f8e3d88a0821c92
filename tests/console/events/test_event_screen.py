"""The screen of events."""

from console.events.event_screen import EventScreen
from tests.console.fake_app import running
from tests.console.fake_session import FakeSession


async def test_a_letter_right_after_the_key_of_the_field_is_typed_into_it() -> None:
    async with running(FakeSession()) as (app, pilot):
        await pilot.press("E")
        assert isinstance(app.screen, EventScreen)
        app.screen.action_words()
        # No message has been handled since.
        assert app.screen.focused is not None
        assert app.screen.focused.id == "event-words"
