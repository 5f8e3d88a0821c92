"""A film done into another, a frame at a time: nothing dropped, best quality, all sound in the target's voice."""

from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import Self

import av
import av.error

from pipeline.assembly import Assembly, require_clearance
from pipeline.audio.devices.sound_decoder import has_sound
from pipeline.audio.devices.sound_recorder import ENCODERS
from pipeline.audio.neural.rvc import Tools
from pipeline.circumstances import Circumstances
from pipeline.clock import Clock, MonotonicClock
from pipeline.errors import DeviceError, MediaError
from pipeline.inference.onnx.runtime import Runtime
from pipeline.inference.store import ModelStore
from pipeline.lane import LaneLinks, VideoLane
from pipeline.media import Frame
from pipeline.queues import Latest
from pipeline.render.film_voice import FilmVoice, conversion_of
from pipeline.render.job import RenderJob, RenderProgress, refuse_target
from pipeline.stage import EndOfSource, VideoSource
from pipeline.telemetry import Event
from pipeline.video.codecs.film_sound import SoundTiming
from pipeline.video.devices.recorder import FINAL
from pipeline.video.devices.settings import Pace, SourceSettings
from pipeline.video.devices.sinks import open_recording
from pipeline.video.devices.sources import open_source
from pipeline.video.output.delay_line import DelayLine
from pipeline.video.output.presenter import Presenter

PICTURES_IN_FLIGHT = 3
STRETCH_NS = 1_000_000_000
"""Sound that is left after the last picture is done in steps of this length."""


class Render:
    """A film, a frame and its sound at a time."""

    def __init__(
        self,
        job: RenderJob,
        models: ModelStore,
        clock: Clock | None = None,
        report: Callable[[Event], None] | None = None,
    ) -> None:
        """Opens both files and warms the profile up.

        Raises:
            ConsentError: nobody has cleared the profile.
            DeviceError: the target can't be written.
            MediaError: the source is no video or picture, or it is the target.
            ModelError: a network is missing, or the device that is asked for.
            PortraitError: the profile's portrait is not fit.
        """
        require_clearance(job.profile)
        self._clock = clock or MonotonicClock()
        self._report = report or (lambda _: None)
        runtime = Runtime(job.device, clock=self._clock, report=self._report)
        runtime.require()
        refuse_target(job)
        self._frames: Latest[Frame] = Latest(lossless=True)
        self._losses: list[DeviceError] = []
        self._done_ns = 0
        self._total_s = _length_s(job.source)
        self.remark: str | None = None
        with ExitStack() as parts:
            self._source = parts.enter_context(_open_pictures(job, self._clock))
            size = self._source.size
            session = Circumstances(runtime, self._clock, waits=True, heard=False)
            assembly = parts.enter_context(closing(Assembly(models, job.profile, size, session)))
            chain = parts.enter_context(closing(assembly.build(job.profile)))
            self._sound = self._open_sound(job, Tools(runtime, models, self._clock))
            if self._sound is not None:
                parts.enter_context(closing(self._sound))
            line = DelayLine(size, PICTURES_IN_FLIGHT, lossless=True)
            self._lane = VideoLane(chain, self._links(line, assembly))
            self._presenter = parts.enter_context(closing(self._open_presenter(job, size, line)))
            self._presenter.show_card(chain.card)
            self._parts = parts.pop_all()

    def step(self) -> bool:
        """Does one frame and the sound beside it, then sound that is left; False when there is no more.

        Raises:
            DeviceError: the target took no more.
        """
        try:
            frame = self._source.read()
        except EndOfSource:
            return self._sound is not None and self._sound.advance(self._sound.done_ns + STRETCH_NS)
        if frame is not None:
            self._frames.put(frame)
            self._lane.step()
            self._presenter.step()
            self._done_ns = frame.media_ns
            if self._sound is not None:
                self._sound.advance(frame.media_ns)
        if self._losses:
            raise self._losses[0]
        return True

    def progress(self) -> RenderProgress:
        """How far it has come."""
        output = self._presenter.meters
        return RenderProgress(
            frames=output.sent.count,
            done_s=max(self._done_ns, 0 if self._sound is None else self._sound.done_ns) / 1e9,
            total_s=self._total_s,
            faces_found=self._lane.meters.faces_found,
            policy_frames=output.by_policy,
            failed_frames=self._lane.meters.outage.count,
            silent_s=0.0 if self._sound is None else self._sound.silent_s,
            sound_s=None if self._sound is None else self._sound.length_ns / 1e9,
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
            report=self._report,
        )

    def _open_sound(self, job: RenderJob, tools: Tools) -> FilmVoice | None:
        """The film's sound, or None where it has none that can be read: the film is done without, and says so."""
        if not has_sound(job.source):
            return None
        try:
            return FilmVoice(conversion_of(job, tools))
        except MediaError as error:
            self.remark = f"{error} The film gets none."
            return None

    def _open_presenter(self, job: RenderJob, size: tuple[int, int], line: DelayLine) -> Presenter:
        settings = replace(FINAL, lossless=True)
        if self._sound is not None:
            settings = replace(settings, sound=SoundTiming.MEDIA, starts_ns=min(0, self._sound.start_ns))
        sink = open_recording(job.target, size, self._source.fps, settings)
        if self._sound is not None:
            self._sound.track = sink.track
        presenter = Presenter(line, (sink,), self._clock, None, self._losses.append)
        presenter.cover(False)
        return presenter


def _open_pictures(job: RenderJob, clock: Clock) -> VideoSource:
    """The film's pictures.

    Raises:
        MediaError: it has none; where it is sound, how that is rendered.
    """
    try:
        return open_source(SourceSettings(camera=str(job.source.absolute()), pace=Pace.MAX), clock)
    except MediaError as error:
        if "holds no picture" not in str(error) or not has_sound(job.source):
            raise
        wanted = f"an output that ends in one of {', '.join(ENCODERS)}"
        raise MediaError(f"{job.source} holds no picture, but sound, which wants {wanted}.") from error


def _length_s(path: Path) -> float | None:
    """Length of a video; None for a picture, for what does not tell it, and for what can't be opened."""
    try:
        with av.open(f"file:{path.absolute()}") as container:
            return container.duration / 1e6 if container.duration else None
    except (av.error.FFmpegError, OSError):
        return None
