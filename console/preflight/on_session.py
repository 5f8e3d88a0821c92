"""Preflights of the session that runs in this program: through its own camera and microphone."""

import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from console.ports import Outputs, SessionPort
from console.preflight.keeping import keep, kept_file
from console.preflight.port import Order
from pipeline.clock import Clock, MonotonicClock
from pipeline.inference.store import ModelStore
from pipeline.preflight.feeds.devices import Wanted
from pipeline.preflight.feeds.session import OnLoan
from pipeline.preflight.finding import Area
from pipeline.preflight.report.page import Pictures, Report
from pipeline.preflight.result import Result, read_result
from pipeline.preflight.runner import Preflight, Progress
from pipeline.preflight.settings import PreflightSettings
from pipeline.video.devices.settings import SourceSettings

SECONDS = 20.0
"""How long a whole one listens and looks."""
AGAIN_SECONDS = {Area.MICROPHONE: 7.0, Area.CAMERA: 5.0, Area.ACTOR: 11.6, Area.BACKGROUND: 5.0, Area.SYSTEM: 5.0}
"""And one of a single area: the actor has as long for the sweep as in a whole one."""


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
        self._known: dict[str, tuple[int, Result | None]] = {}

    def run(
        self, session: SessionPort, order: Order, tell: Callable[[Progress], None], stopped: threading.Event
    ) -> Result:
        """Runs one; of a single area, only a few seconds, and the rest of the last result stays.

        Raises:
            UnderstudyError: the session can't lend its camera and microphone, or the result can't be kept.
        """
        video = session.readings().video
        whole = order.areas == frozenset(Area)
        seconds = SECONDS if whole else max(AGAIN_SECONDS[area] for area in order.areas)
        settings = PreflightSettings(
            session.profile,
            Wanted(SourceSettings(size=video.size if all(video.size) else None, fps=video.fps_target or None)),
            seconds,
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
            result = before.with_again(result, order.areas)
        if whole or order.areas & {Area.CAMERA, Area.ACTOR}:
            self._pictures = (result.profile, preflight.pictures)
        # One that was ended early says less than the one before it, and takes nothing back.
        if not stopped.is_set() or self.kept(result.profile) is None:
            self._known[result.profile] = (time.time_ns(), result)
            keep(result)
        return result

    def kept(self, profile: str) -> Result | None:
        """The newest result of a profile: of this session, or of a program before or beside it."""
        known, file = self._known.get(profile), kept_file(profile)
        stamp = file.stat().st_mtime_ns if file.exists() else 0
        if known is None or stamp > known[0]:
            known = self._known[profile] = (stamp, read_result(file))
        return known[1]

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
