"""A new profile, step by step, with small pictures that any check takes."""

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from console.app import UnderstudyApp
from console.commands.brought import making
from console.commands.targets.checking import Findings
from console.profiles.manage.manage_screen import ManageScreen
from console.profiles.wizard import steps
from console.profiles.wizard.steps import QUESTIONS, USUAL, Step, asked, explanation, faults, wish
from console.profiles.wizard.wizard_screen import WizardScreen
from console.screens.question import Question
from profiles.profile import Kind
from profiles.store import ProfileStore
from tests.console.conftest import put_picture
from tests.console.profiles.stage import SIZES, done, on_stage, words


@pytest.fixture(autouse=True)
def any_picture_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """Portraits are not looked at by networks; rooms are opened as ever."""
    monkeypatch.setattr(steps, "portrait_reasons", lambda path: ("It shows no face.",) if path.stem == "bad" else ())
    monkeypatch.setattr(making, "portrait_reasons", lambda path: ())
    monkeypatch.setattr(making, "file_problems", lambda profile: [])
    monkeypatch.setattr(making, "build_findings", lambda profile, device: Findings((), ("Runs on the CPU.",)))


async def enter(app: UnderstudyApp, pilot: Pilot[int], key: str, text: str) -> None:
    """Answers a question, and goes on."""
    app.screen.query_one(f"#ask-{key} Input", Input).value = text
    await pilot.press("pagedown")
    await done(app, pilot)


def answered(**answers: str) -> dict[str, str]:
    return {**USUAL, **answers}


def test_only_questions_that_mean_something_are_asked() -> None:
    def keys(step: Step, **answers: str) -> set[str]:
        return {question.key for question in asked(step, answered(**answers))}

    assert keys(Step.FACE) == {"face", "portrait"}
    assert {"face_model", "recogniser", "converter", "face_family"} <= keys(Step.FACE, face="embedding")
    assert {"median_f0_hz", "formant_scale"} <= keys(Step.VOICE)
    assert {"voice_model", "encoder"} <= keys(Step.VOICE, voice="rvc")
    assert "median_f0_hz" not in keys(Step.VOICE, voice="rvc")


def test_a_real_person_is_told_what_consent_needs() -> None:
    assert "consent record" in explanation(Step.KIND, answered(kind="person"))
    assert "declare" in explanation(Step.KIND, answered(kind="persona"))


@pytest.mark.parametrize(
    ("step", "answers", "key", "told"),
    [
        (Step.NAME, {"name": "Eve"}, "name", "can't be a profile's"),
        (Step.NAME, {"name": "ada"}, "name", "is there already"),
        (Step.NAME, {"name": "eve", "title": "x" * 41}, "title", "wanted a text of 1 to 40"),
        (Step.FACE, {}, "portrait", "A picture is missing"),
        (Step.FACE, {"portrait": "/none.png"}, "portrait", "There is no file /none.png"),
        (Step.FACE, {"face": "dfm"}, "face_model", "The file is missing"),
        (Step.VOICE, {"median_f0_hz": "20"}, "median_f0_hz", "Got 20, wanted a number from 50 to 500"),
        (Step.VOICE, {"formant_scale": "big"}, "formant_scale", 'Got the text "big"'),
        (Step.VOICE, {"voice": "rvc"}, "voice_model", "The file is missing"),
        (Step.ROOM, {"background": "/none.jpg"}, "background", "There is no file"),
    ],
)
def test_what_is_wrong_is_told_by_question(step: Step, answers: dict[str, str], key: str, told: str) -> None:
    found = faults(step, answered(**{"name": "eve", **answers}), frozenset({"ada"}))
    assert told in found[key]
    assert set(found) == {key}


def test_a_file_that_is_no_model_is_told_by_its_question(tmp_path: Path) -> None:
    file = put_picture(tmp_path / "p.png")
    found = faults(Step.FACE, answered(name="eve", face="dfm", face_model=str(file)))
    assert "face_model" in found
    assert "portrait" not in found


def test_a_room_that_is_no_picture_and_a_bad_portrait_are_told(tmp_path: Path) -> None:
    torn = tmp_path / "bad.png"
    torn.write_text("no picture")
    assert "background" in faults(Step.ROOM, answered(name="eve", background=str(torn)))
    assert faults(Step.FACE, answered(name="eve", portrait=str(torn)))["portrait"] == "It shows no face."


def test_the_wish_has_only_what_was_asked(tmp_path: Path) -> None:
    made = wish(
        answered(name="eve-two", portrait="p.png", face_model="left over.dfm", median_f0_hz="210", kind="person")
    )
    assert (made.title, made.kind) == ("Eve Two", Kind.PERSON)
    assert made.brought.face_model is None
    assert made.settings["voice.median_f0_hz"] == 210.0


@pytest.mark.parametrize("size", SIZES)
async def test_a_profile_is_made_step_by_step(tmp_path: Path, size: tuple[int, int]) -> None:
    portrait, room = put_picture(tmp_path / "face.png"), put_picture(tmp_path / "stage.png")
    async with on_stage(tmp_path, size=size) as (app, pilot, session):
        await pilot.press("P", "n")
        await done(app, pilot)
        assert "1 of 6" in words(app)
        await pilot.press("pagedown")
        await done(app, pilot)
        await pilot.press(*"eve", "enter", "enter")
        await done(app, pilot)
        assert "3 of 6" in words(app), "enter goes from answer to answer, and on after the last"
        await enter(app, pilot, "portrait", str(portrait))
        assert "4 of 6" in words(app)
        await enter(app, pilot, "median_f0_hz", "210")
        await enter(app, pilot, "background", str(room))
        text = words(app)
        assert "6 of 6" in text
        assert "Runs on the CPU." in text
        assert "210" in text
        assert not (tmp_path / "user" / "eve").exists(), "nothing is made before it is agreed on"
        await pilot.press("enter")
        await done(app, pilot)
        await done(app, pilot)
        assert isinstance(app.screen, ManageScreen)
        assert "Eve eve cold" in words(app)
        made = ProfileStore((tmp_path / "user",)).load("eve")
        assert (made.voice.median_f0_hz, made.background.kind, made.kind) == (210.0, "image", Kind.PERSONA)
        assert session.profile.name == "ada", "the lane goes on as it was"


async def test_going_back_and_forth_loses_nothing_and_faults_stand_beside_their_question(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as (app, pilot, _):
        await pilot.press("P", "n", "pagedown")
        await done(app, pilot)
        await pilot.press(*"Eve!", "pagedown")
        await done(app, pilot)
        assert "can't be a profile's" in words(app)
        await pilot.press(*["backspace"] * 4, *"eve", "pagedown")
        await done(app, pilot)
        await pilot.press("pageup", "pageup", "pagedown")
        await done(app, pilot)
        assert app.screen.query_one("#ask-name Input", Input).value == "eve"


async def test_cancelling_asks_only_when_something_was_entered(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as (app, pilot, _):
        await pilot.press("P", "n", "escape")
        await done(app, pilot)
        assert isinstance(app.screen, ManageScreen)
        await pilot.press("n", "pagedown")
        await done(app, pilot)
        await pilot.press(*"eve", "escape")
        await done(app, pilot)
        assert isinstance(app.screen, Question)
        await pilot.press("n")
        await done(app, pilot)
        assert isinstance(app.screen, WizardScreen)
        await pilot.press("escape", "y")
        await done(app, pilot)
        assert isinstance(app.screen, ManageScreen)


async def test_no_key_of_the_dashboard_acts_while_something_is_entered(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as (app, pilot, session):
        await pilot.press("P", "n")
        await done(app, pilot)
        before = list(session.calls)
        await pilot.press("1", "2", "m", "r", "b", "u")
        assert session.calls == before
        await pilot.press("f12")
        assert session.calls[-1] == "panic"


def test_every_question_has_a_name_of_its_own() -> None:
    keys = [question.key for questions in QUESTIONS.values() for question in questions]
    assert len(keys) == len(set(keys))
