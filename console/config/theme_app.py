"""The look of the app, as the user has settled it."""

from dataclasses import replace

from console.config.keymap import keymap
from console.config.schema import Config
from console.config.themes import THEMES
from console.life.acting import ActingApp
from console.screens.keys import ANYWHERE_ID, BINDINGS, PANIC_ID
from pipeline.telemetry import Level

PREFIX = "understudy-"
PANICS = (PANIC_ID, ANYWHERE_ID)


class ThemeApp(ActingApp):
    """An app with themes and keys of the user's own."""

    panic_keys: frozenset[str] = frozenset()
    """Those that are taken before anything else."""

    def wear(self, config: Config) -> None:
        """Takes the user's theme and keys."""
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = PREFIX + config.screen.theme
        changed = keymap(config.keys)
        if changed:
            self.set_keymap(changed)
        if changed.keys() & {PANIC_ID, ANYWHERE_ID}:
            self._tell_panic_keys_apart()
        panics = (binding for binding in BINDINGS if binding.id in PANICS)
        told = (changed.get(binding.id or "", binding.key) for binding in panics)
        self.panic_keys = frozenset(key for keys in told for key in keys.split(","))

    def _tell_panic_keys_apart(self) -> None:
        """Both usual keys of panic are told as one pair, which is not so any more."""
        kept = self._bindings.key_to_bindings
        for key, bindings in kept.items():
            kept[key] = [replace(each, key_display=None) if each.id in PANICS else each for each in bindings]

    def action_theme(self) -> None:
        """The next theme."""
        names = [theme.name for theme in THEMES]
        self.theme = names[(names.index(self.theme) + 1) % len(names)] if self.theme in names else names[0]
        self.tell(Level.INFO, f"The theme is {self.theme.removeprefix(PREFIX)}; [screen] theme keeps it.")
