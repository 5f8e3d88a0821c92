"""A sound file that is written: whole, by one at a time, and let go of when it can't be."""

import wave
from pathlib import Path
from typing import Any

import av
import av.error
import numpy as np
import pytest

from pipeline.audio.devices.sound_decoder import SoundDecoder, beginning
from pipeline.audio.devices.sound_recorder import ENCODERS, SoundRecorder
from pipeline.audio.stream import RATE_HZ
from pipeline.errors import DeviceError

TONE = (0.3 * np.sin(2 * np.pi * 220.0 * np.arange(RATE_HZ) / RATE_HZ)).astype(np.float32)


@pytest.mark.parametrize("ending", sorted(ENCODERS))
def test_every_sample_is_in_the_file(tmp_path: Path, ending: str) -> None:
    with SoundRecorder(tmp_path / f"out{ending}") as recorder:
        for start in range(0, len(TONE), 480):
            recorder.write(TONE[start : start + 480])
    recorder.close()
    heard = beginning(SoundDecoder(tmp_path / f"out{ending}"), 2.0)
    assert len(heard) == pytest.approx(len(TONE), abs=0 if ending != ".opus" else RATE_HZ // 25)
    assert float(np.sqrt(np.mean(heard**2))) == pytest.approx(0.3 / np.sqrt(2), rel=0.02)
    with pytest.raises(DeviceError, match="is closed"):
        recorder.write(TONE)


def test_a_file_is_written_by_one_recorder_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "out.wav"
    with SoundRecorder(path) as recorder:
        recorder.write(TONE)
        with pytest.raises(DeviceError, match=r"out\.wav is being written already; choose another name"):
            SoundRecorder(path)
        recorder.write(TONE)
    assert len(beginning(SoundDecoder(path), 3.0)) == 2 * len(TONE)
    SoundRecorder(path).close()


def test_a_file_that_could_not_be_begun_can_be_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "out.wav"

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(av, "open", full)
        with pytest.raises(DeviceError, match="can't be written: No space left on device") as refusal:
            SoundRecorder(path)
    # Whoever keeps the error keeps what it came through.
    assert refusal.value.__cause__ is not None
    SoundRecorder(path).close()


def test_a_file_that_can_not_be_ended_is_let_go_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = SoundRecorder(tmp_path / "out.wav")
    recorder.write(TONE)

    class Torn:
        """An encoder that has nothing more to give."""

        def encode(self, frame: object) -> None:
            raise av.error.InvalidDataError(1, "Invalid data")

    monkeypatch.setattr(recorder, "_stream", Torn())
    with pytest.raises(DeviceError, match=r"stopped after 1\.0 s: invalid data"):
        recorder.close()
    recorder.close()
    # What was written until then plays.
    with wave.open(str(tmp_path / "out.wav")) as file:
        assert file.getnframes() == len(TONE)
    SoundRecorder(tmp_path / "out.wav").close()
