"""A file's sound in a voice that is a network: every sample at its own time, at the voice's own pitch."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.audio.devices.sound_recorder import SoundRecorder
from pipeline.audio.stream import RATE_HZ
from pipeline.errors import ModelError
from pipeline.render import RenderJob, open_rendering
from pipeline.session import Session, SessionSettings
from tests.fakes import FakeSource
from tests.films import make_film
from tests.footage import models
from tests.neural_cast import watched
from tests.pipeline.audio.neural.test_switching import wearing
from tests.pipeline.audio.neural.voices import pitch_of, tone
from tests.pipeline.audio.voice.speech import decoded

NETWORKS = 3
"""A voice, its content encoder and its pitch network."""


def said(path: Path) -> Path:
    """Half a second of silence, a second of a tone, half a second of silence."""
    with SoundRecorder(path) as target:
        target.write(np.pad(tone(200.0, samples=RATE_HZ), RATE_HZ // 2))
    return path


def test_sound_is_rendered_in_the_profile_s_own_voice(tmp_path: Path) -> None:
    profile = wearing(tmp_path)
    rvc = profile.rvc.model_copy(update={"transpose_semitones": 12.0})
    job = RenderJob(said(tmp_path / "in.wav"), tmp_path / "out.wav", profile.model_copy(update={"rvc": rvc}))
    with open_rendering(job, models()) as rendering:
        while rendering.step():
            pass
    sound = decoded(tmp_path / "out.wav")
    assert len(sound) == 2 * RATE_HZ
    assert pitch_of(sound[RATE_HZ // 2 : -RATE_HZ // 2]) == pytest.approx(400.0, rel=0.01)
    loud = np.flatnonzero(np.abs(sound) > 0.02) / RATE_HZ
    assert loud[0] == pytest.approx(0.5, abs=0.04) and loud[-1] == pytest.approx(1.5, abs=0.04)


def test_a_voice_is_opened_once_for_a_film_and_not_at_all_where_nobody_hears_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watching, watch = watched()
    monkeypatch.setattr("pipeline.inference.onnx.runtime.OnnxNetwork", watching)
    profile = wearing(tmp_path)
    film = make_film(tmp_path / "in.mp4", count=3, beep_s=0.1)
    with open_rendering(RenderJob(film, tmp_path / "out.mp4", profile), models()) as rendering:
        while rendering.step():
            pass
    assert watch.opened == NETWORKS
    session = Session(SessionSettings(FakeSource.of(1)), profile, models())
    session.start()
    providers = session.readings().providers
    session.stop()
    assert watch.opened == NETWORKS and not [name for name in providers if name.endswith(".onnx")]


def test_a_missing_voice_is_said_before_anything_is_written(tmp_path: Path) -> None:
    profile = wearing(tmp_path)
    (tmp_path / "voice.onnx").unlink()
    job = RenderJob(said(tmp_path / "in.wav"), tmp_path / "out.wav", profile)
    with pytest.raises(ModelError, match="voice.onnx is missing"):
        open_rendering(job, models())
    assert not (tmp_path / "out.wav").exists()
