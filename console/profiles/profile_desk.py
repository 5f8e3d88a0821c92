"""The operator's acts on the list of profiles: mark, make ready, take, and back to the one before."""

from console.lineup import Ending, Lineup, ProfileRow, Switchover, in_order, number_keys, standing_of
from console.ports import SessionPort, ShelfPort, SummaryPort
from console.sentences import first_problem, sentence
from pipeline.clock import Clock
from pipeline.errors import UnderstudyError
from pipeline.telemetry import Readings
from profiles.errors import ProfileError
from profiles.profile import Profile

NOTHING_READY = "No profile is prepared: mark one with the arrow keys and press enter, or take one by its number."
NONE_BEFORE = "There was no other profile before this one."


class ProfileDesk:
    """The shelf as the operator has it. Called by one thread."""

    def __init__(self, session: SessionPort, shelf: ShelfPort, clock: Clock) -> None:
        self.adjusted: dict[str, Profile] = {}
        """Profiles that were adjusted, as they are now."""
        self.prepared: str | None = None
        """The profile that `take` takes."""
        self._session, self._shelf, self._clock = session, shelf, clock
        first = session.profile
        self._original: dict[str, Profile] = {first.name: first}
        self._refused: set[str] = set()
        self._switchover = Switchover()
        self._marked: str | None = None
        self._keys: dict[str, int] = {}
        self._current, self._before = first.name, ""
        self.refresh()

    def refresh(self) -> None:
        """Looks at the shelf anew; a profile that is still there keeps its number."""
        self.summaries: tuple[SummaryPort, ...] = in_order(self._shelf.list())
        """The profiles on the shelf as it has them, but those that can't go on air last."""
        self._keys = number_keys(self.summaries, self._keys)

    @property
    def wanted(self) -> Profile | None:
        """The profile that is on its way in."""
        return self._switchover.wanted

    def original(self, profile: Profile) -> Profile:
        """The profile as it was before it was adjusted."""
        return self._original.get(profile.name, profile)

    def name_at(self, number: int) -> str | None:
        """The profile of a number key; only those that can go on air have one, and keep it."""
        return next((name for name, key in self._keys.items() if key == number), None)

    def note_saved(self, profile: Profile) -> None:
        """Takes a profile for what its file says: it was written there."""
        self._original[profile.name] = profile

    def forget(self, name: str) -> None:
        """Has a profile read anew when it is next taken: its file was changed."""
        self.adjusted.pop(name, None)
        self._refused.discard(name)
        self.refresh()

    def switch(self, name: str) -> str:
        """Takes another profile, with the adjustments that were made on it before.

        Raises:
            UnderstudyError: it can't be taken; it is marked as refused.
        """
        return self.switch_to(self.loaded(name))

    def switch_to(self, profile: Profile) -> str:
        """Takes another profile as it is given.

        Raises:
            UnderstudyError: it can't be taken; it is marked as refused.
        """
        name = profile.name
        try:
            self._session.switch(profile)
        except UnderstudyError:
            self._refused.add(name)
            raise
        self._switchover.begin(profile, self._clock.now_ns())
        self._refused.discard(name)
        if self.prepared == name:
            self.prepared = None
        return f"Switching to {profile.title}."

    def prepare(self, name: str) -> str:
        """Makes a profile ready, so that `take` takes one frame.

        Raises:
            UnderstudyError: it can't be taken.
        """
        profile = self.loaded(name)
        if name == self._current:
            raise UnderstudyError(f"{profile.title} is in already; mark another one to prepare it.")
        self._session.prepare(profile)
        self.prepared = name
        return f"Making {profile.title} ready; t takes it."

    def make_ready(self, profile: Profile) -> None:
        """Has a profile, as it is given, made ready beside the running one, which need not be another."""
        if profile != self._session.profile:
            self._session.prepare(profile)

    def mark(self, steps: int) -> None:
        """Moves the mark along the list; it begins at the profile in the lane."""
        names = [summary.name for summary in self.summaries]
        if names:
            at = self._marked if self._marked in names else self._current
            place = names.index(at) if at in names else -1
            self._marked = names[min(max(place + steps, 0), len(names) - 1)]

    def mark_name(self, name: str) -> None:
        """Puts the mark on a profile of the list."""
        self._marked = name

    @property
    def marked(self) -> str:
        """The marked profile, or the one in the lane."""
        return self._marked or self._current

    def ready_name(self) -> str:
        """The profile that was prepared.

        Raises:
            UnderstudyError: none was.
        """
        if self.prepared is None:
            raise UnderstudyError(NOTHING_READY)
        return self.prepared

    def name_before(self) -> str:
        """The profile before the one in the lane.

        Raises:
            UnderstudyError: there was none.
        """
        if not self._before:
            raise UnderstudyError(NONE_BEFORE)
        return self._before

    def note(self, readings: Readings) -> Ending | None:
        """Follows the change of profile that is under way; how it ended, once."""
        if readings.profile != self._current:
            self._before, self._current = self._current, readings.profile
        wanted = self._switchover.wanted
        ending = self._switchover.look(readings, self._clock.now_ns())
        if ending is Ending.FAILED and wanted is not None:
            self._refused.add(wanted.name)
            self.adjusted.pop(wanted.name, None)
        return ending

    def rows(self, readings: Readings | None, *, running: bool) -> tuple[ProfileRow, ...]:
        """The profile list as it stands with these readings."""
        current = readings.profile if readings else self._session.profile.name
        lineup = Lineup(current if running else "", readings.loading if readings else None)
        ready = readings.ready if readings else ()
        return tuple(
            ProfileRow(
                summary.name,
                summary.title,
                standing_of(
                    summary.name,
                    lineup,
                    ready=summary.name in ready,
                    refused=bool(summary.hindrance) or summary.name in self._refused,
                ),
                self._keys.get(summary.name),
                marked=summary.name == self._marked,
                prepared=summary.name == self.prepared,
            )
            for summary in self.summaries
        )

    def loaded(self, name: str) -> Profile:
        """The profile with its adjustments.

        Raises:
            UnderstudyError: there is none of that name, or something is wrong with it; it is marked as refused.
        """
        if name in self.adjusted:
            return self.adjusted[name]
        try:
            profile = self._shelf.load(name)
        except ProfileError as error:
            self._refused.add(name)
            raise UnderstudyError(sentence(f"The profile {name} can't be taken: {first_problem(error)}")) from error
        self._original[name] = profile
        return profile
