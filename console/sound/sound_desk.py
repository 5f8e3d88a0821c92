"""The operator's acts on the sound, without a screen: each returns the sentence that says what was done."""

from collections.abc import Callable
from enum import StrEnum

from console.ports import InputPort, SessionPort, device_name
from console.sound.held_key import HeldKey
from pipeline.audio.monitor.state import Monitoring
from pipeline.clock import Clock
from pipeline.errors import UnderstudyError
from pipeline.telemetry import AudioReadings

NO_SOUND = "There is no sound; start with --microphone auto, or with a name that `understudy devices` lists."
NO_MONITOR = "There is no monitor; start with --monitor and the name of your headphones."
TOLD_FROM_S = 0.5
"""What was said before a mute and is heard for less is nothing that anybody waits for."""


class Talk(StrEnum):
    """Whether the actor's microphone passes, and why not."""

    OPEN = "open"
    MUTED = "muted"
    WAITING = "waiting"
    """Push-to-talk, and the key is not held."""
    TALKING = "talking"
    """Push-to-talk, and the key is held."""


USELESS = {
    Talk.OPEN: "You are heard already; V turns push-to-talk on.",
    Talk.MUTED: "You are muted, so v does nothing; m takes that back.",
}
"""Why holding the key does nothing."""


class SoundDesk:
    """Mute, push-to-talk, the monitor and the choice of microphone. Called by one thread, but for `listen_to`."""

    def __init__(
        self, session: SessionPort, clock: Clock, look: Callable[[], AudioReadings | None], *, push_to_talk: bool
    ) -> None:
        """A desk over a session that has not started.

        Args:
            session: whose sound it is.
            clock: the program's clock.
            look: the sound at this instant, None without any; raises UnderstudyError while nothing runs.
            push_to_talk: whether the microphone passes only while a key is held; the session was started muted then.
        """
        self._session, self._clock, self._look = session, clock, look
        self._push_to_talk = push_to_talk
        self._muted = False
        self._key = HeldKey()

    def talk(self, audio: AudioReadings) -> Talk:
        """Whether the microphone passes."""
        if not self._push_to_talk:
            return Talk.MUTED if audio.muted else Talk.OPEN
        if self._muted:
            return Talk.MUTED
        return Talk.TALKING if self._key.held(self._clock.now_ns()) else Talk.WAITING

    def toggle_mute(self) -> str:
        """Nobody hears the actor any more, or hears again."""
        muted = self.talk(self._sound()) is Talk.MUTED
        self._key.let_go()
        self._muted = not muted
        self._session.mute(self._muted or self._push_to_talk)
        if self._muted:
            still_s = self._sound().muted_heard_s
            if still_s >= TOLD_FROM_S:
                return f"Muted: what you said before is heard for {still_s:.0f} s more."
            return "Muted: nobody hears you until m is pressed again."
        return "You are heard while you hold v." if self._push_to_talk else "The microphone is on again."

    def toggle_push_to_talk(self) -> str:
        """The microphone passes only while a key is held, or as long as it is not muted."""
        muted = self.talk(self._sound()) is Talk.MUTED
        self._key.let_go()
        self._push_to_talk, self._muted = not self._push_to_talk, muted
        self._session.mute(muted or self._push_to_talk)
        if muted:
            return f"Push-to-talk is {'on' if self._push_to_talk else 'off'}; the microphone stays muted."
        if self._push_to_talk:
            return "Push-to-talk: you are heard while you hold v."
        return "Push-to-talk is off: you are heard all the time."

    def press_to_talk(self, pressed_ns: int) -> bool:
        """Lets the actor be heard for as long as the key counts as held; True when that begins.

        Raises:
            UnderstudyError: once as long as it is held: it does nothing just now, and why.
        """
        talk = self.talk(self._sound())
        begins = self._key.press(pressed_ns)
        if talk in (Talk.WAITING, Talk.TALKING) and self._key.until_ns is not None:
            # The lane shuts by itself: a screen that stands still leaves no microphone open.
            self._session.talk_until(self._key.until_ns)
        elif begins:
            raise UnderstudyError(USELESS[talk])
        return begins

    def toggle_monitor(self) -> str:
        """The operator hears what goes out, or not."""
        self._sound()
        monitoring = self._session.monitoring
        if monitoring is Monitoring.NONE:
            raise UnderstudyError(NO_MONITOR)
        self._session.monitor(monitoring is not Monitoring.ON)
        return "The monitor is off." if monitoring is Monitoring.ON else "The monitor is on: you hear what goes out."

    def hearers(self, audio: AudioReadings | None) -> tuple[str, ...]:
        """The names of what the voice goes out to; the operator's own monitor is nobody else."""
        sinks = () if audio is None else audio.sinks
        others = sinks if self._session.monitoring is Monitoring.NONE else sinks[:-1]
        return tuple(map(device_name, others))

    @property
    def microphone(self) -> str:
        """What the open microphone calls itself.

        Raises:
            UnderstudyError: there is no sound, or nothing runs.
        """
        return device_name(self._sound().source)

    def listen_to(self, microphone: InputPort) -> str:
        """Takes another microphone. May take seconds, on a thread of its own.

        Raises:
            UnderstudyError: it can't be had; the present one stays.
        """
        self._session.listen_to(microphone.wanted)
        return f"The microphone is now: {microphone.title}."

    def _sound(self) -> AudioReadings:
        """The sound at this instant.

        Raises:
            UnderstudyError: there is none, or nothing runs.
        """
        audio = self._look()
        if audio is None:
            raise UnderstudyError(NO_SOUND)
        return audio
