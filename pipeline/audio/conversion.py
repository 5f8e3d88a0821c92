"""A file's sound in the target's voice: every sample at its own time, as fast as it is taken."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Self

import numpy as np

from pipeline.audio.devices.sound_decoder import SoundDecoder
from pipeline.audio.lane import AudioLane, AudioLinks
from pipeline.audio.ring import Ring
from pipeline.audio.stream import BLOCK_SAMPLES, RATE_HZ
from pipeline.clock import Clock
from pipeline.media import Block
from pipeline.stage import AudioStage
from pipeline.telemetry import Event


class Conversion:
    """Conditioning and voice over a whole file, on the calling thread.

    What they lag behind by is taken off at the start and let out at the end: the result is as long as the file's sound.
    """

    def __init__(
        self,
        path: Path,
        conditioning: Sequence[AudioStage],
        voice: AudioStage,
        clock: Clock,
        report: Callable[[Event], None] | None = None,
    ) -> None:
        """Opens the file; the stages belong to the conversion.

        Args:
            path: the file.
            conditioning: what the voice hears it through.
            voice: what speaks it anew.
            clock: the program's clock.
            report: told what goes wrong on the way.

        Raises:
            MediaError: it has no sound that can be read.
        """
        self._source = SoundDecoder(path)
        outputs: list[Ring] = []
        self._input = Ring(2 * BLOCK_SAMPLES)
        links = AudioLinks(self._input, outputs, clock, report or (lambda _: None))
        self._lane = AudioLane(conditioning, voice, links)
        self._lag = round(self._lane.latency_ns * RATE_HZ / 1e9)
        self._output = Ring(self._lag + 2 * BLOCK_SAMPLES)
        outputs.append(self._output)
        self._written = 0
        self.start_ns = self._source.start_ns
        """When the sound starts, against the file's first picture; 0 in a file without pictures."""
        self.length_s = self._source.length_s
        """How long the sound is, if the file tells."""

    def blocks(self) -> Iterator[Block]:
        """All sound in order, `captured_ns` being its time against the file's first picture; to be called once."""
        skipped = self._lag
        for block in self._spoken():
            samples = block.samples[skipped:]
            skipped = max(0, skipped - len(block.samples))
            if len(samples):
                yield Block(samples, RATE_HZ, self.start_ns + self._written * 1_000_000_000 // RATE_HZ)
            self._written += len(samples)

    @property
    def silent_s(self) -> float:
        """How much is silent because the voice failed."""
        return min(self._lane.meters.outage.count * BLOCK_SAMPLES, self._written) / RATE_HZ

    def close(self) -> None:
        """Gives the file back and closes the stages; may be called twice."""
        self._source.close()
        self._lane.close()

    def __enter__(self) -> Self:
        """The conversion itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes it."""
        self.close()

    def _spoken(self) -> Iterator[Block]:
        """What leaves the lane."""
        for piece in self._source.pieces():
            for start in range(0, len(piece), BLOCK_SAMPLES):
                samples = np.ascontiguousarray(piece[start : start + BLOCK_SAMPLES, np.newaxis])
                self._input.write(Block(samples, RATE_HZ, 0))
                if self._input.fill >= BLOCK_SAMPLES:
                    self._lane.step()
                    yield from self._left()
        self._input.close()
        while self._lane.step():
            yield from self._left()
        yield from self._left()

    def _left(self) -> Iterator[Block]:
        while (block := self._output.read(BLOCK_SAMPLES)) is not None:
            yield block
