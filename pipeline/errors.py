"""Every error that a user can meet, as one tree.

::

    UnderstudyError             a sentence for the user: what, to which thing, got against wanted, the cure
    ├── DeviceError             a camera, a virtual camera, a disk: could not be opened, used or found again
    │   └── SoundError          because a device of the sound could not be opened: pictures go out without it
    ├── MediaError              a file is not the picture or video that it should be
    ├── ModelError              a network's file is missing, broken or not what its name says
    ├── PortraitError           a portrait is not fit to become a face; carries every reason
    ├── ConsentError            a profile that nobody has cleared was asked to run
    ├── LaneError               a thread of the pipeline died or did not stop
    │   └── HaltError           what was being made ready was cut short, because its session has ended
    ├── ShowError               a show's list of cues can't be read, or is not right; carries every problem
    ├── VoiceError              a voice can't be made in real time on this computer
    ├── StageError              one frame or block could not be done; costs that item only
    │   └── EngineError         because a network failed on it
    ├── ConfigError             the user's file of settings is not right; carries every problem
    ├── LinkError               a session in another process can't be reached, or has gone
    └── ConditionError          a setting of the microphone's conditioning is out of its range

A `ProfileError` of `profiles.errors` is no part of it: a profile that can't be read comes before any pipeline, and
tells all its problems at once. Of that kind, a `TakenError` is one that `force` would do away with.
"""

from collections.abc import Sequence


class UnderstudyError(Exception):
    """What could not be done, to which thing, got against wanted, then the cure: one sentence."""


class DeviceError(UnderstudyError):
    """A device could not be opened, written or found again."""


class SoundError(DeviceError):
    """A microphone, a virtual microphone or a monitor could not be opened; everything else may be there."""


class MediaError(UnderstudyError):
    """A file does not hold the media that it was asked for."""


class ModelError(UnderstudyError):
    """A network's file is missing, damaged or of the wrong shape."""


class ConsentError(UnderstudyError):
    """A profile may not go on air, be rendered or be recorded."""


class LaneError(UnderstudyError):
    """A thread of the pipeline ended early or would not stop."""


class HaltError(LaneError):
    """What was being made ready was cut short, because its session has ended."""

    def __init__(self) -> None:
        super().__init__("The session was stopped before it was ready.")


class StageError(UnderstudyError):
    """One frame or block could not be processed; the output follows the fail-safe policy for it."""


class EngineError(StageError):
    """One frame or block could not be processed because a network failed on it: nothing was wrong with the footage."""


class LinkError(UnderstudyError):
    """A session in another process can't be reached, or has gone."""


class VoiceError(UnderstudyError):
    """A voice can't be made in real time on this computer."""


class PortraitError(UnderstudyError):
    """A portrait is not fit for the photo engine.

    Attributes:
        reasons: every failed check, each a sentence.
    """

    def __init__(self, path: str, reasons: Sequence[str], *, what: str = "portrait") -> None:
        self.reasons = tuple(reasons)
        super().__init__(f"The {what} {path} can't be used: " + " ".join(self.reasons))
