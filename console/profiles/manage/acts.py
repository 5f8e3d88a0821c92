"""What can be done with a profile's folder from the screen, each by the function that its command uses."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from console.lineup import ProfileRow, Standing
from console.profiles.keeping import KeeperPort, KeptPort
from console.view import View
from pipeline.errors import UnderstudyError
from pipeline.telemetry import State
from profiles.draft import title_of


class Act(StrEnum):
    """Something that is done with a profile."""

    NEW = "new"
    COPY = "copy"
    RETITLE = "retitle"
    IMPORT = "import"
    EXPORT = "export"
    REMOVE = "remove"


def copied(keeper: KeeperPort, entry: KeptPort, name: str) -> str:
    """A profile with another one's files."""
    made = keeper.copy(entry.folder, name, {"title": title_of(name)})
    return f"{made.title} is a copy of {entry.title}, in {made.folder}."


def retitled(keeper: KeeperPort, entry: KeptPort, title: str) -> str:
    """A profile with another title."""
    return f"{entry.name} is called {keeper.save(entry.name, {'title': title}).title} from the next time it is taken."


def imported(keeper: KeeperPort, file: Path, *, force: bool) -> str:
    """A profile out of an archive."""
    made = keeper.import_(file, force=force)
    return f"Imported {made.title} into {made.folder}."


def exported(keeper: KeeperPort, entry: KeptPort, file: Path, *, force: bool) -> str:
    """A profile in an archive."""
    return f"Wrote {entry.title} into {keeper.export(entry.folder, file, force=force)}."


def removed(keeper: KeeperPort, entry: KeptPort) -> str:
    """A profile deleted."""
    keeper.remove(entry.name)
    return f"Removed {entry.title}."


def require_own(keeper: KeeperPort, entry: KeptPort) -> Path:
    """The folder of a profile that may be changed.

    Raises:
        UnderstudyError: it ships with the program.
    """
    if entry.builtin:
        raise UnderstudyError(f"{entry.title} ships with the program and stays as it is; c makes a copy of your own.")
    return keeper.own(entry.name)


def require_idle(entry: KeptPort, busy: Callable[[str], bool]) -> None:
    """Refuses what would take a profile's files away from under it.

    Raises:
        UnderstudyError: it is in the lane, or about to be.
    """
    if busy(entry.name):
        raise UnderstudyError(f"{entry.title} is in, or about to come in; take another profile first.")


def state_words(entry: KeptPort, row: ProfileRow | None, view: View | None) -> str:
    """What a profile is good for now, in words, and why where it is good for nothing."""
    standing = row.standing if row is not None else Standing.IDLE
    if standing is Standing.CURRENT:
        return "in the lane" if view is None or view.state is State.STOPPED else view.state.value.lower()
    if standing is Standing.REFUSED or entry.hindrance:
        return f"refused: {reason(entry)}"
    return {Standing.LOADING: "loading", Standing.READY: "ready"}.get(standing, "cold")


def reason(entry: KeptPort) -> str:
    """Why a profile can't be taken."""
    if entry.problems:
        more = len(entry.problems) - 1
        return entry.problems[0] + (f" (and {more} more)" if more else "")
    return entry.hindrance or "it could not be made ready; E lists the events"
