"""Mute and push-to-talk: sound or silence, and a way between them that can't be heard."""

import numpy as np

from pipeline.audio.condition.mono import MonoStage, Sound
from pipeline.audio.stream import RATE_HZ
from pipeline.media import Block

RAMP = RATE_HZ // 200
"""Samples between sound and silence: 5 ms."""


class Switch(MonoStage):
    """Passes the sound or shuts it off.

    `set` may be called by any thread; it is one assignment.
    """

    def __init__(self, *, passing: bool = True) -> None:
        super().__init__("switch")
        self._ramp = ((1.0 - np.cos(np.pi * np.arange(RAMP + 1) / RAMP)) / 2.0).astype(np.float32)
        self._order: tuple[bool, int | None] = (passing, None)
        self._passing = passing
        self._place = RAMP if passing else 0

    @property
    def passing(self) -> bool:
        """What was last asked for."""
        return self._order[0]

    def set(self, passing: bool, at_ns: int | None = None) -> None:
        """Opens or shuts from the next block on, or from the sample that is captured at `at_ns`."""
        self._order = (passing, at_ns)

    def process(self, block: Block) -> Block:
        """The block; while the switch is shut, silence of its length."""
        order, at_ns = self._order
        if order == self._passing:
            return super().process(block)
        ahead = 0 if at_ns is None else round((at_ns - block.captured_ns) * RATE_HZ / 1e9)
        if ahead >= len(block.samples):
            return super().process(block)
        split = max(0, ahead)
        before = super().process(Block(block.samples[:split], block.rate_hz, block.captured_ns))
        self._passing = order
        after = super().process(Block(block.samples[split:], block.rate_hz, block.captured_ns))
        return Block(np.concatenate((before.samples, after.samples)), block.rate_hz, block.captured_ns)

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
        self._passing = self._order[0]
        self._place = RAMP if self._passing else 0
