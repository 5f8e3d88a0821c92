"""What a stage and a device are. Both are built ready: the constructor loads, allocates and warms up."""

from types import TracebackType
from typing import Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from pipeline.media import Block, Frame, Picture
from profiles.profile import Profile


@runtime_checkable
class VideoStage(Protocol):
    """One step of the video lane. Called by one thread at a time."""

    @property
    def name(self) -> str:
        """A short noun, unique in the lane; readings and errors use it."""

    @property
    def latency_ns(self) -> int:
        """By how much the result lags behind the input, apart from computing."""

    def process(self, frame: Frame) -> Frame:
        """The frame with this stage's work done.

        The input's pixels are never written. The result's pixels may live in a buffer that the stage uses
        again at its next call. `captured_ns` is kept.

        Raises:
            StageError: this one frame could not be done.
        """

    def adjust(self, profile: Profile) -> None:
        """Takes the live settings of `profile` from the next frame on; anything else in it is ignored."""

    def reset(self) -> None:
        """Forgets what earlier frames left behind, as after a cut."""

    def close(self) -> None:
        """Frees what the stage holds; may be called twice."""


@runtime_checkable
class AudioStage(Protocol):
    """One step of the audio lane: a stream of 48 kHz mono in, as long a one out. Called by one thread at a time."""

    @property
    def name(self) -> str:
        """A short noun, unique in the lane; readings and errors use it."""

    @property
    def latency_ns(self) -> int:
        """By how much the result lags behind the input, apart from computing. Constant while the stage lives."""

    def process(self, block: Block) -> Block:
        """As many samples as came in, of which the first was captured `latency_ns` earlier; `captured_ns` says so.

        How the stream is cut into blocks makes no difference to the samples. The input's samples are never written.
        The result's samples may live in a buffer that the stage uses again at its next call.

        Raises:
            StageError: this one block could not be done.
        """

    def adjust(self, profile: Profile) -> None:
        """Takes the live settings of `profile` from the next block on; anything else in it is ignored."""

    def reset(self) -> None:
        """Forgets what earlier blocks left behind, as after a gap."""

    def close(self) -> None:
        """Frees what the stage holds; may be called twice."""


@runtime_checkable
class Tuned(Protocol):
    """A voice that follows the pitch of what it hears."""

    @property
    def pitches_hz(self) -> tuple[float, float] | None:
        """What it heard lately and what it makes of it, zeros where there is no pitch; None where it looks for none."""


class Witness(Protocol):
    """Somebody who looks on, such as a preflight. The lanes' threads call it: it is quick, and copies what it keeps."""

    def see(self, frame: Frame) -> None:
        """A frame as it was captured, with the faces and the matte that were found on it."""

    def hear(self, block: Block) -> None:
        """Sound as the microphone gave it."""


class Device(Protocol):
    """What can be entered and closed."""

    @property
    def name(self) -> str:
        """What the user would call it."""

    @property
    def description(self) -> str:
        """What it is, with the format really delivered or taken."""

    def close(self) -> None:
        """Gives the device back; may be called twice."""

    def __enter__(self) -> Self:
        """The device itself."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes it."""


class VideoSource(Device, Protocol):
    """Where frames come from. `read` is called by one thread, `close` by any."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the frames really delivered, in pixels."""

    @property
    def fps(self) -> float:
        """The nominal rate of the frames really delivered."""

    @property
    def live(self) -> bool:
        """True for a camera, which can't be made to wait; False for a file."""

    def read(self) -> Frame | None:
        """The next frame, waiting for it no longer than about half a second.

        Returns None when none came in that time (a camera that was unplugged; it is being opened again).

        Raises:
            EndOfSource: there will be no more.
            DeviceError: the device can't be had again.
        """


class VideoSink(Device, Protocol):
    """Where finished pictures go. One thread."""

    @property
    def steady(self) -> bool:
        """True for a device that has to get a picture at the nominal rate, an old one when there is no new one."""

    @property
    def dropped(self) -> int:
        """Pictures that were left out because the device was behind."""

    def write(self, picture: Picture) -> None:
        """Hands one picture on; it must not be kept after the return.

        Raises:
            DeviceError: the device took no more.
        """


class AudioSource(Device, Protocol):
    """Where sound comes from, as 48 kHz mono. `read` is called by one thread, `close` by any."""

    @property
    def live(self) -> bool:
        """True for a microphone, which can't be made to wait; False for a file."""

    def read(self) -> Block | None:
        """The next stretch of sound, of any length, waiting for it no longer than about half a second.

        Returns None when none came in that time (a microphone that was unplugged; it is being opened again).

        Raises:
            EndOfSource: there will be no more.
            DeviceError: the device can't be had again.
        """


class AudioSink(Device, Protocol):
    """Where finished sound goes: 48 kHz mono. One thread."""

    @property
    def paced(self) -> bool:
        """True where a device plays at its own clock and makes `write` wait; False where sound is taken as it comes."""

    @property
    def is_file(self) -> bool:
        """True where every sample is kept and has its place in time; False where somebody listens, now or never."""

    @property
    def buffered_ns(self) -> int:
        """How long after now a sample that is written now will be heard."""

    def write(self, samples: NDArray[np.float32]) -> None:
        """Hands float32 (n,) in -1..1 on.

        Raises:
            DeviceError: the device took no more.
        """


@runtime_checkable
class HeardAgain(Protocol):
    """A sink whose sound somebody can record again on the same computer."""

    @property
    def heard_at(self) -> str:
        """What the sound server calls the source that gives what is written; empty where there is none."""


@runtime_checkable
class Returning(Protocol):
    """A sink that is a device, which may be lost and be there again: plugged in anew, or its server started anew."""

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def returns(self) -> bool:
        """Whether it can be taken again."""

    def retake(self) -> None:
        """Takes the same device again, after `write` has failed, and no other in its place.

        Raises:
            DeviceError: it is not there yet.
        """


class FilmTrack(Protocol):
    """The sound of a film that is being recorded. One thread, which is not the pictures'."""

    def write_sound(self, block: Block) -> bool:
        """Puts 48 kHz mono at the place in the film that its `captured_ns` tells; False when the film takes no more.

        Gaps become silence. May wait for the pictures where nothing may be lost.
        """

    def end_sound(self) -> None:
        """No more sound will come; pictures wait for none."""


class EndOfSource(Exception):
    """A source has delivered its last frame."""
