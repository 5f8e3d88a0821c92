"""Pictures handed to the sinks when they are due, at a steady rate, whatever happens before."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.clock import Clock
from pipeline.cover import Cover
from pipeline.errors import DeviceError
from pipeline.media import Picture, Pixels
from pipeline.stage import VideoSink
from pipeline.telemetry import DurationMeter, RateMeter
from pipeline.video.output.delay_line import DelayLine, Entry, Showing

LATE_INTERVALS = 1.5
"""A steady sink gets the last picture again when nothing new was due for so many frame intervals."""


@dataclass(slots=True, eq=False)
class OutputMeters:
    """What the presenter counts."""

    sent: RateMeter = field(default_factory=RateMeter)
    latency: DurationMeter = field(default_factory=DurationMeter)
    repeats: int = 0
    by_policy: int = 0
    """Of those sent, the ones that the fail-safe policy made."""


class Presenter:
    """Takes entries off the delay line when they are due and writes them to every sink.

    The card is kept here and not before the line, so that panic shows within one frame however long the delay is. It
    stays until the first picture is due that was captured after it was taken off.
    """

    def __init__(
        self,
        line: DelayLine,
        sinks: Sequence[VideoSink],
        clock: Clock,
        fps: float | None,
        lost: Callable[[DeviceError], None],
    ) -> None:
        """A presenter that shows the card until it is told otherwise.

        Args:
            line: where the pictures come from.
            sinks: where they go; one that fails is closed and left out from then on.
            clock: the program's clock.
            fps: the nominal rate; None hands entries on as fast as they come.
            lost: called with the reason when a sink fails.
        """
        self._line, self._sinks, self._clock, self._lost = line, list(sinks), clock, lost
        self._opened, self._dropped = tuple(sinks), 0
        """Those that were not taken out, and what those that were had left out."""
        self.realtime = fps is not None
        """Whether pictures go out by the clock."""
        self._interval_ns = 0 if fps is None else round(1e9 / fps)
        self._card: NDArray[np.uint8] | None = None
        self._shown: NDArray[np.uint8] | None = None
        """The newest picture that came off the line, seen or covered."""
        self._shown_ns = 0
        """When it was captured."""
        self._last: Picture | None = None
        self._sent_ns: int | None = None
        self.without_sinks = not sinks
        """Whether nobody wants what goes out: none was asked for, or the last was taken out."""
        self._cover = Cover(clock, up=False)
        self._recordings_over = threading.Event()
        self._leaving: deque[tuple[VideoSink, threading.Event]] = deque()
        self._asked: deque[Future[NDArray[np.uint8]]] = deque()
        self.delay_ns = 0
        """From capture to the sinks at least this long."""
        self.meters = OutputMeters()

    def show_card(self, card: Pixels) -> None:
        """Takes the card, uint8 (height, width, 3) BGR with its label, that stands in from now on."""
        self._card = cv2.cvtColor(card, cv2.COLOR_BGR2YUV_I420).astype(np.uint8, copy=False)

    def cover(self, covered: bool) -> None:
        """Puts the card over everything, or takes it off again."""
        self._cover.put(covered)

    @property
    def sinks(self) -> tuple[VideoSink, ...]:
        """The sinks that still take pictures."""
        return tuple(self._sinks)

    @property
    def dropped(self) -> int:
        """Pictures that sinks left out because they were behind, those of lost sinks too."""
        return self._dropped + sum(sink.dropped for sink in self._opened)

    @property
    def covered(self) -> bool:
        """Whether the card is over everything, as it is until a picture is due that was captured after it."""
        return self._hides(self._shown_ns)

    def step(self) -> bool:
        """Shows what is due, or waits a little; False at the end of the line."""
        if self._recordings_over.is_set():
            self._finish_recordings()
        while self._leaving:
            self._let_go(*self._leaving.popleft())
        now_ns = self._clock.now_ns()
        entry = self._line.take(now_ns - self.delay_ns)
        if entry is not None:
            self._show(entry, self._sinks)
            return True
        if self._line.closed_and_empty:
            return False
        if self._is_late(now_ns):
            self._repeat(now_ns)
            return True
        self._line.wait(self._pause_s(now_ns))
        return True

    @property
    def recordings_over(self) -> bool:
        """Whether recordings end at once, for good."""
        return self._recordings_over.is_set()

    def end_recordings(self) -> None:
        """Has the recordings finished before the next picture; what a call watches goes on. Any thread may call it."""
        self._recordings_over.set()

    def add(self, sink: VideoSink) -> None:
        """Has one more sink get what goes out from the next picture on. Any thread may call it."""
        self._opened = (*self._opened, sink)
        self._sinks.append(sink)

    def remove(self, sink: VideoSink, timeout_s: float) -> bool:
        """Takes a sink out between two pictures, for whoever asks to close it. Any thread but the presenter's own.

        Whether that was done in time; a sink that was lost meanwhile is out as well.
        """
        gone = threading.Event()
        self._leaving.append((sink, gone))
        return gone.wait(timeout_s)

    def picture(self, timeout_s: float) -> NDArray[np.uint8] | None:
        """The next picture that goes out, uint8 (height * 3 // 2, width) I420, for the caller to keep; None if none.

        Any thread but the presenter's own may call it.
        """
        asked = Future[NDArray[np.uint8]]()
        self._asked.append(asked)
        with suppress(TimeoutError):
            return asked.result(timeout_s)
        asked.cancel()
        return None

    def drain(self) -> None:
        """Writes what is left on the line to the recordings, due or not, for a session that stops.

        A camera that a call watches gets none of it: seconds of delay would run past in an instant.
        """
        recordings = [sink for sink in self._sinks if not sink.steady]
        while (entry := self._line.take_oldest()) is not None:
            self._show(entry, recordings)
            recordings = [sink for sink in recordings if sink in self._sinks]

    def close(self) -> None:
        """Closes every sink that is left.

        Raises:
            DeviceError: one could not be closed; all the others are.
        """
        with ExitStack() as closing:
            for sink in self._sinks:
                closing.callback(sink.close)
            self._sinks.clear()

    def _finish_recordings(self) -> None:
        """Closes every sink that nobody watches."""
        for sink in [sink for sink in self._sinks if not sink.steady]:
            self._sinks.remove(sink)
            try:
                sink.close()
            except DeviceError as error:
                self._lost(error)

    def _let_go(self, sink: VideoSink, gone: threading.Event) -> None:
        """Leaves a sink out from now on."""
        if sink in self._sinks:
            self._sinks.remove(sink)
            self.without_sinks |= not self._sinks
        self._dropped += sum(one.dropped for one in self._opened if one is sink)
        self._opened = tuple(one for one in self._opened if one is not sink)
        gone.set()

    def _show(self, entry: Entry, sinks: Sequence[VideoSink]) -> None:
        """Writes one entry to sinks and counts it where one took it, or where nobody wants any."""
        covered = self._hides(entry.captured_ns)
        if entry.planes is not None:
            if self._shown is not None:
                self._line.give_back(self._shown)
            self._shown, self._shown_ns = entry.planes, entry.captured_ns
        planes = self._card
        if not covered and entry.showing is not Showing.CARD:
            planes = self._showable()
        taken = self.without_sinks
        if planes is not None:
            picture = Picture(planes, entry.captured_ns, entry.media_ns, covered or entry.by_policy)
            taken |= self._write(picture, sinks)
        now_ns = self._clock.now_ns()
        self._sent_ns = now_ns
        if not taken:
            return
        self.meters.sent.add(now_ns)
        self.meters.by_policy += entry.by_policy
        if entry.showing is Showing.PICTURE:
            self.meters.latency.add(now_ns - entry.captured_ns)

    def _showable(self) -> NDArray[np.uint8] | None:
        """The newest picture, or the card where there is none or it may not be seen."""
        return self._card if self._shown is None or self._hides(self._shown_ns) else self._shown

    def _hides(self, captured_ns: int) -> bool:
        """Whether the card is to be seen in place of what was captured then."""
        # As fast as possible, instants are the file's and not the clock's.
        return self._cover.hides(captured_ns) if self.realtime else self._cover.up

    def _is_late(self, now_ns: int) -> bool:
        """Whether a steady sink has waited too long."""
        if not self.realtime or not any(sink.steady for sink in self._sinks):
            return False
        if self._sent_ns is None:
            return self._card is not None
        return now_ns - self._sent_ns >= LATE_INTERVALS * self._interval_ns

    def _repeat(self, now_ns: int) -> None:
        """Sends the last picture, or the card, to the steady sinks again."""
        again = self._last
        # What was sent last is the newest picture, or a card.
        planes = self._showable() if again is not None and again.planes is self._shown else self._card
        if planes is None:
            return
        media_ns = 0 if again is None else again.media_ns
        self._write(Picture(planes, now_ns, media_ns, True), [sink for sink in self._sinks if sink.steady])
        self._sent_ns = now_ns if self._sent_ns is None else self._sent_ns + self._interval_ns
        self.meters.repeats += 1

    def _write(self, picture: Picture, sinks: Sequence[VideoSink]) -> bool:
        """Hands a picture to sinks and tells whether one took it; one that fails is left out from then on."""
        self._last = picture
        while self._asked:
            asked = self._asked.popleft()
            if asked.set_running_or_notify_cancel():
                asked.set_result(picture.planes.copy())
        taken = False
        for sink in tuple(sinks):
            try:
                sink.write(picture)
                taken = True
            except DeviceError as error:
                self._sinks.remove(sink)
                self._lost(error)
                # A device that broke may not even close; its first reason was told.
                with suppress(DeviceError):
                    sink.close()
        return taken

    def _pause_s(self, now_ns: int) -> float:
        """How long nothing can be due."""
        until_ns = [now_ns + 100_000_000]
        head_ns = self._line.head_ns()
        if head_ns is not None:
            until_ns.append(head_ns + self.delay_ns)
        if self._sent_ns is not None and self.realtime:
            until_ns.append(self._sent_ns + round(LATE_INTERVALS * self._interval_ns))
        return max(0.0005, (min(until_ns) - now_ns) / 1e9)
