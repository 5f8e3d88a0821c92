"""A camera and a microphone that a preflight opens for itself, or files in their place."""

import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from pipeline.audio.devices.opening import microphone_of, open_microphone
from pipeline.audio.patching import only_sound
from pipeline.clock import Clock, Playhead
from pipeline.errors import UnderstudyError
from pipeline.inference.store import ModelStore
from pipeline.preflight.camera.watching import Watcher
from pipeline.preflight.evidence import Heard, Seen
from pipeline.preflight.feeds.beside import Beside
from pipeline.preflight.feeds.sound_files import read_sound
from pipeline.preflight.gatherer import Gatherer
from pipeline.runner import Crew
from pipeline.stage import AudioSource, EndOfSource, VideoSource
from pipeline.video.devices.settings import Pace, SourceSettings
from pipeline.video.devices.sources import open_source
from profiles.profile import Profile

LONGEST_S = 60.0
JOIN_S = 5.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a preflight is to look at and listen to."""

    camera: SourceSettings = SourceSettings()
    microphone: str = "auto"
    from_video: Path | None = None
    """A recording in place of the camera."""
    from_audio: Path | None = None
    """A recording in place of the microphone."""

    @property
    def live(self) -> bool:
        """Whether somebody is there who can be told what to do."""
        return self.from_video is None and self.from_audio is None


class Devices:
    """Gives what its devices give to a gatherer until it is left; what can't be had is told, not raised."""

    def __init__(self, wanted: Wanted, profile: Profile, models: ModelStore, clock: Clock) -> None:
        """Nothing is open yet."""
        self._wanted, self._profile, self._models, self._clock = wanted, profile, models, clock
        self.gatherer = Gatherer(LONGEST_S)
        self.missing: dict[str, str] = {}
        """Why there is no `camera` or no `microphone`, a sentence each."""
        self.camera = self.microphone = ""
        """What they are called."""
        self._crew, self._opened = Crew(), ExitStack()
        self._started, self._going = tuple[str, ...](), set[str]()
        self._ended = threading.Event()
        self._recorded: Heard | None = None
        self._beside: Beside | None = None

    def __enter__(self) -> Self:
        """Opens what can be had and starts to gather."""
        try:
            steps = {"preflight camera": self._camera(), "preflight microphone": self._sound()}
        except BaseException:
            self._opened.close()
            raise
        begun = {name: step for name, step in steps.items() if step is not None}
        self._started, self._going = tuple(begun), set(begun)
        self._crew.start(begun, self._failed)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stops and gives everything back."""
        self._ended.set()
        for name in self._started:
            self._crew.stop(name)
        try:
            for name in self._started:
                self._crew.join(name, JOIN_S)
        finally:
            self._opened.close()

    @property
    def over(self) -> bool:
        """Whether nothing more will come: recordings have an end."""
        return not self._going

    def heard(self) -> Heard | None:
        """The sound so far."""
        heard = self._recorded or self.gatherer.heard(self.microphone)
        if heard is None or self._beside is None:
            return heard
        played = self._beside.played_from(self.gatherer.begun_ns)
        return replace(heard, others_dbfs=self._beside.levels_dbfs, played=played)

    def seen(self) -> Seen | None:
        """The pictures so far."""
        live = self._wanted.from_video is None
        size, fps = (self._wanted.camera.size, self._wanted.camera.fps) if live else (None, None)
        return self.gatherer.seen(self.camera, size, fps)

    def _camera(self) -> Callable[[], bool] | None:
        film = self._wanted.from_video
        settings = self._wanted.camera
        if film is not None:
            settings = replace(settings, camera=str(film), pace=Pace.MAX, loop=False, size=None, fps=None)
        elif settings.camera == "none" or self._wanted.from_audio is not None:
            self.missing["camera"] = "no camera was asked for"
            return None
        try:
            watcher = Watcher(self._models, self._profile)
            self._opened.callback(watcher.close)
            source = self._opened.enter_context(open_source(settings, self._clock))
        except UnderstudyError as error:
            self.missing["camera"] = str(error)
            return None
        self.camera = source.description
        return lambda: self._see(source, watcher, recorded=film is not None)

    def _see(self, source: VideoSource, watcher: Watcher, *, recorded: bool) -> bool:
        """Takes one frame; a recording's own time counts."""
        try:
            frame = source.read()
        except EndOfSource:
            return self._left("preflight camera")
        if frame is not None:
            captured_ns = frame.media_ns if recorded else frame.captured_ns
            self.gatherer.see(watcher.look(frame.pixels.copy(), captured_ns))
            if recorded and captured_ns > LONGEST_S * 1e9:
                return self._left("preflight camera")
        return not self._ended.is_set()

    def _sound(self) -> Callable[[], bool] | None:
        try:
            return self._source()
        except UnderstudyError as error:
            self.missing["microphone"] = str(error)
            return None

    def _source(self) -> Callable[[], bool] | None:
        """What reads the microphone.

        Raises:
            UnderstudyError: it can't be had.
        """
        file = self._wanted.from_audio
        if file is not None:
            self._recorded, self.microphone = read_sound(file, LONGEST_S), file.name
            return None
        wanted, film = self._wanted.microphone, self._wanted.from_video
        if film is not None or wanted == "none":
            self.missing["microphone"] = "no microphone was asked for"
            return None
        camera = self._wanted.camera.camera
        if wanted == "auto" and camera == "demo":
            wanted = microphone_of(camera, live=False, is_demo=True)
        with only_sound():
            source = self._opened.enter_context(open_microphone(wanted, self._clock, Playhead()))
        self.microphone = source.description
        if wanted not in ("demo", "none") and not Path(wanted).is_file():
            self._beside = self._opened.enter_context(Beside(wanted, self._clock, LONGEST_S))
        return lambda: self._hear(source)

    def _hear(self, source: AudioSource) -> bool:
        try:
            block = source.read()
        except EndOfSource:
            return self._left("preflight microphone")
        if block is not None:
            self.gatherer.hear(block)
        return not self._ended.is_set()

    def _left(self, name: str) -> bool:
        """Notes that a source has come to its end."""
        self._going.discard(name)
        return False

    def _failed(self, name: str, error: UnderstudyError) -> None:
        """A device that is lost under way; what was gathered until then counts."""
        self.missing[name.removeprefix("preflight ")] = str(error)
        self._going.discard(name)
