"""Sources and sinks that tests can wait for, and a rig without networks and devices."""

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pipeline.audio.settings import SoundSettings
from pipeline.clock import Clock, MonotonicClock
from pipeline.errors import UnderstudyError
from pipeline.media import Frame, Picture
from pipeline.rig import Hooks, Rig, SessionSettings
from pipeline.stage import EndOfSource, VideoSink
from pipeline.telemetry import Event
from pipeline.video.devices.recorder import LIVE, RecorderSettings
from profiles.profile import Profile
from tests.chains import SIZE, FakeAssembly, make_profile
from tests.fakes import FakeSink, FakeSource
from tests.footage import models

SOON_S = 10.0


class PatientSource(FakeSource):
    """A camera that goes quiet after its last frame instead of ending."""

    def __init__(self, items: Iterable[Frame | None | Exception] = (), *, size: tuple[int, int] = SIZE) -> None:
        super().__init__(items, size=size, fps=100.0, live=True)

    def read(self) -> Frame | None:
        """The next item; nothing, after a while, when there is none."""
        try:
            return super().read()
        except EndOfSource:
            if self._closed.wait(0.05):
                raise
            return None


class WatchedSink(FakeSink):
    """A sink whose pictures can be waited for; `on_picture` hears each on the writing thread, with its number."""

    def __init__(self, *, steady: bool = False, on_picture: Callable[[int], None] = lambda number: None) -> None:
        super().__init__(steady=steady)
        self._came = threading.Condition()
        self._on_picture = on_picture

    def write(self, picture: Picture) -> None:
        """Keeps the picture and says so."""
        with self._came:
            super().write(picture)
            number = len(self.pictures) - 1
            self._came.notify_all()
        self._on_picture(number)

    def wait_for(self, wanted: Callable[[Picture], bool], timeout_s: float = SOON_S) -> bool:
        """Waits until the newest picture is as wanted."""
        with self._came:
            return self._came.wait_for(lambda: bool(self.pictures) and wanted(self.pictures[-1]), timeout_s)


@dataclass
class Watch:
    """Hears what a rig tells."""

    events: list[Event] = field(default_factory=list)
    failures: list[UnderstudyError] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)
    failed: threading.Event = field(default_factory=threading.Event)

    def fail(self, error: UnderstudyError) -> None:
        """Takes what ended a thread."""
        self.failures.append(error)
        self.failed.set()


class Workshop:
    """Makes rigs with a fake assembly and fake sinks."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.assembly = FakeAssembly()
        self.sinks: tuple[VideoSink, ...] = ()
        self.lossless_sinks: bool | None = None
        """How the sinks were asked for."""
        self.watch = Watch()
        self._rigs: list[Rig] = []
        monkeypatch.setattr("pipeline.rig.Assembly", self._assemble)
        monkeypatch.setattr("pipeline.rig.open_sinks", self._open_sinks)

    def rig(
        self,
        source: FakeSource,
        *sinks: VideoSink,
        profile: Profile | None = None,
        clock: Clock | None = None,
        on_air: bool = True,
        sound: SoundSettings | None = None,
    ) -> Rig:
        """An opened rig."""
        self.sinks = sinks
        hooks = Hooks(self.watch.events.append, self.watch.ended.set, self.watch.fail)
        settings = SessionSettings(source=source, on_air=on_air, sound=sound or SoundSettings())
        rig = Rig(settings, profile or make_profile(), models(), clock or MonotonicClock(), hooks)
        self._rigs.append(rig)
        return rig

    def close(self) -> None:
        """Stops every rig, so that a test that fails leaves no thread."""
        for rig in self._rigs:
            with suppress(UnderstudyError):
                rig.stop(SOON_S)

    def _assemble(self, *_: object) -> FakeAssembly:
        return self.assembly

    def _open_sinks(
        self,
        virtual_camera: str,
        size: tuple[int, int],
        fps: float,
        *,
        record: Path | None = None,
        settings: RecorderSettings = LIVE,
    ) -> tuple[VideoSink, ...]:
        self.lossless_sinks = settings.lossless
        return self.sinks
