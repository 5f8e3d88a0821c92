"""From the command line's options to a session, its profiles and its networks."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from console.commands.models import ready_models
from console.commands.options import SessionOptions
from console.commands.targets.checking import looked_at
from console.config.schema import Config
from console.config.starting import at_this_terminal, folders_of
from console.live.cameras import found_cameras, usual_cameras
from console.logs import configure_logging
from console.ports import OpenSession, Outputs, SessionPort, Surroundings
from console.preflight.on_session import SessionPreflighter
from console.sentences import first_problem, sentence
from console.show.cues import read_show
from pipeline.audio.devices.inputs import ALWAYS, list_inputs
from pipeline.audio.devices.opening import can_have_virtual_microphone, is_device
from pipeline.audio.rig import SoundSettings
from pipeline.errors import UnderstudyError
from pipeline.inference.onnx.runtime import Preference, Runtime
from pipeline.inference.store import ModelStore
from pipeline.machine import Machine
from pipeline.session import Session, SessionSettings
from pipeline.telemetry import Event
from pipeline.video.devices.listing import list_virtual_cameras
from pipeline.video.devices.readers import readers_of
from pipeline.video.devices.settings import Pace, SourceSettings
from profiles.errors import ProfileError
from profiles.profile import FailSafePolicy, Profile
from profiles.store import ProfileStore, ProfileSummary

if TYPE_CHECKING:
    from console.app import UnderstudyApp
    from console.life.ends import OnHangup


class Shelf(ProfileStore):
    """The profiles as this run sees them: with what the command line asks for in place of what they say themselves."""

    def __init__(self, options: SessionOptions | None = None) -> None:
        super().__init__()
        self._options = options or SessionOptions()
        self._looked: dict[Path, tuple[object, ProfileSummary]] = {}

    def list(self) -> tuple[ProfileSummary, ...]:
        """Every profile, with what a look at its portrait tells as well.

        Raises:
            ProfileError: a folder of profiles can't be looked into.
        """
        return tuple(map(self._looked_at, super().list()))

    def _looked_at(self, summary: ProfileSummary) -> ProfileSummary:
        """The summary after a look at its portrait, which is decoded again only when its folder has changed."""
        try:
            stamp = (summary, *(file.stat().st_mtime_ns for file in (summary.folder, *summary.folder.iterdir())))
        except OSError:
            return looked_at(summary)
        known = self._looked.get(summary.folder)
        if known is None or known[0] != stamp:
            known = self._looked[summary.folder] = (stamp, looked_at(summary))
        return known[1]

    def load(self, name_or_path: str | Path) -> Profile:
        """The profile of that name, or in the folder of that path.

        Raises:
            ProfileError: there is none, or something is wrong with it; tells every problem.
        """
        asked = self._options
        profile = super().load(name_or_path).with_sound(asked.voice_latency, asked.trim)
        return profile.with_policy(FailSafePolicy(asked.policy)) if asked.policy is not None else profile


@dataclass(frozen=True, slots=True)
class Usual:
    """What is taken where the command line names nothing."""

    virtual_camera: str = "none"
    microphone: str = "none"
    virtual_microphone: str = "none"

    @classmethod
    def of_console(cls) -> "Usual":
        """What there is on this computer."""
        camera = any(camera.writable for camera in list_virtual_cameras())
        return cls("auto" if camera else "none", "auto", "auto" if can_have_virtual_microphone() else "none")


def session_settings(options: SessionOptions, usual: Usual | None = None) -> SessionSettings:
    """What a session is told; `usual` counts where the options name nothing.

    Raises:
        UnderstudyError: the options can't go together.
    """
    _require_one_pace(options)
    usual = usual or Usual()
    sound = SoundSettings(
        microphone=options.microphone or usual.microphone,
        virtual_microphone=options.virtual_microphone or usual.virtual_microphone,
        monitor=options.monitor,
        muted=options.push_to_talk,
        loop=options.loop,
    )
    source = SourceSettings(
        camera=options.camera,
        size=(options.size.width, options.size.height) if options.size else None,
        fps=options.fps,
        rotate_deg=int(options.rotate),
        flip=options.flip,
        loop=options.loop,
        pace=Pace(options.pace),
    )
    camera = options.virtual_camera or usual.virtual_camera
    return SessionSettings(source, camera, options.record, sound=sound, device=Preference(options.device))


def _require_one_pace(options: SessionOptions) -> None:
    """A film that is played as fast as it goes is over before anybody has said a word to it."""
    recording = options.camera == "demo" or Path(options.camera).is_file()
    if Pace(options.pace) is Pace.MAX and recording and is_device(options.microphone or "none"):
        raise UnderstudyError(
            f"The microphone {options.microphone} can't be heard beside {options.camera} at --pace max, which takes no "
            "time to speak in; leave --pace out, or take the film's own sound with --microphone auto."
        )


def open_session(
    options: SessionOptions, profile: Profile, models: ModelStore, tell: Callable[[Event], None]
) -> Session:
    """A session for a run without a screen; nothing is opened yet."""
    return Session(session_settings(options), profile, models, on_event=tell)


def open_console(options: SessionOptions, config: Config) -> int:
    """Opens the console, in preview, and tells its exit status: going on air is an act of the operator.

    Raises:
        UnderstudyError: there is no terminal, the log can't be written, or the device that is asked for can't be used.
        ProfileError: the profile is not there or not right.
    """
    from console.app import UnderstudyApp
    from console.life.ends import OnHangup
    from console.pictures.asking import painting_here
    from console.terminal import chatter_beside

    log_file = configure_logging()
    shelf = Shelf(options)
    shelf.load(options.profile)
    show = read_show(options.show) if options.show is not None else None
    Runtime(Preference(options.device)).require()
    models = ready_models()
    usual = Usual.of_console()
    settings = replace(session_settings(options, usual), on_air=False)
    outputs = Outputs.of(settings.virtual_camera, settings.record)

    def opening(settings: SessionSettings) -> OpenSession:
        def open_session(tell: Callable[[Event], None]) -> SessionPort:
            try:
                # What stands in the way of a start may be the profile's own, and has been mended before the next.
                return Session(settings, shelf.load(options.profile), models, on_event=tell)
            except ProfileError as error:
                told = f"The profile {options.profile} can't be taken: {first_problem(error)}"
                raise UnderstudyError(sentence(told)) from error

        return open_session

    voice_goes_to = options.virtual_microphone or usual.virtual_microphone
    surroundings = Surroundings(
        shelf, outputs, Machine, list_inputs=list_inputs, usual_inputs=ALWAYS, push_to_talk=options.push_to_talk,
        open_silent=opening(replace(settings, sound=SoundSettings())), keeper=shelf, list_cameras=found_cameras,
        find_readers=readers_of,
        usual_cameras=usual_cameras(options.camera),
        folders=folders_of(config), config=at_this_terminal(config, os.environ),
        painting=painting_here(config.screen.picture, os.environ),
        show=show,
        preflighter=SessionPreflighter(models, outputs, folders_of(config).recordings, voice_goes_to),
    )  # fmt: skip
    app = UnderstudyApp(opening(settings), surroundings)
    with chatter_beside(log_file):
        return _run_lent(app, OnHangup(options.on_hangup))


def _run_lent(app: "UnderstudyApp", on_hangup: "OnHangup") -> int:
    """Runs the console with its session lent to those outside, so that it can outlive its screen."""
    from console.app import run_app
    from console.life.outliving import Outliving, tell_of_others
    from console.remote.host import Host
    from console.remote.places import places, usual_folder
    from console.remote.seats import ScreenSeat
    from console.remote.server import offered

    host = Host(ScreenSeat(app, app.step), outputs=app.surroundings.outputs, folders=app.surroundings.folders)
    app.overhear(host.events.add)
    tell_of_others(app, places(usual_folder()))
    with offered(host, app.session.profile.name) as place:
        return run_app(app, outlive=Outliving(host, on_hangup, place))
