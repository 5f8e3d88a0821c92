"""What was gathered, held against a profile's reference: every check of every area."""

import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import cv2

from pipeline.clock import Clock
from pipeline.errors import MediaError, UnderstudyError
from pipeline.inference.onnx.runtime import Preference
from pipeline.inference.store import ModelStore
from pipeline.media import Pixels
from pipeline.preflight.actor.checks import actor_findings
from pipeline.preflight.actor.looks import looks_of
from pipeline.preflight.actor.sweep import Sweep, sweep_findings
from pipeline.preflight.camera.background import background_findings
from pipeline.preflight.camera.checks import camera_findings
from pipeline.preflight.evidence import Heard, Seen
from pipeline.preflight.finding import Area, Finding, Verdict, skipped
from pipeline.preflight.microphone.checks import microphone_findings
from pipeline.preflight.references import reference_of
from pipeline.preflight.settings import PreflightSettings
from pipeline.preflight.system.checks import measured_findings, quick_findings
from pipeline.preflight.system.plan import SystemPlan
from pipeline.preflight.system.running import running_findings
from pipeline.video.codecs.pictures import read_picture
from profiles.errors import ProfileError

NOTHING = "nothing came from it"
USUAL_SIZE, USUAL_FPS = (1280, 720), 30.0
LEARN = "Mend the file, or learn the reference again with `understudy profiles learn-reference`."
AGAIN = "Run it again; if it stays, `understudy logs` and a report of the fault help."
BREAKS = (UnderstudyError, ProfileError, OSError, ValueError, ArithmeticError, LookupError, MemoryError, cv2.error)
"""What footage that nobody thought of may bring a check to."""
Findings = tuple[Finding, ...]


class Judge:
    """Knows the profile and what it is held against."""

    def __init__(self, settings: PreflightSettings, models: ModelStore, clock: Clock) -> None:
        """Learns what the profile is held against."""
        self._settings, self._models, self._clock = settings, models, clock
        self._reference, self._troubles = reference_of(settings.profile, models)

    @property
    def reference_db(self) -> tuple[float, ...]:
        """The spectrum that a microphone is held against; empty where none is known."""
        return self._reference.voice.spectrum_db or ()

    def evidence(
        self, heard: Heard | None, seen: Seen | None, missing: dict[str, str], sweep: Sweep | None
    ) -> Iterator[Findings]:
        """The findings of each area that is looked at, an area at a time."""
        why = missing.get("camera", NOTHING)
        looks: dict[Area, Callable[[], Findings]] = {
            Area.MICROPHONE: lambda: self._microphone(heard, missing),
            Area.CAMERA: lambda: self._camera(seen, missing),
            Area.ACTOR: lambda: self._actor(seen, why, sweep),
            Area.BACKGROUND: lambda: self._background(seen, why),
        }
        for area, look in looks.items():
            if area in self._settings.areas:
                yield tuple(_borne(area, look))

    def spoken(self, heard: Heard | None, missing: dict[str, str]) -> Findings:
        """The microphone's findings as soon as the actor has spoken."""
        if heard is None or Area.MICROPHONE not in self._settings.areas:
            return ()
        return tuple(_borne(Area.MICROPHONE, lambda: self._microphone(heard, missing)))

    def computer(self, time_for_it: Callable[[], bool], stopped: threading.Event) -> Iterator[Finding]:
        """The computer's, one after the other as they are known.

        Args:
            time_for_it: waits until the computer may be kept busy; False where that is not wanted any more.
            stopped: set to end what takes long.
        """
        yield from _borne(Area.SYSTEM, lambda: self._computer(time_for_it, stopped))

    def _computer(self, time_for_it: Callable[[], bool], stopped: threading.Event) -> Iterator[Finding]:
        for trouble in self._troubles:
            yield Finding("system.reference", "the profile's reference", Verdict.WARN, trouble, remedy=LEARN)
        running = self._settings.running
        before = None if running is None else running()
        plan = self._plan(stopped)
        yield from quick_findings(plan)
        if time_for_it():
            if running is None or before is None:
                yield from measured_findings(plan)
            else:
                yield from running_findings(running(), before)

    def _plan(self, stopped: threading.Event) -> SystemPlan:
        settings = self._settings
        asked = settings.wanted.camera
        return SystemPlan(
            settings.profile,
            self._models,
            asked.size or USUAL_SIZE,
            asked.fps or USUAL_FPS,
            virtual_camera=settings.virtual_camera,
            virtual_microphone=settings.virtual_microphone,
            folder=settings.folder or Path.cwd(),
            planned=settings.planned,
            clock=self._clock,
            device=Preference(settings.device),
            stopped=stopped,
        )

    def _microphone(self, heard: Heard | None, missing: dict[str, str]) -> Findings:
        if heard is None:
            why = missing.get("microphone", NOTHING)
            return (skipped("microphone.connection", "microphone", why, "Connect one, or name it with --microphone."),)
        return _lost("microphone", missing) + microphone_findings(heard, self._reference.voice)

    def _camera(self, seen: Seen | None, missing: dict[str, str]) -> Findings:
        if seen is None:
            why = missing.get("camera", NOTHING)
            return (skipped("camera.connection", "camera", why, "Connect one, or name it with --camera."),)
        return _lost("camera", missing) + camera_findings(seen, self._reference.picture)

    def _background(self, seen: Seen | None, why: str) -> Findings:
        if seen is None:
            return (skipped("background.light", "light of the room", why),)
        return background_findings(seen, self._room(), self._settings.profile.background.kind)

    def _actor(self, seen: Seen | None, why: str, sweep: Sweep | None) -> Findings:
        if seen is None:
            return (skipped("actor.looks", "the actor's looks", why),)
        profile = self._settings.profile
        looks = looks_of([frame for frame in seen.frames if frame.faces])
        moved = () if sweep is None else sweep_findings(sweep.result, profile)
        return actor_findings(looks, self._reference.looks, profile.face.engine) + moved

    def _room(self) -> Pixels | None:
        """The profile's room, where it is a picture that can be read."""
        background = self._settings.profile.background
        if background.kind != "image" or background.path is None:
            return None
        try:
            return read_picture(self._settings.profile.resolve(background.path), "background")
        except MediaError:
            # The profile's own checks tell of it.
            return None


def _lost(name: str, missing: dict[str, str]) -> Findings:
    """The finding of a device that was lost on the way."""
    why = missing.get(name)
    if why is None:
        return ()
    cure = "Look at its cable and its port, and begin again."
    return (Finding(f"{name}.connection", name, Verdict.FAIL, f"it was lost: {why}", "there to the end", cure),)


def _borne(area: Area, look: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """Findings; a check that breaks costs the rest of its area, and is told."""
    try:
        yield from look()
    except BREAKS as error:
        told = f"a check broke: {error or type(error).__name__}"
        yield Finding(f"{area}.checks", "the checks themselves", Verdict.WARN, told, remedy=AGAIN)
