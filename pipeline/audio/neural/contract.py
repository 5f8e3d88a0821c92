"""What a voice that was trained for retrieval-based conversion takes and gives: told by the names of its inputs."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pipeline.errors import ModelError
from pipeline.inference.onnx.graph import Tensor
from pipeline.inference.onnx.model_file import ModelFile
from pipeline.inference.onnx.ports import FLOATS, Port, match, shown, sizes_of

CHANNELS = {256: "v1", 768: "v2"}
"""Values in a frame of content, and the generation of voices that takes so many."""
NOISE_CHANNELS = 192


class Family(StrEnum):
    """Which program's export it is."""

    WEBUI = "RVC WebUI"
    """`phone` and the rest, noise from outside."""
    REALTIME = "w-okada"
    """`feats` and the rest, noise made inside."""
    SKIPPING = "w-okada fork"
    """As `REALTIME`, and it is told which frames to decode."""


@dataclass(frozen=True, slots=True)
class Contract:
    """One voice's inputs and output.

    Attributes:
        family: whose export it is.
        channels: values in a frame of content: 256 or 768.
        pitched: whether it takes a pitch; without one it speaks at a pitch of its own.
        tensors: the file's inputs by what the program calls them: `features`, `length`, `pitch`, `pitchf`, `speaker`,
            `noise`, `skip_head`, `return_length`, `formant_length`.
        said_rate_hz: what its metadata says; None where it says nothing.
    """

    family: Family
    channels: int
    pitched: bool
    tensors: Mapping[str, Tensor]
    said_rate_hz: int | None


def read_contract(file: ModelFile) -> Contract:
    """How to use a voice.

    Raises:
        ModelError: it is none, or one whose lengths are frozen: says which tensor, got and wanted.
    """
    names = {tensor.name for tensor in file.graph.inputs}
    family = _family(file, names)
    pitched = "pitch" in names or "pitchf" in names
    inputs = _ports(family, pitched)
    tensors = match(file, inputs, ())
    sizes = sizes_of(file, inputs, ())
    if "frames" in sizes:
        raise ModelError(
            f"The voice {file.path} takes {sizes['frames']} frames and no other number, wanted any; "
            "export it again with dynamic axes."
        )
    channels = sizes.get("channels", 0)
    if channels not in CHANNELS:
        features = tensors["features"]
        raise ModelError(
            f"The input {features.name} of the voice {file.path} has the shape {shown(features.shape)}, wanted 256 "
            "values a frame (v1) or 768 (v2); it is of another format."
        )
    if len(file.graph.outputs) != 1 or file.graph.outputs[0].dtype not in FLOATS:
        got = ", ".join(f"{tensor.name} {tensor.dtype}" for tensor in file.graph.outputs) or "none"
        raise ModelError(f"The voice {file.path} has the outputs {got}, wanted one of floats; it is of another format.")
    return Contract(family, channels, pitched, tensors, _said_rate(file))


def _family(file: ModelFile, names: set[str]) -> Family:
    if "phone" in names:
        return Family.WEBUI
    if "feats" in names:
        return Family.SKIPPING if "skip_head" in names else Family.REALTIME
    got = ", ".join(sorted(names)) or "none"
    raise ModelError(
        f"The model {file.path} is no RVC voice: got the inputs {got}, wanted phone or feats among them; "
        "export the voice to ONNX with RVC WebUI or w-okada's voice changer."
    )


def _ports(family: Family, pitched: bool) -> tuple[Port, ...]:
    webui = family is Family.WEBUI
    integer = ("int64",)
    ports = [
        Port("features", (1, "frames", "channels"), ("phone" if webui else "feats",), FLOATS),
        Port("length", (1,), ("phone_lengths" if webui else "p_len",), integer),
        Port("speaker", (1,), ("ds" if webui else "sid",), integer),
    ]
    if pitched:
        ports.append(Port("pitch", (1, "frames"), ("pitch",), integer))
        ports.append(Port("pitchf", (1, "frames"), ("pitchf",)))
    if webui:
        ports.append(Port("noise", (1, NOISE_CHANNELS, "frames"), ("rnd",), FLOATS))
    if family is Family.SKIPPING:
        ports += [Port(name, (), (name,), integer) for name in ("skip_head", "return_length", "formant_length")]
    return tuple(ports)


def _said_rate(file: ModelFile) -> int | None:
    """The rate in the metadata; what is written there otherwise is not needed, or told by the tensors."""
    try:
        rate = json.loads(file.graph.metadata.get("metadata", "{}")).get("samplingRate")
    except (ValueError, AttributeError):
        return None
    return rate if isinstance(rate, int) else None
