"""Chains of fake stages, and an assembly that builds them at once."""

from collections.abc import Callable
from pathlib import Path

from pipeline.assembly import Assembly, Chain, marks
from pipeline.audio.voice.actor import Actor
from pipeline.circumstances import Circumstances
from pipeline.errors import UnderstudyError
from pipeline.stage import VideoStage
from profiles.profile import ConsentSettings, FailSafePolicy, Kind, OutputSettings, Profile
from tests.fakes import FakeStage, FakeVoice

SIZE = (64, 64)


def make_profile(name: str = "ada", policy: FailSafePolicy = FailSafePolicy.HOLD, kind: Kind = Kind.PERSONA) -> Profile:
    """A profile without files that may run."""
    return Profile(
        name=name,
        folder=Path(name),
        title=name.title(),
        kind=kind,
        output=OutputSettings(policy=policy),
        consent=ConsentSettings(declaration=f"{name} is synthetic."),
    )


def make_chain(profile: Profile, *stages: VideoStage, size: tuple[int, int] = SIZE) -> Chain:
    """A chain that owns all its stages."""
    label, picture = marks(profile, size)
    return Chain(profile, stages, stages, FakeVoice(), label, picture)


class FakeAssembly(Assembly):
    """Builds chains of one fake stage; fails on the names in `broken`."""

    def __init__(self, size: tuple[int, int] = SIZE, circumstances: Circumstances | None = None) -> None:
        self._size = size
        self.actor = Actor()
        self.runtime = (circumstances or Circumstances()).runtime
        self.broken: set[str] = set()
        self.built: list[Chain] = []
        self.building: Callable[[Profile], None] = lambda profile: None
        """Called in the middle of each build."""
        self.closed = False

    @property
    def providers(self) -> dict[str, str]:
        """It has no networks."""
        return {}

    def build(self, profile: Profile) -> Chain:
        """A chain with a stage named after the profile."""
        self.building(profile)
        if profile.name in self.broken:
            raise UnderstudyError("Its portrait is torn.")
        chain = make_chain(profile, FakeStage(profile.name), size=self._size)
        self.built.append(chain)
        return chain

    def close(self) -> None:
        """Remembers."""
        self.closed = True


def stage_of(chain: Chain) -> FakeStage:
    """The first stage of a fake chain."""
    stage = chain.owned[0]
    assert isinstance(stage, FakeStage)
    return stage
