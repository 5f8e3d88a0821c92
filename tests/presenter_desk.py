"""A presenter with everything around it, driven by hand."""

import cv2
import numpy as np

from pipeline.errors import DeviceError
from pipeline.media import Pixels
from pipeline.video.output.delay_line import DelayLine, Showing
from pipeline.video.output.presenter import Presenter
from tests.fakes import FakeClock, FakeSink

FPS = 50.0
INTERVAL_NS = 20_000_000
SIZE = (64, 48)
CARD, WHITE = 30, 235
GREYS = {
    int(cv2.cvtColor(np.full((2, 2, 3), level, np.uint8), cv2.COLOR_BGR2YUV_I420)[0, 0]): level
    for level in range(20, 240, 5)
}
"""By luminance as I420 has it."""


class Desk:
    """A presenter with its line, its sinks and a clock."""

    def __init__(self, *sinks: FakeSink, capacity: int = 400, delay_ns: int = 0, lossless: bool = False) -> None:
        self.clock = FakeClock(1_000_000_000)
        self.line = DelayLine(SIZE, capacity, lossless)
        self.sinks = sinks or (FakeSink(steady=True),)
        self.lost: list[DeviceError] = []
        self.presenter = Presenter(self.line, self.sinks, self.clock, None if lossless else FPS, self.lost.append)
        self.presenter.delay_ns = delay_ns

    def give_card(self, level: int = CARD) -> None:
        """The card, a plain grey."""
        self.presenter.show_card(grey(level))

    def write(self, level: int) -> int:
        """Puts a picture of one grey on the line, captured now; the instant."""
        now_ns = self.clock.now_ns()
        self.line.write(grey(level), now_ns, now_ns)
        return now_ns

    def mark(self, showing: Showing) -> None:
        """Puts an instant without a picture on the line."""
        self.line.mark(showing, self.clock.now_ns(), self.clock.now_ns())

    def beat(self, level: int | None = None) -> None:
        """One frame interval, with a picture or without, and a step."""
        self.clock.advance(INTERVAL_NS)
        if level is not None:
            self.write(level)
        self.presenter.step()


def grey(level: int) -> Pixels:
    return np.full((SIZE[1], SIZE[0], 3), level, np.uint8)


def levels(sink: FakeSink) -> list[int]:
    """The grey of every picture that a sink got, one of those that the tests use."""
    return [GREYS[int(picture.planes[0, 0])] for picture in sink.pictures]
