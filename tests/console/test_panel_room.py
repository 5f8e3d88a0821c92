"""A panel that is as high as its lines, whatever happens while the screen comes up."""

from textual.app import App, ComposeResult
from textual.containers import Vertical

from console.widgets.panel import Panel, Role

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
