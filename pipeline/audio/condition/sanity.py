"""The first stage: whatever a driver delivers, sound leaves."""

from pipeline.audio.condition.mono import MonoStage, Sound, cleaned
from pipeline.media import Block


class Sanity(MonoStage):
    """Silence for samples that are no numbers, a ceiling for samples far beyond full scale; both are counted."""

    def __init__(self) -> None:
        super().__init__("sanity")
        self._spoilt = 0

    @property
    def spoilt(self) -> int:
        """Samples that had to be changed, since the stage was built."""
        return self._spoilt

    def process(self, block: Block) -> Block:
        """The block with every sample a number within the ceiling."""
        sound, spoilt = cleaned(block.samples[:, 0])
        self._spoilt += spoilt
        return Block(sound.reshape(-1, 1), block.rate_hz, block.captured_ns) if spoilt else block

    def _run(self, sound: Sound) -> Sound:
        return sound

    def reset(self) -> None:
        """The count goes on: it belongs to the session."""
