"""The operator's acts on what goes out beside the profile: recordings, snapshots, another camera."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from console.ports import InputPort, SessionPort, device_name, is_film
from pipeline.errors import UnderstudyError
from pipeline.telemetry import Readings

STAMP = "%Y%m%d-%H%M%S"


class LiveDesk:
    """Keeps and watches what goes out. Called by one thread, but for `snapshot` and `watch`."""

    def __init__(self, session: SessionPort, require_running: Callable[[], None]) -> None:
        """A desk over a session that has not started.

        Args:
            session: what goes out.
            require_running: raises UnderstudyError while nothing runs.
        """
        self._session, self._require_running = session, require_running

    @property
    def recordings(self) -> tuple[str, ...]:
        """The films that are being recorded, by name."""
        return tuple(filter(is_film, map(device_name, self._session.readings().video.sinks)))

    @property
    def camera(self) -> str:
        """What the open camera calls itself.

        Raises:
            UnderstudyError: nothing runs.
        """
        self._require_running()
        return device_name(self._session.readings().video.source)

    def record(self, file: Path) -> str:
        """Begins a recording.

        Raises:
            UnderstudyError: the file can't be recorded to.
        """
        self._require_running()
        _make(file.parent)
        _require_absent(file)
        self._session.record(file)
        return f"Recording to {file}."

    def stop_recording(self) -> str:
        """Ends the recordings; what was recorded plays.

        Raises:
            UnderstudyError: nothing is recorded.
        """
        self._require_running()
        films = self.recordings
        if not films:
            raise UnderstudyError("Nothing is being recorded; r begins a recording.")
        self._session.record(None)
        return f"The recording is complete: {', '.join(films)}."

    def toggle_recording(self, folder: Path, now: datetime) -> str:
        """Ends the recording, or begins one in `folder`, named by the profile and the time of day.

        Raises:
            UnderstudyError: the folder can't be recorded to.
        """
        if self.recordings:
            return self.stop_recording()
        return self.record(folder / f"{self._session.profile.name}-{now.strftime(STAMP)}.mp4")

    def snapshot(self, file: Path, figures: Callable[[Readings], dict[str, Any]]) -> str:
        """Writes a PNG of what goes out, and the readings beside it as JSON. Takes a moment.

        Args:
            file: the PNG's.
            figures: what is written of the readings.

        Raises:
            UnderstudyError: one of the two can't be written.
        """
        self._require_running()
        _make(file.parent)
        beside = file.with_suffix(".json")
        _require_absent(file)
        _require_absent(beside)
        self._session.snapshot(file)
        try:
            beside.write_text(json.dumps(figures(self._session.readings()), indent=2) + "\n", encoding="utf-8")
        except OSError as error:
            raise UnderstudyError(f"The readings can't be written to {beside}: {error.strerror}.") from error
        return f"Snapshot: {file}, and its readings beside it."

    def watch(self, camera: InputPort) -> str:
        """Takes another camera. May take seconds, on a thread of its own.

        Raises:
            UnderstudyError: it can't be had; the present one stays.
        """
        self._session.watch(camera.wanted)
        return f"The camera is now: {camera.title}."


def _require_absent(file: Path) -> None:
    """What is kept while a session runs is never written over what was kept before."""
    if file.exists():
        raise UnderstudyError(f"{file} is there already and is left alone; choose another name.")


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnderstudyError(f"The folder {folder} can't be made: {error.strerror}; name another one.") from error
