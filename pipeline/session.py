"""A running twin: devices opened, threads started, profiles switched, and everything stopped again."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.assembly import Assembly, Chain, require_clearance, same_but_live
from pipeline.clock import Clock, MonotonicClock
from pipeline.errors import DeviceError, LaneError, MediaError, UnderstudyError
from pipeline.inference.store import ModelStore
from pipeline.lane import Handover, LaneLinks, Preview, VideoLane, thumbnail
from pipeline.loader import Loader, Request
from pipeline.media import Frame
from pipeline.queues import Latest
from pipeline.runner import Worker
from pipeline.stage import EndOfSource, VideoSink, VideoSource
from pipeline.telemetry import Drops, Event, Level, RateMeter, Readings, State, VideoReadings
from pipeline.video.devices.sinks import open_sinks
from pipeline.video.devices.sources import Pace, SourceSettings, open_source
from pipeline.video.output.delay_line import DelayLine
from pipeline.video.output.presenter import Presenter
from profiles.profile import Profile

HISTORY = 120
MIN_SIDE_PX = 32
SPARE_PICTURES = 6
"""Room in the delay line beyond what the delay itself needs."""
LOSSLESS_PICTURES = 3


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """Where a session's pictures come from and go to."""

    source: SourceSettings = field(default_factory=SourceSettings)
    virtual_camera: str = "none"
    """`none`, `auto`, a device, or a file to record to."""
    record: Path | None = None
    """A file that what goes out is recorded to as well."""
    on_air: bool = True
    """Whether the program picture goes out from the start."""


def _ignore(event: Event) -> None:
    """Takes an event that nobody wants."""


class Session:
    """One source, one profile at a time, and the sinks, from start to stop."""

    def __init__(
        self,
        settings: SessionSettings,
        profile: Profile,
        models: ModelStore,
        *,
        clock: Clock | None = None,
        on_event: Callable[[Event], None] = _ignore,
    ) -> None:
        """A session that has not started.

        Args:
            settings: devices.
            profile: the first target.
            models: where the network files are.
            clock: the program's clock.
            on_event: told rare things, on any thread.

        Raises:
            ConsentError: nobody has cleared the profile.
        """
        require_clearance(profile)
        self._settings, self._profile, self._models = settings, profile, models
        self._clock = clock or MonotonicClock()
        self._on_event = on_event
        self._lossless = settings.source.pace is Pace.MAX
        self._frames: Latest[Frame] = Latest(self._lossless)
        self._arrivals = RateMeter()
        self._ended = threading.Event()
        self._error: UnderstudyError | None = None
        self._on_air, self._panicked = settings.on_air, False
        self._started_ns: int | None = None
        self._stopped = False
        self._workers: list[Worker] = []
        self._source: VideoSource | None = None
        self._sinks: tuple[VideoSink, ...] = ()

    @property
    def profile(self) -> Profile:
        """The profile in the lane, with its live settings."""
        return self._profile

    def start(self) -> None:
        """Opens the devices, warms the first profile up and starts the threads.

        Raises:
            UnderstudyError: something can't be had; whatever was opened is closed again.
        """
        try:
            self._open()
        except BaseException:
            self._close_parts()
            raise

    def stop(self, timeout_s: float = 5.0) -> None:
        """Stops the sources, then the lane, then the sinks, and joins every thread.

        Raises:
            LaneError: a thread did not end in time; everything else is stopped.
        """
        if self._stopped:
            return
        self._stopped = True
        for worker in self._workers:
            worker.stop()
        self._frames.close()
        if self._source is not None:
            self._source.close()
        if hasattr(self, "_line"):
            self._line.close()
        hung = []
        for worker in self._workers:
            try:
                worker.join(timeout_s)
            except LaneError as error:
                hung.append(error)
        self._close_parts()
        self._ended.set()
        if hung:
            raise hung[0]

    def wait(self, timeout_s: float) -> bool:
        """Waits for the session to end by itself, at most `timeout_s`; True when it has.

        Raises:
            UnderstudyError: what ended it.
        """
        ended = self._ended.wait(timeout_s)
        if self._error is not None:
            raise self._error
        return ended

    def switch(self, profile: Profile) -> None:
        """Asks for another profile; it is made ready beside the running one and taken between two frames.

        Raises:
            ConsentError: nobody has cleared the profile.
        """
        require_clearance(profile)
        self._loader.ask(Request(profile, True, True, self._clock.now_ns()))

    def prepare(self, profile: Profile) -> None:
        """Makes a profile ready, so that a later switch takes one frame.

        Raises:
            ConsentError: nobody has cleared the profile.
        """
        require_clearance(profile)
        self._loader.ask(Request(profile, False, False, self._clock.now_ns()))

    def adjust(self, profile: Profile) -> None:
        """Takes other settings of the running profile; most from the next frame on, a new room when it is loaded.

        Raises:
            ConsentError: nobody has cleared the profile.
        """
        require_clearance(profile)
        if profile.name == self._profile.name and same_but_live(profile, self._profile):
            self._lane.adjust(profile)
        else:
            self._loader.ask(Request(profile, True, profile.name != self._profile.name, self._clock.now_ns()))

    def set_on_air(self, on: bool) -> None:
        """Lets the program picture out, or the card."""
        self._on_air = on
        self._presenter.cover(self._panicked or not on)

    def panic(self) -> None:
        """Puts the card up at once; it stays until `rearm`."""
        self._panicked = True
        self._presenter.cover(True)

    def rearm(self) -> None:
        """Ends the panic."""
        self._panicked = False
        self._presenter.cover(not self._on_air)

    def picture(self, width: int, height: int) -> Preview | None:
        """The newest program picture for the screen, RGB, and the card while panic holds."""
        if self._panicked:
            return Preview(thumbnail(self._card, (max(2, width), max(2, height))), -1)
        return self._lane.preview(width, height)

    def readings(self) -> Readings:
        """Everything that is measured, at this instant."""
        now_ns = self._clock.now_ns()
        started_ns = self._started_ns or now_ns
        return Readings(
            state=self._state(),
            profile=self._profile.name,
            title=self._profile.title,
            loading=self._loader.loading,
            at_ns=now_ns,
            elapsed_s=(now_ns - started_ns) / 1e9,
            video=self._video_readings(now_ns),
            switches=tuple(self._lane.meters.switches),
            providers=self._assembly.providers,
            ready=self._loader.ready,
        )

    def _state(self) -> State:
        """The state in one word."""
        if self._ended.is_set():
            return State.STOPPED
        if self._panicked:
            return State.CARD
        return State.ON_AIR if self._on_air else State.PREVIEW

    def _video_readings(self, now_ns: int) -> VideoReadings:
        """The video lane's part."""
        lane, output = self._lane.meters, self._presenter.meters
        return VideoReadings(
            frames_in=self._arrivals.count,
            frames_out=output.sent.count,
            fps_in=self._arrivals.rate_hz(now_ns),
            fps_out=output.sent.rate_hz(now_ns),
            fps_target=self._fps,
            latency=output.latency.percentiles(),
            lane=lane.work.percentiles(),
            stages={name: meter.percentiles() for name, meter in tuple(lane.stages.items())},
            lane_history_ms=lane.work.latest_ms(HISTORY),
            drops=Drops(self._frames.dropped, lane.failed, self._line.dropped + self._sink_drops()),
            repeats=output.repeats,
            faces_found=lane.faces_found,
            faces_now=lane.faces_now,
            policy_frames=output.by_policy,
            delay_ms=self._presenter.delay_ns / 1e6,
            source=self._source_name,
            sinks=tuple(sink.name for sink in self._sinks),
        )

    def _sink_drops(self) -> int:
        """Pictures that sinks with a queue of their own could not take."""
        return sum(int(getattr(sink, "dropped", 0)) for sink in self._sinks)

    def _open(self) -> None:
        """Opens and starts everything, sinks before sources."""
        self._source = source = open_source(self._settings.source, self._clock)
        self._source_name = source.name
        width, height = (side // 2 * 2 for side in source.size)
        if min(width, height) < MIN_SIDE_PX:
            raise MediaError(
                f"{source.name} is {source.size[0]}x{source.size[1]}; at least {MIN_SIDE_PX}x{MIN_SIDE_PX} is wanted."
            )
        self._fps = self._settings.source.fps or source.fps or 30.0
        target = self._settings.virtual_camera
        self._sinks = open_sinks(target, (width, height), self._fps, record=self._settings.record)
        delay_ns = round(self._profile.sync.delay_ms * 1e6)
        pictures = LOSSLESS_PICTURES if self._lossless else SPARE_PICTURES + round(delay_ns * self._fps / 1e9)
        self._line = DelayLine((width, height), pictures, self._lossless)
        self._presenter = Presenter(self._line, self._sinks, self._clock, self._fps, self._sink_lost)
        self._presenter.realtime = not self._lossless
        self._presenter.delay_ns = 0 if self._lossless else delay_ns
        self._presenter.cover(not self._on_air)
        self._assembly = Assembly(self._models, self._profile, (width, height))
        chain = self._assembly.build(self._profile)
        self._taken(chain)
        self._loader = Loader(self._assembly, self._clock, self._hand_over, self._on_event)
        self._lane = VideoLane(chain, self._links())
        self._started_ns = self._clock.now_ns()
        steps = (("sinks", self._present), ("loader", self._loader.step))
        steps += (("video lane", self._lane.step), ("capture", self._capture))
        self._workers = [Worker(name, step, self._worker_failed) for name, step in steps]
        for worker in self._workers:
            worker.start()
        self._workers.reverse()

    def _links(self) -> LaneLinks:
        """What the lane is connected to."""
        return LaneLinks(
            frames=self._frames,
            line=self._line,
            assembly=self._assembly,
            clock=self._clock,
            interval_ns=round(1e9 / self._fps),
            lossless=self._lossless,
            retire=self._loader.retire,
            taken=self._taken,
            report=self._on_event,
        )

    def _hand_over(self, handover: Handover) -> None:
        """Passes a chain to the lane."""
        self._lane.hand_over(handover)

    def _taken(self, chain: Chain) -> None:
        """Follows the lane to another chain."""
        self._profile, self._card = chain.profile, chain.card
        self._presenter.show_card(chain.card)

    def _capture(self) -> bool:
        """Reads one frame."""
        assert self._source is not None
        try:
            frame = self._source.read()
        except EndOfSource:
            self._frames.close()
            return False
        if frame is not None:
            self._arrivals.add(self._clock.now_ns())
            self._frames.put(_even(frame))
        return True

    def _present(self) -> bool:
        """Shows one picture; the end of the line ends the session."""
        going_on = self._presenter.step()
        if not going_on:
            self._ended.set()
        return going_on

    def _worker_failed(self, name: str, error: UnderstudyError) -> None:
        """Says what ended a thread; the card goes out from then on."""
        self._error = error
        self._presenter.cover(True)
        self._on_event(Event(Level.ERROR, str(error), self._clock.now_ns()))
        self._ended.set()

    def _sink_lost(self, error: DeviceError) -> None:
        """Says that a sink is gone; the others go on."""
        self._on_event(Event(Level.ERROR, str(error), self._clock.now_ns()))

    def _close_parts(self) -> None:
        """Closes whatever is open."""
        if self._source is not None:
            self._source.close()
        for part in ("_loader", "_presenter", "_assembly"):
            if hasattr(self, part):
                getattr(self, part).close()
        for sink in self._sinks:
            sink.close()


def _even(frame: Frame) -> Frame:
    """The frame without a last odd row or column: I420 has none."""
    height, width = frame.pixels.shape[:2]
    if height % 2 == 0 and width % 2 == 0:
        return frame
    pixels = frame.pixels[: height // 2 * 2, : width // 2 * 2].copy()
    return Frame(pixels, frame.captured_ns, frame.media_ns)
