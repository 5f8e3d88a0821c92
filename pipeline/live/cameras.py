"""Another camera for a session that runs."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.clock import Clock, Playhead
from pipeline.errors import DeviceError
from pipeline.stage import VideoSource
from pipeline.video.changing_source import ChangingSource
from pipeline.video.devices.camera import Camera
from pipeline.video.devices.settings import SourceSettings
from pipeline.video.devices.sinks import Recording
from pipeline.video.devices.sources import open_source
from pipeline.video.devices.virtual_camera import VirtualCamera
from pipeline.video.output.presenter import Presenter


@dataclass(frozen=True, slots=True, eq=False)
class Beside:
    """What another camera has to go together with.

    Attributes:
        source: whose camera it becomes.
        presenter: what goes out, and where.
        settings: what was asked of the first camera, which is asked of this one as well.
        playhead: of the first camera's recording.
        heard: names the recording that is heard by that playhead; empty when none is.
        lossless: whether the session works as fast as it can, on a file.
    """

    source: ChangingSource
    presenter: Presenter
    settings: SourceSettings
    playhead: Playhead
    heard: Callable[[], str]
    lossless: bool


class Cameras:
    """Takes another camera in place of the present one, as often as anybody likes. Any thread."""

    def __init__(self, beside: Beside, clock: Clock) -> None:
        """The first camera is open already."""
        self._beside, self._clock = beside, clock
        self._changing = threading.Lock()

    def change_to(self, wanted: str) -> None:
        """Goes on with another camera; may take seconds, in which the present one goes on.

        Raises:
            UnderstudyError: it can't be had, or would show what goes out; the present one stays.
        """
        with self._changing:
            self._refuse(wanted)
            beside = self._beside
            # Where its own sound goes on, a recording is joined where that is.
            playhead = beside.playhead if wanted == beside.heard() else Playhead()
            settings = replace(beside.settings, camera=wanted, fps=min(max(1.0, beside.source.fps), 240.0))
            camera = open_source(settings, self._clock, playhead)
            if self._shows_itself(camera):
                camera.close()
                raise DeviceError(f"The camera {wanted} shows what this session sends; choose another.")
            beside.source.change_to(camera)

    def _refuse(self, wanted: str) -> None:
        """Looks before anything is opened."""
        if self._beside.lossless:
            raise DeviceError(
                f"The camera {wanted} can't be taken in the middle of a file that is worked on as fast as it goes."
            )
        written = [sink.path.resolve() for sink in self._beside.presenter.sinks if isinstance(sink, Recording)]
        if Path(wanted).resolve() in written:
            raise DeviceError(f"The camera {wanted} is the film that is being recorded; end the recording first.")

    def _shows_itself(self, camera: VideoSource) -> bool:
        """Whether a camera gives back what goes out."""
        fed = {sink.device for sink in self._beside.presenter.sinks if isinstance(sink, VirtualCamera)}
        return isinstance(camera, Camera) and camera.path in fed
