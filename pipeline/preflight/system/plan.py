"""What is planned: with which profile, through which devices, on which day."""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pipeline.clock import Clock, MonotonicClock
from pipeline.errors import HaltError, UnderstudyError
from pipeline.inference.onnx.runtime import Preference
from pipeline.inference.store import ModelStore
from pipeline.preflight.finding import Finding, skipped
from profiles.errors import ProfileError
from profiles.profile import Profile

STOPPED = "the preflight was stopped before it"


@dataclass(frozen=True, slots=True)
class SystemPlan:
    """A call that is to be made on this computer."""

    profile: Profile
    models: ModelStore
    size: tuple[int, int] = (1280, 720)
    """Width and height of what goes out, in pixels."""
    fps: float = 30.0
    virtual_camera: str = "none"
    """As `--virtual-camera` has it: `none`, `auto`, a device, or a file."""
    virtual_microphone: str = "none"
    """As `--virtual-microphone` has it."""
    folder: Path = field(default_factory=Path.cwd)
    """Where recordings go."""
    planned: date = field(default_factory=date.today)
    """The day of the call."""
    clock: Clock = field(default_factory=MonotonicClock)
    device: Preference = Preference.AUTO
    """Where the networks run that the profile brings."""
    camera: str = "demo"
    """Whose pictures are measured with: the demo actor's, or a file's."""
    stopped: threading.Event = field(default_factory=threading.Event, compare=False)
    """Set by whoever wants no more of it: what is not done yet is left out."""


def require_wanted(plan: SystemPlan) -> None:
    """Looks before something that takes long.

    Raises:
        HaltError: nobody wants it any more.
    """
    if plan.stopped.is_set():
        raise HaltError


def guarded(check: str, title: str, look: Callable[[], Finding]) -> Finding:
    """A check's finding; where it could not be made, that it was left out and why."""
    reason = ""
    with suppress(MemoryError):
        try:
            return look()
        except HaltError:
            reason = STOPPED
        except (UnderstudyError, ProfileError, OSError) as error:
            reason = str(error)
    told, cure = told_and_cure(reason or "there is not enough memory for it")
    return skipped(check, title, told, cure)


def told_and_cure(sentence: str) -> tuple[str, str]:
    """An error's sentence in two: what is wrong, and the cure as a sentence of its own, empty where there is none."""
    told, _, cure = sentence.rstrip(".").rpartition("; ")
    return (told, f"{cure[:1].upper()}{cure[1:]}.") if told else (sentence, "")
