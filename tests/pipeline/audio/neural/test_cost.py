"""The benchmark's networks cost what the real ones do, within a fifth."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.models import voice_cost
from tests.models.voice_cost import Cost, Layers

# Parameters, and multiply-adds for a second of sound, both in millions.
REAL = {
    "rvc_voice": (27.5, 46_900.0),
    "content_encoder": (94.4, 6_900.0),
    "rmvpe": (90.4, 3_600.0),
}


@pytest.mark.parametrize("name", REAL)
def test_parameters_and_operations_are_the_real_ones(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def counted(self: Layers, *shape: int) -> str:
        self.parameters += int(np.prod(shape))
        return "w"

    monkeypatch.setattr(Layers, "weights", counted)
    monkeypatch.setattr(voice_cost, "save", lambda *_: None)
    make: Callable[[Path], Cost] = getattr(voice_cost, name)
    cost, (parameters, operations) = make(Path("unused.onnx")), REAL[name]
    assert cost.parameters / 1e6 == pytest.approx(parameters, rel=0.2)
    assert cost.operations / 1e6 == pytest.approx(operations, rel=0.2)
