"""The opened devices and the threads between them, as one thing that starts and stops."""

import threading
from contextlib import ExitStack
from dataclasses import replace
from functools import partial

from pipeline.assembly import Assembly, Chain
from pipeline.audio.patching import open_devices
from pipeline.audio.rig import SoundHooks, SoundRig, SoundSettings
from pipeline.circumstances import Circumstances
from pipeline.clock import Clock, Playhead
from pipeline.errors import DeviceError, UnderstudyError
from pipeline.inference.onnx.runtime import Manner, Runtime
from pipeline.inference.store import ModelStore
from pipeline.lane import LaneLinks, VideoLane
from pipeline.live.steering import Parts, Steering
from pipeline.loader import Loader
from pipeline.media import Frame
from pipeline.queues import Latest
from pipeline.runner import Crew, do_all
from pipeline.settings import Hooks, SessionSettings
from pipeline.stage import AudioStage, EndOfSource
from pipeline.sync import LONGEST_NS, Sync
from pipeline.telemetry import Drops, Event, Level, RateMeter, VideoReadings
from pipeline.video.changing_source import ChangingSource
from pipeline.video.devices.settings import Pace, SourceSettings
from pipeline.video.devices.sinks import open_sinks, recording_settings, tracks_of
from pipeline.video.devices.sources import open_source
from pipeline.video.devices.threaded_sink import ThreadedSink
from pipeline.video.output.delay_line import DelayLine
from pipeline.video.output.presenter import Presenter
from pipeline.video.screen.rehearsal import Rehearsal
from profiles.profile import Profile

__all__ = ["Hooks", "Rig", "SessionSettings"]

HISTORY = 120
SPARE_PICTURES, LOSSLESS_PICTURES = 6, 3
"""Room in the delay line beyond what the delay itself needs; all of it where nothing may be lost."""


class Rig:
    """Source, lane, loader and sinks. Sinks start first, sources stop first."""

    def __init__(
        self, settings: SessionSettings, profile: Profile, models: ModelStore, clock: Clock, hooks: Hooks
    ) -> None:
        """Opens the devices and warms the first profile up.

        Raises:
            UnderstudyError: something can't be had; what was opened is closed again.
        """
        self._clock, self._hooks, self._report = clock, hooks, hooks.report
        self._closing = ExitStack()
        """Closes what is open, last opened first; a part that can't be closed leaves no other open."""
        self._crew, self._lost = Crew(), list[DeviceError]()
        self.sound: SoundRig | None = None
        """The audio lane with its devices; None without a microphone."""
        self._over = threading.Event()
        """Set when the last picture is out."""
        try:
            self._open(settings, profile, models)
        except BaseException:
            self._closing.close()
            raise

    def _open(self, settings: SessionSettings, profile: Profile, models: ModelStore) -> None:
        """Opens everything and notes it to be closed; the sinks last, because opening a recording empties it."""
        for device in settings.open_devices:
            self._closing.callback(device.close)
        runtime = Runtime(settings.device, clock=self._clock, report=self._report, manner=Manner(self._hooks.halt))
        runtime.require()
        camera, self._playhead = settings.source, Playhead()
        first = open_source(camera, self._clock, self._playhead) if isinstance(camera, SourceSettings) else camera
        self.source = ChangingSource(first, self._clock, self._report)
        self._closing.callback(self.source.close)
        self.fps = self.source.fps
        # A camera can't be made to wait, and its silence calls for the fail-safe, whatever the pace.
        self._lossless = not self.source.live and (
            settings.source.pace is Pace.MAX if isinstance(settings.source, SourceSettings) else True
        )
        heard = settings.sound.microphone != "none"
        session = Circumstances(runtime, self._clock, self._report if heard else None, self._lossless, heard)
        self.assembly = (settings.assemble or Assembly)(models, profile, self.source.size, session)
        self._closing.callback(self.assembly.close)
        chain = self.assembly.build(profile)
        self._open_lane(chain)
        sound = settings.sound_beside(first)
        microphone = sound.microphone if isinstance(sound.microphone, str) else ""
        settings.refuse_overwriting()
        # A recording empties its file, which has to wait until all devices could be had.
        sound = open_devices(sound, self._clock, None if self._lossless else self._playhead, self._closing)
        self._open_output(settings, sound.microphone != "none")
        self.sound = self._open_sound(sound, chain)
        if self.sound is not None:
            self._closing.callback(self.sound.close)
        parts = Parts(self.source, self.presenter, self.sound, microphone, self._playhead, self._lossless)
        self.steering = Steering(settings, parts, self._clock)
        self._taken(chain)

    def _open_lane(self, chain: Chain) -> None:
        """Makes what frames go through, with its first chain."""
        pictures = LOSSLESS_PICTURES if self._lossless else SPARE_PICTURES + round(LONGEST_NS * self.fps / 1e9)
        self.line = DelayLine(self.source.size, pictures, self._lossless)
        self.loader = Loader(
            self.assembly, self._clock, lambda handover: self.lane.hand_over(handover), self._report, self._spoken_with
        )
        self._closing.callback(self.loader.close)
        self.frames: Latest[Frame] = Latest(self._lossless)
        self.arrivals, self.sync = RateMeter(), Sync()
        self.lane = VideoLane(chain, self._links())
        self.loader.rehearsal = Rehearsal(self.lane.gallery, self._clock)
        self._closing.callback(self.lane.close)

    def _open_sound(self, settings: SoundSettings, chain: Chain) -> SoundRig | None:
        """The audio lane, or None without a microphone."""
        if settings.microphone == "none":
            return None
        settings = replace(settings, tracks=tracks_of(self.presenter.sinks))
        told, sync = self._hooks, self.sync
        hooks = SoundHooks(self._report, told.failed, sync.heard, sync.silent, lambda: not self.presenter.sinks)
        return SoundRig(settings, chain.voice, self._clock, hooks, None if self._lossless else self._playhead)

    def _open_output(self, settings: SessionSettings, with_sound: bool) -> None:
        """Opens the sinks and what feeds them."""
        recording = recording_settings(lossless=self._lossless, sound=with_sound)
        sinks = settings.sinks + open_sinks(
            settings.virtual_camera, self.source.size, self.fps, record=settings.record, settings=recording
        )
        self.presenter = Presenter(self.line, sinks, self._clock, None if self._lossless else self.fps, self._sink_lost)
        self._closing.callback(self.presenter.close)
        self.presenter.cover(not settings.on_air)

    @property
    def profile(self) -> Profile:
        """The profile in the lane, with its live settings."""
        return self.lane.profile

    def start(self) -> None:
        """Starts the threads, the sinks' first."""
        steps = {"sinks": self._present, "loader": self.loader.step}
        self._crew.start(steps | {"video lane": self.lane.step, "capture": self._capture}, self._worker_failed)
        if self.sound is not None:
            self.sound.start()

    def stop(self, timeout_s: float) -> None:
        """Stops the threads, the source's first, finishes what stands in the recordings' way and closes everything.

        Raises:
            UnderstudyError: a thread or a device did not end in time; everything else is stopped and closed.
        """
        self.steering.stop()
        end_sound = partial(self._end_sound, timeout_s, self._over.is_set())
        for name in ("capture", "loader"):
            self._crew.stop(name)
        do_all(
            self.source.close,
            partial(self._crew.join, "capture", timeout_s),
            self.frames.close,
            # The lane ends by itself when its last frame is done.
            partial(self._crew.join, "video lane", timeout_s),
            partial(self._crew.join, "loader", timeout_s),
            self.line.close,
            partial(self._end_sinks, timeout_s),
            # Pictures that waited for their sound find all of it there, unless one waits for the other.
            *((self._drain, end_sound) if self._lossless else (end_sound, self._drain)),
            self._closing.close,
        )

    def readings(self, now_ns: int) -> VideoReadings:
        """The video lane at this instant."""
        lane, output = self.lane.meters, self.presenter.meters
        sinks = self.presenter.sinks
        return VideoReadings(
            frames_in=self.arrivals.count,
            frames_out=output.sent.count,
            fps_in=self.arrivals.rate_hz(now_ns),
            fps_out=output.sent.rate_hz(now_ns),
            fps_target=self.fps,
            latency=output.latency.percentiles(),
            latency_overall=output.latency.overall(),
            lane=lane.work.percentiles(),
            stages=lane.lately,
            stages_overall={name: meter.overall() for name, meter in tuple(lane.stages.items())},
            lane_history_ms=lane.work.latest_ms(HISTORY),
            drops=Drops(self.frames.dropped, lane.failed, self.line.dropped + self.presenter.dropped),
            repeats=output.repeats,
            faces_found=lane.faces_found,
            faces=lane.faces,
            policy_frames=output.by_policy,
            outage=lane.outage,
            delay_ms=self.presenter.delay_ns / 1e6,
            covered=self.presenter.covered,
            source=self.source.description,
            size=self.source.size,
            sinks=tuple(sink.description for sink in sinks),
            lost_sinks=tuple(str(error) for error in self._lost),
            recording_s=self.steering.recorded_s(now_ns),
        )

    def _links(self) -> LaneLinks:
        """What the lane is connected to."""
        return LaneLinks(
            frames=self.frames,
            line=self.line,
            assembly=self.assembly,
            clock=self._clock,
            interval_ns=round(1e9 / self.fps),
            lossless=self._lossless,
            retire=self.loader.retire,
            taken=self._taken,
            report=self._report,
        )

    def _taken(self, chain: Chain) -> None:
        """Follows the lane to another chain."""
        self.presenter.show_card(chain.card)
        if not self._lossless:
            self.sync.follow(chain.profile.sync)
        if self.sound is not None:
            self.sound.take(chain.voice, chain.profile)

    def _spoken_with(self, voice: AudioStage) -> bool:
        """Whether the audio lane works with a voice."""
        return self.sound is not None and self.sound.lane.holds(voice)

    def _capture(self) -> bool:
        """Reads one frame."""
        try:
            frame = self.source.read()
        except EndOfSource:
            self.frames.close()
            return False
        if frame is not None:
            self.arrivals.add(self._clock.now_ns())
            self.frames.put(frame)
        return True

    def _present(self) -> bool:
        """Shows one picture; the end of the line is the end."""
        if not self._lossless:
            self.presenter.delay_ns = self.sync.delay_ns(self._clock.now_ns())
        sent = self.presenter.meters.latency.count
        going_on = self.presenter.step()
        if self.presenter.meters.latency.count > sent:
            self.sync.shown(round(self.presenter.meters.latency.latest_ms(1)[0] * 1e6))
        if not going_on:
            self._over.set()
            self._hooks.ended()
        return going_on

    def _worker_failed(self, name: str, error: UnderstudyError) -> None:
        """Puts the card up and says what ended a thread."""
        self.cover(True)
        self._hooks.failed(error)
        if name == "sinks":
            self._hooks.ended()
        self._report(Event(Level.ERROR, str(error), self._clock.now_ns()))

    def _sink_lost(self, error: DeviceError) -> None:
        """Says that a sink is gone; the others go on."""
        self._lost.append(error)
        if not self.presenter.sinks and not self.presenter.without_sinks:
            self._hooks.failed(error)
        self._report(Event(Level.ERROR, str(error), self._clock.now_ns()))

    def _end_sinks(self, timeout_s: float) -> None:
        """Ends the sinks' thread."""
        self._crew.stop("sinks")
        self._crew.join("sinks", timeout_s)

    def _drain(self) -> None:
        """Writes what the sinks' thread left, if it has ended."""
        self._crew.join("sinks", 0.0)
        for sink in [sink for sink in self.presenter.sinks if isinstance(sink, ThreadedSink)]:
            sink.finish()
        self.presenter.drain()

    def _end_sound(self, timeout_s: float, to_the_end: bool) -> None:
        """Ends the audio lane, if there is one."""
        if self.sound is not None:
            # Recordings that wait for their sound have to be finished before it ends.
            sound = partial(self.sound.stop, timeout_s, to_the_end=to_the_end)
            do_all(*([self.presenter.close] if self._lossless else []), sound)

    def cover(self, covered: bool) -> None:
        """Puts the card and silence over everything, or takes them off."""
        self.presenter.cover(covered)
        if self.sound is not None:
            self.sound.cover(covered)
