"""Stand-in face models, loaded on the CPU."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from pipeline.inference.onnx.runtime import Preference, Runtime
from pipeline.video.neural.dfm import Dfm
from pipeline.video.neural.swap import NeuralSwap
from profiles.profile import Profile
from tests.models.dfm import Tinting
from tests.neural_faces import dfm_profile, stand_in_file


@pytest.fixture(scope="module")
def runtime() -> Iterator[Runtime]:
    """Where the models of a module's tests run."""
    opened = Runtime(Preference.CPU)
    yield opened
    opened.close()


@pytest.fixture
def load(runtime: Runtime) -> Iterator[Callable[..., Dfm]]:
    """Loads a stand-in: its specification, then its profile."""
    with ExitStack() as opened:

        def loaded(spec: Tinting, profile: Profile | None = None) -> Dfm:
            model = Dfm(runtime, stand_in_file(spec), profile or dfm_profile())
            opened.callback(model.close)
            return model

        yield loaded


@pytest.fixture
def stage(load: Callable[..., Dfm]) -> Callable[..., NeuralSwap]:
    """The stage that wears a stand-in."""

    def made(spec: Tinting, profile: Profile | None = None) -> NeuralSwap:
        profile = profile or dfm_profile()
        return NeuralSwap(load(spec, profile), profile)

    return made
