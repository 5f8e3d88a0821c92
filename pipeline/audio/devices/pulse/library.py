"""As much of the sound server's own library as plays to one sink and to no other, and ends others' recordings."""

import ctypes
import threading
import time
from collections.abc import Callable
from ctypes import byref, c_char_p, c_int, c_int64, c_size_t, c_uint8, c_uint32, c_void_p

from pipeline.errors import DeviceError

LIBRARY = "libpulse.so.0"
OPENING_S = 5.0
POLL_S = 0.002
FLOAT32LE = 5
SAMPLE_BYTES = 4
NO_AUTOSPAWN = 1
DONT_MOVE, EARLY_REQUESTS = 0x200, 0x4000
"""The stream ends with its sink. The sink holds no more than one request."""
CONTEXT_READY, CONTEXT_FAILED = 4, 5
STREAM_READY, STREAM_FAILED = 2, 3
OPERATION_RUNNING, OPERATION_DONE = 0, 1
UNSET = 0xFFFFFFFF


class _SampleSpec(ctypes.Structure):
    _fields_ = [("format", c_int), ("rate", c_uint32), ("channels", c_uint8)]


class _BufferAttributes(ctypes.Structure):
    _fields_ = [(name, c_uint32) for name in ("maxlength", "tlength", "prebuf", "minreq", "fragsize")]


class Connection:
    """One connection with the server. Nothing of it may be used after `close`."""

    def __init__(self) -> None:
        """Connects.

        Raises:
            DeviceError: the library or the server is not there; the sentence is a reason in a few words.
        """
        self._pulse = _loaded()
        self._loop = c_void_p(self._pulse.pa_threaded_mainloop_new())
        self._context = c_void_p()
        self._pulse.pa_threaded_mainloop_start(self._loop)
        try:
            with self:
                api = c_void_p(self._pulse.pa_threaded_mainloop_get_api(self._loop))
                self._context = c_void_p(self._pulse.pa_context_new(api, b"Understudy"))
                self._pulse.pa_context_connect(self._context, None, NO_AUTOSPAWN, None)
            self._await(self._pulse.pa_context_get_state, self._context, CONTEXT_READY, CONTEXT_FAILED)
        except BaseException:
            self.close()
            raise

    def end_recording(self, number: int) -> None:
        """Ends a stream that is recorded by any program; one that has ended already is as well.

        Raises:
            DeviceError: the server does not answer.
        """
        with self:
            operation = c_void_p(self._pulse.pa_context_kill_source_output(self._context, c_uint32(number), None, None))
        if not operation:
            raise DeviceError("the sound server ended")
        try:
            self._await(self._pulse.pa_operation_get_state, operation, OPERATION_DONE, OPERATION_DONE + 1)
        finally:
            with self:
                self._pulse.pa_operation_unref(operation)

    def close(self) -> None:
        """Ends it. May be called twice."""
        loop, self._loop = self._loop, c_void_p()
        if not loop:
            return
        self._pulse.pa_threaded_mainloop_stop(loop)
        self._drop()
        if self._context:
            self._pulse.pa_context_disconnect(self._context)
            self._pulse.pa_context_unref(self._context)
        self._pulse.pa_threaded_mainloop_free(loop)

    def __enter__(self) -> None:
        """Keeps the library's own thread out."""
        self._pulse.pa_threaded_mainloop_lock(self._loop)

    def __exit__(self, *_: object) -> None:
        """Lets it go on."""
        self._pulse.pa_threaded_mainloop_unlock(self._loop)

    def _drop(self) -> None:
        """Ends what goes through the connection, whose own thread has ended."""

    def _await(self, state_of: Callable[[c_void_p], int], what: c_void_p, ready: int, failed: int) -> None:
        """Waits until a state is reached.

        Raises:
            DeviceError: another was reached, or none in time.
        """
        until_s, pause = time.monotonic() + OPENING_S, threading.Event()
        while True:
            with self:
                state = state_of(what)
                reason = self._pulse.pa_strerror(self._pulse.pa_context_errno(self._context)).decode()
            if state == ready:
                return
            if state >= failed:
                raise DeviceError(reason.lower())
            if time.monotonic() > until_s:
                raise DeviceError(f"no answer within {OPENING_S:g} s")
            pause.wait(POLL_S)


class PlaybackStream(Connection):
    """Mono float32 to one sink of the server, and to no other: where that vanishes, a server moves other streams on.

    Nothing of it may be used after `close`.
    """

    def __init__(self, sink: str, rate_hz: int, held: int, requested: int) -> None:
        """Connects.

        Args:
            sink: what the server calls it.
            rate_hz: samples in a second.
            held: how many samples the server holds at most.
            requested: how many it asks for at a time.

        Raises:
            DeviceError: the library, the server or the sink is not there; the sentence is a reason in a few words.
        """
        self._stream = c_void_p()
        self._held_bytes = held * SAMPLE_BYTES
        super().__init__()
        try:
            self._play(sink, rate_hz, requested * SAMPLE_BYTES)
        except BaseException:
            self.close()
            raise

    @property
    def room(self) -> int:
        """For how many samples the server has asked."""
        with self:
            size = int(self._pulse.pa_stream_writable_size(self._stream))
        return 0 if size == c_size_t(-1).value else size // SAMPLE_BYTES

    @property
    def ended(self) -> str:
        """Why nothing is played any more, in a few words; nothing while it is."""
        with self:
            if self._pulse.pa_context_get_state(self._context) != CONTEXT_READY:
                return "the sound server ended"
            if self._pulse.pa_stream_get_state(self._stream) != STREAM_READY:
                return "the sound server took it away"
        return ""

    def write(self, samples: bytes) -> None:
        """Hands float32 samples over; a stream that ended takes none."""
        with self:
            self._pulse.pa_stream_write(self._stream, samples, c_size_t(len(samples)), None, c_int64(0), 0)

    def _drop(self) -> None:
        """Ends the stream; what the server holds is lost."""
        if self._stream:
            self._pulse.pa_stream_disconnect(self._stream)
            self._pulse.pa_stream_unref(self._stream)

    def _play(self, sink: str, rate_hz: int, requested_bytes: int) -> None:
        pulse = self._pulse
        form = _SampleSpec(FLOAT32LE, rate_hz, 1)
        buffer = _BufferAttributes(UNSET, self._held_bytes, requested_bytes, requested_bytes, UNSET)
        with self:
            self._stream = c_void_p(pulse.pa_stream_new(self._context, b"Persona", byref(form), None))
            pulse.pa_stream_connect_playback(
                self._stream, sink.encode(), byref(buffer), DONT_MOVE | EARLY_REQUESTS, None, None
            )
        self._await(pulse.pa_stream_get_state, self._stream, STREAM_READY, STREAM_FAILED)


def _loaded() -> ctypes.CDLL:
    """The library, with the types of what is used of it.

    Raises:
        DeviceError: it is not there.
    """
    try:
        pulse = ctypes.CDLL(LIBRARY)
    except OSError:
        raise DeviceError(f"there is no {LIBRARY}") from None
    for name in ("mainloop_new", "mainloop_get_api"):
        getattr(pulse, f"pa_threaded_{name}").restype = c_void_p
    pulse.pa_context_new.restype = pulse.pa_stream_new.restype = c_void_p
    pulse.pa_context_kill_source_output.restype = c_void_p
    pulse.pa_stream_writable_size.restype = c_size_t
    pulse.pa_strerror.restype = c_char_p
    return pulse
