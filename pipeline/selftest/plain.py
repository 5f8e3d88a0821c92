"""A chain without engines: the way itself, which the self-test's own pattern takes and no actor ever does."""

from pipeline.assembly import Assembly, Chain, marks
from pipeline.audio.voice.actor import Actor
from pipeline.circumstances import Circumstances
from pipeline.inference.store import ModelStore
from pipeline.media import Block
from profiles.profile import Profile


class Unchanged:
    """A voice that is the microphone's."""

    name = "unchanged"
    latency_ns = 0

    def process(self, block: Block) -> Block:
        """The block itself."""
        return block

    def adjust(self, profile: Profile) -> None:
        """Nothing can be set."""

    def reset(self) -> None:
        """Nothing is remembered."""

    def close(self) -> None:
        """Nothing is held."""


class PlainAssembly(Assembly):
    """Builds chains of no stages. It loads no network."""

    def __init__(
        self,
        models: ModelStore,
        profile: Profile,
        size: tuple[int, int],
        circumstances: Circumstances | None = None,
    ) -> None:
        """An assembly for frames of one size; nothing else matters."""
        self._size, self.actor, self.runtime = size, Actor(), (circumstances or Circumstances()).runtime

    @property
    def providers(self) -> dict[str, str]:
        """There are no networks."""
        return {}

    def build(self, profile: Profile) -> Chain:
        """A chain that passes everything on."""
        label, picture = marks(profile, self._size)
        return Chain(profile, (), (), Unchanged(), label, picture)

    def close(self) -> None:
        """Nothing is held."""
