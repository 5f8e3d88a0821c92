"""What every part of the app has: a desk to act on, a way to say what came of it, and a way to show it."""

from abc import abstractmethod
from collections.abc import Callable

from textual.app import App

from console.desk import Desk
from console.life.watch import Watch
from console.pictures.painting import Painting
from console.ports import Surroundings
from pipeline.clock import Clock
from pipeline.telemetry import Level


class ActingApp(App[int]):
    """An app with a desk; its parts turn keys into acts."""

    desk: Desk
    """The operator's acts."""
    watcher: Watch
    """Looks at everything that is shown."""
    clock: Clock
    surroundings: Surroundings

    @property
    def painting(self) -> Painting:
        """How pictures are drawn here."""
        return self.surroundings.painting

    @abstractmethod
    def act(self, act: Callable[[], str | None]) -> None:
        """Does something for the operator, and says and shows what came of it."""

    @abstractmethod
    def tell(self, level: Level, text: str) -> None:
        """Tells the operator a sentence. Any thread may call it."""

    @abstractmethod
    def show_all(self) -> None:
        """Shows everything as it is now."""
