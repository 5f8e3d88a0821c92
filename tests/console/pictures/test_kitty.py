"""Pictures in pixels: what the terminal shows is the picture, wherever its cells go, and nothing is left behind."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec

import numpy as np
import pytest
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.widgets import Static

from console.pictures.kitty import MOST, MOST_DIRECT, KittyCanvas
from console.pictures.live_picture import Caption, LivePicture
from console.pictures.painting import Painting, Way
from console.pictures.placeholders import MARKS, placed
from console.pictures.shared_memory import WAITING, SharedMemory
from tests.console.fake_session import FakePreview
from tests.console.pictures.kitty_terminal import KittyTerminal, cells_of, read_and_removed

pytestmark = pytest.mark.skipif(find_spec("_posixshmem") is None, reason="this system has no shared memory of POSIX")
WAYS = pytest.mark.parametrize("way", [Way.SHARED, Way.DIRECT])
CELL = (4, 8)


class Question(ModalScreen[None]):
    """Something that lies over the picture."""

    def compose(self) -> ComposeResult:
        """A word."""
        yield Static("really?")


class PictureApp(App[None]):
    """Two pictures at a terminal that takes pixels."""

    CSS = "LivePicture { width: 1fr; height: 1fr; } Screen { layout: horizontal; }"

    def __init__(self, way: Way) -> None:
        super().__init__()
        self.painting = Painting(way, CELL)
        self.terminal = KittyTerminal()

    def compose(self) -> ComposeResult:
        """The pictures."""
        yield LivePicture()
        yield LivePicture()


@asynccontextmanager
async def pictures(way: Way) -> AsyncIterator[tuple[PictureApp, Pilot[None], list[LivePicture]]]:
    """The app with its two pictures of 20 by 5 cells."""
    app = PictureApp(way)
    async with app.run_test(size=(40, 5)) as pilot:
        assert app._driver is not None
        app._driver.write = app.terminal.write  # type: ignore[method-assign]
        yield app, pilot, list(app.query(LivePicture))


def noise(seed: int, shape: tuple[int, int] = (40, 80)) -> np.ndarray:
    """A picture that fills 20 by 5 cells, or another."""
    return np.random.default_rng(seed).integers(0, 256, (*shape, 3)).astype(np.uint8)


def rows_of(widget: LivePicture) -> list:
    return widget.render_lines(Region(0, 0, *widget.size))


@WAYS
async def test_two_terminals_pictures_are_seen_pixel_by_pixel_and_replaced_in_place(way: Way) -> None:
    async with pictures(way) as (app, _, (left, right)):
        assert left.room == (80, 40)
        for seed in (1, 2):
            assert left.show(FakePreview(noise(seed), seed)) and right.show(FakePreview(noise(seed + 7), seed))
            assert (app.terminal.seen(rows_of(left)) == noise(seed)).all()
            assert (app.terminal.seen(rows_of(right)) == noise(seed + 7)).all()
        assert len(app.terminal.held) == 2


@WAYS
async def test_a_smaller_picture_stands_in_the_middle(way: Way) -> None:
    async with pictures(way) as (app, _, (left, _)):
        left.show(FakePreview(np.full((20, 40, 3), 200, np.uint8), 1))
        seen = app.terminal.seen(rows_of(left))
        assert (seen[10:30, 20:60] == 200).all()
        assert (seen == 200).sum() == 20 * 40 * 3


@WAYS
async def test_a_cut_row_still_shows_its_own_part(way: Way) -> None:
    """A dialog leaves the cells beside it."""
    async with pictures(way) as (app, _, (left, _)):
        left.show(FakePreview(noise(3), 1))
        pieces = rows_of(left)[2].divide([3, 11, 20])
        assert [piece.cell_length for piece in pieces] == [3, 8, 9]
        seen = np.concatenate([app.terminal.seen([piece]) for piece in pieces], axis=1)
        assert (seen == noise(3)[16:24]).all()
        assert (app.terminal.seen([pieces[1].crop(2, 5)]) == noise(3)[16:24, 20:32]).all()


@WAYS
async def test_the_same_picture_is_not_sent_again_and_cells_are_not_painted_again(way: Way) -> None:
    async with pictures(way) as (app, pilot, (left, _)):
        left.show(FakePreview(noise(1), 1))
        await pilot.pause()
        sent = len(app.terminal.texts)
        assert not left.show(FakePreview(noise(1), 1))
        assert len(app.terminal.texts) == sent
        canvas = left._surface
        assert isinstance(canvas, KittyCanvas)
        rows = list(canvas.rows)
        canvas.show(noise(2))
        assert canvas.show(noise(4)) == []
        assert all(old is new for old, new in zip(rows, canvas.rows, strict=True))


@WAYS
async def test_a_resized_widget_shows_the_whole_picture_again(way: Way) -> None:
    async with pictures(way) as (app, pilot, (left, _)):
        left.show(FakePreview(noise(1), 1))
        await pilot.resize_terminal(60, 10)
        assert all(row.cell_length == 30 for row in rows_of(left))
        assert left.show(FakePreview(noise(2, (80, 120)), 1))
        assert (app.terminal.seen(rows_of(left)) == noise(2, (80, 120))).all()


@WAYS
async def test_words_take_the_lowest_row_and_leave_the_others(way: Way) -> None:
    async with pictures(way) as (app, _, (left, _)):
        left.show(FakePreview(noise(1), 1))
        left.caption(Caption("no new picture", warning=True))
        rows = rows_of(left)
        assert "no new picture" in rows[4].text
        assert (app.terminal.seen(rows[:4]) == noise(1)[:32]).all()


@WAYS
async def test_no_colour_means_grey_pixels(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with pictures(way) as (app, _, (left, _)):
        left.show(FakePreview(noise(1), 1))
        seen = app.terminal.seen(rows_of(left))
        assert (seen == seen[..., :1]).all()
        assert np.ptp(seen) > 100


@WAYS
async def test_under_a_dialog_the_picture_is_half_blocks_that_go_on(way: Way) -> None:
    """What is dimmed has other colours, by which the terminal would find no picture."""
    async with pictures(way) as (app, pilot, (left, _)):
        left.show(FakePreview(np.full((40, 80, 3), 200, np.uint8), 1))
        await pilot.pause()
        app.push_screen(Question())
        await pilot.pause()
        for serial, level in ((2, 255), (3, 120)):
            left.show(FakePreview(np.full((40, 80, 3), level, np.uint8), serial))
            await pilot.pause()
            strip = app.screen._compositor.render_strips()[3]
            inks = [segment.style.color for segment in strip if segment.style and "▀" in segment.text]
            assert inks and inks[0] is not None and 0 < inks[0].get_truecolor().red < level
        app.pop_screen()
        await pilot.pause()
        assert (app.terminal.seen(rows_of(left)) == 120).all()


@WAYS
async def test_the_terminal_forgets_what_is_not_seen_any_more(way: Way) -> None:
    async with pictures(way) as (app, pilot, (left, right)):
        left.show(FakePreview(noise(1), 1))
        right.show(FakePreview(noise(2), 1))
        right.display = False
        await pilot.pause()
        assert len(app.terminal.held) == 1
        right.display = True
        await pilot.pause()
        assert right.show(FakePreview(noise(2), 1))
        assert len(app.terminal.held) == 2
        left.show(None)
        assert len(app.terminal.held) == 1
        assert all(row.text.strip() == "" for row in rows_of(left))
    assert app.terminal.held == {}


def test_pictures_are_no_larger_than_they_cost() -> None:
    memory = SharedMemory("understudy-test")
    for most, kept in ((MOST, memory), (MOST_DIRECT, None)):
        canvas = KittyCanvas(lambda _: None, 1, Painting(Way.SHARED, (10, 20)), kept)
        width, height = canvas.fit(200, 50)
        assert width <= most[0] and height <= most[1]
        assert width / height == pytest.approx(2.0, rel=0.02)
        assert canvas.fit(0, 0) == (0, 0)


def test_memory_that_the_terminal_leaves_lying_is_removed() -> None:
    memory = SharedMemory("understudy-test-left")
    names = [memory.put(np.full((2, 2, 3), number, np.uint8)) for number in range(WAITING + 2)]
    for name in names[:2]:
        with pytest.raises(FileNotFoundError):
            read_and_removed(name, 12)
    assert read_and_removed(names[-1], 12) == bytes([WAITING + 1] * 12)
    memory.close()
    for name in names:
        with pytest.raises(FileNotFoundError):
            read_and_removed(name, 12)


def test_memory_that_nobody_closed_is_removed_with_whoever_had_it() -> None:
    memory = SharedMemory("understudy-test-dropped")
    name = memory.put(np.zeros((2, 2, 3), np.uint8))
    del memory
    gc.collect()
    with pytest.raises(FileNotFoundError):
        read_and_removed(name, 12)


def test_memory_that_is_full_costs_one_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> str:
        raise OSError("no space left")

    terminal = KittyTerminal()
    memory = SharedMemory("understudy-test-full")
    canvas = KittyCanvas(terminal.write, 5, Painting(Way.SHARED, CELL), memory)
    canvas.fit(20, 5)
    with monkeypatch.context() as patch:
        patch.setattr(memory, "put", full)
        assert canvas.show(noise(1)) == [0, 1, 2, 3, 4]
    canvas.show(noise(2))
    assert (terminal.seen(canvas.rows) == noise(2)).all()
    canvas.clear()


def test_marks_are_those_of_the_protocol() -> None:
    assert len(MARKS) == len(set(MARKS)) == 297
    assert [f"{ord(MARKS[number]):x}" for number in (0, 1, 100, 296)] == ["305", "30d", "7eb", "1d244"]
    assert cells_of(placed(0x102030, 7, 2, 5)) == [(0x102030, 7, column) for column in (2, 3, 4)]
    assert placed(1, 0, 4, 4) == ""
    assert placed(1, 300, 0, 3) == placed(1, 0, 300, 303) == "   "
