"""The live picture: centred, unstretched, in colour when something lies over it, grey when colour is not wanted."""

import numpy as np
import pytest
from textual.app import App, ComposeResult
from textual.geometry import Region

from console.pictures.live_picture import Caption, LivePicture
from tests.console.fake_session import FakePreview


class PictureApp(App[None]):
    """Nothing but a picture."""

    CSS = "LivePicture { width: 1fr; height: 1fr; }"

    def compose(self) -> ComposeResult:
        """The picture."""
        yield LivePicture()


async def test_pictures_are_asked_for_in_the_shape_of_the_frames() -> None:
    app = PictureApp()
    async with app.run_test(size=(40, 10)):
        widget = app.query_one(LivePicture)
        assert widget.wanted_size((1280, 720)) == (36, 20)
        assert widget.wanted_size((2000, 100)) == (40, 2)
        assert widget.wanted_size((720, 1280)) == (11, 20)


async def test_a_picture_is_centred_between_dark_bars() -> None:
    app = PictureApp()
    async with app.run_test(size=(40, 10)):
        widget = app.query_one(LivePicture)
        assert widget.show(FakePreview(np.full((20, 30, 3), 200, np.uint8), 1))
        strip = widget.render_lines(Region(0, 0, 40, 10))[4]
        levels = [segment.style.color.get_truecolor().red for segment in strip if segment.style and segment.style.color]
        assert [level > 100 for level in levels] == [False] * 5 + [True] * 30 + [False] * 5


async def test_the_same_picture_is_not_painted_again() -> None:
    app = PictureApp()
    async with app.run_test(size=(20, 5)):
        widget = app.query_one(LivePicture)
        picture = FakePreview(np.zeros((10, 20, 3), np.uint8), 7)
        assert widget.show(picture)
        assert not widget.show(picture)


async def test_a_picture_of_another_size_than_asked_for_does_no_harm() -> None:
    app = PictureApp()
    async with app.run_test(size=(20, 5)) as pilot:
        widget = app.query_one(LivePicture)
        for serial, shape in enumerate(((30, 50, 3), (3, 4, 3), (10, 20, 3))):
            assert widget.show(FakePreview(np.zeros(shape, np.uint8), serial))
            await pilot.pause()
            assert all(row.cell_length == 20 for row in widget.render_lines(Region(0, 0, 20, 5)))


async def test_a_resized_widget_paints_the_picture_anew() -> None:
    app = PictureApp()
    async with app.run_test(size=(20, 5)) as pilot:
        widget = app.query_one(LivePicture)
        widget.show(FakePreview(np.full((10, 20, 3), 250, np.uint8), 1))
        await pilot.resize_terminal(30, 8)
        assert all(row.cell_length == 30 for row in widget.render_lines(Region(0, 0, 30, 8)))
        assert widget.show(FakePreview(np.full((16, 30, 3), 250, np.uint8), 1))


@pytest.mark.parametrize("size", [(30, 5), (12, 5), (20, 8)])
async def test_a_picture_that_stands_still_fills_a_resized_widget(size: tuple[int, int]) -> None:
    """The card under panic keeps its number for as long as it is up."""
    app = PictureApp()
    async with app.run_test(size=(20, 5)) as pilot:
        widget = app.query_one(LivePicture)
        widget.show(FakePreview(np.full((10, 20, 3), 250, np.uint8), -1))
        await pilot.resize_terminal(*size)
        await pilot.pause()
        assert widget.show(FakePreview(np.full((2 * size[1], size[0], 3), 250, np.uint8), -1))
        rows = widget.render_lines(Region(0, 0, *size))
        assert all(row.text == "▀" * size[0] for row in rows)


async def test_words_replace_the_lowest_row() -> None:
    app = PictureApp()
    async with app.run_test(size=(30, 5)):
        widget = app.query_one(LivePicture)
        widget.show(FakePreview(np.full((10, 30, 3), 250, np.uint8), 1))
        widget.caption(Caption("no new picture for 3 s", warning=True))
        rows = widget.render_lines(Region(0, 0, 30, 5))
        assert "no new picture for 3 s" in rows[4].text
        assert "▀" in rows[3].text


async def test_no_colour_means_grey(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = PictureApp()
    async with app.run_test(size=(10, 3)):
        widget = app.query_one(LivePicture)
        widget.show(FakePreview(np.full((6, 10, 3), (250, 20, 90), np.uint8), 1))
        style = next(iter(widget.render_lines(Region(0, 0, 10, 3))[0])).style
        assert style is not None and style.color is not None
        red, green, blue = style.color.get_truecolor()
        assert red == green == blue > 30
