"""Somebody who looks on sees what was captured and hears what the microphone gives, while a session runs."""

import threading
from pathlib import Path

import pytest

from pipeline.audio.rig import SoundSettings
from pipeline.errors import LaneError
from pipeline.media import Block, Frame
from pipeline.rig import SessionSettings
from pipeline.session import Session
from pipeline.video.devices.settings import SourceSettings
from tests.chains import make_profile
from tests.flashes import FlashFilm, write_flash_film
from tests.footage import models
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
