"""LiteRT sessions for the small networks that are always on."""

import os
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from pipeline.errors import ModelError


class Network:
    """A TFLite network with one float32 input, run on the CPU.

    Attributes:
        input: float32, the input tensor's shape without the batch; write into it, then call `run`.
    """

    def __init__(self, path: Path, input_shape: tuple[int, ...], threads: int = 1) -> None:
        """Loads the file and runs it once.

        Args:
            path: the .tflite file.
            input_shape: what the caller will write, (height, width, channels).
            threads: how many the network may use; at most half of the cores, since two networks run side by side.

        Raises:
            ModelError: the file is no TFLite network or takes another input.
        """
        try:
            self._interpreter: Any = Interpreter(str(path), num_threads=_threads(threads))
            self._interpreter.allocate_tensors()
        except (ValueError, RuntimeError, OSError) as error:
            raise ModelError(
                f"The network {path} can't be loaded ({error}); delete it and run `understudy models pull`."
            ) from error
        details = self._interpreter.get_input_details()
        got = tuple(int(n) for n in details[0]["shape"][1:])
        if got != input_shape:
            raise ModelError(f"The network {path} takes {got}, wanted {input_shape}; run `understudy models pull`.")
        self._input_index: int = details[0]["index"]
        self._output_indices = [int(output["index"]) for output in self._interpreter.get_output_details()]
        self.input: NDArray[np.float32] = np.zeros((1, *input_shape), np.float32)[0]
        self._batch = self.input[np.newaxis]
        self.run()

    def run(self) -> tuple[NDArray[np.float32], ...]:
        """The outputs for what stands in `input`, as copies without the batch, in the file's order."""
        self._interpreter.set_tensor(self._input_index, self._batch)
        self._interpreter.invoke()
        return tuple(self._interpreter.get_tensor(index)[0] for index in self._output_indices)


def _threads(wanted: int) -> int:
    """As many as are wanted, but at most half of the cores."""
    return max(1, min(wanted, (os.cpu_count() or 1) // 2))
