"""Models that fail under a command: its last line and its exit status tell."""

from dataclasses import replace
from pathlib import Path
from unittest.mock import MagicMock

import pytest

from console.commands.headless import model_failures
from console.commands.render import render_file
from pipeline.render import RenderProgress
from pipeline.telemetry import AudioReadings, Outage, Readings, State, VideoReadings


def test_what_a_model_left_out_at_the_end_is_told_and_what_it_has_got_over_is_not() -> None:
    reason = "The model ada.dfm failed on CPU."
    video = VideoReadings(frames_in=63, policy_frames=63, outage=Outage(reason, 60))
    audio = AudioReadings(outage=Outage(reason, 172))
    readings = Readings(State.ON_AIR, "ada", "Ada", None, 0, 2.0, video, audio=audio)
    assert model_failures(readings) == (
        f"At the end there was no face, but the fail-safe, as on 60 of 63 frames: {reason}",
        f"At the end there was no voice, and 1.7 s were silent: {reason}",
    )
    over = replace(readings, video=replace(video, outage=Outage("", 60)), audio=replace(audio, outage=Outage("", 172)))
    assert model_failures(over) == model_failures(replace(over, audio=None)) == ()


@pytest.mark.parametrize(
    ("progress", "told"),
    [
        (RenderProgress(60, 2.0, 2.0, faces_found=40, policy_frames=20), ""),
        (RenderProgress(60, 2.0, 2.0, failed_frames=40), "the fail-safe stands on 40 of 60 frames."),
        (RenderProgress(0, 11.0, 11.0, sound_s=11.0, silent_s=10.96), "11.0 of 11.0 s of sound are silent."),
        (
            RenderProgress(60, 2.0, 2.0, failed_frames=60, sound_s=2.0, silent_s=1.0),
            "the fail-safe stands on 60 of 60 frames and 1.0 of 2.0 s of sound are silent.",
        ),
    ],
)
def test_a_render_fails_where_a_model_did_and_not_where_nobody_was_to_be_seen(
    progress: RenderProgress, told: str, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rendering = MagicMock(**{"step.return_value": False, "progress.return_value": progress}, remark=None)
    rendering.__enter__.return_value = rendering
    monkeypatch.setattr("console.commands.render.open_rendering", lambda job, models, report: rendering)
    assert render_file(Path("in.wav"), Path("out.wav"), "mara") == bool(told)
    assert capsys.readouterr().err == (f"A model failed, so that {told}\n" if told else "")
