"""A whole session whose engine fails: its recording is as long as its pictures, and the actor is never in it."""

from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from pipeline.assembly import Chain
from pipeline.audio.rig import SoundSettings
from pipeline.audio.stream import BLOCK_SAMPLES, RATE_HZ
from pipeline.circumstances import Circumstances
from pipeline.inference.store import ModelStore
from pipeline.rig import SessionSettings
from pipeline.session import Session
from pipeline.telemetry import Event
from pipeline.video.devices.settings import Pace, SourceSettings
from profiles.profile import Profile
from tests.chains import FakeAssembly, make_profile
from tests.flashes import FlashFilm, find, write_flash_film
from tests.footage import models
from tests.pipeline.audio.fault_desk import BARE, Masked, Sound, likeness, noise, silence_on, torn
from tests.rigging import SOON_S

LONG_S = 60.0
SECONDS = 3.0
QUIET = 0.03
"""Mean level of a millisecond below which nobody speaks: the noise is at 0.1."""


class Faltering(FakeAssembly):
    """Gives every chain an engine that can't do its 50th block."""

    def __init__(self, store: ModelStore, profile: Profile, size: tuple[int, int], session: Circumstances) -> None:
        super().__init__(size, session)

    def build(self, profile: Profile) -> Chain:
        """A chain with that engine."""
        return replace(super().build(profile), voice=Masked(silence_on(50, error=torn())))


def write_sound(path: Path, sound: Sound) -> Path:
    """A wav file."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=RATE_HZ)
        stream.layout = "mono"
        whole = np.rint(np.clip(sound, -1, 1) * 32767).astype(np.int16)[np.newaxis]
        frame = av.AudioFrame.from_ndarray(whole, format="s16", layout="mono")
        frame.sample_rate = RATE_HZ
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def test_an_engine_that_fails_on_its_50th_block_leaves_one_block_of_silence_in_the_recording(tmp_path: Path) -> None:
    said = noise(SECONDS)
    film = write_flash_film(tmp_path / "in.mkv", FlashFilm(seconds=SECONDS))
    microphone = write_sound(tmp_path / "said.wav", said)
    settings = SessionSettings(
        SourceSettings(camera=str(film), pace=Pace.MAX),
        record=tmp_path / "out.mkv",
        sound=SoundSettings(str(microphone), condition=BARE),
        assemble=Faltering,
    )
    events: list[Event] = []
    session = Session(settings, make_profile(), models(), on_event=events.append)
    session.start()
    try:
        assert session.wait(LONG_S)
    finally:
        session.stop(SOON_S)
    found = find(tmp_path / "out.mkv")
    assert found.pictures == round(SECONDS * FlashFilm.fps)
    assert found.sound_end_s == pytest.approx(SECONDS, abs=0.001)
    # The recording's codec is not exact.
    steps = found.samples[: round(SECONDS * 1000) * RATE_HZ // 1000].reshape(-1, RATE_HZ // 1000)
    quiet = np.flatnonzero(np.sqrt(np.square(steps).mean(axis=1)) < QUIET)
    assert len(quiet) == pytest.approx(BLOCK_SAMPLES / RATE_HZ * 1000, abs=2)
    assert quiet[-1] - quiet[0] == len(quiet) - 1
    assert likeness(found.samples, said) < 0.5
    (text,) = (event.text for event in events if "Silence" in event.text)
    assert text == "The stage masked is torn. Silence goes out instead."
