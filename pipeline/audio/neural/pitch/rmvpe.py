"""RMVPE in its three forms, and CREPE: the pitch networks that users bring."""

import numpy as np
from numpy.typing import NDArray

from pipeline.audio.neural.pitch.bins import COUNT, pitches
from pipeline.audio.neural.pitch.finder import FRAME_GROUP, FRAME_SAMPLES, Series, Sound, open_network, silenced
from pipeline.audio.neural.pitch.mel import BANDS, MelSpectrum
from pipeline.inference.onnx.model_file import ModelFile
from pipeline.inference.onnx.outputs import require_shape
from pipeline.inference.onnx.ports import FLOATS, Port, match
from pipeline.inference.onnx.runtime import Network, Runtime

RMVPE_THRESHOLD = 0.03
CREPE_THRESHOLD = 0.21
CREPE_SAMPLES = 1_024
"""CREPE hears 64 ms around each frame."""


class MelPitch:
    """RMVPE on a log-mel spectrum: to a salience of 360 bins (form 1) or to Hertz (form 3).

    Source: Wei and others 2023, "RMVPE: a robust model for vocal pitch estimation in polyphonic music",
    arXiv:2306.15412.
    """

    def __init__(self, runtime: Runtime, file: ModelFile, samples: int, budget_ms: float) -> None:
        """Opens the network for stretches of so many samples at 16 kHz; what is missing to 32 frames is silence.

        Raises:
            ModelError: it is of another format.
        """
        self._mel = MelSpectrum()
        self._frames = samples // FRAME_SAMPLES
        frames = -(-self._frames // FRAME_GROUP) * FRAME_GROUP
        self._missing = frames * FRAME_SAMPLES - samples
        names = {tensor.name for tensor in file.graph.inputs}
        # Only form 3 takes a threshold, and calls its other input by name.
        bare = "threshold" not in names
        ports = [Port("mel", (1, BANDS, None), () if bare else ("mel",), FLOATS)]
        if not bare:
            ports.append(Port("threshold", (1,), ("threshold",)))
        tensors = match(file, ports, ())
        shapes = {tensor: (1, BANDS, frames) if key == "mel" else (1,) for key, tensor in tensors.items()}
        self._network = open_network(runtime, file, shapes, {"threshold": RMVPE_THRESHOLD}, budget_ms)
        self._input, self._output = tensors["mel"].name, file.graph.outputs[0].name
        wanted = (1, frames, COUNT) if bare else _row(self._network, self._output, frames)
        require_shape(self._network, self._output, wanted)
        self._of_bins = bare

    def find(self, sound: Sound) -> Series:
        """As `PitchFinder` has it."""
        self._network.inputs[self._input][0] = self._mel.of(np.pad(sound, (self._missing, 0)))
        self._network.run()
        result = self._network.outputs[self._output]
        hz = pitches(result[0].astype(np.float32), RMVPE_THRESHOLD) if self._of_bins else result.reshape(-1)
        return silenced(hz[-self._frames :].astype(np.float32), sound)

    def close(self) -> None:
        """Frees the network; may be called twice."""
        self._network.close()


class WaveformPitch:
    """RMVPE with its spectrum inside (form 2): samples in, Hertz out."""

    def __init__(self, runtime: Runtime, file: ModelFile, samples: int, budget_ms: float) -> None:
        """Opens the network for stretches of so many samples at 16 kHz.

        Raises:
            ModelError: it is of another format.
        """
        ports = (Port("waveform", (1, None), ("waveform",)), Port("threshold", (1,), ("threshold",)))
        tensors = match(file, ports, ())
        self._frames = samples // FRAME_SAMPLES
        shapes = {tensors["waveform"]: (1, samples), tensors["threshold"]: (1,)}
        self._network = open_network(runtime, file, shapes, {"threshold": RMVPE_THRESHOLD}, budget_ms)
        self._output = file.graph.outputs[0].name
        # The frame in the middle of the very last samples is there, or is not.
        got = self._network.outputs[self._output].size
        wanted = got if got in (self._frames, self._frames + 1) else self._frames
        require_shape(self._network, self._output, _row(self._network, self._output, wanted))

    def find(self, sound: Sound) -> Series:
        """As `PitchFinder` has it."""
        self._network.inputs["waveform"][0] = sound
        self._network.run()
        hz = self._network.outputs[self._output].reshape(-1)[: self._frames]
        return silenced(hz.astype(np.float32), sound)

    def close(self) -> None:
        """Frees the network; may be called twice."""
        self._network.close()


class Crepe:
    """CREPE: frames of 64 ms, each at the same level, to 360 bins.

    Source: Kim and others 2018, "CREPE: A convolutional representation for pitch estimation", arXiv:1802.06182.
    """

    def __init__(self, runtime: Runtime, file: ModelFile, samples: int, budget_ms: float) -> None:
        """Opens the network for stretches of so many samples at 16 kHz.

        Raises:
            ModelError: it is of another format.
        """
        self._frames = samples // FRAME_SAMPLES
        tensor = match(file, (Port("frames", (None, CREPE_SAMPLES), (), FLOATS),), ())["frames"]
        self._network = open_network(runtime, file, {tensor: (self._frames, CREPE_SAMPLES)}, {}, budget_ms)
        self._input, self._output = tensor.name, file.graph.outputs[0].name
        require_shape(self._network, self._output, (self._frames, COUNT))

    def find(self, sound: Sound) -> Series:
        """As `PitchFinder` has it."""
        self._network.inputs[self._input][...] = levelled(sound)
        self._network.run()
        return silenced(pitches(self._network.outputs[self._output].astype(np.float32), CREPE_THRESHOLD), sound)

    def close(self) -> None:
        """Frees the network; may be called twice."""
        self._network.close()


def levelled(sound: Sound) -> NDArray[np.float32]:
    """(n / 160, 1024): what lies around every 160th sample, its mean 0 and its spread 1."""
    padded = np.pad(sound, CREPE_SAMPLES // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, CREPE_SAMPLES)[::FRAME_SAMPLES]
    frames = frames[: len(sound) // FRAME_SAMPLES] - frames[: len(sound) // FRAME_SAMPLES].mean(axis=1, keepdims=True)
    spread = frames.std(axis=1, keepdims=True)
    return np.asarray(frames / np.maximum(spread, 1e-8), np.float32)


def _row(network: Network, output: str, frames: int) -> tuple[int, ...]:
    """The shape of one row of frames, with as many ones around it as the file has."""
    shape = network.outputs[output].shape
    return tuple(1 if size == 1 else frames for size in shape)
