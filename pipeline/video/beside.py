"""Work that a later stage begins early, on another thread, while the stages before it do theirs."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Generic, Protocol, TypeVar

from pipeline.media import Frame
from pipeline.stage import VideoStage
from profiles.profile import Profile

Made = TypeVar("Made")


class Beginning(VideoStage, Protocol):
    """A stage of which a part needs only what is known earlier in the lane."""

    def begin(self, frame: Frame) -> None:
        """Starts on a frame that `process` will be given when the stages between have done their work on it."""


class Ahead:
    """Stands in the lane where another stage may begin."""

    name = "ahead"
    latency_ns = 0

    def __init__(self, stage: Beginning) -> None:
        """A place for a stage that stands in the lane farther on, and stays its own master."""
        self._stage = stage

    def process(self, frame: Frame) -> Frame:
        """The frame itself; the other stage has begun on it."""
        self._stage.begin(frame)
        return frame

    def adjust(self, profile: Profile) -> None:
        """The other stage hears of settings itself."""

    def reset(self) -> None:
        """Nothing is remembered."""

    def close(self) -> None:
        """Nothing is held."""


class Beside(Generic[Made]):
    """One piece of work per frame, begun early where there is somebody to do it, else done when it is asked for.

    The work never runs twice at a time, so it may have buffers of its own.
    """

    def __init__(self, work: Callable[[Frame], Made], executor: Executor | None) -> None:
        """Work done by an executor, or by whoever asks for it."""
        self._work = work
        self._executor = executor
        self._begun: tuple[tuple[int, int], Future[Made]] | None = None

    def begin(self, frame: Frame) -> None:
        """Starts on a frame; what was begun before and never asked for is thrown away."""
        self.forget()
        if self._executor is not None:
            self._begun = _key(frame), self._executor.submit(self._work, frame)

    def done(self, frame: Frame) -> Made:
        """The outcome for a frame; what the work raises is raised here."""
        if self._begun is not None and self._begun[0] == _key(frame):
            (_, future), self._begun = self._begun, None
            return future.result()
        self.forget()
        return self._work(frame)

    def forget(self) -> None:
        """Throws away what was begun; returns when the work has stopped."""
        begun, self._begun = self._begun, None
        if begun is not None and not begun[1].cancel():
            begun[1].exception()


def _key(frame: Frame) -> tuple[int, int]:
    """What tells a frame from the one before, whatever the stages did to it."""
    return frame.captured_ns, frame.media_ns
