"""The keys of the sound: an app's actions that become acts of the desk."""

from abc import abstractmethod
from collections.abc import Callable

from textual.app import App

from console.desk import Desk
from pipeline.clock import Clock
from pipeline.errors import UnderstudyError
from pipeline.telemetry import Level


class SoundApp(App[int]):
    """An app with a desk; it turns the keys of the sound into acts."""

    desk: Desk
    clock: Clock

    @abstractmethod
    def act(self, act: Callable[[], str | None]) -> None:
        """Does something for the operator, and says and shows what came of it."""

    @abstractmethod
    def tell(self, level: Level, text: str) -> None:
        """Tells the operator a sentence. Any thread may call it."""

    def action_mute(self) -> None:
        """Not heard any more, and heard again."""
        self.act(self.desk.sound.toggle_mute)

    def action_talk(self) -> None:
        """Heard for a little while; a held key presses again and again."""
        try:
            begins = self.desk.sound.press_to_talk(self.clock.now_ns())
        except UnderstudyError as error:
            self.tell(Level.ERROR, str(error))
        else:
            # Repeats come thirty times a second, and change nothing that is shown.
            if begins:
                self.act(lambda: None)

    def action_push_to_talk(self) -> None:
        """Heard only while a key is held, or all the time."""
        self.act(self.desk.sound.toggle_push_to_talk)
