"""A file's sound in another voice: sample for sample in its place, and no louder than what goes on air."""

import wave
from pathlib import Path

import numpy as np
import pytest

from pipeline.audio.conversion import Conversion
from pipeline.audio.lane import CEILING_DBFS
from pipeline.audio.stream import RATE_HZ
from tests.fakes import FakeClock, FakeVoice


def write(path: Path, level: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """A second and a bit of a tone, in a file; and what is in it."""
    pcm = (32_767 * level * np.sin(np.arange(RATE_HZ + 123) / 17.0)).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(pcm.tobytes())
    return pcm.astype(np.float32) / np.float32(32_768)


@pytest.mark.parametrize("factor", [1.0, 4.0])
def test_the_sound_keeps_its_place_and_is_held_below_the_ceiling(tmp_path: Path, factor: float) -> None:
    sound = write(tmp_path / "in.wav", 0.8)
    with Conversion(tmp_path / "in.wav", (), FakeVoice(factor), FakeClock()) as conversion:
        done = np.concatenate([block.samples[:, 0] for block in conversion.blocks()])
    assert len(done) == len(sound)
    assert np.abs(done).max() <= 10 ** (CEILING_DBFS / 20)
    if factor == 1.0:
        assert np.array_equal(done, sound)
    else:
        assert np.corrcoef(done, sound)[0, 1] > 0.99
