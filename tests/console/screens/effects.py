"""What every key of the dashboard must do, by its binding's id."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from textual.command import CommandPalette
from textual.screen import Screen

from console.app import UnderstudyApp
from console.events.event_screen import EventScreen
from console.pictures.picture_pair import PicturePair, Sight
from console.preflight.preflight_screen import PreflightScreen
from console.profiles.form.edit_screen import EditScreen
from console.profiles.manage.manage_screen import ManageScreen
from console.screens.devices import DeviceScreen
from console.screens.help import HelpScreen
from console.screens.question import QuitQuestion
from console.screens.what_runs import NetworksScreen
from console.show.cue_screen import CueScreen
from profiles.profile import Profile
from tests.chains import make_profile
from tests.console.fake_app import text_of
from tests.console.fake_session import FakeSession

NAMES = ("ada", "ben", "cleo", "dan", "eve", "fay", "gus", "hal", "ida", "jon")
"""A profile for each number, and one more."""
VALUES: dict[str, dict[str, Any]] = {
    "face": {"size": 1.1, "warp": 0.5, "opacity": 0.95, "colour": 0.5, "occlusion": 0.5},
    "background": {"blur": 0.5},
    "voice": {"pitch_semitones": 0.0, "formant_scale": 1.0, "latency_ms": 200.0},
    "sync": {"trim_ms": 0.0, "delay_ms": 100.0},
}
"""From all of these a key may go down and up."""


def middle(name: str) -> Profile:
    """A profile whose every scale has room on both sides."""
    profile = make_profile(name)
    return profile.model_copy(
        update={table: getattr(profile, table).model_copy(update=values) for table, values in VALUES.items()}
    )


@dataclass(frozen=True)
class Moment:
    """What a key may change."""

    calls: tuple[str, ...]
    profile: Profile
    marked: str
    sight: Sight
    theme: str
    screen: type[Screen[Any]]
    told: tuple[str, ...]
    focus: str
    text: str
    running: bool

    @classmethod
    def of(cls, app: UnderstudyApp, session: FakeSession) -> "Moment":
        """The present one."""
        sight = app.screen_stack[0].query_one(PicturePair).sight
        told = tuple(entry.text for entry in app.journal.entries)
        marked = app.desk.profiles.marked
        focus = (app.focused.id if app.focused is not None else None) or ""
        return cls(
            tuple(session.calls), session.profile, marked, sight, app.theme, type(app.screen), told,
            focus, text_of(app), not app._exit,
        )  # fmt: skip


Check: TypeAlias = Callable[[Moment, Moment], bool]


@dataclass(frozen=True)
class Effect:
    """What is true after a key: of the moment before it and the one after it."""

    holds: Check
    first: tuple[str, ...] = ()
    """Keys that are pressed before it."""


def asks(call: str, *first: str) -> Effect:
    """The session is asked for something."""
    return Effect(lambda before, after: any(new.startswith(call) for new in after.calls[len(before.calls) :]), first)


def opens(screen: type[Screen[Any]], *first: str) -> Effect:
    """A screen is seen."""
    return Effect(lambda before, after: issubclass(after.screen, screen) and before.screen is not after.screen, first)


def says(words: str, *first: str) -> Effect:
    """Something is told."""
    return Effect(lambda before, after: any(words in text for text in after.told[len(before.told) :]), first)


def moves(path: str, sign: int, *first: str) -> Effect:
    """A scale goes down, or up."""
    table, key = path.split(".")

    def value(moment: Moment) -> float:
        return float(getattr(getattr(moment.profile, table), key))

    return Effect(lambda before, after: (value(after) - value(before)) * sign > 0, first)


def changes(what: Callable[[Moment], object], *first: str) -> Effect:
    """Something is another than before."""
    return Effect(lambda before, after: what(before) != what(after), first)


def becomes(what: Callable[[Moment], object], wanted: object, *first: str) -> Effect:
    """Something is as it is wanted, and was not before."""
    return Effect(lambda before, after: what(before) != wanted == what(after), first)


OUTPUT = {
    "air.toggle": asks("on air False"),
    "air.panic": asks("panic"),
    "air.panic-anywhere": asks("panic"),
    "air.record": asks("record ada-"),
    "air.snapshot": asks("snapshot ada-"),
    "air.camera": opens(DeviceScreen),
    "air.preflight": opens(PreflightScreen),
    "sound.mute": asks("mute True"),
    "sound.push-to-talk": asks("mute True"),
    "sound.talk": asks("talk until"),
    "sound.monitor": asks("monitor False"),
    "sound.microphone": opens(DeviceScreen),
}
PROFILES = {
    "profile.take-1": asks("switch ada", "2"),
    **{f"profile.take-{number}": asks(f"switch {NAMES[number - 1]}") for number in range(2, 10)},
    "profile.others": opens(CommandPalette),
    "profile.previous": becomes(lambda moment: moment.marked, "ada", "down", "up", "down"),
    "profile.next": changes(lambda moment: moment.marked),
    "profile.prepare": asks("prepare", "down"),
    "profile.take": asks("switch", "down", "enter"),
    "profile.back": asks("switch ada", "3"),
    "profile.edit": opens(EditScreen),
    "profile.manage": opens(ManageScreen),
    "show.next": asks("switch "),
    "show.previous": asks("switch ", "n", "n"),
    "show.cues": opens(CueScreen),
}
SCALES = {
    "adjust.smaller": moves("face.size", -1),
    "adjust.larger": moves("face.size", 1),
    "adjust.less-warp": moves("face.warp", -1),
    "adjust.more-warp": moves("face.warp", 1),
    "adjust.thinner": moves("face.opacity", -1),
    "adjust.fuller": moves("face.opacity", 1),
    "adjust.less-colour": moves("face.colour", -1),
    "adjust.more-colour": moves("face.colour", 1),
    "adjust.less-mask": moves("face.occlusion", -1),
    "adjust.more-mask": moves("face.occlusion", 1),
    "adjust.less-blur": moves("background.blur", -1),
    "adjust.more-blur": moves("background.blur", 1),
    "voice.lower": moves("voice.pitch_semitones", -1),
    "voice.higher": moves("voice.pitch_semitones", 1),
    "voice.larger-body": moves("voice.formant_scale", -1),
    "voice.smaller-body": moves("voice.formant_scale", 1),
    "voice.quicker": moves("voice.latency_ms", -1),
    "voice.better": moves("voice.latency_ms", 1),
    "voice.picture-earlier": moves("sync.trim_ms", -1),
    "voice.picture-later": moves("sync.trim_ms", 1),
    "adjust.sooner": moves("sync.delay_ms", -1),
    "adjust.later": moves("sync.delay_ms", 1),
}
OTHERS = {
    "adjust.background": changes(lambda moment: moment.profile.background.kind),
    "adjust.policy": changes(lambda moment: moment.profile.output.policy),
    "adjust.corner": changes(lambda moment: moment.profile.disclosure.corner),
    "adjust.undo": becomes(lambda moment: moment.profile, middle("ada"), "c"),
    "adjust.redo": changes(lambda moment: moment.profile.disclosure.corner, "c", "u"),
    "console.view": changes(lambda moment: moment.sight),
    "console.reset": says("back at zero"),
    "console.events": opens(EventScreen),
    "console.networks": opens(NetworksScreen),
    "console.theme": changes(lambda moment: moment.theme),
    "console.help": opens(HelpScreen),
    "console.palette": opens(CommandPalette),
    "console.quit": opens(QuitQuestion),
    "console.interrupt": opens(QuitQuestion),
}
EFFECTS = (OUTPUT, PROFILES, SCALES, OTHERS)
