"""ONNX files that are sound, and such as are broken in one way each."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, external_data_helper, helper, numpy_helper

from tests.models.graphs import FLOAT, HALF, INT64, constant, port, save

SIZE = 4
LONG_TURNS = 1 << 24
"""They take more than ten seconds."""


def sound(path: Path, kind: int = FLOAT) -> Path:
    """Puts out twice what comes in, plus 0, 1, 2 and 3."""
    dtype = np.float16 if kind == HALF else np.float32
    constants = [constant("two", np.full(1, 2, dtype)), constant("ramp", np.arange(SIZE, dtype=dtype))]
    nodes = [helper.make_node("Mul", ["x", "two"], ["m"]), helper.make_node("Add", ["m", "ramp"], ["y"])]
    return save(path, nodes, [port("x", ["N", SIZE], kind)], [port("y", ["N", SIZE], kind)], constants)


def outside(path: Path, location: str, *, offset: int | str = 0, length: int | str = 4 * SIZE) -> Path:
    """A sound file whose ramp stands in the file `location`, or is said to."""
    model = onnx.load(sound(path))
    ramp = next(tensor for tensor in model.graph.initializer if tensor.name == "ramp")
    ramp.ClearField("raw_data")
    ramp.data_location = TensorProto.EXTERNAL
    for key, value in {"location": location, "offset": str(offset), "length": str(length)}.items():
        ramp.external_data.add(key=key, value=value)
    path.write_bytes(model.SerializeToString())
    return path


def split(path: Path, kind: int = FLOAT) -> Path:
    """A sound file whose weights stand in a file beside it."""
    model = onnx.load(sound(path, kind))
    external_data_helper.convert_model_to_external_data(model, location=f"{path.name}.data", size_threshold=0)
    onnx.save(model, path)
    return path


def claiming(path: Path, *shape: int, typed: bool = False) -> Path:
    """A file with a constant of a shape and no bytes for it, or one number for all."""
    model = onnx.load(sound(path))
    weights = TensorProto(name="vast", data_type=FLOAT, dims=shape)
    if typed:
        weights.float_data.append(1.0)
    else:
        weights.raw_data = bytes(4)
    model.graph.initializer.append(weights)
    path.write_bytes(model.SerializeToString())
    return path


def vast(path: Path, values: int) -> Path:
    """A file whose input is fixed to so many values."""
    return save(path, [helper.make_node("Identity", ["x"], ["y"])], [port("x", [values])], [port("y", [values])])


def rooting(path: Path, kind: int = FLOAT) -> Path:
    """Puts out the square root of what comes in: no numbers for what is below 0."""
    nodes = [helper.make_node("Sqrt", ["x"], ["y"])]
    weights = constant("unused", np.zeros(64, np.float16 if kind == HALF else np.float32))
    return save(path, nodes, [port("x", [SIZE], kind)], [port("y", [SIZE], kind)], [weights])


def undefined(path: Path) -> Path:
    """Puts out no numbers, whatever comes in."""
    nodes = [helper.make_node("Mul", ["x", "nan"], ["y"])]
    nan = constant("nan", np.full(1, np.nan, np.float32))
    return save(path, nodes, [port("x", [SIZE])], [port("y", [SIZE])], [nan])


def counting(path: Path, calls: int) -> Path:
    """Counts its runs in what it carries, and fails when there were so many."""
    table = constant("table", np.arange(calls, dtype=np.float32))
    nodes = [
        helper.make_node("Gather", ["table", "count"], ["y"]),
        helper.make_node("Add", ["count", "one"], ["next"]),
    ]
    constants = [table, constant("one", np.ones(1, np.int64))]
    return save(path, nodes, [port("count", [1], INT64)], [port("y", [1]), port("next", [1], INT64)], constants)


def halved(path: Path) -> Path:
    """A half-precision file with everything that says so: types, constants of both kinds, settings, inner graphs.

    Puts out (2 x + 0..3) · 300 / 300, in which 300-fold is out of the range of half precision from 219 on.
    """
    ramp = TensorProto(name="ramp", data_type=HALF, dims=[SIZE])
    ramp.int32_data.extend(np.arange(SIZE, dtype=np.float16).view(np.uint16).tolist())
    much = helper.make_node("Constant", [], ["much"], value=constant("much", np.full(1, 300, np.float16)))
    inner_value = numpy_helper.from_array(np.full(1, 2, np.float16))
    inner = helper.make_graph(
        [helper.make_node("Constant", [], ["two"], value=inner_value)], "inner", [], [port("two", [1], HALF)]
    )
    nodes = [
        much,
        helper.make_node("If", ["yes"], ["factor"], then_branch=inner, else_branch=inner),
        helper.make_node("Cast", ["x"], ["half"], to=HALF),
        helper.make_node("Mul", ["half", "factor"], ["m"]),
        helper.make_node("Add", ["m", "ramp"], ["sum"]),
        helper.make_node("Mul", ["sum", "much"], ["up"]),
        helper.make_node("Div", ["up", "much"], ["y"]),
    ]
    constants = [ramp, constant("yes", np.ones((), np.bool_))]
    return save(path, nodes, [port("x", [SIZE], HALF)], [port("y", [SIZE], HALF)], constants)


def tiring(path: Path, free: float) -> Path:
    """A sound file of one row that takes `LONG_TURNS` turns for each whole number in its last value from `free` on."""
    over = [
        helper.make_node("Gather", ["x", "last"], ["column"], axis=1),
        helper.make_node("Sub", ["column", "free"], ["left"]),
        helper.make_node("Ceil", ["left"], ["whole"]),
        helper.make_node("Relu", ["whole"], ["factor"]),
    ]
    nodes = [*over, *_turning("factor", "x", "turned")]
    nodes += [helper.make_node("Mul", ["turned", "two"], ["m"]), helper.make_node("Add", ["m", "ramp"], ["y"])]
    constants = [
        *_turns(),
        constant("last", np.full((), SIZE - 1, np.int64)),
        constant("free", np.full(1, free, np.float32)),
        constant("two", np.full(1, 2, np.float32)),
        constant("ramp", np.arange(SIZE, dtype=np.float32)),
    ]
    return save(path, nodes, [port("x", ["N", SIZE])], [port("y", ["N", SIZE])], constants)


def _turns() -> list[onnx.TensorProto]:
    """What `_turning` needs."""
    return [constant("turns", np.full(1, LONG_TURNS, np.int64)), constant("scalar", np.empty(0, np.int64))]


def _turning(factor: str, through: str, output: str) -> list[onnx.NodeProto]:
    """Nodes that put a value out unchanged after `LONG_TURNS` turns times a factor."""
    value = helper.make_tensor_value_info
    body = helper.make_graph(
        [helper.make_node("Identity", ["go"], ["on"]), helper.make_node("Identity", ["in"], ["out"])],
        "turn",
        [value("turn", INT64, []), value("go", TensorProto.BOOL, []), value("in", FLOAT, None)],
        [value("on", TensorProto.BOOL, []), value("out", FLOAT, None)],
    )
    return [
        helper.make_node("Cast", [factor], ["times"], to=INT64),
        helper.make_node("Mul", ["times", "turns"], ["many"]),
        helper.make_node("Reshape", ["many", "scalar"], ["count"]),
        helper.make_node("Loop", ["count", "", through], [output], body=body),
    ]


def fickle_dfm(path: Path, sound_dfm: Path, fault: str) -> Path:
    """A dfm that works as long as what it sees is half bright on average, as what it is warmed up with is.

    Args:
        path: where it is written.
        sound_dfm: a dfm to begin with.
        fault: `nan` puts out no numbers otherwise, `throw` fails; `tire` takes long for what it is warmed up with.
    """
    model = onnx.load(sound_dfm)
    graph = model.graph
    output = next(node for node in graph.node if node.output[0] == "out_celeb_face:0")
    output.output[0] = "unspoilt"
    graph.initializer.extend([constant("half", np.float32([0.5])), constant("little", np.float32([0.001]))])
    nodes = [
        helper.make_node("ReduceMean", ["in_face:0"], ["mean"], keepdims=0),
        helper.make_node("Sub", ["mean", "half"], ["off"]),
        helper.make_node("Abs", ["off"], ["far"]),
        helper.make_node("Sub", ["little", "far"], ["near"]),
    ]
    if fault == "nan":
        nodes += [
            helper.make_node("Sqrt", ["near"], ["root"]),
            helper.make_node("Mul", ["root", "zero_f"], ["nothing_f"]),
        ]
    elif fault == "tire":
        graph.initializer.extend(_turns())
        nodes += [
            helper.make_node("Less", ["zero_f", "near"], ["is_near"]),
            helper.make_node("Cast", ["is_near"], ["factor"], to=FLOAT),
            *_turning("factor", "zero_f", "nothing_f"),
        ]
    else:
        graph.initializer.append(constant("only", np.zeros(1, np.float32)))
        nodes += [
            helper.make_node("Less", ["near", "zero_f"], ["is_far"]),
            helper.make_node("Cast", ["is_far"], ["place"], to=INT64),
            helper.make_node("Gather", ["only", "place"], ["nothing_f"]),
        ]
    graph.initializer.append(constant("zero_f", np.zeros(1, np.float32)))
    graph.node.extend([*nodes, helper.make_node("Add", ["unspoilt", "nothing_f"], ["out_celeb_face:0"])])
    path.write_bytes(model.SerializeToString())
    return path


def changed(path: Path, change: Callable[[onnx.ModelProto], None]) -> Path:
    """A file with something changed in it."""
    model = onnx.load(path)
    change(model)
    path.write_bytes(model.SerializeToString())
    return path
