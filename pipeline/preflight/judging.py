"""What was gathered, held against a profile's reference: every check of every area."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from pipeline.clock import Clock
from pipeline.errors import MediaError
from pipeline.inference.onnx.runtime import Preference
from pipeline.inference.store import ModelStore
from pipeline.media import Pixels
from pipeline.preflight.actor.checks import actor_findings
from pipeline.preflight.actor.looks import looks_of
from pipeline.preflight.actor.sweep import Sweep, sweep_findings
from pipeline.preflight.camera.background import background_findings
from pipeline.preflight.camera.checks import camera_findings
from pipeline.preflight.evidence import Heard, Seen
from pipeline.preflight.finding import Area, Finding, skipped
from pipeline.preflight.microphone.checks import microphone_findings
from pipeline.preflight.settings import PreflightSettings
from pipeline.preflight.system.checks import measured_findings, quick_findings
from pipeline.preflight.system.plan import SystemPlan
from pipeline.preflight.system.running import running_findings
from pipeline.video.codecs.pictures import read_picture
from profiles.reference.figures import Reference

NOTHING = "nothing came from it"
USUAL_SIZE, USUAL_FPS = (1280, 720), 30.0
Findings = tuple[Finding, ...]


class Judge:
    """Knows the profile and what it is held against."""

    def __init__(self, settings: PreflightSettings, reference: Reference, models: ModelStore, clock: Clock) -> None:
        self._settings, self._reference, self._models, self._clock = settings, reference, models, clock

    def evidence(
        self, heard: Heard | None, seen: Seen | None, missing: dict[str, str], sweep: Sweep | None
    ) -> Iterator[Findings]:
        """The findings of each area that is looked at, an area at a time."""
        areas = self._settings.areas
        if Area.MICROPHONE in areas:
            yield self._microphone(heard, missing.get("microphone", NOTHING))
        if Area.CAMERA in areas:
            yield self._camera(seen, missing.get("camera", NOTHING))
        if Area.ACTOR in areas:
            yield self._actor(seen, missing.get("camera", NOTHING), sweep)
        if Area.BACKGROUND in areas and seen is not None:
            yield background_findings(seen, self._room(), self._settings.profile.background.kind)

    def computer(self, time_for_it: Callable[[], bool], stopped: threading.Event) -> Iterator[Finding]:
        """The computer's, one after the other as they are known.

        Args:
            time_for_it: waits until the computer may be kept busy; False where that is not wanted any more.
            stopped: set to end what takes long.
        """
        plan = self._plan(stopped)
        yield from quick_findings(plan)
        if time_for_it():
            running = self._settings.running
            yield from measured_findings(plan) if running is None else running_findings(running())

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

    def _microphone(self, heard: Heard | None, why: str) -> Findings:
        if heard is None:
            return (skipped("microphone.device", "microphone", why, "Connect one, or name it with --microphone."),)
        return microphone_findings(heard, self._reference.voice)

    def _camera(self, seen: Seen | None, why: str) -> Findings:
        if seen is None:
            return (skipped("camera.device", "camera", why, "Connect one, or name it with --camera."),)
        return camera_findings(seen, self._reference.picture)

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
