"""What a run without a screen tells its user: what is wrong, and what is right again."""

import pytest

from console.commands.headless import Reporter
from pipeline.telemetry import Event, Level, Regained


def test_what_is_wrong_is_told_once_and_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    reporter = Reporter(lambda event: event.text == "kept back")
    reporter.tell(Event(Level.ERROR, "The lane ended with\n  an error.", 0))
    reporter.tell(Event(Level.ERROR, "kept back", 0))
    reporter.tell(Event(Level.INFO, "a good thing", 0))
    reporter.tell_once("The lane ended\nwith an error.")
    reporter.tell_once("The disk\nis full.")
    assert capsys.readouterr().err == "The lane ended with an error.\nThe disk is full.\n"


def test_that_a_lost_device_works_again_is_told_as_its_loss_was(capsys: pytest.CaptureFixture[str]) -> None:
    reporter = Reporter()
    reporter.tell(Event(Level.ERROR, "The output call is gone.", 0))
    reporter.tell(Regained(Level.INFO, "Sound goes out to call again.", 1))
    assert capsys.readouterr().err == "The output call is gone.\nSound goes out to call again.\n"


def test_a_sentence_that_only_goes_on_is_not_told_again_where_things_are_told_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    reporter = Reporter(once=True)
    for text in (
        "The model broke.",
        "The model broke.",
        "The model broke. Silence goes out instead.",
        "The disk is full.",
    ):
        reporter.tell(Event(Level.ERROR, text, 0))
    assert capsys.readouterr().err == "The model broke.\nThe disk is full.\n"
