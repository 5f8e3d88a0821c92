"""What an app needs to change profiles on the disk: the shelf, and a way to do what takes its time."""

from collections.abc import Callable
from functools import partial

from textual import work

from console.beside.beside_app import BesideApp
from console.profiles.keeping import KeeperPort
from console.sentences import sentence
from pipeline.errors import UnderstudyError
from pipeline.telemetry import Level
from profiles.errors import ProfileError

NO_KEEPER = "Profiles can't be changed from here: this console only looks at a session that runs elsewhere."


class KeepingApp(BesideApp):
    """Does what the disk takes its time for beside the screen."""

    @property
    def keeper(self) -> KeeperPort:
        """The shelf, which can be changed.

        Raises:
            UnderstudyError: there is none here.
        """
        keeper = self.surroundings.keeper
        if keeper is None or self.surroundings.read_only:
            raise UnderstudyError(NO_KEEPER)
        return keeper

    @work(thread=True, exit_on_error=False, group="profiles")
    def keep(self, act: Callable[[], str], *, done: Callable[[], object], failed: Callable[[str], object]) -> None:
        """Does something with a profile's files and tells what came of it.

        Args:
            act: returns the sentence that says what was done; an empty one where nothing was.
            done: called afterwards, on the screen's thread.
            failed: called instead with every reason, when it could not be done.
        """
        try:
            told = act()
        except (ProfileError, UnderstudyError) as error:
            self.call_later(partial(failed, told_reasons(error)))
        else:
            if told:
                self.tell(Level.INFO, told)
            self.call_later(done)

    def tell_error(self, reasons: str) -> None:
        """Tells why something could not be done."""
        self.tell(Level.ERROR, reasons)


def told_reasons(error: Exception) -> str:
    """Everything that is wrong, in sentences; a key stands before its own, without the way to its file."""
    if isinstance(error, ProfileError):
        return " ".join(sentence(f"{each.key}: {each.text}" if each.key else each.text) for each in error.problems)
    return sentence(str(error))
