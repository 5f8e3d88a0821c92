"""What the families of embedding swappers differ in, as data, and which family a file is of."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType

from pipeline.errors import ModelError
from pipeline.inference.onnx.graph import Tensor
from pipeline.inference.onnx.model_file import ModelFile
from pipeline.inference.onnx.ports import FLOATS, Port
from pipeline.video.neural.templates import ARCFACE_112_V1, ARCFACE_112_V2, ARCFACE_128, FFHQ_512, Template

IDENTITY_SIZE = 512
Channels = tuple[float, float, float]
"""For red, green and blue."""
NOTHING, HALF, WHOLE = (0.0,) * 3, (0.5,) * 3, (1.0,) * 3
IMAGENET_MEAN, IMAGENET_SPREAD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class Form(Enum):
    """In which form a swapper takes the target's identity."""

    MAPPED = auto()
    """Taken through the matrix in the swapper's own file, and of length 1."""
    DIRECTION = auto()
    """As the recogniser gives it, but of length 1."""
    CONVERTED = auto()
    """Taken through a converter."""
    CONVERTED_DIRECTION = auto()
    """Taken through a converter, and of length 1."""
    PICTURE = auto()
    """As a picture of the face."""


@dataclass(frozen=True, slots=True)
class Source:
    """What a swapper knows the target by.

    Attributes:
        form: what it is.
        size: for a picture its side in pixels.
        template: for a picture how the face lies on it; its values are 0..1.
    """

    form: Form
    size: int = 0
    template: Template = ARCFACE_112_V2


@dataclass(frozen=True, slots=True)
class Family:
    """One family: red, green and blue, the channels first.

    Attributes:
        name: what files and profiles call it.
        size: the side of its square in pixels.
        template: how the actor's face lies on the square.
        mean, spread: taken from the values 0..1 that it sees, and what they are divided by then.
        source: what it knows the target by.
        signed: whether it puts out -1..1, not 0..1.
    """

    name: str
    size: int
    template: Template
    mean: Channels
    spread: Channels
    source: Source
    signed: bool

    @property
    def inputs(self) -> tuple[Port, Port]:
        """The actor's face, and what the target is known by."""
        picture = self.source.form is Form.PICTURE
        known_by = (None, 3, self.source.size, self.source.size) if picture else (None, IDENTITY_SIZE)
        return (
            Port("target", (None, 3, self.size, self.size), ("target",), FLOATS),
            Port("source", known_by, ("source",), FLOATS),
        )

    @property
    def outputs(self) -> tuple[Port, ...]:
        """The target's face in place of the actor's."""
        return (Port("face", (None, 3, self.size, self.size), dtypes=FLOATS),)


_ALL = (
    Family("inswapper", 128, ARCFACE_128, NOTHING, WHOLE, Source(Form.MAPPED), signed=False),
    Family("hyperswap", 256, ARCFACE_128, HALF, HALF, Source(Form.DIRECTION), signed=True),
    Family("ghost", 256, ARCFACE_112_V1, HALF, HALF, Source(Form.CONVERTED), signed=True),
    Family(
        "simswap", 256, ARCFACE_112_V1, IMAGENET_MEAN, IMAGENET_SPREAD, Source(Form.CONVERTED_DIRECTION), signed=False
    ),
    Family("uniface", 256, FFHQ_512, HALF, HALF, Source(Form.PICTURE, 256, FFHQ_512), signed=True),
    Family("blendswap", 256, FFHQ_512, NOTHING, WHOLE, Source(Form.PICTURE, 112, ARCFACE_112_V2), signed=False),
)
FAMILIES: Mapping[str, Family] = MappingProxyType({family.name: family for family in _ALL})


def family_of(file: ModelFile, wanted: str = "auto") -> Family:
    """The family that a profile says, or by `auto` the one that the file's inputs and its name tell.

    Whether the file is what its family has to be is not looked at.

    Raises:
        ModelError: none would do, or several.
    """
    if wanted != "auto":
        return FAMILIES[wanted]
    named = [family for family in FAMILIES.values() if family.name in file.name.lower()]
    tensors = {tensor.name: tensor for tensor in file.graph.inputs}
    fitting = [family for family in FAMILIES.values() if _fits(family, tensors)]
    both = [family for family in fitting if family in named]
    for found in (both, fitting, named):
        if len(found) == 1:
            return found[0]
    if not (fitting or named):
        inputs = ", ".join(tensors) or "none"
        raise ModelError(
            f"The model {file.path} is no face swapper: its inputs are {inputs}, wanted target and source; "
            "it is of another format."
        )
    names = ", ".join(family.name for family in both or fitting or named)
    raise ModelError(
        f"The model {file.path} does not say which swapper it is, wanted one of {names}; "
        "set `family` in [embedding] of the profile, which `profiles new` does by --face-family."
    )


def _fits(family: Family, tensors: Mapping[str, Tensor]) -> bool:
    """Whether a file's inputs are this family's, as far as the file fixes their sizes."""
    for port in family.inputs:
        tensor = tensors.get(port.name)
        if tensor is None or len(tensor.shape) != len(port.shape):
            return False
        sizes = zip(tensor.shape, port.shape, strict=True)
        if any(isinstance(got, int) and isinstance(want, int) and got != want for got, want in sizes):
            return False
    return True
