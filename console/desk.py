"""What the operator can do, without a screen: each act returns the sentence that says what was done."""

from collections.abc import Callable
from enum import StrEnum

from console import adjustments
from console.adjustments import LOADED, MOVES, OF_SOUND, Change, History, Setting
from console.life.leaving import ended_by_leaving
from console.lineup import SETTLING_NS, Ending, ProfileRow
from console.live.live_desk import LiveDesk
from console.ports import SessionPort, ShelfPort, SummaryPort
from console.profiles.profile_desk import ProfileDesk
from console.sentences import sentence, with_card
from console.sound.sound_desk import NO_SOUND, SoundDesk, Talk
from pipeline.clock import Clock
from pipeline.errors import UnderstudyError
from pipeline.telemetry import AudioReadings, Readings, State
from profiles.profile import Profile

PANIC_REST_NS = 1_200_000_000
"""The panic key takes the card back only after so long a rest. Systems begin to repeat a held key after a second at
most; only the slowest setting of macOS waits longer."""
NOBODY_WATCHES = "On air to nobody: no virtual camera, no recording"
VOICE_ONLY = "On air by voice only: no virtual camera, no recording"
SOURCE_ENDED = "The source has come to its end."


class Phase(StrEnum):
    """Where the session is in its life."""

    STARTING = "starting"
    RUNNING = "running"
    ENDED = "ended"
    REFUSED = "refused"


class Desk:
    """The operator's acts on one session. Called by one thread."""

    def __init__(self, session: SessionPort, shelf: ShelfPort, clock: Clock, *, push_to_talk: bool = False) -> None:
        self.session = session
        self.sound = SoundDesk(session, clock, self._heard, push_to_talk=push_to_talk)
        """The acts on the sound."""
        self.profiles = ProfileDesk(session, shelf, clock)
        """The acts on the list of profiles; what changes the running one goes through the desk itself."""
        self.live = LiveDesk(session, self.require_running)
        """Recordings, snapshots and cameras."""
        self.phase = Phase.STARTING
        self.reason = ""
        """Why nothing runs."""
        self._clock = clock
        self._aired = self._panic_wanted = False
        self._panic_ns: int | None = None
        self._history = History()
        self._applied_ns = 0
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
        self._pending, self.profiles.adjusted[running.name] = None, running
        return running

    @property
    def summaries(self) -> tuple[SummaryPort, ...]:
        """The profiles on the shelf as it has them, but those that can't go on air last."""
        return self.profiles.summaries

    @property
    def on_air(self) -> bool:
        """Whether the program picture goes out."""
        return self.phase is Phase.RUNNING and self._look().state is State.ON_AIR

    @property
    def muted(self) -> bool:
        """Whether the actor is kept from being heard."""
        audio = self._look().audio if self.phase is Phase.RUNNING else None
        return audio is not None and self.sound.talk(audio) is Talk.MUTED

    @property
    def ended_by_leaving(self) -> str:
        """What goes out since it was taken on air, and to where, in words; empty when nothing does."""
        if self.phase in (Phase.STARTING, Phase.REFUSED):
            return ""
        readings = self._look()
        return ended_by_leaving(readings, self.sound.hearers(readings.audio), aired=self._aired)

    def started(self) -> None:
        """Notes that the session runs, and puts the card up when panic was called before that."""
        self.phase = Phase.RUNNING
        self._look()
        if self._panic_wanted:
            self.session.panic()

    def refuse(self, error: UnderstudyError) -> None:
        """Notes that the session could not start."""
        self.phase, self.reason = Phase.REFUSED, sentence(str(error))

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
            self.phase, self.reason = Phase.ENDED, sentence(str(error))
            raise
        if over:
            self.phase, self.reason = Phase.ENDED, SOURCE_ENDED
        return over

    def toggle_air(self) -> str:
        """On air from preview, and back."""
        self.require_running()
        state = self.session.readings().state
        if state is State.CARD:
            return "The card stays up until the panic key takes it back, on the main screen."
        self.session.set_on_air(state is not State.ON_AIR)
        if state is State.ON_AIR:
            return "Preview: the card goes out, the picture is seen here only."
        readings = self._look()
        unseen = VOICE_ONLY if self.sound.hearers(readings.audio) else NOBODY_WATCHES
        return with_card("On air" if readings.video.sinks else unseen, readings.sync.delay_ms)

    def panic(self, pressed_ns: int, *, may_rearm: bool) -> str | None:
        """The card within one frame; and back when it is up, `may_rearm` and the key has rested.

        Args:
            pressed_ns: when the key was pressed. A key that is held or pressed twice only ever puts the card up.
            may_rearm: False where the key may be meant for something else.
        """
        rested = self._panic_ns is None or pressed_ns - self._panic_ns >= PANIC_REST_NS
        self._panic_ns = pressed_ns
        take_back = may_rearm and rested
        if self.phase is Phase.STARTING:
            up, self._panic_wanted = self._panic_wanted, not (self._panic_wanted and take_back)
            if self._panic_wanted:
                return None if up else "The card will be up from the start."
            return "No card at the start."
        self.require_running()
        up = self._look().state is State.CARD
        if up and take_back:
            self.session.rearm()
            return with_card("The card is taken back", self._look().sync.delay_ms)
        self.session.panic()
        return None if up else "Panic: the card is up; on the main screen the panic key takes it back, after a second."

    def switch(self, name: str) -> str:
        """Takes another profile, with the adjustments that were made on it before."""
        self.require_running()
        self._look()
        running = self.profile
        if name == running.name and self.profiles.wanted is None:
            return f"{running.title} is already in."
        told = self.profiles.switch(name)
        self._history.clear()
        # A setting that is still being loaded gives way to the switch.
        self._pending = None
        return told

    def stage(self, profile: Profile) -> None:
        """Takes a profile as it is given, such as in another room than its own; what was adjusted on it is kept."""
        self.require_running()
        self._look()
        if profile == self.profile and self.profiles.wanted is None:
            return
        if profile.name != self.profile.name or self.profiles.wanted is not None:
            self.profiles.switch_to(profile)
            self._pending = None
        else:
            self.session.adjust(profile)
            self._applied_ns, self._pending = self._clock.now_ns(), profile
        self._history.clear()

    def take(self) -> str:
        """Takes the profile that was prepared."""
        self.require_running()
        return self.switch(self.profiles.ready_name())

    def back(self) -> str:
        """Takes the profile before this one."""
        self.require_running()
        self._look()
        return self.switch(self.profiles.name_before())

    def prepare(self, name: str | None = None) -> str:
        """Makes a profile ready, so that a switch to it takes one frame; without a name the marked one."""
        self.require_running()
        return self.profiles.prepare(name or self.profiles.marked)

    def change(self, what: str, profile: Profile) -> None:
        """Makes the running profile one with other settings, which can be undone.

        Args:
            what: which setting, in words.
            profile: the running one, changed.
        """
        if profile.name != self.profile.name:
            raise UnderstudyError(f"{self.profile.title} is in by now, and {profile.title} was not changed.")
        self._adjust(what, lambda _: profile)

    def move(self, setting: Setting, steps: int) -> None:
        """One of the scales up or down."""
        self._adjust(setting, lambda profile: MOVES[setting](profile, steps))

    def cycle_background(self) -> None:
        """The next kind of background."""
        self._adjust(
            Setting.BACKGROUND,
            lambda profile: adjustments.with_next_background(profile, self.profiles.original(profile)),
        )

    def cycle_policy(self) -> None:
        """The next fail-safe policy."""
        self._adjust(Setting.POLICY, adjustments.with_next_policy)

    def cycle_corner(self) -> None:
        """The label in the next corner."""
        self._adjust(Setting.LABEL, adjustments.with_next_corner)

    def undo(self) -> str:
        """Takes the last adjustment back."""
        self.require_running()
        change = self._history.undo(self.profile)
        return self._turned(change, "Undone", "There is no adjustment to undo.")

    def redo(self) -> str:
        """Does again what was taken back last."""
        self.require_running()
        change = self._history.redo(self.profile)
        return self._turned(change, "Done again", "Nothing was undone that could be done again.")

    def _turned(self, change: Change | None, done: str, none: str) -> str:
        if change is None:
            return none
        self._apply(change.before)
        return f"{done}: {change.setting}."

    def rows(self, readings: Readings | None) -> tuple[ProfileRow, ...]:
        """The profile list as it stands with these readings."""
        if readings:
            self._note(readings)
        return self.profiles.rows(readings, running=self.phase is Phase.RUNNING)

    def _heard(self) -> AudioReadings | None:
        """The sound at this instant."""
        self.require_running()
        return self._look().audio

    def _look(self) -> Readings:
        """The session at this instant, noted."""
        readings = self.session.readings()
        self._note(readings)
        return readings

    def _note(self, readings: Readings) -> None:
        """Keeps what later readings do not tell: what the card covers, and how a change of profile ended."""
        if readings.state in (State.ON_AIR, State.PREVIEW):
            self._aired = readings.state is State.ON_AIR
        if self.profiles.note(readings) is Ending.ARRIVED:
            # What was adjusted meanwhile belongs to the profile that has left.
            self._history.clear()

    def _adjust(self, setting: str, change: Callable[[Profile], Profile]) -> None:
        self.require_running()
        if self._look().audio is None and setting in OF_SOUND:
            raise UnderstudyError(NO_SOUND)
        wanted = self.profiles.wanted
        if wanted is not None and (setting in LOADED or not isinstance(setting, Setting)):
            raise UnderstudyError(f"{wanted.title} is about to come in; change the {setting} after that.")
        before = self.profile
        after = change(before)
        if after == before:
            return
        self._history.add(Change(setting, before), self._clock.now_ns())
        self._apply(after)

    def _apply(self, profile: Profile) -> None:
        self.session.adjust(profile)
        self._applied_ns = self._clock.now_ns()
        self._pending = self.profiles.adjusted[profile.name] = profile

    def require_running(self) -> None:
        if self.phase is Phase.STARTING:
            raise UnderstudyError("The session is still starting; try again in a moment.")
        if self.phase is not Phase.RUNNING:
            raise UnderstudyError(f"The session is over; leave with q and start again: {self.reason}")
