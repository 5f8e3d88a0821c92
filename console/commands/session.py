"""From the command line's options to a session, its profiles and its networks."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from console.commands.models import ready_models
from console.commands.options import SessionOptions
from console.commands.profiles import looked_at
from console.logs import configure_logging
from console.ports import Outputs, SessionPort, Surroundings
from pipeline.inference.store import ModelStore
from pipeline.machine import Machine
from pipeline.session import Session, SessionSettings
from pipeline.telemetry import Event
from pipeline.video.devices.listing import list_virtual_cameras
from pipeline.video.devices.settings import Pace, SourceSettings
from profiles.profile import FailSafePolicy, Profile
from profiles.store import ProfileStore, ProfileSummary


class Shelf(ProfileStore):
    """The profiles as this run sees them: with the fail-safe policy that the command line asks for."""

    def __init__(self, policy: str | None = None) -> None:
        super().__init__()
        self._policy = FailSafePolicy(policy) if policy is not None else None

    def list(self) -> tuple[ProfileSummary, ...]:
        """Every profile, with what a look at its portrait tells as well.

        Raises:
            ProfileError: a folder of profiles can't be looked into.
        """
        return tuple(map(looked_at, super().list()))

    def load(self, name_or_path: str | Path) -> Profile:
        """The profile of that name, or in the folder of that path.

        Raises:
            ProfileError: there is none, or something is wrong with it; tells every problem.
        """
        profile = super().load(name_or_path)
        return profile.with_policy(self._policy) if self._policy is not None else profile


def session_settings(options: SessionOptions, *, virtual_camera: str = "none") -> SessionSettings:
    """What a session is told; `virtual_camera` counts where the options name none."""
    source = SourceSettings(
        camera=options.camera,
        size=(options.size.width, options.size.height) if options.size else None,
        fps=options.fps,
        rotate_deg=int(options.rotate),
        flip=options.flip,
        loop=options.loop,
        pace=Pace(options.pace),
    )
    return SessionSettings(source, options.virtual_camera or virtual_camera, options.record)


def open_session(
    options: SessionOptions, profile: Profile, models: ModelStore, tell: Callable[[Event], None]
) -> Session:
    """A session for a run without a screen; nothing is opened yet."""
    return Session(session_settings(options), profile, models, on_event=tell)


def open_console(options: SessionOptions) -> int:
    """Opens the console, in preview, and tells its exit status: going on air is an act of the operator.

    Raises:
        UnderstudyError: there is no terminal, or the log can't be written.
        ProfileError: the profile is not there or not right.
    """
    from console.app import UnderstudyApp, run_app
    from console.terminal import chatter_beside

    log_file = configure_logging()
    shelf = Shelf(options.policy)
    profile = shelf.load(options.profile)
    models = ready_models()
    usual = "auto" if any(camera.writable for camera in list_virtual_cameras()) else "none"
    settings = replace(session_settings(options, virtual_camera=usual), on_air=False)
    outputs = Outputs.of(settings.virtual_camera, settings.record)

    def open_session(tell: Callable[[Event], None]) -> SessionPort:
        return Session(settings, profile, models, on_event=tell)

    with chatter_beside(log_file):
        return run_app(UnderstudyApp(open_session, Surroundings(shelf, outputs, Machine)))
