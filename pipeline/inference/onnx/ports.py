"""What a format says of a network's inputs and outputs, held against what a file has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.errors import ModelError
from pipeline.inference.onnx.graph import Shape, Tensor
from pipeline.inference.onnx.model_file import ModelFile

Wanted = tuple[int | str | None, ...]
"""A dimension's size, a name that has to be the same size wherever it stands, or None for any."""
FLOATS = ("float32", "float16")


@dataclass(frozen=True, slots=True)
class Port:
    """One input or output of a format.

    Attributes:
        name: what the program calls it.
        shape: what it has to be.
        names: what files call it; empty where files differ and its place counts.
        dtypes: the types that it may have.
        optional: some files lack it.
    """

    name: str
    shape: Wanted
    names: tuple[str, ...] = ()
    dtypes: tuple[str, ...] = ("float32",)
    optional: bool = False


def match(file: ModelFile, inputs: Sequence[Port], outputs: Sequence[Port]) -> dict[str, Tensor]:
    """The file's tensors by the format's names.

    Raises:
        ModelError: one is missing, or its type or shape is another: says which, got and wanted.
    """
    sizes: dict[str, int] = {}
    found = _matched(file, "input", file.graph.inputs, inputs, sizes)
    return found | _matched(file, "output", file.graph.outputs, outputs, sizes)


def sizes_of(file: ModelFile, inputs: Sequence[Port], outputs: Sequence[Port]) -> dict[str, int]:
    """The sizes of the dimensions that the format names and the file fixes.

    Raises:
        ModelError: as in `match`.
    """
    sizes: dict[str, int] = {}
    _matched(file, "input", file.graph.inputs, inputs, sizes)
    _matched(file, "output", file.graph.outputs, outputs, sizes)
    return sizes


def _matched(
    file: ModelFile, kind: str, tensors: Sequence[Tensor], ports: Sequence[Port], sizes: dict[str, int]
) -> dict[str, Tensor]:
    found: dict[str, Tensor] = {}
    by_name: Mapping[str, Tensor] = {tensor.name: tensor for tensor in tensors}
    for place, port in enumerate(ports):
        tensor = next((by_name[name] for name in port.names if name in by_name), None)
        if tensor is None and not port.names and place < len(tensors):
            tensor = tensors[place]
        if tensor is None:
            if port.optional:
                continue
            wanted = " or ".join(port.names) or f"number {place + 1}"
            got = ", ".join(tensor.name for tensor in tensors) or "none"
            raise ModelError(f"The model {file.path} has no {kind} {wanted}, got {got}; it is of another format.")
        _check(file, kind, tensor, port, sizes)
        found[port.name] = tensor
    return found


def _check(file: ModelFile, kind: str, tensor: Tensor, port: Port, sizes: dict[str, int]) -> None:
    if tensor.dtype not in port.dtypes:
        raise ModelError(
            f"The {kind} {tensor.name} of the model {file.path} is {tensor.dtype}, wanted {' or '.join(port.dtypes)}; "
            "it is of another format."
        )
    if not _fits(tensor.shape, port.shape, sizes):
        raise ModelError(
            f"The {kind} {tensor.name} of the model {file.path} has the shape {shown(tensor.shape)}, wanted "
            f"{shown(tuple(sizes.get(size, size) if isinstance(size, str) else size for size in port.shape))}; "
            "it is of another format."
        )


def _fits(got: Shape, wanted: Wanted, sizes: dict[str, int]) -> bool:
    """Whether a shape is as wanted; a dimension that the file leaves open fits everything."""
    if len(got) != len(wanted):
        return False
    for size, want in zip(got, wanted, strict=True):
        if not isinstance(size, int) or want is None:
            continue
        if isinstance(want, str):
            want = sizes.setdefault(want, size)
        if size != want:
            return False
    return True


def shown(shape: Shape) -> str:
    """A shape for people."""
    return "[" + ", ".join("?" if size is None else str(size) for size in shape) + "]"
