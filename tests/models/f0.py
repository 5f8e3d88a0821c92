"""Stand-ins for pitch networks: the real names, shapes and types, and a pitch that can be checked.

RMVPE's tell the middle of the loudest bands, CREPE's holds each bin's own tone against the frame, and waveforms are
asked how often they cross zero: a tone comes out as itself, unless bands, logarithm, level or rate are other ones.
"""

from pathlib import Path

import numpy as np

from tests.models.graphs import FLOAT, port, save
from tests.models.rvc import Nodes

BINS = 360
CENTS = 20.0 * np.arange(BINS) + 1997.3794084376191
BIN_HZ = 10.0 * 2.0 ** (CENTS / 1200.0)
CROSSED = 3_200
"""Zeros are counted over so many samples."""


def band_hz() -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The middles of 128 bands from 30 to 8000 Hz on the mel scale of HTK."""
    low, high = 2595 * np.log10(1 + np.array([30.0, 8000.0]) / 700)
    return np.asarray(700 * (10 ** (np.linspace(low, high, 130) / 2595) - 1))[1:-1]


def rmvpe_of_mel(path: Path, to_hertz: bool = False, frames: int | None = None) -> Path:
    """Form 1: `input` [1, 128, t] to `output` [1, t, 360]; form 3: `mel` and `threshold` to `pitchf` [1, t]."""
    graph = Nodes()
    name = "mel" if to_hertz else "input"
    levels = graph("Exp", name)
    # What counts is the loudest band and its neighbours.
    sharp = graph("Pow", graph("Div", levels, graph("ReduceMax", levels, axes=[1])), graph.value(4.0))
    weights = graph("Transpose", sharp, perm=[0, 2, 1])
    total = graph("ReduceSum", weights, graph.value([2], np.int64))
    hz = graph("Div", graph("MatMul", weights, graph.value(band_hz()[:, np.newaxis])), total)
    loudest = graph("Transpose", graph("ReduceMax", levels, axes=[1]), perm=[0, 2, 1])
    heard = graph.cast(graph("Greater", loudest, graph.value(1e-3)), FLOAT)
    inputs = [port(name, [1, 128, frames or "t"])]
    if to_hertz:
        inputs.append(port("threshold", [1]))
        # A threshold that is none of the format's gives no pitch.
        usual = graph.cast(
            graph("Less", graph("Abs", graph("Sub", "threshold", graph.value(0.03))), graph.value(1e-4)), FLOAT
        )
        graph("Squeeze", graph("Mul", graph("Mul", hz, heard), usual), graph.value([2], np.int64), output="pitchf")
        return save(path, graph.nodes, inputs, [port("pitchf", [1, "t"])], graph.constants)
    cents = graph("Mul", graph("Log", graph("Div", hz, graph.value(10.0))), graph.value(1200 / np.log(2)))
    away = graph("Div", graph("Sub", graph.value(CENTS[np.newaxis, np.newaxis]), cents), graph.value(25.0))
    graph("Mul", graph("Exp", graph("Neg", graph("Mul", away, away))), heard, output="output")
    return save(path, graph.nodes, inputs, [port("output", [1, "t", BINS])], graph.constants)


def _crossings(graph: Nodes, sound: str) -> str:
    """1 where a sample and the next one are on different sides of 0."""
    axes = graph.value([1], np.int64)
    above = graph.cast(graph("Greater", sound, graph.value(0.0)), FLOAT)
    before = graph("Slice", above, graph.value([0], np.int64), graph.value([-1], np.int64), axes)
    after = graph("Slice", above, graph.value([1], np.int64), graph.value([2**31], np.int64), axes)
    return graph("Abs", graph("Sub", before, after))


def rmvpe_of_waveform(path: Path) -> Path:
    """Form 2: `waveform` [1, n] and `threshold` to `pitchf` [1, n / 160 + 1]."""
    graph = Nodes()
    axes = graph.value([1], np.int64)
    crossed = _crossings(graph, "waveform")
    wide = graph("Unsqueeze", crossed, axes)
    padded = graph("Pad", wide, graph.value([0, 0, CROSSED // 2, 0, 0, CROSSED // 2 + 1], np.int64), mode="reflect")
    counted = graph("Conv", padded, graph.value(np.full((1, 1, CROSSED), 8_000 / CROSSED)), strides=[160])
    usual = graph.cast(
        graph("Less", graph("Abs", graph("Sub", "threshold", graph.value(0.03))), graph.value(1e-4)), FLOAT
    )
    graph("Squeeze", graph("Mul", counted, usual), axes, output="pitchf")
    inputs = [port("waveform", [1, "n"]), port("threshold", [1])]
    return save(path, graph.nodes, inputs, [port("pitchf", [1, "t"])], graph.constants)


def crepe(path: Path) -> Path:
    """`frames` [n, 1024] to `probabilities` [n, 360]; nothing where a frame's spread is not 1."""
    graph = Nodes()
    at = np.arange(1_024) / 16_000
    window = np.hanning(1_024)
    banks = [graph.value(wave(2 * np.pi * np.outer(at, BIN_HZ)) * window[:, np.newaxis]) for wave in (np.cos, np.sin)]
    squares = [graph("Mul", part, part) for part in (graph("MatMul", "frames", bank) for bank in banks)]
    power = graph("Add", *squares)
    peak = graph("Add", graph("ReduceMax", power, axes=[1]), graph.value(1e-6))
    spread = graph("ReduceMean", graph("Mul", "frames", "frames"), axes=[1])
    even = graph.cast(graph("Less", graph("Abs", graph("Sub", spread, graph.value(1.0))), graph.value(0.05)), FLOAT)
    graph("Mul", graph("Pow", graph("Div", power, peak), graph.value(8.0)), even, output="probabilities")
    return save(
        path, graph.nodes, [port("frames", ["n", 1_024])], [port("probabilities", ["n", BINS])], graph.constants
    )


def swift(path: Path) -> Path:
    """Swift-f0: `audio` [1, n], `fmin`, `fmax` to `pitch` (float64) and `confidence`, a frame of 256 samples."""
    graph = Nodes()
    axes = graph.value([1], np.int64)
    wide = graph("Unsqueeze", _crossings(graph, "audio"), axes)
    padded = graph("Pad", wide, graph.value([0, 0, 1_024, 0, 0, 768 + 1], np.int64), mode="reflect")
    counted = graph("Conv", padded, graph.value(np.full((1, 1, 2_048), 8_000 / 2_048)), strides=[256])
    hz = graph("Clip", graph("Squeeze", counted, axes), "fmin", "fmax")
    graph.cast(hz, 11, output="pitch")
    graph("Clip", graph("Div", hz, graph.value(60.0)), graph.value(0.0), graph.value(1.0), output="confidence")
    inputs = [port("audio", [1, "n"]), port("fmin", []), port("fmax", [])]
    outputs = [port("pitch", [1, "t"], 11), port("confidence", [1, "t"])]
    return save(path, graph.nodes, inputs, outputs, graph.constants)
