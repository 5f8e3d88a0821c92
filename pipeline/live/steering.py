"""What a session's steerer does to its devices while it runs: another camera, a recording, a picture to keep."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from pipeline.audio.rig import SoundRig
from pipeline.clock import Clock, Playhead
from pipeline.errors import DeviceError
from pipeline.live.cameras import Beside, Cameras
from pipeline.live.recordings import Outputs, Recordings
from pipeline.settings import SessionSettings
from pipeline.video.changing_source import ChangingSource
from pipeline.video.codecs.pictures import write_picture
from pipeline.video.devices.settings import SourceSettings
from pipeline.video.output.presenter import Presenter

PICTURE_TIMEOUT_S = 2.0
"""Something goes out many times a second, whatever the camera does."""


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """What a rig is made of, as far as it can be changed while it runs.

    Attributes:
        source: gives the pictures.
        presenter: shows them.
        sound: None in a session without sound.
        microphone: what the sound was opened from; empty for a source that was open already.
        playhead: shared by the pictures and the sound that were there first.
        lossless: whether everything goes as fast as it can.
    """

    source: ChangingSource
    presenter: Presenter
    sound: SoundRig | None
    microphone: str
    playhead: Playhead
    lossless: bool


class Steering:
    """Changes devices while a session runs. Any thread may call any method; some take seconds."""

    def __init__(self, settings: SessionSettings, parts: Parts, clock: Clock) -> None:
        """Nothing has been changed yet."""
        self._parts = parts
        self._first_heard = None if parts.sound is None else parts.sound.source
        asked = settings.source if isinstance(settings.source, SourceSettings) else None
        self._read_from = {name for name in (asked.camera if asked else "", parts.microphone) if name}
        """Every source that there was: no file among them is overwritten."""
        source, presenter = parts.source, parts.presenter
        self._recordings = Recordings(Outputs(presenter, parts.sound, source.size, source.fps, parts.lossless), clock)
        beside = Beside(
            source, presenter, asked or SourceSettings(), parts.playhead, self._recording_heard, parts.lossless
        )
        self._cameras = Cameras(beside, clock)

    def watch(self, camera: str) -> None:
        """Takes another camera.

        Raises:
            UnderstudyError: it can't be had; the present one stays.
        """
        self._cameras.change_to(camera)
        self._read_from.add(camera)

    def listen_to(self, microphone: str) -> None:
        """Takes another microphone.

        Raises:
            UnderstudyError: there is no sound, or it can't be had; the present one stays.
        """
        sound = self._parts.sound
        if sound is None:
            raise DeviceError("The session has no sound: start it with --microphone to change the microphone later.")
        sound.listen_to(microphone)
        self._read_from.add(microphone)

    def record(self, file: Path | None) -> None:
        """Begins a recording of what goes out, or ends every recording.

        Raises:
            UnderstudyError: the file can't be recorded to, or the last of it could not be written.
        """
        if file is None:
            self._recordings.end()
        else:
            self._recordings.begin(file, tuple(self._read_from))

    def recorded_s(self, now_ns: int) -> float | None:
        """For how long it has been recorded; None where nothing is."""
        return self._recordings.lasts_s(now_ns)

    def snapshot(self, file: Path) -> None:
        """Writes the next picture that goes out as a PNG, the whole of it or nothing.

        Raises:
            DeviceError: it can't be written there, or nothing goes out.
        """
        for source in tuple(self._read_from):
            if Path(source).is_file() and Path(source).resolve() == file.resolve():
                raise DeviceError(f"The picture {file} would overwrite its own source; choose another name.")
        planes = self._parts.presenter.picture(PICTURE_TIMEOUT_S)
        if planes is None:
            raise DeviceError(f"The picture {file} was not written: nothing went out for {PICTURE_TIMEOUT_S:g} s.")
        write_picture(file, np.asarray(cv2.cvtColor(planes, cv2.COLOR_YUV2BGR_I420), np.uint8))

    def stop(self) -> None:
        """The session is about to end: nothing new is begun."""
        self._recordings.stop()

    def _recording_heard(self) -> str:
        """The recording whose own sound is heard, as it was from the start; empty where another microphone is."""
        sound = self._parts.sound
        return self._parts.microphone if sound is not None and sound.source is self._first_heard else ""
