"""Preflights of the session that runs in this program: through its own camera and microphone."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from console.ports import Outputs, SessionPort
from console.preflight.keeping import keep, kept
from console.preflight.port import Order
from pipeline.clock import Clock, MonotonicClock
from pipeline.inference.store import ModelStore
from pipeline.preflight.feeds.devices import Wanted
from pipeline.preflight.feeds.session import OnLoan
from pipeline.preflight.finding import Area
from pipeline.preflight.report.page import Pictures, Report
from pipeline.preflight.result import Result
from pipeline.preflight.runner import Preflight, Progress
from pipeline.preflight.settings import PreflightSettings
from pipeline.video.devices.settings import SourceSettings

SECONDS, AGAIN_SECONDS = 15.0, 6.0
"""How long a whole one listens and looks, and one of a single area."""


class SessionPreflighter:
    """Runs them one at a time. `run` is called on a thread of its own."""

    def __init__(self, models: ModelStore, outputs: Outputs, folder: Path, virtual_microphone: str = "none") -> None:
        """Nothing has run.

        Args:
            models: where the network files are.
            outputs: where the picture goes.
            folder: where reports go.
            virtual_microphone: where the voice goes.
        """
        self._models, self._outputs, self._folder = models, outputs, folder
        self._virtual_microphone = virtual_microphone
        self._clock: Clock = MonotonicClock()
        self._pictures: tuple[str, Pictures] = ("", Pictures())
        self._known: dict[str, Result | None] = {}

    def run(
        self, session: SessionPort, order: Order, tell: Callable[[Progress], None], stopped: threading.Event
    ) -> Result:
        """Runs one; of a single area, only a few seconds, and the rest of the last result stays.

        Raises:
            UnderstudyError: the session can't lend its camera and microphone, or the result can't be kept.
        """
        video = session.readings().video
        whole = order.areas == frozenset(Area)
        settings = PreflightSettings(
            session.profile,
            Wanted(SourceSettings(size=video.size if all(video.size) else None, fps=video.fps_target or None)),
            SECONDS if whole else AGAIN_SECONDS,
            virtual_camera=self._outputs.virtual_camera,
            virtual_microphone=self._virtual_microphone,
            folder=self._folder if self._folder.exists() else None,
            areas=order.areas,
            running=session.readings,
        )
        preflight = Preflight(settings, self._models, self._clock, tell, stopped)
        result = preflight.run(OnLoan(session, order.microphone, self._clock))
        before = None if whole else self.kept(result.profile)
        if before is not None:
            spectrum_db = result.spectrum_db or before.spectrum_db
            result = replace(before, taken_at=result.taken_at, spectrum_db=spectrum_db).with_again(result.findings)
        if whole or order.areas & {Area.CAMERA, Area.ACTOR}:
            self._pictures = (result.profile, preflight.pictures)
        keep(result)
        self._known[result.profile] = result
        return result

    def kept(self, profile: str) -> Result | None:
        """The newest result of a profile; the file is read once."""
        if profile not in self._known:
            self._known[profile] = kept(profile)
        return self._known[profile]

    def write_report(self, result: Result) -> Path:
        """Writes the page beside the recordings.

        Raises:
            UnderstudyError: it can't be written.
        """
        stamp = datetime.fromisoformat(result.taken_at).strftime("%Y-%m-%d_%H-%M-%S")
        file = self._folder / f"preflight_{result.profile}_{stamp}.html"
        name, pictures = self._pictures
        Report(result, pictures if name == result.profile else Pictures()).write(file)
        return file
