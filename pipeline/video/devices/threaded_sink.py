"""A slow sink behind a short queue and a thread of its own."""

import threading
from collections import deque
from dataclasses import replace
from typing import Self

from pipeline.errors import DeviceError
from pipeline.media import Picture
from pipeline.stage import VideoSink

DEFAULT_CAPACITY = 8
DRAIN_TIMEOUT_S = 10.0


class ThreadedSink:
    """Takes pictures at once and writes them to another sink on a thread of its own.

    What the inner sink raises comes out of the next `write`, or out of `close` when there is none.
    """

    def __init__(
        self,
        sink: VideoSink,
        capacity: int = DEFAULT_CAPACITY,
        lossless: bool = False,
        drain_timeout_s: float = DRAIN_TIMEOUT_S,
    ) -> None:
        """Starts the thread; from now on the sink belongs to it.

        Args:
            sink: where pictures go in the end.
            capacity: pictures that may wait.
            lossless: a full queue makes `write` wait; otherwise the new picture is dropped and counted.
            drain_timeout_s: how long `close` may take to write what waits.
        """
        self.name = sink.name
        self.dropped = 0
        """Pictures that were not taken because the queue was full."""
        self._sink = sink
        self._capacity = capacity
        self._lossless = lossless
        self._drain_timeout_s = drain_timeout_s
        self._finishing = False
        self._waiting: deque[Picture] = deque()
        self._change = threading.Condition()
        self._closing = False
        self._ended = False
        self._error: DeviceError | None = None
        self._told = False
        self._thread = threading.Thread(target=self._run, name=self.name)
        self._thread.start()

    @property
    def steady(self) -> bool:
        """As the inner sink."""
        return self._sink.steady

    @property
    def description(self) -> str:
        """As the inner sink."""
        return self._sink.description

    def finish(self) -> None:
        """From now on pictures come as fast as they are taken: `write` waits for room, while there is some in time."""
        with self._change:
            self._finishing = True

    def write(self, picture: Picture) -> None:
        """Copies the picture and returns; waits for room only when lossless or finishing.

        Raises:
            DeviceError: the inner sink took no more, or this one is closed.
        """
        with self._change:
            if self._lossless:
                self._change.wait_for(lambda: self._has_room() or self._ended or self._closing)
            elif self._finishing:
                self._finishing = self._change.wait_for(
                    lambda: self._has_room() or self._ended or self._closing, self._drain_timeout_s
                )
            if self._ended or self._closing:
                self._told = self._error is not None
                raise self._error or DeviceError(f"The {self.name} is closed.")
            if not self._has_room():
                self.dropped += 1
                return
            self._waiting.append(replace(picture, planes=picture.planes.copy()))
            self._change.notify_all()

    def close(self) -> None:
        """Writes what waits, closes the inner sink and ends the thread.

        Raises:
            DeviceError: the last pictures could not be written, or not in time; told once.
        """
        with self._change:
            self._closing = True
            self._change.notify_all()
        self._thread.join(self._drain_timeout_s)
        with self._change:
            if self._thread.is_alive():
                self._waiting.clear()
                self._error = DeviceError(
                    f"The {self.name} was not finished in {self._drain_timeout_s:g} s; its last pictures are lost."
                )
            told, self._told = self._told, True
        if self._error and not told:
            raise self._error

    def __enter__(self) -> Self:
        """The sink itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes it."""
        self.close()

    def _has_room(self) -> bool:
        return len(self._waiting) < self._capacity

    def _run(self) -> None:
        try:
            while (picture := self._next()) is not None:
                self._sink.write(picture)
        except DeviceError as error:
            self._error = error
        finally:
            self._finish()

    def _next(self) -> Picture | None:
        """The picture that waits longest; None when closed and nothing waits."""
        with self._change:
            self._change.wait_for(lambda: self._waiting or self._closing)
            picture = self._waiting.popleft() if self._waiting else None
            self._change.notify_all()
            return picture

    def _finish(self) -> None:
        try:
            self._sink.close()
        except DeviceError as error:
            self._error = self._error or error
        finally:
            with self._change:
                self._ended = True
                self._waiting.clear()
                self._change.notify_all()
