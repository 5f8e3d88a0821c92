"""The video lane: one frame after another through the present profile's chain, and the policy where that fails."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2

from pipeline.assembly import Assembly, Chain, same_but_live
from pipeline.clock import Clock
from pipeline.errors import StageError
from pipeline.media import Frame, Pixels
from pipeline.queues import Latest
from pipeline.stage import Witness
from pipeline.telemetry import Event, Level, Shown, SwitchReading
from pipeline.video.beside import Ahead
from pipeline.video.cast.roster import roster
from pipeline.video.lane_meters import LaneMeters
from pipeline.video.output.blur import blurred_picture
from pipeline.video.output.delay_line import DelayLine, Showing
from pipeline.video.screen.gallery import Gallery, thumbnail
from pipeline.video.screen.looks import show_source
from profiles.profile import FailSafePolicy, Profile

HOLD_NS = 2_000_000_000
"""The last good picture is held for so long before the card takes over."""
LOST_AFTER_NS = 300_000_000
"""Without a frame for so long, or three frame intervals, the source counts as lost."""


@dataclass(frozen=True, slots=True, eq=False)
class Handover:
    """A chain on its way into the lane."""

    chain: Chain
    requested_ns: int
    ready_ns: int
    """When its stages were warm."""
    counts: bool
    """Whether this is a change of profile and not of a setting."""


@dataclass(frozen=True, slots=True, eq=False)
class LaneLinks:
    """What the lane is connected to."""

    frames: Latest[Frame]
    line: DelayLine
    assembly: Assembly
    clock: Clock
    interval_ns: int
    lossless: bool
    retire: Callable[[Chain], None]
    """Takes a chain that has left the lane."""
    taken: Callable[[Chain], None]
    """Called with each chain that enters the lane, before its first frame."""
    report: Callable[[Event], None]


class VideoLane:
    """Works on frames on one thread; everything that other threads ask for happens between two frames."""

    def __init__(self, chain: Chain, links: LaneLinks) -> None:
        """A lane with its first chain."""
        self._chain = chain
        self._links = links
        self.meters = LaneMeters()
        self._lock = threading.Lock()
        self._handover: Handover | None = None
        self._settings: Profile | None = None
        self._good_ns: int | None = None
        self._last: tuple[int, int] | None = None
        self._lost = False
        self._camera = 0
        self._emitted_ns = 0
        self._switching: SwitchReading | None = None
        self.gallery = Gallery(links.clock)
        """Small pictures for the operator."""
        self.witness: Witness | None = None
        """Who sees what was captured."""

    @property
    def profile(self) -> Profile:
        """The profile in the lane, with its live settings."""
        return self._chain.profile

    @property
    def card(self) -> Pixels:
        """uint8 (height, width, 3) BGR: the card of the profile in the lane."""
        return self._chain.card

    def hand_over(self, handover: Handover) -> None:
        """Gives the lane another chain to take before its next frame; one that still waits is retired unused."""
        with self._lock:
            waiting, self._handover = self._handover, handover
            self._settings = None
        if waiting is not None:
            self._links.retire(waiting.chain)

    def adjust(self, profile: Profile) -> None:
        """Gives the lane live settings to take before its next frame; those of another profile are ignored."""
        with self._lock:
            self._settings = profile

    def close(self) -> None:
        """Closes the chain in the lane and one that waits for it."""
        with self._lock:
            waiting, self._handover = self._handover, None
        if waiting is not None:
            waiting.chain.close()
        self._chain.close()

    def step(self) -> bool:
        """Works on one frame, or notices that none came; False when none will."""
        frame = self._links.frames.take(self._links.interval_ns / 1e9)
        self._take_requests()
        if frame is not None:
            self._lost_is_over()
            if frame.camera != self._camera:
                self._look_anew(frame.camera)
            self._work(frame)
            self._count_switch()
            self._emitted_ns = self._links.clock.now_ns()
            return True
        if self._links.frames.closed:
            self._links.line.close()
            return False
        if not self._links.lossless:
            self._without_source()
        return True

    def _take_requests(self) -> None:
        """Takes a waiting chain and settings."""
        with self._lock:
            handover, self._handover = self._handover, None
            settings, self._settings = self._settings, None
        if handover is not None:
            old = self._chain
            if handover.counts:
                prepare_ms = (handover.ready_ns - handover.requested_ns) / 1e6
                names = (old.profile.name, handover.chain.profile.name)
                self._switching = SwitchReading(*names, prepare_ms, gap_ms=0.0, dropped=-self._dropped())
                # The picture before is the old target's; the new one's label must not stand for it.
                self._good_ns = None
                self.meters.begin_anew()
            self._enter(handover.chain)
            self._links.retire(old)
        if settings is not None and same_but_live(settings, self._chain.profile):
            self._enter(self._links.assembly.relabel(self._chain, settings))

    def _enter(self, chain: Chain) -> None:
        """Goes on with a chain; the stages that all chains share hear its settings too."""
        self._chain = chain
        for stage in chain.stages:
            stage.adjust(chain.profile)
        self._links.taken(chain)

    def _dropped(self) -> int:
        """Frames lost before and behind the lane so far."""
        return self._links.frames.dropped + self._links.line.dropped

    def _count_switch(self) -> None:
        """Keeps the reading of a switch when its first frame is out."""
        begun, self._switching = self._switching, None
        if begun is None:
            return
        gap_ns = self._links.clock.now_ns() - self._emitted_ns - self._links.interval_ns if self._emitted_ns else 0
        number = self.meters.switches[-1].number + 1 if self.meters.switches else 1
        dropped = begun.dropped + self._dropped()
        self.meters.switches.append(replace(begun, gap_ms=max(0.0, gap_ns / 1e6), dropped=dropped, number=number))

    def _work(self, frame: Frame) -> None:
        """Takes one frame through the chain; where a stage fails, the policy decides."""
        clock, chain = self._links.clock, self._chain
        began_ns = mark_ns = clock.now_ns()
        source, sensed, failure = frame.pixels, frame, None
        for stage in chain.stages:
            try:
                frame = stage.process(frame)
            except StageError as error:
                failure = error
                if chain.profile.output.policy is not FailSafePolicy.BLUR:
                    break
                frame = replace(frame, pixels=blurred_picture(frame.pixels))
            sensed = frame if frame.pixels is source else sensed
            # To have another stage begin takes next to nothing, which counts to the one that comes next.
            if not isinstance(stage, Ahead):
                now_ns = clock.now_ns()
                self.meters.stage(stage.name).add(now_ns - mark_ns)
                mark_ns = now_ns
        self._last = (frame.captured_ns, frame.media_ns)
        self.meters.faces = roster(frame.faces, chain.profile)
        self.meters.faces_found += frame.chosen_face is not None
        self.meters.note(failure)
        if failure is not None and chain.profile.output.policy is not FailSafePolicy.BLUR:
            self._stand_in(frame.captured_ns, frame.media_ns)
        else:
            self._finish(frame, source, failure is None)
        self._let_see(sensed)
        self.gallery.actor = sensed if self.gallery.wants(Shown.NEXT) else None
        self._show_source(source, frame)
        self.meters.work.add(clock.now_ns() - began_ns)

    def _let_see(self, frame: Frame) -> None:
        """Shows a frame to who looks on; one who fails at it looks on no more, and the call goes on."""
        witness = self.witness
        try:
            if witness is not None:
                witness.see(frame)
        except (ValueError, MemoryError, cv2.error) as error:
            self.witness = None
            told = f"Who looked on at the pictures failed and does so no more ({error!r}); the call does not need it."
            self._links.report(Event(Level.WARNING, told, self._links.clock.now_ns()))

    def _show_source(self, source: Pixels, frame: Frame) -> None:
        """Hangs the operator's pictures; one that can't be drawn costs the call nothing."""
        try:
            show_source(self.gallery, source, frame, self._chain.profile)
        except cv2.error as error:
            told = f"A picture of faces or masks could not be drawn: {error.err}; the call does not need it."
            self._links.report(Event(Level.WARNING, told, self._links.clock.now_ns()))

    def _finish(self, frame: Frame, source: Pixels, good: bool) -> None:
        """Labels a frame and queues it."""
        pixels = frame.pixels.copy() if frame.pixels is source else frame.pixels
        self._chain.label.draw(pixels)
        self._links.line.write(pixels, frame.captured_ns, frame.media_ns, by_policy=not good)
        if good:
            self._good_ns = frame.media_ns
        self._show(pixels)

    def _stand_in(self, captured_ns: int, media_ns: int) -> None:
        """Queues what the policy shows instead of a frame."""
        policy = self._chain.profile.output.policy
        held = self._good_ns is not None and media_ns - self._good_ns <= HOLD_NS
        if policy is FailSafePolicy.CARD or not held:
            self._links.line.mark(Showing.CARD, captured_ns, media_ns)
            self._show(self._chain.card)
        else:
            self._links.line.mark(Showing.AGAIN, captured_ns, media_ns)

    def _without_source(self) -> None:
        """Keeps the output alive while no frame comes.

        What counts is how long the lane has waited: a file that catches up gives frames whose time is long past.
        """
        now_ns = self._links.clock.now_ns()
        captured_ns, media_ns = self._last if self._last is not None else (now_ns, 0)
        limit_ns = max(LOST_AFTER_NS, 3 * self._links.interval_ns)
        if self._last is not None and now_ns - self._emitted_ns < limit_ns:
            return
        if self._last is not None and not self._lost:
            self._lost = True
            text = f"No new picture for {limit_ns / 1e6:.0f} ms; the fail-safe is on."
            self._links.report(Event(Level.WARNING, text, now_ns))
        self._stand_in(now_ns, media_ns + now_ns - captured_ns)

    def _lost_is_over(self) -> None:
        """Notes that frames come again."""
        if self._lost:
            self._lost = False
            now_ns = self._links.clock.now_ns()
            self._links.report(Event(Level.INFO, "Pictures come again.", now_ns))

    def _look_anew(self, camera: int) -> None:
        """Forgets what another camera saw: somebody else may sit before this one."""
        self._camera = camera
        self._good_ns = None
        for stage in self._chain.stages:
            stage.reset()

    def _show(self, pixels: Pixels) -> None:
        """Makes the operator's pictures of what goes out, where somebody looks at them."""
        for size in self.gallery.due(Shown.PROGRAM):
            self.gallery.hang(Shown.PROGRAM, thumbnail(pixels, size))
