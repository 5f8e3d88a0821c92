"""What is worth saying of a model beside its format: what tells its family, a voice's rate and speakers."""

import math
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from pipeline.inference.formats import Recognised
from pipeline.inference.kinds.nearest import unusual_outputs
from pipeline.inference.onnx.model_file import ModelFile
from pipeline.inference.trial import Trial

FRAMES_A_SECOND = 100
SPEAKERS = "emb_g.weight"
"""What RVC calls the table of its speakers."""
SPOKEN = ("feats", "phone")
"""The voice's input that has a row for each frame."""
FAMILIES: Mapping[str, str] = MappingProxyType(
    {
        "swapper": "set family in [embedding] to hyperswap, ghost or simswap, which are alike from outside; by default "
        "the file's name decides, and this one tells none",
        **dict.fromkeys(
            ("hyperswap", "ghost", "simswap"),
            "hyperswap, ghost and simswap are alike from outside: the file's name decided; family in [embedding] does "
            "otherwise",
        ),
        "matting-1024": "BiRefNet and ISNet are alike from outside: the file's name and its outputs decide; family in "
        "[matting] does otherwise",
    }
)
"""What to do where formats can't be told apart."""


def file_remarks(file: ModelFile, found: Recognised | None) -> Iterator[str]:
    """What is seen without a run."""
    if found is None:
        return
    if found.format.name in FAMILIES:
        yield FAMILIES[found.format.name]
    odd = unusual_outputs(file, found.format)
    if odd:
        yield odd


def speakers(file: ModelFile) -> int | None:
    """How many speakers a voice has; None where the file does not say."""
    return next((weights.shape[0] for weights in file.graph.weights if weights.name == SPEAKERS), None)


def voice_row(file: ModelFile, found: Recognised | None, trial: Trial) -> str:
    """A voice's rate and speakers; empty for what is none."""
    if found is None or found.format.key != "rvc.model":
        return ""
    rate, count = sample_rate_hz(trial), speakers(file)
    told = [f"{rate / 1e3:g} kHz" if rate else "of an unknown rate"]
    if count is None:
        return f"{told[0]}; the file does not say how many speakers it has"
    return f"{told[0]}, {count} speaker{'' if count == 1 else 's: speaker in [rvc] is 0 to ' + str(count - 1)}"


def sample_rate_hz(trial: Trial) -> int | None:
    """How many samples a second a voice put out; None where it did not run."""
    shapes, results = trial.shapes or {}, trial.results or {}
    frames = next((shapes[name][1] for name in SPOKEN if name in shapes), 0)
    samples = math.prod(next(iter(results.values()), (0,)))
    return round(samples * FRAMES_A_SECOND / frames) if frames and samples else None
