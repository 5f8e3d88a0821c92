"""What is asked of a render, and what it tells."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

from pipeline.audio.devices.sound_recorder import ENCODERS
from pipeline.errors import MediaError
from pipeline.inference.onnx.runtime import Preference
from pipeline.video.devices.sinks import ENDINGS, RECORDING_SUFFIXES
from profiles.profile import Profile


@dataclass(frozen=True, slots=True)
class RenderJob:
    """What is done to which file."""

    source: Path
    """A video, a picture or sound."""
    target: Path
    """Ends in .mp4 or .mkv, or in .wav, .flac or .opus for the sound alone; replaced when it is there."""
    profile: Profile
    device: Preference = Preference.AUTO
    """Where the networks that the profile brings run."""

    @property
    def sound_alone(self) -> bool:
        """Whether no pictures are wanted, and so no networks needed."""
        return self.target.suffix.lower() in ENCODERS


@dataclass(frozen=True, slots=True)
class RenderProgress:
    """How far a render has come."""

    frames: int
    """Frames done; 0 for sound alone."""
    done_s: float
    """Time in the file that is done."""
    total_s: float | None
    """The file's length, if it tells."""
    faces_found: int = 0
    """Frames on which the chosen face was followed."""
    policy_frames: int = 0
    """Frames that the fail-safe policy made."""
    failed_frames: int = 0
    """Of these, the ones that a model is to blame for and not the footage."""
    sound_s: float | None = None
    """Sound done; None where there is none that can be read."""
    silent_s: float = 0.0
    """Of that, what is silent because the voice failed."""


class Rendering(Protocol):
    """One file on its way into another, on the calling thread. A context manager."""

    remark: str | None
    """A sentence about what of the source could not be used."""

    def step(self) -> bool:
        """Does some more; False when all is done.

        Raises:
            DeviceError: the target took no more.
        """

    def progress(self) -> RenderProgress:
        """How far it has come."""

    def close(self) -> None:
        """Finishes the target, which then plays up to what was done; may be called twice.

        Raises:
            DeviceError: the end could not be written.
        """

    def __enter__(self) -> Self:
        """The rendering itself."""

    def __exit__(self, *_: object) -> None:
        """Finishes the target."""


def refuse_target(job: RenderJob) -> None:
    """Lets only outputs through that can be written without harm.

    Raises:
        MediaError: the target's ending is not known, or it is the source.
    """
    if job.target.suffix.lower() not in (*RECORDING_SUFFIXES, *ENCODERS):
        got = f"the ending '{job.target.suffix}'" if job.target.suffix else "a name without an ending"
        alone = ", ".join(ENCODERS)
        raise MediaError(
            f"The output {job.target} can't be written: got {got}, wanted {ENDINGS}, or for sound alone one of {alone}."
        )
    if job.target.exists() and job.source.exists() and job.target.samefile(job.source):
        raise MediaError(f"{job.source} can't be rendered into itself; name another output.")
