"""The content encoder: what is said, without who says it."""

import numpy as np
from numpy.typing import NDArray

from pipeline.audio.neural.contract import CHANNELS
from pipeline.errors import ModelError
from pipeline.inference.onnx.graph import Tensor
from pipeline.inference.onnx.model_file import ModelFile
from pipeline.inference.onnx.network import Layout
from pipeline.inference.onnx.ports import FLOATS, Port, match, shown
from pipeline.inference.onnx.runtime import Demand, Runtime

LOW_RATE_HZ = 16_000
"""What content encoders and pitch networks hear."""
HOP_SAMPLES, FIELD_SAMPLES = 320, 400
"""A frame of content every 20 ms, from 25 ms of sound."""
FRAME_SAMPLES = 160
"""A frame of a voice is half of that: 10 ms."""
LAYERS = {256: "units9", 768: "unit12"}

Sound = NDArray[np.float32]
Features = NDArray[np.float32]


class ContentEncoder:
    """Hears stretches of one length."""

    def __init__(self, runtime: Runtime, file: ModelFile, samples: int, channels: int, budget_ms: float) -> None:
        """Opens the network.

        Args:
            runtime: where it runs.
            file: MoeVS's form (float32 [1, 1, n]) or w-okada's (`audio` [1, n] to `units9` and `unit12`).
            samples: length of the stretches, at 16 kHz.
            channels: values in a frame that the voice takes.
            budget_ms: how long one run may take.

        Raises:
            ModelError: it is of another format, or for other voices.
        """
        self.frames = frames_in(samples)
        self._input = _input(file)
        self._output = _output(file, channels)
        shape = (1, samples) if len(self._input.shape) == 2 else (1, 1, samples)
        self._network = runtime.open(file, Demand(Layout({self._input.name: shape}), budget_ms))
        got, wanted = self._network.outputs[self._output].shape, (1, self.frames, channels)
        if got != wanted:
            self._network.close()
            raise ModelError(
                f"The content encoder {file.path} gives {self._output} the shape {shown(got)} for {samples} samples, "
                f"wanted {shown(wanted)}; a {CHANNELS[channels]} voice needs {channels} values a frame."
            )

    def hear(self, sound: Sound) -> Features:
        """Float32 (n,) at 16 kHz to float32 (n / 320 rounded up, channels), a frame every 20 ms.

        Raises:
            StageError: the network failed.
        """
        self._network.inputs[self._input.name].reshape(-1)[:] = sound
        self._network.run()
        features = self._network.outputs[self._output][0].astype(np.float32)
        # The last frames would need sound that has not been heard yet.
        return np.pad(features, ((0, -(-len(sound) // HOP_SAMPLES) - self.frames), (0, 0)), "edge")

    def close(self) -> None:
        """Frees the network; may be called twice."""
        self._network.close()


def frames_in(samples: int) -> int:
    """How many frames of content the network makes of so many samples."""
    return (samples - FIELD_SAMPLES) // HOP_SAMPLES + 1


def doubled(features: Features, frames: int) -> Features:
    """Each frame of 20 ms as two of 10 ms, cut to so many."""
    return np.repeat(features, 2, axis=0)[:frames]


def _input(file: ModelFile) -> Tensor:
    """The one input, [1, n] or [1, 1, n], n open."""
    tensors = file.graph.inputs
    shape = (1, None) if len(tensors) == 1 and len(tensors[0].shape) == 2 else (1, 1, None)
    tensor = match(file, (Port("sound", shape, (), FLOATS),), ())["sound"]
    if len(tensors) != 1:
        got = ", ".join(each.name for each in tensors)
        raise ModelError(f"The model {file.path} is no content encoder: got the inputs {got}, wanted one of sound.")
    if isinstance(tensor.shape[-1], int):
        raise ModelError(
            f"The content encoder {file.path} takes {tensor.shape[-1]} samples and no other number, wanted any; "
            "export it again with dynamic axes."
        )
    return tensor


def _output(file: ModelFile, channels: int) -> str:
    """The output with so many values a frame: the first one where files do not say which is which."""
    names = [tensor.name for tensor in file.graph.outputs]
    if LAYERS[channels] in names:
        return LAYERS[channels]
    if not names:
        raise ModelError(f"The model {file.path} is no content encoder: it has no output.")
    fitting = [tensor.name for tensor in file.graph.outputs if tensor.shape[-1:] == (channels,)]
    return fitting[0] if fitting else names[0]
