"""The command palette: every act of the key list, and the acts on profiles that no number key reaches."""

from collections.abc import Awaitable, Callable, Iterator
from functools import partial

from textual.app import SystemCommand
from textual.command import CommandInput, CommandPalette, Hit, Hits
from textual.system_commands import SystemCommandsProvider

from console.ports import SummaryPort
from console.screens.keys import AIR_ID, BINDINGS, MUTE_ID, PANIC_ID, TAKE, looks_only, of_sound
from profiles.plain_text import visible

PANIC_MEANING = "The card goes out within one frame, and stays until the key takes it back"
PLACEHOLDER = "Search for acts and profiles; F12 panics"
GO_ON_AIR = "Go on air", "The picture goes out"
GO_OFF_AIR = "Go off air", "Back to preview: the card goes out, the picture is seen here only"

MUTE = "Mute", "Nobody hears you until you unmute"
UNMUTE = "Unmute", "You are heard again, where the sound goes out"


class TitleCommands(SystemCommandsProvider):
    """Finds entries by words of their titles; single letters in their order count only where no title has the words."""

    async def search(self, query: str) -> Hits:
        """The entries that match."""
        matcher, words = self.matcher(query), query.casefold().split()
        commands = list(self.app.get_system_commands(self.screen))
        literal = [command for command in commands if all(word in command.title.casefold() for word in words)]
        for command in literal or commands:
            score = matcher.match(command.title)
            if literal or score > 0:
                yield Hit(score, matcher.highlight(command.title), command.callback, help=command.help)


class Palette(CommandPalette):
    """The command palette, which may begin with a search."""

    def __init__(self, query: str = "") -> None:
        super().__init__(id="--command-palette", placeholder=PLACEHOLDER)
        self._begun_with = query

    def on_mount(self) -> None:
        """Searches for what it begins with."""
        field = self.query_one(CommandInput)
        field.value, field.cursor_position = self._begun_with, len(self._begun_with)


def key_commands(
    run_action: Callable[[str], Awaitable[object]], *, on_air: bool, muted: bool, silent: bool, read_only: bool = False
) -> Iterator[SystemCommand]:
    """An entry for every act that has a key, but those that a number says more about; a toggle tells where it goes.

    Those of the sound are left out where there is none, and those that change something on a screen that only watches.
    """
    others = [binding for binding in BINDINGS if not binding.action.startswith(("take(", "command_palette"))]
    acts = {binding.action: binding for binding in reversed(others) if not (silent and of_sound(binding))}
    if read_only:
        acts = {action: binding for action, binding in acts.items() if looks_only(action.partition("(")[0], ())}
    for binding in acts.values():
        action, name, meaning = binding.action, binding.description, binding.tooltip
        if binding.id == PANIC_ID:
            # An entry chosen by mistake must not take the card down: from here it only ever goes up.
            action, meaning = "panic(0, False)", PANIC_MEANING
        elif binding.id == AIR_ID:
            name, meaning = GO_OFF_AIR if on_air else GO_ON_AIR
        elif binding.id == MUTE_ID:
            name, meaning = UNMUTE if muted else MUTE
        yield SystemCommand(name, meaning, partial(run_action, action))


def profile_commands(
    profile: SummaryPort, take: Callable[[], object], prepare: Callable[[], object]
) -> Iterator[SystemCommand]:
    """The entries of one profile; where it can't go on air, they say why."""
    title, name = _unmarked(profile.title), _unmarked(profile.name)
    live = f"Switch to {name}, live; the picture goes on until it is ready"
    ready = f"Load {name} now, so that a switch to it takes one frame"
    if profile.hindrance:
        why = _unmarked(profile.hindrance)
        live, ready = f"{name} can't go on air: {why}", f"{name} can't be made ready: {why}"
    yield SystemCommand(f"{TAKE}{title}", live, take)
    yield SystemCommand(f"Make {title} ready", ready, prepare)


def _unmarked(text: str) -> str:
    """`text` from outside, which the palette would read as markup."""
    return visible(text).replace("[", r"\[")
