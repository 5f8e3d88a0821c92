"""A session that flashes and beeps into the real virtual devices: python -m tests.devices.sound.flashing plain|engines.

At its end it prints when it began, on the computer's monotonic clock, and what it says of itself.
"""

import json
import sys

from pipeline.audio.rig import SoundSettings
from pipeline.clock import MonotonicClock, Playhead
from pipeline.inference.store import ModelStore
from pipeline.selftest.devices import BeepingMicrophone, FlashingCamera
from pipeline.selftest.plain import PlainAssembly
from pipeline.selftest.score import Score, pattern
from pipeline.session import Session, SessionSettings
from pipeline.video.devices.settings import SourceSettings
from pipeline.video.devices.sources import first_pictures
from profiles.store import ProfileStore
from tests.devices.conftest import LOOPBACK

SIZE = (320, 180)
SCORE = Score(13.0)
PICTURES_HELD = 20
TAIL_S = 1.5
PATIENCE_NS = 10**15


def run(*, plain: bool) -> dict[str, float]:
    """What the session says of itself."""
    clock, playhead = MonotonicClock(), Playhead(PATIENCE_NS)
    actor = [pattern(SIZE)] * 2 if plain else first_pictures(SourceSettings(camera="demo", size=SIZE), PICTURES_HELD)
    camera = FlashingCamera(SCORE, actor, playhead, clock)
    settings = SessionSettings(
        camera,
        str(LOOPBACK),
        sound=SoundSettings(BeepingMicrophone(SCORE, playhead, clock), "auto"),
        assemble=PlainAssembly if plain else None,
    )
    session = Session(settings, ProfileStore().load("mara"), ModelStore(), clock=clock, on_event=print)
    session.start()
    try:
        begin_ns = playhead.due_ns(0, clock.now_ns())
        session.wait(SCORE.seconds + TAIL_S)
        readings = session.readings()
    finally:
        session.stop()
    drops = readings.video.drops
    return {
        "begin_ns": begin_ns,
        "pictures": readings.video.frames_out,
        "lost": drops.capture + drops.output,
        "told_ms": readings.sync.offset.p50_ms,
        "delay_ms": readings.sync.delay_ms,
    }


if __name__ == "__main__":
    print(json.dumps(run(plain=sys.argv[1] == "plain")))
