"""Everything that a session's sound goes out to, and what becomes of a device that is lost meanwhile."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from pipeline.audio.player import Player
from pipeline.audio.ring import Ring
from pipeline.audio.settings import SoundHooks
from pipeline.audio.tape import Tape
from pipeline.clock import Clock
from pipeline.cover import Cover
from pipeline.errors import DeviceError
from pipeline.stage import FilmTrack, Returning
from pipeline.telemetry import AudioReadings, Event, Level, Regained

RETAKE_NS = 500_000_000
"""A device that is lost is looked for so often."""
LOOK_S = 0.05
"""The longest that a player without a device takes to see that it is over."""


class Outlets:
    """Players and tapes, each on a thread of its own. One that is lost costs the others nothing.

    A device that was lost is taken again when it is back, by its own name: nothing is heard anywhere else meanwhile.
    """

    def __init__(self, players: Sequence[Player], tapes: Sequence[Tape], clock: Clock, hooks: SoundHooks) -> None:
        """Outlets whose threads have not begun.

        Args:
            players: the sinks', the one whose figures are told first.
            tapes: the recordings'.
            clock: the program's clock.
            hooks: whom to tell.
        """
        self.players = tuple(players)
        self._tapes = {f"sound track {number}": tape for number, tape in enumerate(tapes, 1)}
        self._tracks = len(self._tapes)
        """How many there have been."""
        self._clock, self._hooks = clock, hooks
        self._changing, self._cover = threading.Lock(), Cover(clock, up=True)
        self._lost: dict[Player, DeviceError] = {}
        self._tried_ns: dict[Player, int] = {}
        """When a lost device was last looked for."""
        self._living, self._measured = list(self.players), self.players[0] if self.players else None
        """Those that still play, and the one whose figures are told."""

    @property
    def steps(self) -> dict[str, Callable[[], bool]]:
        """What each thread does, by its name."""
        steps: dict[str, Callable[[], bool]] = {
            f"sound sink {number}": partial(self._play, player) for number, player in enumerate(self.players, 1)
        }
        return steps | {name: tape.step for name, tape in tuple(self._tapes.items())}

    @property
    def tapes(self) -> tuple[Tape, ...]:
        """The recordings'."""
        return tuple(self._tapes.values())

    def begin(self, ring: Ring, track: FilmTrack) -> tuple[str, Callable[[], bool]]:
        """Takes in a film that is begun now, silent as long as all are; its thread's name, and what that does."""
        tape = Tape(ring, track, self._clock, cover=self._cover)
        with self._changing:
            self._tracks += 1
            name = f"sound track {self._tracks}"
            self._tapes = self._tapes | {name: tape}
        return name, tape.step

    def end(self, track: FilmTrack) -> tuple[str, Ring] | None:
        """Leaves a film out; its thread's name, and the ring that the thread ends with. None where it is not here."""
        with self._changing:
            found = next(((name, tape) for name, tape in self._tapes.items() if tape.track is track), None)
            self._tapes = {name: tape for name, tape in self._tapes.items() if tape.track is not track}
        return None if found is None else (found[0], found[1].ring)

    @property
    def measured(self) -> Player | None:
        """The player whose figures are told; None where nothing plays."""
        return self._measured

    def cover(self, covered: bool) -> None:
        """Puts silence in place of the voice, or takes it off."""
        for player in self.players:
            player.cover(covered)
        self._cover.put(covered)
        for tape in self.tapes:
            tape.cover(covered)

    def lost(self, player: Player) -> bool:
        """Whether a player's device is gone."""
        return player in self._lost

    def readings(self, told: AudioReadings) -> AudioReadings:
        """The readings with what is known of the outlets."""
        if self._measured is not None:
            told = self._measured.readings(told)
        elif self.tapes:
            heard = self.tapes[0].latency
            told = replace(told, latency=heard.percentiles(), latency_overall=heard.overall())
        return replace(
            told,
            sinks=tuple(player.sink.description for player in self.players if player not in self._lost),
            lost_sinks=tuple(str(error) for error in tuple(self._lost.values())),
        )

    def _play(self, player: Player) -> bool:
        """One step of a player; one whose sink breaks for good is left out from then on."""
        if player in self._lost:
            return self._look_for(player)
        blocks = player.meters.blocks
        try:
            going_on = player.step()
        except DeviceError as error:
            return self._lose(player, error)
        latency_ns = player.meters.latency_ns
        if player is self._measured and player.meters.blocks > blocks and latency_ns is not None:
            self._hooks.heard(latency_ns)
        if not going_on:
            self._leave(player, lost=False)
        return going_on

    def _lose(self, player: Player, error: DeviceError) -> bool:
        """Says that a sink is gone; the others go on, and pictures that go out as well. Whether it may come back."""
        self._lost[player], self._tried_ns[player] = error, self._clock.now_ns()
        returns = _returns(player)
        if returns:
            player.ring.deafen()
        else:
            player.ring.close()
        self._leave(player, lost=True)
        self._hooks.report(Event(Level.ERROR, str(error), self._clock.now_ns()))
        if len(self._lost) == len(self.players) and not any(map(_returns, self.players)) and self._hooks.alone():
            self._hooks.failed(error)
        return returns

    def _look_for(self, player: Player) -> bool:
        """Takes a lost device again, now and then; False when there is nothing left to play on it."""
        if player.ring.wait(1, LOOK_S) and player.ring.closed:
            return False
        now_ns, sink = self._clock.now_ns(), player.sink
        if now_ns - self._tried_ns[player] < RETAKE_NS or not isinstance(sink, Returning):
            return True
        try:
            sink.retake()
        except DeviceError:
            self._tried_ns[player] = self._clock.now_ns()
            return True
        player.begin_anew()
        player.ring.listen()
        with self._changing:
            del self._lost[player]
            if self._measured not in self._living:
                self._measured = player
            self._living.append(player)
        text = f"Sound goes out to {sink.name} again."
        self._hooks.report(Regained(Level.INFO, text, self._clock.now_ns()))
        return True

    def _leave(self, player: Player, *, lost: bool) -> None:
        """Goes on without a player; in place of one that is lost the next is measured."""
        with self._changing:
            self._living.remove(player)
            if player is not self._measured:
                return
            if lost and self._living:
                self._measured = self._living[0]
                return
        self._hooks.silent()


def _returns(player: Player) -> bool:
    """Whether a player's device can be taken again."""
    return isinstance(player.sink, Returning) and player.sink.returns
