"""A chain without engines: the way itself, which the self-test's own pattern takes and no actor ever does."""

from collections.abc import Callable

from pipeline.assembly import Assembly, Chain, marks
from pipeline.audio.voice.actor import Actor
from pipeline.clock import Clock
from pipeline.inference.onnx.halt import Halt
from pipeline.inference.onnx.runtime import Preference, Runtime
from pipeline.inference.store import ModelStore
from pipeline.media import Block
from pipeline.telemetry import Event
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
        clock: Clock | None = None,
        report: Callable[[Event], None] | None = None,
    ) -> None:
        """An assembly for frames of one size; nothing else matters."""
        self._size, self.actor, self.runtime = size, Actor(), Runtime()

    @property
    def providers(self) -> dict[str, str]:
        """There are no networks."""
        return {}

    def prefer(self, device: Preference, report: Callable[[Event], None], halt: Halt | None = None) -> None:
        """There are no networks."""

    def build(self, profile: Profile) -> Chain:
        """A chain that passes everything on."""
        label, picture = marks(profile, self._size)
        return Chain(profile, (), (), Unchanged(), label, picture)

    def close(self) -> None:
        """Nothing is held."""
