"""A chain that is of no more use is closed, voice and all, when both lanes have left it."""

from pathlib import Path

from pipeline.assembly import Chain
from pipeline.audio.rig import SoundSettings
from pipeline.clock import MonotonicClock
from pipeline.rig import Hooks, Rig, SessionSettings
from pipeline.video.devices.settings import Pace, SourceSettings
from tests.chains import make_chain, make_profile, stage_of
from tests.fakes import FakeStage, FakeVoice
from tests.flashes import FlashFilm, write_flash_film
from tests.footage import models
from tests.pipeline.test_loader import Desk
from tests.pipeline.test_recorded_sound import Speaking
from tests.rigging import SOON_S


def voice_of(chain: Chain) -> FakeVoice:
    """The voice of a fake chain."""
    assert isinstance(chain.voice, FakeVoice)
    return chain.voice


def test_a_chain_of_no_more_use_is_closed_when_the_audio_lane_has_left_it_too() -> None:
    desk, still_heard = Desk(lambda voice: still_heard and voice is desk.assembly.built[0].voice), True
    desk.ask("ben")
    desk.work()
    first = desk.assembly.built[0]
    desk.loader.retire(make_chain(make_profile("ben"), FakeStage("later")))
    desk.work()
    desk.ask("cleo")
    desk.work()
    assert (stage_of(first).closes, voice_of(first).closed) == (0, False)
    still_heard = False
    desk.ask("dora")
    desk.work()
    assert (stage_of(first).closes, voice_of(first).closed) == (1, True)
    desk.loader.close()
    assert stage_of(first).closes == 1


def test_closing_closes_what_waits_for_the_audio_lane() -> None:
    desk = Desk(lambda voice: True)
    chains = [make_chain(make_profile("ben"), FakeStage("ben")) for _ in range(2)]
    for chain in chains:
        desk.loader.retire(chain)
    desk.work()
    assert not any(voice_of(chain).closed for chain in chains)
    desk.loader.close()
    assert all(voice_of(chain).closed for chain in chains)


def test_a_session_asks_its_audio_lane_before_it_closes_a_chain(tmp_path: Path) -> None:
    film = write_flash_film(tmp_path / "in.mkv", FlashFilm())
    source = SourceSettings(str(film), pace=Pace.MAX)
    settings = SessionSettings(source, sound=SoundSettings(str(film)), assemble=Speaking)
    hooks = Hooks(lambda event: None, lambda: None, lambda error: None)
    rig = Rig(settings, make_profile(), models(), MonotonicClock(), hooks)
    assert rig.sound is not None
    assert rig.loader._spoken_with(rig.sound.lane.voice)
    assert not rig.loader._spoken_with(FakeVoice())
    rig.stop(SOON_S)
