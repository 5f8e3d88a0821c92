"""Leaving the console: what is asked, and what counts as an answer."""

from dataclasses import replace

import pytest

from console.screens.question import Question
from console.widgets.status_strip import second_line
from pipeline.telemetry import State
from tests.console.fake_app import running, settled, text_of
from tests.console.fake_session import FakeSession, typical_video
from tests.console.test_panels import make_view, words


@pytest.mark.parametrize("key", ["q", "ctrl+c", "ctrl+q"])
async def test_leaving_on_air_is_asked_for_and_no_is_the_answer_of_a_slip(key: str) -> None:
    async with running(FakeSession()) as (app, pilot):
        await pilot.press(key)
        await pilot.pause()
        assert isinstance(app.screen, Question)
        await pilot.press("enter")
        await pilot.pause()
        assert not isinstance(app.screen, Question)
        assert app.is_running and app.return_code is None


@pytest.mark.parametrize("key", ["q", "ctrl+c"])
async def test_leaving_on_air_with_yes(key: str) -> None:
    async with running(FakeSession()) as (app, pilot):
        await pilot.press(key, "y")
        await pilot.pause()
        assert app.return_code == 0


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20)])
async def test_leaving_under_panic_is_asked_for_too(size: tuple[int, int]) -> None:
    async with running(FakeSession(), size=size) as (app, pilot):
        await pilot.press("p", "q")
        await pilot.pause()
        assert isinstance(app.screen, Question)
        lines = [line.split("│")[1] for line in text_of(app).splitlines() if line.count("│") > 1]
        assert (
            "The card goes out. Quitting ends the picture for /dev/video10 and the voice for pipe-source understudy."
            in " ".join(" ".join(lines).split())
        )


async def test_the_question_about_leaving_says_what_is_true_now() -> None:
    session = FakeSession()
    async with running(session) as (app, pilot):
        await pilot.press("q")
        await pilot.pause()
        assert "You are on air. Quitting ends" in text_of(app)
        await pilot.press("f12")
        await pilot.pause()
        assert "The card goes out. Quitting ends" in text_of(app)
        assert "You are on air" not in text_of(app)
        session.over = True
        app._tick_text()
        await settled(app)
        app.show_all()
        await pilot.pause()
        assert "Nothing goes out any more." in text_of(app)


async def test_leaving_in_preview_is_not_asked_about() -> None:
    async with running(FakeSession(state=State.PREVIEW)) as (app, pilot):
        await pilot.press("q")
        await pilot.pause()
        assert app.return_code == 0


async def test_the_question_about_leaving_names_the_voice_beside_a_recording() -> None:
    video = replace(typical_video(), sinks=("con.mkv · 1280×720 · with sound",))
    async with running(FakeSession(video=video), size=(160, 45)) as (app, pilot):
        assert "→ the voice to pipe-source understudy, con.mkv" in text_of(app).splitlines()[1]
        assert app.desk.ended_by_leaving == (
            "You are on air. Quitting ends the voice for pipe-source understudy and the recording con.mkv."
        )
        await pilot.press("q")
        await pilot.pause()
        assert isinstance(app.screen, Question)


@pytest.mark.parametrize("width", [60, 80, 108, 160])
def test_the_voice_is_told_before_a_recordings_format(width: int) -> None:
    video = replace(typical_video(), sinks=("con.mkv · 1280×720 at 30 fps, FLAC and H.264 · with sound",))
    view = replace(make_view(FakeSession(video=video)), hearers=("Call",))
    assert "→ the voice to Call, con.mkv" in words([second_line(view, width)])
