"""Whole sessions whose pictures a test can look at."""

import pytest

from pipeline.audio.rig import SoundSettings
from pipeline.media import Picture
from pipeline.rig import SessionSettings
from pipeline.session import Session
from pipeline.telemetry import Event
from pipeline.video.devices.settings import SourceSettings
from profiles.profile import Profile
from tests.fakes import FakeSource
from tests.footage import models, persona
from tests.rigging import SOON_S, WatchedSink

LONG_S = 60.0


class Studio:
    """Makes sessions whose pictures go to one sink, and stops them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sink = WatchedSink()
        self.events: list[Event] = []
        self._sessions: list[Session] = []
        monkeypatch.setattr("pipeline.rig.open_sinks", lambda *_, **__: (self.sink,))

    def session(
        self,
        source: FakeSource | SourceSettings,
        profile: Profile | None = None,
        *,
        on_air: bool = True,
        sound: SoundSettings | None = None,
    ) -> Session:
        """A session that has not started."""
        settings = SessionSettings(source=source, on_air=on_air, sound=sound or SoundSettings())
        session = Session(settings, profile or persona(), models(), on_event=self.events.append)
        self._sessions.append(session)
        return session

    def play(self, session: Session) -> list[Picture]:
        """Everything that a session sends, from its start to the end of its source."""
        session.start()
        assert session.wait(LONG_S)
        session.stop(SOON_S)
        return self.sink.pictures

    def close(self) -> None:
        """Stops every session, so that a test that fails leaves no thread."""
        for session in self._sessions:
            session.stop(SOON_S)
