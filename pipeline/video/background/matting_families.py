"""What the families of matting networks differ in, as data, and which family a file is of."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ModelError
from pipeline.inference.onnx.model_file import ModelFile
from pipeline.inference.onnx.ports import FLOATS, Port, match

STATES = ("r1", "r2", "r3", "r4")
Channels = tuple[float, float, float]
"""For red, green and blue."""
NOTHING, HALF, WHOLE = (0.0,) * 3, (0.5,) * 3, (1.0,) * 3
IMAGENET_MEAN, IMAGENET_SPREAD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
LARGE = 1024
NAMES_OF_ISNET = ("isnet", "rmbg-1", "dis-")


@dataclass(frozen=True, slots=True)
class Family:
    """One family: red, green and blue, the channels first; one matte.

    Attributes:
        name: what profiles call it.
        side: of the square that it sees, where the file leaves that open; 0 where it sees the whole picture's shape.
        mean, spread: taken from the values 0..1 that it sees, and what they are divided by then.
        recurrent: whether it carries states from frame to frame.
    """

    name: str
    side: int
    mean: Channels
    spread: Channels
    recurrent: bool = False

    @property
    def inputs(self) -> tuple[Port, ...]:
        """The picture, and for a recurrent one the states and how much smaller it looks first."""
        side = LARGE if self.side == LARGE else None
        if not self.recurrent:
            return (Port("picture", (None, 3, side, side), dtypes=FLOATS),)
        states = (Port(f"{state} in", (None,) * 4, (f"{state}i",), FLOATS) for state in STATES)
        scale = Port("scale", (1,), ("downsample_ratio",), FLOATS, optional=True)
        return (Port("picture", (None, 3, None, None), ("src",), FLOATS), *states, scale)

    @property
    def outputs(self) -> tuple[Port, ...]:
        """The matte, and for a recurrent one the states."""
        if not self.recurrent:
            side = LARGE if self.side == LARGE else None
            return (Port("matte", (None, 1, side, side), dtypes=FLOATS),)
        states = (Port(f"{state} out", (None,) * 4, (f"{state}o",), FLOATS) for state in STATES)
        return (Port("matte", (None, 1, None, None), ("pha",), FLOATS), *states)

    @property
    def tables(self) -> NDArray[np.float32]:
        """float32 (3, 1, 256): what the network is shown for each level of red, green and blue."""
        values = np.arange(256, dtype=np.float64) / 255.0
        pairs = zip(self.mean, self.spread, strict=True)
        return np.array([[(values - mean) / spread] for mean, spread in pairs], np.float32)


_ALL = (
    Family("rvm", 0, NOTHING, WHOLE, recurrent=True),
    Family("isnet", LARGE, HALF, WHOLE),
    Family("birefnet", LARGE, IMAGENET_MEAN, IMAGENET_SPREAD),
    Family("modnet", 512, HALF, HALF),
)
FAMILIES: Mapping[str, Family] = MappingProxyType({family.name: family for family in _ALL})


def family_of(file: ModelFile, wanted: str = "auto") -> Family:
    """The family that a profile says, or by `auto` the one that the file's inputs and its name tell.

    Raises:
        ModelError: it is none.
    """
    if wanted != "auto":
        return FAMILIES[wanted]
    if any(tensor.name == "r1i" for tensor in file.graph.inputs):
        return FAMILIES["rvm"]
    match(file, FAMILIES["modnet"].inputs, FAMILIES["modnet"].outputs)
    if len(file.graph.inputs) > 1:
        names = ", ".join(tensor.name for tensor in file.graph.inputs)
        raise ModelError(
            f"The model {file.path} is no matting network: its inputs are {names}, wanted one picture; "
            "it is of another format."
        )
    if LARGE not in file.graph.inputs[0].shape[2:] and "birefnet" not in file.name.lower():
        return FAMILIES["isnet" if _named(file) else "modnet"]
    # ISNet has the same shapes as BiRefNet, and puts out what its stages saw as well.
    return FAMILIES["isnet" if _named(file) or len(file.graph.outputs) > 1 else "birefnet"]


def _named(file: ModelFile) -> bool:
    """Whether the file's name says that it is an ISNet."""
    return any(name in file.name.lower() for name in NAMES_OF_ISNET)
