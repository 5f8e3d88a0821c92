"""A camera and a microphone that a preflight opens for itself, or files in their place."""

import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from pipeline.audio.devices.opening import microphone_of, open_microphone
from pipeline.audio.patching import only_sound
from pipeline.clock import Clock, Playhead
from pipeline.errors import UnderstudyError
from pipeline.inference.store import ModelStore
from pipeline.media import Frame
from pipeline.preflight.camera.watching import Watcher
from pipeline.preflight.evidence import Heard, Seen
from pipeline.preflight.feeds.beside import Beside
from pipeline.preflight.feeds.sound_files import read_sound
from pipeline.preflight.gatherer import Gatherer
from pipeline.queues import Latest
from pipeline.runner import Crew, do_all
from pipeline.stage import AudioSource, EndOfSource, VideoSource
from pipeline.video.devices.settings import Pace, SourceSettings
from pipeline.video.devices.sources import open_source
from profiles.profile import Profile

LONGEST_S = 60.0
MOST_INSTANTS = 20_000
PATIENCE_S = 0.1
Steps = dict[str, Callable[[], bool]]
"""What threads do again and again, by their names."""
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
        self._frames: Latest[Frame] = Latest(lossless=wanted.from_video is not None)
        self._instants_ns: list[int] = []
        self._recorded: Heard | None = None
        self._beside: Beside | None = None

    def __enter__(self) -> Self:
        """Opens what can be had and starts to gather."""
        try:
            begun = self._camera() | self._sound()
        except BaseException:
            self._opened.close()
            raise
        self._started, self._going = tuple(begun), set(begun)
        self._crew.start(begun, self._failed)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stops and gives everything back."""
        self._ended.set()
        self._frames.close()
        for name in self._started:
            self._crew.stop(name)
        do_all(*(partial(self._crew.join, name, JOIN_S) for name in self._started), self._opened.close)

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
        seen = self.gatherer.seen(self.camera, size, fps)
        return None if seen is None else replace(seen, instants_ns=tuple(self._instants_ns))

    def _camera(self) -> Steps:
        film = self._wanted.from_video
        settings = self._wanted.camera
        if film is not None:
            settings = replace(settings, camera=str(film), pace=Pace.MAX, loop=False, size=None, fps=None)
        elif settings.camera == "none" or self._wanted.from_audio is not None:
            self.missing["camera"] = "no camera was asked for"
            return {}
        try:
            watcher = Watcher(self._models, self._profile)
            self._opened.callback(watcher.close)
            source = self._opened.enter_context(open_source(settings, self._clock))
        except UnderstudyError as error:
            self.missing["camera"] = str(error)
            return {}
        self.camera = source.description
        return {"preflight camera": partial(self._read, source), "preflight tracking": partial(self._look, watcher)}

    def _read(self, source: VideoSource) -> bool:
        """Reads one frame, and notes when it came: what is done with it takes longer than the camera does."""
        recorded = self._wanted.from_video is not None
        try:
            frame = source.read()
        except EndOfSource:
            self._frames.close()
            return self._left("preflight camera")
        if frame is None:
            return not self._ended.is_set()
        captured_ns = frame.media_ns if recorded else frame.captured_ns
        if recorded and captured_ns > LONGEST_S * 1e9:
            self._frames.close()
            return self._left("preflight camera")
        if len(self._instants_ns) < MOST_INSTANTS:
            self._instants_ns.append(captured_ns)
        self._frames.put(replace(frame, pixels=frame.pixels.copy(), captured_ns=captured_ns))
        return not self._ended.is_set()

    def _look(self, watcher: Watcher) -> bool:
        """Follows the face on the newest frame."""
        frame = self._frames.take(PATIENCE_S)
        if frame is not None:
            self.gatherer.see(watcher.look(frame.pixels, frame.captured_ns))
        elif self._frames.closed:
            return self._left("preflight tracking")
        return not self._ended.is_set()

    def _sound(self) -> Steps:
        try:
            step = self._source()
        except UnderstudyError as error:
            self.missing["microphone"] = str(error)
            return {}
        return {} if step is None else {"preflight microphone": step}

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
        self.missing["microphone" if name.endswith("microphone") else "camera"] = str(error)
        self._going.discard(name)
