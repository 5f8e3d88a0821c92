"""What is done at the desk for those outside. Profiles are the host's own: its shelf, its options, its checks."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from console.desk import Desk, Phase
from console.sentences import with_card
from console.sound.sound_desk import NO_SOUND, Talk
from pipeline.clock import Clock
from pipeline.errors import UnderstudyError
from pipeline.telemetry import State
from profiles.editing.saving import differences
from profiles.profile import Profile

CARD_IS_UP = "The card is up; `understudy ctl rearm` takes it back."
MUTED = "The microphone is muted, and no held key opens it; `understudy ctl unmute` or m takes that back."
NOT_RUNNING = "The session does not run."
TALK_NS = 2_000_000_000
"""A held key is told again long before that; whoever tells it once and is gone leaves no microphone open."""
HOSTS_OWN = ("folder", "cast", "cast_profiles", "hashes", "devices")
"""What no setting on a screen changes: it is the host's, whatever was sent."""
WHO_IT_IS = frozenset({"title", "kind", "consent", "reference"})
"""What only the profile's file says: whose likeness it is, and what allows that."""


def talking(desk: Desk) -> Talk:
    """Whether the actor's microphone passes.

    Raises:
        UnderstudyError: there is no sound.
    """
    if desk.phase is not Phase.RUNNING:
        raise UnderstudyError(NOT_RUNNING)
    audio = desk.session.readings().audio
    if audio is None:
        raise UnderstudyError(NO_SOUND)
    return desk.sound.talk(audio)


def mute(desk: Desk) -> None:
    """Has the desk know that nobody hears the actor."""
    if talking(desk) is not Talk.MUTED:
        desk.sound.toggle_mute()


def adjust(desk: Desk, profile: Profile) -> None:
    """Has the running profile take the settings of one that was sent.

    Raises:
        UnderstudyError: another one is in, or a setting is none that is changed from outside.
    """
    taken = _adjusted(desk, profile)
    desk.session.adjust(taken)
    desk.profiles.adjusted[taken.name] = taken


def talk_until(desk: Desk, end_ns: int, clock: Clock) -> None:
    """Lets the actor be heard for as long as a key is held on another screen, if nobody has muted the microphone.

    Raises:
        UnderstudyError: it is muted, or nothing runs.
    """
    if talking(desk) is Talk.MUTED:
        raise UnderstudyError(MUTED)
    desk.session.talk_until(min(end_ns, clock.now_ns() + TALK_NS))


def _adjusted(desk: Desk, sent: Profile) -> Profile:
    """The running profile with the settings of one that was sent, but for what only the host can say."""
    running = desk.profile
    if sent.name != running.name:
        raise UnderstudyError(f"{running.title} is in by now, and {sent.name} was not changed.")
    original = desk.profiles.original(running)
    for key in differences(running, sent):
        wanted = _setting(sent, key)
        new_file = _names_files(wanted, _setting(running, key)) and wanted != _setting(original, key)
        if new_file or key.partition(".")[0] in WHO_IT_IS:
            raise UnderstudyError(
                f"{key} of {running.title} can't be changed from another screen; change it on the session's own one."
            )
    return sent.model_copy(update={key: getattr(running, key) for key in HOSTS_OWN})


def _setting(profile: Profile, key: str) -> Any:
    value: Any = profile
    for name in key.split("."):
        value = getattr(value, name)
    return value


def _names_files(*values: object) -> bool:
    """Whether one of the values is a file, or some."""
    return any(isinstance(part, Path) for value in values for part in (value if isinstance(value, tuple) else (value,)))


def _unmute(desk: Desk) -> str:
    return desk.sound.toggle_mute() if talking(desk) is Talk.MUTED else "The microphone is on already."


def _air(desk: Desk, *, on: bool) -> str:
    if desk.phase is Phase.RUNNING and desk.session.readings().state is State.CARD:
        raise UnderstudyError(CARD_IS_UP)
    if desk.phase is Phase.RUNNING and desk.on_air is on:
        return "On air already." if on else "In preview already."
    return desk.toggle_air()


def _rearm(desk: Desk) -> str:
    if desk.phase is not Phase.RUNNING:
        raise UnderstudyError(NOT_RUNNING)
    if desk.session.readings().state is not State.CARD:
        return "No card is up."
    desk.session.rearm()
    return with_card("The card is taken back", desk.session.readings().sync.delay_ms)


ACTS: Mapping[str, Callable[[Desk], str | None]] = {
    "take": Desk.take,
    "back": Desk.back,
    "air": partial(_air, on=True),
    "preview": partial(_air, on=False),
    "unmute": _unmute,
    "rearm": _rearm,
}
"""What is done at the desk, by the word for it."""
