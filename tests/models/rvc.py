"""Stand-ins for RVC voices and content encoders: the real names, shapes and types, and a result that can be checked.

The encoder writes the level of each frame into the first value and marks its layer in the last. The voice is an
oscillator at `pitchf` as loud as the first value says, half as loud for each further speaker; it is silent where the
lengths, the coarse pitch or the layer's mark are not what they have to be. Where there is no pitch it plays its noise.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from tests.models.graphs import FLOAT, HALF, INT64, Shape, port, save

MARKS = {256: 9.0, 768: 12.0}
SPEAKERS = 4
NOISE_CHANNELS = 192
SOUND_OF_LEVEL = 1.4142
FAULTY_LEVEL = 0.5
THROAT = 0.3
SKIPPING = ("skip_head", "return_length", "formant_length")
DOUBLE = TensorProto.DOUBLE


@dataclass(frozen=True)
class Voice:
    """Which of the exports a stand-in is."""

    family: str = "webui"
    """`webui`, `realtime` or `skipping`."""
    channels: int = 768
    pitched: bool = True
    half: bool = False
    rate_hz: int = 40_000
    said_rate_hz: int | None = None
    """In the metadata; None for none."""
    frames: int | None = None
    """Frozen at so many."""
    throat_hz: float = 0.0
    """What its own throat adds: a faint tone that does not follow the pitch."""
    faulty: bool = False
    """It puts out no numbers where the level is above `FAULTY_LEVEL`."""


class Nodes:
    """A graph that grows; every call adds an operator and gives its output's name."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def value(self, values: object, kind: type[np.generic] = np.float32) -> str:
        """A constant."""
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(values, kind), name))
        return name

    def __call__(self, operator: str, *inputs: str, output: str | None = None, **attributes: object) -> str:
        name = output or f"t{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [name], **attributes))
        return name

    def cast(self, name: str, kind: int, output: str | None = None) -> str:
        return self("Cast", name, to=kind, output=output)


def content_encoder(path: Path, form: str = "realtime", channels: int = 768, frames: int | None = None) -> Path:
    """`realtime`: audio [1, n] to units9 and unit12; `webui`: source [1, 1, n] to embed."""
    graph = Nodes()
    sound = "audio" if form == "realtime" else "source"
    wide = graph("Unsqueeze", sound, graph.value([1], np.int64)) if form == "realtime" else sound
    power = graph("Mul", wide, wide)
    mean = graph("Conv", power, graph.value(np.full((1, 1, 400), 1 / 400)), strides=[320], kernel_shape=[400])
    level = graph("Transpose", graph("Sqrt", mean), perm=[0, 2, 1])
    outputs = {"units9": 256, "unit12": 768} if form == "realtime" else {"embed": channels}
    for name, size in outputs.items():
        zeros = graph("Mul", level, graph.value(np.zeros((1, 1, size - 2))))
        mark = graph("Add", graph("Mul", level, graph.value(0.0)), graph.value(MARKS[size]))
        graph("Concat", level, zeros, mark, output=name, axis=2)
    shape: Shape = [1, frames or "n"] if form == "realtime" else [1, 1, frames or "n"]
    shown = [port(name, [1, "f", size]) for name, size in outputs.items()]
    return save(path, graph.nodes, [port(sound, shape)], shown, graph.constants)


def rvc_voice(path: Path, voice: Voice = Voice()) -> Path:  # noqa: B008
    """A voice of any of the contracts."""
    graph = Nodes()
    names = _names(voice)
    features = graph.cast(names["features"], FLOAT)
    loud = _column(graph, features, 0)
    right = _near(graph, _column(graph, features, voice.channels - 1), graph.value(MARKS[voice.channels]), 0.1)
    frames = graph("Shape", loud)
    length = graph("Equal", graph("Slice", frames, *(graph.value([at], np.int64) for at in (1, 2))), names["length"])
    gains = graph("Gather", graph.value(0.5 ** np.arange(SPEAKERS)), names["speaker"])
    gain = graph("Mul", graph("Mul", loud, right), graph("Mul", gains, graph.cast(length, FLOAT)))
    hz = names["pitchf"] if voice.pitched else graph("Add", graph("Mul", loud, graph.value(0.0)), graph.value(100.0))
    if voice.pitched:
        gain = graph("Mul", gain, _near(graph, graph.cast(names["pitch"], FLOAT), _coarse(graph, hz), 0.51))
    if voice.family == "skipping":
        gain, hz = (_between(graph, series, names) for series in (gain, hz))
        # What is spread over more frames has a lower pitch.
        lengths = [graph.cast(names[name], FLOAT) for name in ("return_length", "formant_length")]
        hz = graph("Mul", hz, graph("Div", *lengths))
    noise = _column(graph, graph("Transpose", graph.cast("rnd", FLOAT), perm=[0, 2, 1]), 0) if _noisy(voice) else None
    sound = _sung(graph, voice, gain, hz, noise)
    return _saved(path, graph, voice, sound)


def _noisy(voice: Voice) -> bool:
    return voice.family == "webui"


def _names(voice: Voice) -> dict[str, str]:
    if voice.family == "webui":
        names = {"features": "phone", "length": "phone_lengths", "speaker": "ds"}
    else:
        names = {"features": "feats", "length": "p_len", "speaker": "sid"}
    return names | {name: name for name in ("pitch", "pitchf", *SKIPPING)}


def _column(graph: Nodes, series: str, at: int) -> str:
    """One value of each frame: [1, T, n] to [1, T]."""
    return graph("Gather", series, graph.value(at, np.int64), axis=2)


def _near(graph: Nodes, got: str, wanted: str, least: float) -> str:
    """1 where two are no further apart, else 0."""
    return graph.cast(graph("Less", graph("Abs", graph("Sub", got, wanted)), graph.value(least)), FLOAT)


def _coarse(graph: Nodes, hz: str) -> str:
    """What the coarse pitch of a pitch has to be, 1 for none."""
    mel = graph(
        "Mul", graph("Log", graph("Add", graph("Div", hz, graph.value(700.0)), graph.value(1.0))), graph.value(1127.0)
    )
    low, high = (1127 * np.log(1 + edge / 700) for edge in (50.0, 1100.0))
    steps = graph("Div", graph("Mul", graph("Sub", mel, graph.value(low)), graph.value(254.0)), graph.value(high - low))
    return graph("Clip", graph("Add", steps, graph.value(1.0)), graph.value(1.0), graph.value(255.0))


def _between(graph: Nodes, series: str, names: dict[str, str]) -> str:
    """The frames that are asked for, spread over as many as the formants want."""
    axes = graph.value([0], np.int64)
    start = graph("Unsqueeze", names["skip_head"], axes)
    end = graph("Add", start, graph("Unsqueeze", names["return_length"], axes))
    kept = graph("Slice", series, start, end, graph.value([1], np.int64))
    wide = graph("Unsqueeze", kept, graph.value([1], np.int64))
    sizes = graph("Concat", graph.value([1, 1], np.int64), graph("Unsqueeze", names["formant_length"], axes), axis=0)
    resized = graph("Resize", wide, "", "", sizes, mode="linear")
    return graph("Squeeze", resized, graph.value([1], np.int64))


def _sung(graph: Nodes, voice: Voice, gain: str, hz: str, noise: str | None) -> str:
    """[1, T] of loudness and pitch to [1, T * samples a frame] of sound."""
    each = voice.rate_hz // 100
    pulled = [_pulled(graph, series, each) for series in filter(None, (gain, hz, noise))]
    pulled[0] = _glided(graph, gain, each)
    part = graph("Div", graph.cast(pulled[1], DOUBLE), graph.value(float(voice.rate_hz), np.float64))
    turns = graph("Mod", graph("CumSum", part, graph.value(1, np.int64)), graph.value(1.0, np.float64), fmod=1)
    slowed = graph("Mul", turns, graph.value(2 * np.pi, np.float64))
    tone = graph("Mul", graph("Sin", graph.cast(slowed, FLOAT)), graph.value(SOUND_OF_LEVEL))
    if noise is not None:
        unvoiced = graph.cast(graph("Less", pulled[1], graph.value(1.0)), FLOAT)
        tone = graph("Add", tone, graph("Mul", unvoiced, pulled[2]))
    if voice.throat_hz:
        at = graph("CumSum", graph("Mul", pulled[0], graph.value(0.0)), graph.value(1, np.int64))
        steps = graph(
            "CumSum", graph("Add", at, graph.value(voice.throat_hz / voice.rate_hz)), graph.value(1, np.int64)
        )
        turn = graph("Mul", graph("Mod", steps, graph.value(1.0), fmod=1), graph.value(2 * np.pi))
        tone = graph("Add", tone, graph("Mul", graph("Sin", turn), graph.value(THROAT)))
    sound = graph("Mul", tone, pulled[0])
    if voice.faulty:
        # The root of what is below 0 is no number.
        left = graph("Sqrt", graph("Sub", graph.value(FAULTY_LEVEL), pulled[0]))
        sound = graph("Add", sound, graph("Mul", left, graph.value(0.0)))
    return sound


def _pulled(graph: Nodes, series: str, each: int) -> str:
    """Every frame's value as often as it has samples: [1, T] to [1, T * each]."""
    wide = graph("Unsqueeze", series, graph.value([2], np.int64))
    often = graph("Expand", wide, graph.value([1, 1, each], np.int64))
    return graph("Reshape", often, graph.value([1, -1], np.int64))


def _glided(graph: Nodes, series: str, each: int) -> str:
    """The same, from the middle of one frame to that of the next in a straight line."""
    wide = graph("Unsqueeze", series, graph.value([1], np.int64))
    long = graph("Resize", wide, "", graph.value([1, 1, each]), mode="linear")
    return graph("Squeeze", long, graph.value([1], np.int64))


def _saved(path: Path, graph: Nodes, voice: Voice, sound: str) -> Path:
    names, frames = _names(voice), voice.frames or "frames"
    kind = HALF if voice.half else FLOAT
    inputs = [
        port(names["features"], [1, frames, voice.channels], kind),
        port(names["length"], [1], INT64),
        *([port("pitch", [1, frames], INT64), port("pitchf", [1, frames])] if voice.pitched else []),
        port(names["speaker"], [1], INT64),
        *([port("rnd", [1, NOISE_CHANNELS, frames], kind)] if _noisy(voice) else []),
        *([port(name, [], INT64) for name in SKIPPING] if voice.family == "skipping" else []),
    ]
    shape: Sequence[int] = [-1] if voice.family == "realtime" else [1, 1, -1]
    if voice.family == "realtime":
        sound = graph("Clip", sound, graph.value(-1.0), graph.value(1.0))
    whole = graph("Reshape", sound, graph.value(shape, np.int64))
    graph.cast(whole, kind, output="audio")
    outputs = [port("audio", [None] * len(shape), kind)]
    save(path, graph.nodes, inputs, outputs, graph.constants)
    if voice.said_rate_hz is not None:
        model = onnx.load(path)
        said = {"samplingRate": voice.said_rate_hz, "f0": voice.pitched, "embChannels": voice.channels}
        helper.set_model_props(model, {"metadata": json.dumps(said)})
        onnx.save(model, path)
    return path
