"""What the operator can do, without a screen: each act returns the sentence that says what was done."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from console import adjustments
from console.adjustments import Setting
from console.ports import SessionPort, ShelfPort, SummaryPort
from pipeline.clock import Clock
from pipeline.errors import UnderstudyError
from pipeline.telemetry import Readings, State
from profiles.errors import ProfileError
from profiles.profile import Profile

HISTORY_LENGTH = 50
ONE_ADJUSTMENT_NS = 1_500_000_000
"""Presses of one key closer together than this count as one adjustment when it is undone."""
SETTLING_NS = 1_000_000_000
"""Until then the session may not have begun what it was asked for."""
SOURCE_ENDED = "The source has come to its end."


class Phase(StrEnum):
    """Where the session is in its life."""

    STARTING = "starting"
    RUNNING = "running"
    ENDED = "ended"
    REFUSED = "refused"


class Standing(StrEnum):
    """What a profile on the list is good for now."""

    CURRENT = "current"
    """In the lane."""
    LOADING = "loading"
    READY = "ready"
    """Can be taken within one frame."""
    REFUSED = "refused"
    IDLE = "idle"


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """One line of the profile list."""

    name: str
    title: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class Change:
    """One adjustment that can be undone."""

    setting: Setting
    before: Profile


class Desk:
    """The operator's acts on one session. Called by one thread."""

    def __init__(self, session: SessionPort, shelf: ShelfPort, clock: Clock) -> None:
        self.session = session
        self.phase = Phase.STARTING
        self.reason = ""
        """Why nothing runs."""
        self._clock = clock
        self._shelf = shelf
        self._summaries: tuple[SummaryPort, ...] = tuple(shelf.list())
        self._original: dict[str, Profile] = {session.profile.name: session.profile}
        self._adjusted: dict[str, Profile] = {}
        self._refused: set[str] = set()
        self._wanted: str | None = None
        self._loading_seen = False
        self._wanted_ns = 0
        self._panic_wanted = False
        self._history: deque[Change] = deque(maxlen=HISTORY_LENGTH)
        self._pressed_ns = self._applied_ns = 0
        self._pending: Profile | None = None

    @property
    def profile(self) -> Profile:
        """The live profile; an adjustment counts from the key press, a frame before the lane has taken it."""
        running, pending = self.session.profile, self._pending
        if pending is None or pending.name != running.name or pending == running:
            self._pending = None
            return running
        if self._clock.now_ns() - self._applied_ns < SETTLING_NS or self.session.readings().loading == pending.name:
            return pending
        self._pending, self._adjusted[running.name] = None, running
        return running

    @property
    def summaries(self) -> tuple[SummaryPort, ...]:
        """The profiles on the shelf, in the order of their number keys."""
        return self._summaries

    @property
    def on_air(self) -> bool:
        """True while the program picture goes out."""
        return self.phase is Phase.RUNNING and self.session.readings().state is State.ON_AIR

    def started(self) -> None:
        """Notes that the session runs, and puts the card up when panic was called before that."""
        self.phase = Phase.RUNNING
        if self._panic_wanted:
            self.session.panic()

    def refuse(self, error: UnderstudyError) -> None:
        """Notes that the session could not start."""
        self.phase, self.reason = Phase.REFUSED, str(error)

    def ended(self) -> bool:
        """True once, when the session has ended by itself since the last call.

        Raises:
            UnderstudyError: once, what ended it.
        """
        if self.phase is not Phase.RUNNING:
            return False
        try:
            over = self.session.wait(0.0)
        except UnderstudyError as error:
            self.phase, self.reason = Phase.ENDED, str(error)
            raise
        if over:
            self.phase, self.reason = Phase.ENDED, SOURCE_ENDED
        return over

    def toggle_air(self) -> str:
        """On air from preview, and back."""
        self._require_running()
        state = self.session.readings().state
        if state is State.CARD:
            return "The card stays up until p takes it back."
        self.session.set_on_air(state is not State.ON_AIR)
        if state is State.ON_AIR:
            return "Preview: the card goes out, the picture is seen here only."
        return "On air."

    def panic(self, *, may_rearm: bool) -> str:
        """The card within one frame; and back when it is up and `may_rearm`."""
        if self.phase is Phase.STARTING:
            self._panic_wanted = not self._panic_wanted or not may_rearm
            return "The card will be up from the start." if self._panic_wanted else "No card at the start."
        self._require_running()
        if may_rearm and self.session.readings().state is State.CARD:
            self.session.rearm()
            return "The card is taken back."
        self.session.panic()
        return "Panic: the card is up. p takes it back."

    def switch(self, name: str) -> str:
        """Takes another profile, with the adjustments that were made on it before."""
        self._require_running()
        running = self.profile
        if name == running.name and self._wanted is None:
            return f"{running.title} is already in."
        profile = self._adjusted.get(name) or self._load(name)
        try:
            self.session.switch(profile)
        except UnderstudyError:
            self._refused.add(name)
            raise
        self._wanted, self._loading_seen, self._wanted_ns = name, False, self._clock.now_ns()
        self._refused.discard(name)
        self._history.clear()
        return f"Switching to {profile.title}."

    def prepare(self, name: str) -> str:
        """Makes a profile ready, so that a switch to it takes one frame."""
        self._require_running()
        profile = self._adjusted.get(name) or self._load(name)
        self.session.prepare(profile)
        return f"Making {profile.title} ready."

    def move_face_size(self, steps: int) -> None:
        """The face larger or smaller by hundredths."""
        self._adjust(Setting.FACE_SIZE, lambda profile: adjustments.with_face_size(profile, steps))

    def move_warp(self, steps: int) -> None:
        """The face's proportions nearer to the target's or to the actor's, by twentieths."""
        self._adjust(Setting.WARP, lambda profile: adjustments.with_warp(profile, steps))

    def cycle_background(self) -> None:
        """The next kind of background."""
        self._adjust(
            Setting.BACKGROUND,
            lambda profile: adjustments.with_next_background(profile, self._original.get(profile.name, profile)),
        )

    def cycle_policy(self) -> None:
        """The next fail-safe policy."""
        self._adjust(Setting.POLICY, adjustments.with_next_policy)

    def cycle_corner(self) -> None:
        """The label in the next corner."""
        self._adjust(Setting.LABEL, adjustments.with_next_corner)

    def undo(self) -> str:
        """Takes the last adjustment back."""
        self._require_running()
        if not self._history:
            return "There is no adjustment to undo."
        change = self._history.pop()
        self._apply(change.before)
        self._pressed_ns = 0
        return f"Undone: {change.setting}."

    def rows(self, readings: Readings | None) -> tuple[ProfileRow, ...]:
        """The profile list as it stands with these readings."""
        if readings:
            self._settle(readings)
        current = readings.profile if readings else self.session.profile.name
        return tuple(
            ProfileRow(summary.name, summary.title, self._standing(summary, current, readings))
            for summary in self._summaries
        )

    def _standing(self, summary: SummaryPort, current: str, readings: Readings | None) -> Standing:
        if summary.name == current:
            return Standing.CURRENT if self.phase is Phase.RUNNING else Standing.IDLE
        if readings and summary.name == readings.loading:
            return Standing.LOADING
        if readings and summary.name in readings.ready:
            return Standing.READY
        return Standing.REFUSED if summary.problems or summary.name in self._refused else Standing.IDLE

    def _settle(self, readings: Readings) -> None:
        """Finds out whether the profile that was asked for came in, or was loaded in vain."""
        if self._wanted is None:
            return
        self._loading_seen = self._loading_seen or readings.loading == self._wanted
        waited = self._loading_seen or self._clock.now_ns() - self._wanted_ns > SETTLING_NS
        if readings.profile == self._wanted:
            self._wanted = None
        elif waited and readings.loading is None and self._wanted not in readings.ready:
            self._refused.add(self._wanted)
            self._adjusted.pop(self._wanted, None)
            self._wanted = None

    def _adjust(self, setting: Setting, change: Callable[[Profile], Profile]) -> None:
        self._require_running()
        before = self.profile
        after = change(before)
        if after == before:
            return
        now_ns = self._clock.now_ns()
        same = bool(self._history) and self._history[-1].setting is setting
        if not (same and now_ns - self._pressed_ns < ONE_ADJUSTMENT_NS):
            self._history.append(Change(setting, before))
        self._pressed_ns = now_ns
        self._apply(after)

    def _apply(self, profile: Profile) -> None:
        self.session.adjust(profile)
        self._applied_ns = self._clock.now_ns()
        self._pending = self._adjusted[profile.name] = profile

    def _load(self, name: str) -> Profile:
        try:
            profile = self._shelf.load(name)
        except ProfileError as error:
            self._refused.add(name)
            raise UnderstudyError(f"The profile {name} can't be taken: {_first_problem(error)}.") from error
        self._original[name] = profile
        return profile

    def _require_running(self) -> None:
        if self.phase is Phase.STARTING:
            raise UnderstudyError("The session is still starting; try again in a moment.")
        if self.phase is not Phase.RUNNING:
            raise UnderstudyError(f"Nothing runs any more: {self.reason}")


def _first_problem(error: ProfileError) -> str:
    """What is wrong first, and how much more is, without the long way to the file."""
    first, more = error.problems[0], len(error.problems) - 1
    key = f"{first.key}: " if first.key else ""
    return f"{key}{first.text}" + (f" (and {more} more)" if more else "")
