"""Recordings, snapshots, cameras and counters, by their keys."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from console.app import UnderstudyApp
from console.ports import Folders, Outputs, Surroundings
from pipeline.errors import UnderstudyError
from pipeline.telemetry import Drops
from tests.console.fake_app import running, settled, text_of
from tests.console.fake_machine import FakeMachine
from tests.console.fake_session import ADA, BEN, FakeSession, FakeShelf, make_desk


@dataclass(frozen=True)
class FakeCamera:
    """A camera on a list."""

    wanted: str
    title: str
    source: str


def app_over(session: FakeSession, folder: Path) -> UnderstudyApp:
    """An app that keeps what it is told to in a folder, with two cameras."""
    cameras = (FakeCamera("1", "Other camera", "other"), FakeCamera("broken", "Broken camera", "broken"))

    def opening(tell: object) -> FakeSession:
        session.on_event = tell
        return session

    around = Surroundings(
        FakeShelf(ADA, BEN), Outputs(), FakeMachine, session.clock,
        list_cameras=lambda: cameras, folders=Folders(folder / "films", folder / "shots"),
    )  # fmt: skip
    return UnderstudyApp(opening, around)


async def test_r_records_and_ends_it_again(tmp_path: Path) -> None:
    session = FakeSession()
    app = app_over(session, tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(app)
        await pilot.press("r")
        await settled(app)
        await pilot.pause()
        assert session.calls[-1].startswith("record ada-") and session.calls[-1].endswith(".mp4")
        assert (tmp_path / "films").is_dir()
        app.show_all()
        await pilot.pause()
        assert "REC" in text_of(app)
        await pilot.press("r")
        await settled(app)
        assert session.calls[-1] == "record None"


async def test_s_keeps_a_picture_and_every_reading_beside_it(tmp_path: Path) -> None:
    session = FakeSession()
    app = app_over(session, tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(app)
        await pilot.press("s")
        await settled(app)
        assert session.calls[-1].startswith("snapshot ada-")
        (figures,) = (tmp_path / "shots").glob("ada-*.json")
        told = json.loads(figures.read_text(encoding="utf-8"))
        assert told["state"] == "ON AIR" and told["profile"] == "ada" and told["video"]["frames_in"] > 0


@pytest.mark.parametrize(("keys", "told"), [(("enter",), "The camera is now: Other"), (("down", "enter"), "is broken")])
async def test_d_lists_cameras_and_takes_one(tmp_path: Path, keys: tuple[str, ...], told: str) -> None:
    session = FakeSession()
    app = app_over(session, tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(app)
        await pilot.press("d")
        await settled(app)
        await pilot.pause()
        assert "Other camera" in text_of(app)
        await pilot.press("home", *keys)
        await settled(app)
        await pilot.pause()
        assert told in text_of(app)


def test_a_folder_that_can_not_be_made_is_a_sentence(tmp_path: Path) -> None:
    desk = make_desk(FakeSession())
    (tmp_path / "file").touch()
    with pytest.raises(UnderstudyError, match="can't be made"):
        desk.live.record(tmp_path / "file" / "films" / "a.mp4")
    with pytest.raises(UnderstudyError, match="Nothing is being recorded"):
        desk.live.stop_recording()


async def test_R_counts_losses_from_zero_on() -> None:
    session = FakeSession()
    session.count_frames(1000, drops=Drops(capture=77))
    async with running(session, size=(160, 60)) as (app, pilot):
        await pilot.pause()
        assert "77" in text_of(app)
        await pilot.press("R")
        await pilot.pause()
        assert "77" not in text_of(app)
        session.count_frames(10, drops=Drops(capture=80))
        session.let_pass(0.3)
        app.show_all()
        await pilot.pause()
        row = next(line for line in text_of(app).splitlines() if " capture  " in line)
        assert row.split()[-1] == "3"


async def test_the_strip_tells_who_sees_the_virtual_camera() -> None:
    session = FakeSession()
    seen = {"/dev/video10": ("firefox", "zoom")}
    around = Surroundings(
        FakeShelf(ADA, BEN), Outputs("/dev/video10"), FakeMachine, session.clock, find_readers=lambda name: seen[name]
    )
    app = UnderstudyApp(lambda tell: session, around)
    async with app.run_test(size=(160, 45)) as pilot:
        await settled(app)
        app.show_all()
        await settled(app)
        app.show_all()
        await pilot.pause()
        assert "seen by firefox, zoom" in text_of(app)
        seen["/dev/video10"] = ()
        session.let_pass(2.0)
        app.show_all()
        await settled(app)
        app.show_all()
        await pilot.pause()
        assert "seen by nobody yet" in text_of(app)


def test_what_was_kept_before_is_never_written_over(tmp_path: Path) -> None:
    desk = make_desk(FakeSession())
    for name in ("a.mp4", "b.json", "c.png"):
        (tmp_path / name).write_text("kept")
    for act in (
        lambda: desk.live.record(tmp_path / "a.mp4"),
        lambda: desk.live.snapshot(tmp_path / "b.png", lambda readings: {}),
        lambda: desk.live.snapshot(tmp_path / "c.png", lambda readings: {}),
    ):
        with pytest.raises(UnderstudyError, match="is there already"):
            act()
    assert all(file.read_text() == "kept" for file in tmp_path.iterdir())
