"""A panel that is as high as its lines, whatever happens while the screen comes up."""

from datetime import datetime

from textual.app import App, ComposeResult
from textual.containers import Vertical

from console.events.event_list import event_lines
from console.events.journal import Entry
from console.widgets.panel import Panel, Role
from pipeline.telemetry import Level

LINES = [(("one", Role.TEXT),), (("two", Role.TEXT),)]


class PanelApp(App[None]):
    """One panel."""

    CSS = "Panel { height: auto; }"

    def compose(self) -> ComposeResult:
        """The panel."""
        with Vertical():
            yield Panel()


async def test_a_panel_gets_its_room_though_its_lines_came_while_it_was_laid_out() -> None:
    async with PanelApp().run_test() as pilot:
        panel = pilot.app.query_one(Panel)
        panel.refresh(layout=True)
        panel.screen._refresh_layout()
        panel.show(LINES)
        await pilot.pause()
        panel.show(LINES)
        await pilot.pause()
        assert panel.size.height == len(LINES)


def test_the_newest_event_has_two_rows_where_it_needs_them() -> None:
    at = datetime(2026, 1, 1, 12, 0, 0)
    long = "No sound from the microphone: silence goes out until it is back."
    entries = [Entry(at, Level.WARNING, text) for text in (long, long)]
    rows = ["".join(text for text, _ in line) for line in event_lines(entries, 50, 4)]
    assert len(rows) == 4
    assert f"{rows[1][11:].strip()} {rows[2].strip()}" == long
    assert rows[3].endswith("…")
    assert len(event_lines(entries, 50, 2)) == 2
