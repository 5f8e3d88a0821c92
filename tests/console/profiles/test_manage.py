"""The shelf on the screen: every key of it, done to real folders."""

from pathlib import Path

import pytest

from console.profiles.manage.manage_screen import ManageScreen
from console.screens.question import Question
from tests.console.fake_app import dashboard_of
from tests.console.profiles.stage import SIZES, done, fill, on_stage, words


def names(tmp_path: Path) -> list[str]:
    """The user's own profiles; what is being made is hidden."""
    return sorted(path.name for path in (tmp_path / "user").iterdir())


@pytest.mark.parametrize("size", SIZES)
async def test_every_profile_is_told_with_its_state_and_why_it_is_refused(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with on_stage(tmp_path, size=size) as (app, pilot, session):
        session.ready, session.loading = ("ben",), "mara"
        await pilot.press("P")
        await done(app, pilot)
        text = words(app)
        assert "Ada ada on air" in text
        assert "Ben ben ready" in text
        assert "Mara mara loading" in text
        assert "dora dora refused" in text
        await pilot.press("end", "up")
        await done(app, pilot)
        if size == SIZES[0]:
            assert "face.size: got 9, wanted a number from 0.8 to 1.25" in words(app)
        await pilot.press("escape")
        assert app.screen is dashboard_of(app)


async def test_enter_makes_a_profile_ready(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as (app, pilot, session):
        await pilot.press("P", "down", "enter")
        await done(app, pilot)
        assert session.calls[-1] == "prepare ben"


async def test_a_copy_is_made_listed_and_can_be_taken_at_once(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as (app, pilot, session):
        await pilot.press("P", "c", "enter")
        await done(app, pilot)
        assert names(tmp_path) == ["ada", "ada-2", "ben", "dora"]
        assert "Ada 2 ada-2" in words(app)
        assert isinstance(app.screen, ManageScreen)
        assert app.screen.entry is not None
        assert app.screen.entry.name == "ada-2"
        await pilot.press("4")
        assert session.calls[-1] == "switch ada-2", "it has the next free number; the others keep theirs"


async def test_a_name_that_is_taken_is_told_in_the_question(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as (app, pilot, _):
        await pilot.press("P", "c")
        await fill(app, pilot, "ben")
        assert "A profile called ben is there already" in words(app)
        await pilot.press("escape")
        await done(app, pilot)
        assert names(tmp_path) == ["ada", "ben", "dora"]


async def test_another_title_is_written_and_a_shipped_one_is_left_alone(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as (app, pilot, _):
        await pilot.press("P", "down", "r")
        await fill(app, pilot, "Benno")
        assert 'title = "Benno"' in (tmp_path / "user" / "ben" / "profile.toml").read_text()
        assert "Benno ben" in words(app)
        await pilot.press("r")
        await fill(app, pilot, "x" * 41)
        assert "title: got" in words(app)
        await pilot.press("escape")


async def test_a_profile_goes_through_an_archive_and_asks_before_it_replaces(tmp_path: Path) -> None:
    archive = tmp_path / "ben.zip"
    async with on_stage(tmp_path, size=(160, 45)) as (app, pilot, _):
        await pilot.press("P", "down", "x")
        await fill(app, pilot, str(archive))
        assert archive.is_file()
        before = archive.stat().st_mtime_ns
        await pilot.press("x")
        await fill(app, pilot, str(archive))
        assert isinstance(app.screen, Question)
        await pilot.press("enter")
        assert archive.stat().st_mtime_ns == before, "the answer is no unless yes is chosen"
        (tmp_path / "user" / "ben" / "profile.toml").write_text("broken")
        await pilot.press("i")
        await fill(app, pilot, str(archive))
        assert isinstance(app.screen, Question)
        await pilot.press("y")
        await done(app, pilot)
        assert 'title = "Ben"' in (tmp_path / "user" / "ben" / "profile.toml").read_text()


async def test_an_archive_that_is_none_is_told(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as (app, pilot, _):
        await pilot.press("P", "i")
        await fill(app, pilot, str(tmp_path / "no.zip"))
        assert "There is no archive" in words(app)
        await pilot.press("escape")


async def test_removing_asks_and_the_answer_is_no(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as (app, pilot, _):
        await pilot.press("P", "down", "delete")
        await done(app, pilot)
        assert isinstance(app.screen, Question)
        await pilot.press("enter")
        await done(app, pilot)
        assert "ben" in names(tmp_path)
        await pilot.press("delete", "y")
        await done(app, pilot)
        assert names(tmp_path) == ["ada", "dora"]
        assert "Ben" not in {row.title for row in app.desk.rows(None)}


async def test_the_profile_in_the_lane_and_one_on_its_way_are_not_removed(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as (app, pilot, _):
        await pilot.press("P", "delete")
        await done(app, pilot)
        assert isinstance(app.screen, ManageScreen)
        assert "take another profile first" in words(app)
        assert "ada" in names(tmp_path)


async def test_a_broken_profile_can_be_removed(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as (app, pilot, _):
        await pilot.press("P", "down", "down", "delete", "y")
        await done(app, pilot)
        assert names(tmp_path) == ["ada", "ben"]


def test_every_key_of_the_shelf_says_what_it_does() -> None:
    assert [binding for binding in ManageScreen.BINDINGS if not binding.tooltip or not binding.id] == []
