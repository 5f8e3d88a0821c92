"""Which pitch network a file is."""

from pipeline.audio.neural.pitch.finder import PitchFinder
from pipeline.audio.neural.pitch.mel import BANDS
from pipeline.audio.neural.pitch.rmvpe import CREPE_SAMPLES, Crepe, MelPitch, WaveformPitch
from pipeline.audio.neural.pitch.swift import SwiftF0
from pipeline.errors import ModelError
from pipeline.inference.onnx.model_file import ModelFile
from pipeline.inference.onnx.ports import shown
from pipeline.inference.onnx.runtime import Runtime


def open_pitch(runtime: Runtime, file: ModelFile, samples: int, budget_ms: float) -> PitchFinder:
    """The network in a file, for stretches of so many samples at 16 kHz.

    Raises:
        ModelError: it is no pitch network that is known here, or one with other tensors: says which.
    """
    inputs = {tensor.name: tensor for tensor in file.graph.inputs}
    first = next(iter(file.graph.inputs), None)
    if first is not None and file.graph.outputs:
        if "fmin" in inputs:
            return SwiftF0(runtime, file, samples, budget_ms)
        if "waveform" in inputs:
            return WaveformPitch(runtime, file, samples, budget_ms)
        if "mel" in inputs or (len(first.shape) == 3 and first.shape[1] == BANDS):
            return MelPitch(runtime, file, samples, budget_ms)
        if len(first.shape) == 2 and first.shape[1] == CREPE_SAMPLES:
            return Crepe(runtime, file, samples, budget_ms)
    got = ", ".join(f"{tensor.name} {shown(tensor.shape)}" for tensor in file.graph.inputs) or "none"
    raise ModelError(
        f"The model {file.path} is no pitch network: got the inputs {got}, wanted a spectrum [1, 128, ?] or "
        "a waveform (RMVPE), frames [?, 1024] (CREPE), or audio with fmin and fmax (swift-f0)."
    )
