"""Mute and push-to-talk: sound or silence, and a way between them that can't be heard."""

from dataclasses import dataclass

import numpy as np

from pipeline.audio.condition.mono import MonoStage, Sound, span_ns
from pipeline.audio.stream import RATE_HZ
from pipeline.media import Block

RAMP = RATE_HZ // 200
"""Samples between sound and silence: 5 ms."""


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked of a switch last."""

    passing: bool
    from_ns: int | None = None
    """From the sample that is captured then; None for the next one."""
    until_ns: int | None = None
    """It shuts with the sample that is captured then, whoever has fallen silent meanwhile; None for never."""


class Switch(MonoStage):
    """Passes the sound or shuts it off.

    `set` and `open_until` may be called by any thread; each is one assignment.
    """

    def __init__(self, *, passing: bool = True) -> None:
        super().__init__("switch")
        self._ramp = ((1.0 - np.cos(np.pi * np.arange(RAMP + 1) / RAMP)) / 2.0).astype(np.float32)
        self._order = Order(passing)
        self._heard_ns = 0
        self._shut_ns: int | None = None
        """When the newest sound that passed was captured, once it has been shut."""
        self._passing = passing
        self._place = RAMP if passing else 0

    @property
    def passing(self) -> bool:
        """What was last asked for; shut again where the time that it was asked for is over."""
        order = self._order
        return order.passing and (order.until_ns is None or self._heard_ns < order.until_ns)

    def still_heard_s(self, way_ns: int, now_ns: int) -> float:
        """For how long what passed before it was shut is still heard, where sound takes so long to the ear."""
        last_ns = self._heard_ns if self._passing else self._shut_ns
        if self.passing or last_ns is None:
            return 0.0
        return max(0.0, (last_ns + way_ns - now_ns) / 1e9)

    def set(self, passing: bool, at_ns: int | None = None) -> None:
        """Opens or shuts from the next block on, or from the sample that is captured at `at_ns`."""
        self._order = Order(passing, at_ns)

    def open_until(self, end_ns: int) -> None:
        """Opens for what is captured before `end_ns`; it shuts then without another call, unless one came before."""
        self._order = Order(True, until_ns=end_ns)

    def process(self, block: Block) -> Block:
        """The block; while the switch is shut, silence of its length."""
        order = self._order
        if order.until_ns is None and order.passing == self._passing:
            self._heard_ns = block.captured_ns + span_ns(len(block.samples))
            return super().process(block)
        first = self._place_of(order.from_ns, block)
        last = len(block.samples) if order.until_ns is None else max(first, self._place_of(order.until_ns, block))
        pieces = [self._piece(block, 0, first)]
        for start, end, passing in ((first, last, order.passing), (last, len(block.samples), False)):
            if start < end:
                self._turn(passing, block.captured_ns + span_ns(start))
                pieces.append(self._piece(block, start, end))
        self._heard_ns = block.captured_ns + span_ns(len(block.samples))
        samples = [piece.samples for piece in pieces if len(piece.samples)]
        return Block(np.concatenate(samples) if samples else block.samples, block.rate_hz, block.captured_ns)

    def _turn(self, passing: bool, at_ns: int) -> None:
        """Opens or shuts with the sample that is captured at `at_ns`."""
        if self._passing and not passing:
            self._shut_ns = at_ns
        self._passing = passing

    def _place_of(self, at_ns: int | None, block: Block) -> int:
        """The block's first sample that is captured at `at_ns` or later; one past the end where none is."""
        ahead = 0 if at_ns is None else round((at_ns - block.captured_ns) * RATE_HZ / 1e9)
        return min(max(0, ahead), len(block.samples))

    def _piece(self, block: Block, first: int, last: int) -> Block:
        return super().process(Block(block.samples[first:last], block.rate_hz, block.captured_ns))

    def _run(self, sound: Sound) -> Sound:
        goal = RAMP if self._passing else 0
        if self._place == goal:
            return sound if self._passing else np.zeros_like(sound)
        way = np.arange(1, len(sound) + 1) * (1 if self._passing else -1)
        places = np.clip(self._place + way, 0, RAMP)
        self._place = int(places[-1])
        return sound * self._ramp[places]

    def reset(self) -> None:
        """Is at once as it was last asked to be: there is nothing to move away from after a gap."""
        self._passing = self.passing
        self._place = RAMP if self._passing else 0
