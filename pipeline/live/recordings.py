"""Recordings that begin and end while a session runs."""

import shutil
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pipeline.audio.rig import SoundRig
from pipeline.clock import Clock
from pipeline.errors import DeviceError, UnderstudyError
from pipeline.runner import do_all
from pipeline.video.devices.sinks import Recording, open_recording, recording_settings, refuse_overwriting
from pipeline.video.output.presenter import Presenter

LEAST_FREE_MB = 100
"""Half a minute of a large picture, or some minutes of a small one: less is not begun."""
MEGABYTE = 1_000_000
PATIENCE_S = 2.0
"""The presenter and a tape turn to what they are asked for many times a second."""


@dataclass(frozen=True, slots=True, eq=False)
class Outputs:
    """What recordings are made of.

    Attributes:
        presenter: gives them what goes out.
        sound: gives them the voice; None in a session without sound.
        size: width and height of the pictures.
        fps: their nominal rate.
        lossless: whether the session works as fast as it can, on a file.
    """

    presenter: Presenter
    sound: SoundRig | None
    size: tuple[int, int]
    fps: float
    lossless: bool


class Recordings:
    """The films that a session records: those that it began with, and one at a time that is begun later. Any thread.

    Each gets what goes out, card and silence too, and nothing else. Its encoder has threads of its own, so that what a
    call sees waits for none of them.
    """

    def __init__(self, outputs: Outputs, clock: Clock) -> None:
        """Those that the presenter has already."""
        self._outputs, self._clock = outputs, clock
        self._changing = threading.Lock()
        self._ended = False
        self._began_ns = clock.now_ns()
        self._films: list[Recording] = [sink for sink in outputs.presenter.sinks if isinstance(sink, Recording)]
        """Those that were not ended by anybody; a disk may have been full meanwhile."""

    def lasts_s(self, now_ns: int) -> float | None:
        """For how long it has been recorded; None where nothing is."""
        return (now_ns - self._began_ns) / 1e9 if self._present() else None

    def begin(self, path: Path, sources: Sequence[str]) -> None:
        """Records from now on what goes out.

        Args:
            path: ends in .mp4 or .mkv; a file of that name is replaced.
            sources: what the session's pictures and sound come from: none of them is overwritten.

        Raises:
            DeviceError: the file can't be recorded to, something is recorded already, or the session has ended.
        """
        with self._changing:
            self._refuse(path, sources)
            # What is left of films that nobody ended has been told of.
            with suppress(UnderstudyError):
                self._leave()
            outputs = self._outputs
            settings = recording_settings(lossless=False, sound=outputs.sound is not None)
            film = open_recording(path, outputs.size, outputs.fps, settings)
            self._films.append(film)
            # Sound that is there before its picture is kept for it.
            if outputs.sound is not None and film.track is not None:
                outputs.sound.begin(film.track)
            self._began_ns = self._clock.now_ns()
            outputs.presenter.add(film)

    def end(self) -> None:
        """Finishes everything that is recorded; nothing to do where nothing is.

        Raises:
            UnderstudyError: the last of it could not be written.
        """
        with self._changing:
            if not self._ended:
                self._leave()

    def stop(self) -> None:
        """Begins nothing any more; what is recorded ends with the session."""
        with self._changing:
            self._ended = True

    def _present(self) -> list[Recording]:
        """What is recorded at this moment."""
        return [sink for sink in self._outputs.presenter.sinks if isinstance(sink, Recording)]

    def _refuse(self, path: Path, sources: Sequence[str]) -> None:
        """Looks before a file is opened, because that empties it."""
        if self._ended:
            raise DeviceError(f"The recording {path} comes too late: the session has ended.")
        if self._outputs.presenter.recordings_over:
            raise DeviceError(f"The recording {path} can't begin: the session has failed, and only its card goes out.")
        if self._outputs.lossless:
            raise DeviceError(
                f"The recording {path} can't begin in the middle of a file that is worked on as fast as it goes; "
                "name it at the start, with --record."
            )
        present = self._present()
        if present:
            raise DeviceError(f"The {present[0].name} is being written already; end it before another begins.")
        for source in sources:
            refuse_overwriting(Path(source), "none", path)
        free_mb = LEAST_FREE_MB
        # A folder that is not there is told by whoever opens the file.
        with suppress(OSError):
            free_mb = shutil.disk_usage(path.absolute().parent).free // MEGABYTE
        if free_mb < LEAST_FREE_MB:
            raise DeviceError(
                f"The recording {path} can't be written: its disk has {free_mb} MB left, wanted at least "
                f"{LEAST_FREE_MB}; make room or choose another place."
            )

    def _leave(self) -> None:
        """Takes every film out, gives it the sound that waits for it, and finishes it."""
        outputs, films, self._films = self._outputs, self._films, []
        for film in films:
            outputs.presenter.remove(film, PATIENCE_S)
        tracks = [film.track for film in films if film.track is not None]
        sound = outputs.sound
        endings = [] if sound is None else [partial(sound.end, track, PATIENCE_S) for track in tracks]
        do_all(*endings, *(film.close for film in films))
