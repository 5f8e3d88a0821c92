"""A camera that ticks, and sessions around it without networks."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from pipeline.assembly import Assembly
from pipeline.audio.settings import SoundSettings
from pipeline.circumstances import Circumstances
from pipeline.clock import MonotonicClock
from pipeline.errors import DeviceError
from pipeline.inference.store import ModelStore
from pipeline.media import Frame
from pipeline.session import Session
from pipeline.settings import SessionSettings
from pipeline.stage import EndOfSource, VideoSink, VideoSource
from pipeline.telemetry import Event
from pipeline.video.devices.settings import SourceSettings
from profiles.profile import Profile
from tests.chains import FakeAssembly, make_profile
from tests.fakes import FakeSource
from tests.footage import models
from tests.rigging import SOON_S

SIZE = (128, 96)
TICK_S = 0.02


class Plain(FakeAssembly):
    """Chains of one fake stage and a fake voice, at the size of the source."""

    def __init__(self, store: ModelStore, profile: Profile, size: tuple[int, int], session: Circumstances) -> None:
        super().__init__(size, session)


class Ticking(FakeSource):
    """A camera with fifty pictures a second, each of the grey that it is told."""

    def __init__(self, level: int = 100) -> None:
        super().__init__(size=SIZE, fps=50.0, live=True)
        self.level, self.name = level, "ticking camera"
        self._clock, self._began_ns = MonotonicClock(), MonotonicClock().now_ns()
        self.silent = self.breaks = False

    def read(self) -> Frame | None:
        """The next picture, when it is time; none while it is silent."""
        if self._closed.wait(TICK_S):
            raise EndOfSource
        if self.breaks:
            raise DeviceError("The camera fell off.")
        if self.silent:
            return None
        now_ns = self._clock.now_ns()
        self.read_count += 1
        return Frame(np.full((SIZE[1], SIZE[0], 3), self.level, np.uint8), now_ns, now_ns - self._began_ns)


class Stage:
    """Makes sessions and stops them."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._sessions: list[Session] = []

    def session(
        self,
        source: VideoSource | SourceSettings,
        *sinks: VideoSink,
        sound: SoundSettings | None = None,
        on_air: bool = True,
        record: Path | None = None,
        assemble: type[Assembly] = Plain,
        profile: Profile | None = None,
    ) -> Session:
        """A session that runs."""
        settings = SessionSettings(
            source=source,
            sinks=sinks,
            sound=sound or SoundSettings(),
            on_air=on_air,
            record=record,
            assemble=assemble,
        )
        session = Session(settings, profile or make_profile(), models(), on_event=self.events.append)
        self._sessions.append(session)
        session.start()
        return session

    def close(self) -> None:
        """Stops every session, so that a test that fails leaves no thread."""
        for session in self._sessions:
            session.stop(SOON_S)


def until(session: Session, reached: Callable[[], bool]) -> None:
    """Waits for something that the session brings about."""
    while not reached():
        assert not session.wait(0.01), "the session has ended"
