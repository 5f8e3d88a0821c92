"""What a network really puts out, held against its format once it has run: a file may leave its shapes open."""

from pipeline.errors import ModelError
from pipeline.inference.onnx.ports import shown
from pipeline.inference.onnx.runtime import Network


def require_shape(network: Network, name: str, wanted: tuple[int, ...]) -> None:
    """Closes a network whose output is another than its format says.

    Raises:
        ModelError: it is another.
    """
    got = network.outputs[name].shape
    if got != wanted:
        network.close()
        raise ModelError(
            f"The output {name} of the model {network.path} is {shown(got)}, wanted {shown(wanted)}; "
            "it is of another format."
        )
