"""Somebody who looks on sees what was captured and hears what the microphone gives, while a session runs."""

import threading
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.audio.lane import AudioLane, AudioLinks
from pipeline.audio.rig import SoundSettings
from pipeline.audio.ring import Ring
from pipeline.errors import LaneError
from pipeline.media import Block, Frame
from pipeline.rig import SessionSettings
from pipeline.session import Session
from pipeline.telemetry import Event, Level
from pipeline.video.devices.settings import SourceSettings
from tests.chains import make_profile
from tests.fakes import FakeClock, FakeVoice
from tests.flashes import FlashFilm, write_flash_film
from tests.footage import models
from tests.lane_desk import LaneDesk, frame_at
from tests.pipeline.test_recorded_sound import Speaking
from tests.rigging import SOON_S


class Onlooker:
    """Notes what it is given."""

    def __init__(self) -> None:
        self.frames, self.blocks = list[Frame](), list[Block]()
        self.saw, self.heard = threading.Event(), threading.Event()

    def see(self, frame: Frame) -> None:
        """Notes it."""
        self.frames.append(frame)
        self.saw.set()

    def hear(self, block: Block) -> None:
        """Notes it."""
        self.blocks.append(block)
        self.heard.set()


def test_it_sees_and_hears_until_it_is_sent_away(tmp_path: Path) -> None:
    film = write_flash_film(tmp_path / "in.mkv", FlashFilm())
    settings = SessionSettings(
        SourceSettings(str(film), loop=True),
        sound=SoundSettings(str(film), str(tmp_path / "out.wav"), loop=True),
        assemble=Speaking,
    )
    session, onlooker = Session(settings, make_profile(), models()), Onlooker()
    session.start()
    try:
        session.let_witness(onlooker)
        assert onlooker.saw.wait(SOON_S)
        assert onlooker.heard.wait(SOON_S)
        session.let_witness(None)
    finally:
        session.stop(SOON_S)
    assert onlooker.frames[0].size == FlashFilm().size
    assert onlooker.blocks[0].samples.shape[1] == 1


def test_a_session_that_has_not_started_has_nothing_to_see(tmp_path: Path) -> None:
    film = write_flash_film(tmp_path / "in.mkv", FlashFilm())
    session = Session(SessionSettings(SourceSettings(str(film))), make_profile(), models())
    with pytest.raises(LaneError):
        session.let_witness(Onlooker())


class Fainting(Onlooker):
    """Can't bear what it sees and hears."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    def see(self, frame: Frame) -> None:
        """Fails at it."""
        super().see(frame)
        raise self._error

    def hear(self, block: Block) -> None:
        """Fails at it."""
        super().hear(block)
        raise self._error


@pytest.mark.parametrize("error", [ValueError("no such axis"), MemoryError(), cv2.error("no picture")])
def test_one_who_fails_at_a_picture_is_sent_away_and_every_picture_goes_out(error: Exception) -> None:
    desk, onlooker = LaneDesk(), Fainting(error)
    desk.lane.witness = onlooker
    for index in range(3):
        desk.feed(frame_at(index))
    assert len(desk.entries()) == 3
    assert len(onlooker.frames) == 1
    assert [event.level for event in desk.events] == [Level.WARNING]


@pytest.mark.parametrize("error", [ValueError("no such axis"), MemoryError()])
def test_one_who_fails_at_the_sound_is_sent_away_and_all_of_it_goes_out(error: Exception) -> None:
    clock, onlooker, events = FakeClock(), Fainting(error), list[Event]()
    source, output = Ring(48_000), Ring(48_000)
    lane = AudioLane((), FakeVoice(), AudioLinks(source, [output], clock, events.append))
    lane.witness = onlooker
    for number in range(3):
        source.write(Block(np.zeros((480, 1), np.float32), 48_000, number * 10_000_000))
        assert lane.step()
    assert lane.meters.blocks == 3
    assert output.fill == 3 * 480
    assert len(onlooker.blocks) == 1
    assert [event.level for event in events] == [Level.WARNING]
