"""What a model of no known format nearly is, and what keeps it from being that."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.inference.formats import FORMATS, Format
from pipeline.inference.onnx.graph import Tensor
from pipeline.inference.onnx.model_file import ModelFile
from pipeline.inference.onnx.ports import Port, shown

MOST_DIFFERENCES = 2
TRAINED_NAMES = ("out_face_mask", "out_celeb_face", "out_celeb_face_mask")
"""What DeepFaceLab calls a face's outputs."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """A format that a file nearly has.

    Attributes:
        format: the format.
        differences: what is otherwise, each in words.
    """

    format: Format
    differences: tuple[str, ...]

    def __str__(self) -> str:
        """For people."""
        return f"nearly {self.format.title}: {', and '.join(self.differences)}"


def nearest(file: ModelFile) -> Nearest | None:
    """The format that a file differs least from; None where none is near.

    Only formats whose tensors have names count: those that go by places and sizes alone are near to anything.
    """
    best: Nearest | None = None
    for form in FORMATS:
        if not any(port.names for port in form.inputs):
            continue
        found = tuple(_differences(file, form))
        alike = len(file.graph.inputs) - len(found)
        if 0 < len(found) <= min(MOST_DIFFERENCES, alike) and (best is None or len(found) < len(best.differences)):
            best = Nearest(form, found)
    return best


def _differences(file: ModelFile, form: Format) -> Iterator[str]:
    """What a file has otherwise than a format."""
    yield from _differing("input", file.graph.inputs, form.inputs, open_ended=False)
    yield from _differing("output", file.graph.outputs, form.outputs, open_ended=form.open_ended)


def _differing(kind: str, tensors: Sequence[Tensor], ports: Sequence[Port], *, open_ended: bool) -> Iterator[str]:
    left = {tensor.name: tensor for tensor in tensors}
    missing: list[Port] = []
    for place, port in enumerate(ports):
        by_place = [tensors[place].name] if not port.names and place < len(tensors) else []
        name = next((name for name in (*port.names, *by_place) if name in left), None)
        if name is None:
            if not port.optional:
                missing.append(port)
            continue
        tensor = left.pop(name)
        if tensor.dtype not in port.dtypes:
            yield f"its {kind} {name} is {tensor.dtype}, wanted {' or '.join(port.dtypes)}"
        elif not _alike(tensor, port):
            yield f"its {kind} {name} has the shape {shown(tensor.shape)}, wanted {shown(port.shape)}"
    for port in missing:
        wanted = " or ".join(port.names) or f"number {ports.index(port) + 1}"
        other = next((tensor for tensor in left.values() if tensor.dtype in port.dtypes and _alike(tensor, port)), None)
        if other is not None:
            del left[other.name]
            yield f"its {kind} is called {other.name}, wanted {wanted}"
        else:
            yield f"it has no {kind} {wanted}"
    if not open_ended:
        for name in left:
            yield f"it has a further {kind} {name}"


def _alike(tensor: Tensor, port: Port) -> bool:
    """Whether a shape can be that of a port; names of sizes are not held against each other."""
    return len(tensor.shape) == len(port.shape) and all(
        size == want or not (isinstance(size, int) and isinstance(want, int))
        for size, want in zip(tensor.shape, port.shape, strict=True)
    )


def unusual_outputs(file: ModelFile, form: Format) -> str:
    """What of a trained face is called otherwise than usual, which is no hindrance; empty where nothing is."""
    if form.name != "dfm":
        return ""
    names = [tensor.name for tensor in file.graph.outputs]
    odd = [
        f"{name}, usually {usual}"
        for name, usual in zip(names, TRAINED_NAMES, strict=False)
        if name.removesuffix(":0") != usual
    ]
    return f"its outputs go by their places; called otherwise: {', '.join(odd)}" if odd else ""
