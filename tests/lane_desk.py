"""A lane with everything around it, driven by hand."""

from dataclasses import replace

from pipeline.assembly import Chain
from pipeline.lane import Handover, LaneLinks, VideoLane
from pipeline.media import Frame
from pipeline.queues import Latest
from pipeline.stage import VideoStage
from pipeline.telemetry import Event
from pipeline.video.output.delay_line import DelayLine, Entry, Showing
from profiles.profile import FailSafePolicy
from tests.chains import FakeAssembly, make_chain, make_profile
from tests.fakes import FRAME_NS, FakeClock, FakeStage, make_frame

SIZE = (160, 120)
START_NS = 1_000_000_000
EMPTY_NS = 1_000_000
"""Frame interval of lanes that wait in vain, so that they do it briefly."""


class LaneDesk:
    """A lane with everything around it, and a clock that stands at the newest frame's capture."""

    def __init__(
        self, *stages: VideoStage, policy: FailSafePolicy = FailSafePolicy.HOLD, interval_ns: int = FRAME_NS
    ) -> None:
        self.clock = FakeClock(START_NS)
        self.assembly = FakeAssembly(SIZE)
        self.profile = make_profile("ada", policy)
        self.frames: Latest[Frame] = Latest()
        self.line = DelayLine(SIZE, 400, lossless=False)
        self.retired: list[Chain] = []
        self.taken: list[Chain] = []
        self.events: list[Event] = []
        self.chain = make_chain(self.profile, *(stages or (FakeStage(),)), size=SIZE)
        self.lane = VideoLane(self.chain, self._links(interval_ns))

    def _links(self, interval_ns: int) -> LaneLinks:
        return LaneLinks(
            frames=self.frames,
            line=self.line,
            assembly=self.assembly,
            clock=self.clock,
            interval_ns=interval_ns,
            lossless=False,
            retire=self.retired.append,
            taken=self.taken.append,
            report=self.events.append,
        )

    def feed(self, frame: Frame) -> None:
        """Works on one frame, at the instant of its capture."""
        self.clock.advance(max(0, frame.captured_ns - self.clock.now_ns()))
        self.frames.put(frame)
        assert self.lane.step()

    def starve(self, nanoseconds: int) -> None:
        """A step without a frame after some time."""
        self.clock.advance(nanoseconds)
        assert self.lane.step()

    def entries(self) -> list[Entry]:
        """Everything that waits on the line, oldest first."""
        found = []
        while (head_ns := self.line.head_ns()) is not None:
            entry = self.line.take(head_ns)
            assert entry is not None
            found.append(entry)
            if entry.planes is not None:
                self.line.give_back(entry.planes)
        return found

    def showings(self) -> list[Showing]:
        """What everything on the line shows."""
        return [entry.showing for entry in self.entries()]

    def handover(self, name: str, *stages: VideoStage, counts: bool = True) -> Handover:
        """Another profile's chain, asked for now."""
        chain = make_chain(make_profile(name), *(stages or (FakeStage(name),)), size=SIZE)
        return Handover(chain, self.clock.now_ns(), self.clock.now_ns(), counts)


def frame_at(index: int) -> Frame:
    """A frame whose every pixel tells its index, captured in its turn."""
    frame = make_frame(index, SIZE)
    return replace(frame, captured_ns=START_NS + frame.media_ns)


def luminance(entry: Entry) -> int:
    """The grey of the middle of a picture, far from the label."""
    assert entry.planes is not None
    return int(entry.planes[SIZE[1] // 2, SIZE[0] // 2])
