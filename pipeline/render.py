"""A file done frame by frame into another: nothing dropped, best quality, the sound kept."""

from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import av
import av.error

from pipeline.assembly import Assembly, require_clearance
from pipeline.clock import Clock, MonotonicClock
from pipeline.errors import DeviceError, MediaError
from pipeline.inference.store import ModelStore
from pipeline.lane import LaneLinks, VideoLane
from pipeline.media import Frame
from pipeline.queues import Latest
from pipeline.stage import EndOfSource
from pipeline.video.devices.recorder import FINAL
from pipeline.video.devices.settings import Pace, SourceSettings
from pipeline.video.devices.sinks import ENDINGS, RECORDING_SUFFIXES, open_recording
from pipeline.video.devices.sources import open_source
from pipeline.video.output.delay_line import DelayLine
from pipeline.video.output.presenter import Presenter
from profiles.profile import Profile

PICTURES_IN_FLIGHT = 3


@dataclass(frozen=True, slots=True)
class RenderJob:
    """What is done to which file."""

    source: Path
    """A video or a picture."""
    target: Path
    """Ends in .mp4 or .mkv; replaced when it is there."""
    profile: Profile


@dataclass(frozen=True, slots=True)
class RenderProgress:
    """How far a render has come."""

    frames: int
    """Frames done."""
    done_s: float
    """Time in the file that is done."""
    total_s: float | None
    """The file's length, if it tells."""
    faces_found: int
    """Frames on which the chosen face was followed."""
    policy_frames: int
    """Frames that the fail-safe policy made."""


class Render:
    """One file on its way into another, a frame at a time, on the calling thread. A context manager."""

    def __init__(self, job: RenderJob, models: ModelStore, clock: Clock | None = None) -> None:
        """Opens both files and warms the profile up.

        Raises:
            ConsentError: nobody has cleared the profile.
            DeviceError: the target can't be written.
            MediaError: the source is no video or picture, or it is the target.
            ModelError: a network is missing.
            PortraitError: the profile's portrait is not fit.
        """
        require_clearance(job.profile)
        _refuse_same_file(job)
        self._clock = clock or MonotonicClock()
        self._frames: Latest[Frame] = Latest(lossless=True)
        self._losses: list[DeviceError] = []
        self._done_ns = 0
        self._total_s = _length_s(job.source)
        with ExitStack() as parts:
            settings = SourceSettings(camera=str(job.source.absolute()), pace=Pace.MAX)
            self._source = parts.enter_context(open_source(settings, self._clock))
            size = self._source.size
            assembly = parts.enter_context(closing(Assembly(models, job.profile, size)))
            chain = parts.enter_context(closing(assembly.build(job.profile)))
            line = DelayLine(size, PICTURES_IN_FLIGHT, lossless=True)
            self._lane = VideoLane(chain, self._links(line, assembly))
            self._presenter = parts.enter_context(closing(self._open_presenter(job, size, line)))
            self._presenter.show_card(chain.card)
            self._parts = parts.pop_all()

    def step(self) -> bool:
        """Does one frame; False when there are no more.

        Raises:
            DeviceError: the target took no more.
        """
        try:
            frame = self._source.read()
        except EndOfSource:
            return False
        if frame is not None:
            self._frames.put(frame)
            self._lane.step()
            self._presenter.step()
            self._done_ns = frame.media_ns
        if self._losses:
            raise self._losses[0]
        return True

    def progress(self) -> RenderProgress:
        """How far it has come."""
        output = self._presenter.meters
        return RenderProgress(
            frames=output.sent.count,
            done_s=self._done_ns / 1e9,
            total_s=self._total_s,
            faces_found=self._lane.meters.faces_found,
            policy_frames=output.by_policy,
        )

    def close(self) -> None:
        """Finishes the target, which then plays up to the last frame done; may be called twice.

        Raises:
            DeviceError: the end could not be written.
        """
        self._parts.close()

    def __enter__(self) -> Self:
        """The render itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Finishes the target."""
        self.close()

    def _links(self, line: DelayLine, assembly: Assembly) -> LaneLinks:
        return LaneLinks(
            frames=self._frames,
            line=line,
            assembly=assembly,
            clock=self._clock,
            interval_ns=1,
            lossless=True,
            retire=lambda chain: None,
            taken=lambda chain: None,
            report=lambda event: None,
        )

    def _open_presenter(self, job: RenderJob, size: tuple[int, int], line: DelayLine) -> Presenter:
        settings = replace(FINAL, sound_from=job.source)
        sink = open_recording(job.target, size, self._source.fps, settings, lossless=True)
        presenter = Presenter(line, (sink,), self._clock, self._source.fps, self._losses.append)
        presenter.realtime = False
        presenter.cover(False)
        return presenter


def _refuse_same_file(job: RenderJob) -> None:
    if job.target.suffix.lower() not in RECORDING_SUFFIXES:
        got = f"the ending '{job.target.suffix}'" if job.target.suffix else "a name without an ending"
        raise MediaError(f"The output {job.target} can't be written: got {got}, wanted {ENDINGS}.")
    if job.target.exists() and job.source.exists() and job.target.samefile(job.source):
        raise MediaError(f"{job.source} can't be rendered into itself; name another output.")


def _length_s(path: Path) -> float | None:
    """Length of a video; None for a picture, for what does not tell it, and for what can't be opened."""
    try:
        with av.open(f"file:{path.absolute()}") as container:
            return container.duration / 1e6 if container.duration else None
    except (av.error.FFmpegError, OSError):
        return None
