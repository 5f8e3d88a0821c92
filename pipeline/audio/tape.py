"""The finished sound on its way into a recording, by the instants at which it was captured."""

from dataclasses import replace

import numpy as np

from pipeline.audio.ring import Ring
from pipeline.audio.stream import BLOCK_SAMPLES
from pipeline.clock import Clock
from pipeline.cover import Cover
from pipeline.stage import FilmTrack
from pipeline.telemetry import DurationMeter

PATIENCE_S = 0.1


class Tape:
    """Takes finished sound from a ring and writes it to a film as it comes: no clock, no gap to fill."""

    def __init__(
        self, ring: Ring, track: FilmTrack, clock: Clock, *, lossless: bool = False, cover: Cover | None = None
    ) -> None:
        """A tape that records silence until it is uncovered.

        Args:
            ring: where the sound comes from.
            track: where it goes.
            clock: the program's clock.
            lossless: the sound comes as fast as possible, and its instants are those of the file.
            cover: what it has in common with others, for one that begins while they run; its own by default.
        """
        self.ring, self.track, self._lossless = ring, track, lossless
        self._clock, self._cover = clock, cover or Cover(clock, up=True)
        self.latency = DurationMeter()
        """From the microphone until the film has it; nothing where that is told by no clock."""

    def cover(self, covered: bool) -> None:
        """Puts silence in place of everything, or takes it off again; what was said under it stays unsaid."""
        self._cover.put(covered)

    def step(self) -> bool:
        """Writes one block, or waits a little; False at the end of the sound or of the film."""
        if not self.ring.wait(BLOCK_SAMPLES, PATIENCE_S):
            return True
        block = self.ring.read(BLOCK_SAMPLES)
        if block is not None:
            if self._cover.up if self._lossless else self._cover.hides(block.captured_ns):
                block = replace(block, samples=np.zeros_like(block.samples))
            if self.track.write_sound(block):
                if not self._lossless:
                    self.latency.add(max(0, self._clock.now_ns() - block.captured_ns))
                return True
        self.end()
        return False

    def end(self) -> None:
        """Lets the film go on without sound, and whoever writes to the ring without the film."""
        self.track.end_sound()
        self.ring.close()
