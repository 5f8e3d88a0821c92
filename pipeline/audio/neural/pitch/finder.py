"""What every pitch network is to the engine."""

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ModelError
from pipeline.inference.onnx.graph import Tensor
from pipeline.inference.onnx.model_file import ModelFile
from pipeline.inference.onnx.network import Layout
from pipeline.inference.onnx.ports import shown
from pipeline.inference.onnx.runtime import Demand, Network, Runtime

LOW_RATE_HZ = 16_000
FRAME_SAMPLES = 160
"""10 ms at 16 kHz."""
FRAME_GROUP = 32
"""RMVPE halves its frames five times: their number is a multiple of this."""
FAINTEST = 1e-3
"""Of the largest sample; what is quieter has no pitch, whatever a network hears in it."""

Sound = NDArray[np.float32]
Series = NDArray[np.float32]


class PitchFinder(Protocol):
    """Tells the pitch of stretches of one length. Called by one thread at a time."""

    def find(self, sound: Sound) -> Series:
        """Float32 (n,) at 16 kHz to Hertz (n / 160,), every 10 ms from the first sample on, 0 where there is no voice.

        Raises:
            StageError: the network failed.
        """

    def close(self) -> None:
        """Frees the network; may be called twice."""


def open_network(
    runtime: Runtime,
    file: ModelFile,
    shapes: Mapping[Tensor, tuple[int, ...]],
    values: Mapping[str, float],
    budget_ms: float,
) -> Network:
    """A network for inputs of these shapes; `values` are those that never change.

    Raises:
        ModelError: the file takes other lengths and no others, or can't be run.
    """
    for tensor, shape in shapes.items():
        if any(isinstance(size, int) and size != wanted for size, wanted in zip(tensor.shape, shape, strict=True)):
            raise ModelError(
                f"The input {tensor.name} of the pitch network {file.path} has the shape {shown(tensor.shape)}, wanted "
                f"{shown(shape)}; export it again with dynamic axes."
            )
    layout = Layout({tensor.name: shape for tensor, shape in shapes.items()}, values=values)
    return runtime.open(file, Demand(layout, budget_ms))


def silenced(hz: Series, sound: Sound) -> Series:
    """The pitches without those of silence: each frame is looked at with 10 ms on either side."""
    peaks = np.abs(sound).reshape(-1, FRAME_SAMPLES).max(axis=1)
    around = np.maximum(np.maximum(peaks, np.pad(peaks, (1, 0))[:-1]), np.pad(peaks, (0, 1))[1:])
    return np.where(around < FAINTEST, np.float32(0), hz)
