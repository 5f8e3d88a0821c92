"""The small network in the model store: the pitch where a profile names no other."""

import numpy as np

from pipeline.audio.neural.pitch.finder import FRAME_SAMPLES, Series, Sound, open_network, silenced
from pipeline.errors import ModelError
from pipeline.inference.onnx.model_file import ModelFile
from pipeline.inference.onnx.ports import Port, match
from pipeline.inference.onnx.runtime import Runtime

HOP_SAMPLES = 256
"""A frame every 16 ms, at 16 kHz."""
LOWEST_HZ, HIGHEST_HZ = 50.0, 1_100.0
VOICED = 0.5
INPUTS = (Port("audio", (1, None), ("audio",)), Port("fmin", (), ("fmin",)), Port("fmax", (), ("fmax",)))
OUTPUTS = (
    Port("pitch", (1, None), ("pitch",), ("float64", "float32")),
    Port("confidence", (1, None), ("confidence",)),
)


class SwiftF0:
    """Swift-f0 over a window that slides along with the stretch.

    Source: Nieradzik 2025, "SwiftF0: fast and accurate monophonic pitch detection", arXiv:2508.18440.
    """

    def __init__(self, runtime: Runtime, file: ModelFile, samples: int, budget_ms: float) -> None:
        """Opens the network for stretches of so many samples at 16 kHz.

        Raises:
            ModelError: it is of another format.
        """
        tensors = match(file, INPUTS, OUTPUTS)
        shapes = {tensors["audio"]: (1, samples), tensors["fmin"]: (), tensors["fmax"]: ()}
        self._network = open_network(runtime, file, shapes, {"fmin": LOWEST_HZ, "fmax": HIGHEST_HZ}, budget_ms)
        frames = self._network.outputs["pitch"].size
        if frames != samples // HOP_SAMPLES:
            self._network.close()
            raise ModelError(
                f"The pitch network {file.path} gives {frames} frames for {samples} samples, "
                f"wanted {samples // HOP_SAMPLES}; it is of another format."
            )
        at = np.arange(samples // FRAME_SAMPLES) * (FRAME_SAMPLES / HOP_SAMPLES)
        self._before = np.minimum(at.astype(np.intp), frames - 1)
        self._after = np.minimum(self._before + 1, frames - 1)
        self._share = np.clip(at - self._before, 0.0, 1.0)

    def find(self, sound: Sound) -> Series:
        """As `PitchFinder` has it."""
        self._network.inputs["audio"][0] = sound
        self._network.run()
        outputs = self._network.outputs
        octaves = np.log2(np.maximum(outputs["pitch"][0], 1.0))
        voiced = outputs["confidence"][0] >= VOICED
        before, after, share = self._before, self._after, self._share
        # Between two frames with a voice the pitch glides; beside one without it stays what the other has.
        share = np.where(voiced[before] & voiced[after], share, np.where(voiced[before], 0.0, 1.0))
        hz = 2.0 ** (octaves[before] * (1.0 - share) + octaves[after] * share)
        nearest = np.where(self._share < 0.5, voiced[before], voiced[after])
        return silenced(np.where(nearest, hz, 0.0).astype(np.float32), sound)

    def close(self) -> None:
        """Frees the network; may be called twice."""
        self._network.close()
