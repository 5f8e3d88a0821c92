"""One ONNX Runtime session with its memory laid out beforehand, on one device."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import EngineError, ModelError, StageError
from pipeline.inference.apart.aside import Aside
from pipeline.inference.kinds.complaint import complaint
from pipeline.inference.onnx.graph import Tensor
from pipeline.inference.onnx.halt import Halt
from pipeline.inference.onnx.model_file import ModelFile
from pipeline.inference.onnx.place import CPU, Place, first_run_options, providers_of, session_options
from pipeline.inference.onnx.ports import shown

MOST_ITEM_BYTES = 8
MOST_TENSOR_BYTES = 1 << 30
"""No format here has an input or an output of a gigabyte."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What a network is fed with.

    Attributes:
        shapes: of every input, by its name in the file.
        carried: outputs that become the input of the next run: input's name by output's name.
        values: inputs that never change, such as a threshold.
    """

    shapes: Mapping[str, tuple[int, ...]]
    carried: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Manner:
    """How a network is opened beside lanes that run.

    Attributes:
        halt: cuts it short.
        aside: where it computes for the thread that opens it.
    """

    halt: Halt = field(default_factory=Halt)
    aside: Aside = field(default_factory=Aside)


class OnnxNetwork:
    """A network on one device, warm. Called by one thread at a time.

    Attributes:
        inputs: arrays of the file's types by the file's names; written into, then `run`.
        outputs: arrays by the file's names, overwritten by each run.
        place: where it runs.
        not_numbers: whether the last run put out values that are no numbers.
    """

    def __init__(
        self, runtime: ModuleType, file: ModelFile, layout: Layout, place: Place, manner: Manner | None = None
    ) -> None:
        """Loads the file and runs it once, so that nothing is left to be made later.

        Args:
            runtime: ONNX Runtime.
            file: what is run; checked against its format before.
            layout: the shapes to run it with.
            place: where.
            manner: how it is opened; by default no end comes meanwhile and nothing goes aside.

        Raises:
            HaltError: it was cut short.
            ModelError: it can't be loaded or does not run with these shapes, or the device can't be had.
        """
        self.file, self.place = file, place
        self.name = file.name
        self.inputs: dict[str, NDArray[Any]] = {}
        self.outputs: dict[str, NDArray[Any]] = {}
        self._device_inputs: dict[str, Any] = {}
        self._device_outputs: dict[str, Any] = {}
        self._carried = dict(layout.carried)
        self._written: list[NDArray[Any]] = []
        self._binding: Any = None
        self._options = session_options(runtime, place)
        self._first_run, self._each_run = first_run_options(runtime, place), runtime.RunOptions()
        self.not_numbers = False
        for tensor in (*file.graph.inputs, *file.graph.outputs):
            _check_size(file, tensor)
        manner = manner or Manner()
        # The threads that a driver starts are as the one that opens it, for as long as the network lives.
        self._aside = manner.aside if place.provider == CPU else Aside()
        with manner.halt.cutting(self.cut):
            self._load(runtime, layout)

    def _load(self, runtime: ModuleType, layout: Layout) -> None:
        """Opens the file and runs it once.

        Raises:
            ModelError: as the constructor has it.
            EngineError: it put out values that are no numbers.
        """
        file, place = self.file, self.place
        try:
            begin, providers = runtime.InferenceSession, providers_of(place)
            self._session: Any = self._aside.call(begin, str(file.path), self._options, providers)
            got = self._session.get_providers()[0]
            if got != place.provider:
                raise ModelError(f"The model {file.path} does not run on {place.label}; it was given {got}.")
            self._lay_out(runtime, layout)
        except (ModelError, StageError):
            self.close()
            raise
        except Exception as error:  # ONNX Runtime's errors have nothing but Exception in common
            self.close()
            raise ModelError(
                f"The model {file.path} can't be run on {place.label}: {complaint(error)}."
            ) from error.with_traceback(None)

    def run(self) -> None:
        """Works on what stands in `inputs`.

        Raises:
            EngineError: it failed, or put out values that are no numbers.
        """
        try:
            for name, value in self._device_inputs.items():
                value.update_inplace(self.inputs[name])
            self._aside.call(self._session.run_with_iobinding, self._binding, self._each_run)
            for name, value in self._device_outputs.items():
                np.copyto(self.outputs[name], value.numpy())
        except Exception as error:  # ONNX Runtime's errors have nothing but Exception in common
            # What the error came through holds the session, and whoever keeps the error would keep that.
            raise EngineError(
                f"The model {self.name} failed on {self.place.label}: {complaint(error)}."
            ) from error.with_traceback(None)
        # A sum costs less than a look at every value, and is no number if one of them is none.
        floats = (output for output in self.outputs.values() if output.dtype.kind == "f")
        self.not_numbers = not all(math.isfinite(float(output.sum(dtype=np.float64))) for output in floats)
        if self.not_numbers:
            raise EngineError(f"The model {self.name} put out values that are no numbers on {self.place.label}.")
        for source, carried in self._carried.items():
            np.copyto(self.inputs[carried], self.outputs[source])

    def rehearse(self) -> None:
        """Runs once on made-up values; afterwards the inputs are as they were at first.

        Raises:
            StageError: as `run`.
        """
        self._make_up()
        try:
            self.run()
        finally:
            for array in self._written:
                array[...] = 0
            self.reset()

    def reset(self) -> None:
        """Forgets what was carried from run to run."""
        for carried in self._carried.values():
            self.inputs[carried][...] = 0

    def cut(self) -> None:
        """Ends the loading or the run that is under way with an error, and each later one; for any thread."""
        self._options.set_load_cancellation_flag(True)
        self._first_run.terminate = self._each_run.terminate = True

    def close(self) -> None:
        """Frees the session and its memory; may be called twice."""
        self._session = self._binding = None
        self._carried = {}
        self._device_inputs, self._device_outputs = {}, {}
        self.inputs, self.outputs, self._written = {}, {}, []

    def _lay_out(self, runtime: ModuleType, layout: Layout) -> None:
        """Makes the arrays and binds them; the outputs' shapes come from a first run."""
        for tensor in self.file.graph.inputs:
            shape = layout.shapes.get(tensor.name)
            if shape is None:
                raise ModelError(
                    f"The model {self.file.path} has an input {tensor.name} that its format does not know."
                )
            _check_size(self.file, Tensor(tensor.name, tensor.dtype, shape))
            dtype = _dtype(self.file, tensor.dtype)
            self.inputs[tensor.name] = np.full(shape, layout.values.get(tensor.name, 0), dtype)
        by_itself = {*layout.values, *self._carried.values()}
        self._written = [array for name, array in self.inputs.items() if name not in by_itself]
        self._make_up()
        first = self._aside.call(self._session.run, None, self.inputs, self._first_run)
        names = [output.name for output in self._session.get_outputs()]
        self.outputs = {name: np.ascontiguousarray(value) for name, value in zip(names, first, strict=True)}
        self._check_carried()
        self._bind(runtime)
        self.rehearse()

    def _check_carried(self) -> None:
        """Compares what is carried with where it goes.

        Raises:
            ModelError: it does not fit there, or one of both is not there.
        """
        for output, carried in self._carried.items():
            for kind, name, there in (("output", output, self.outputs), ("input", carried, self.inputs)):
                if name not in there:
                    raise ModelError(
                        f"The model {self.file.path} has no {kind} {name}, got {', '.join(there) or 'none'}; "
                        "it is of another format."
                    )
            got, wanted = self.outputs[output].shape, self.inputs[carried].shape
            if got != wanted:
                raise ModelError(
                    f"The output {output} of the model {self.file.path} is {shown(got)}, wanted {shown(wanted)} as its "
                    f"input {carried} has; it is of another format."
                )

    def _make_up(self) -> None:
        """Fills the inputs with something that is not all the same: networks divide by lengths and spreads."""
        for array in self._written:
            if array.dtype.kind == "f":
                array[...] = np.linspace(0.1, 0.9, array.size).reshape(array.shape)

    def _bind(self, runtime: ModuleType) -> None:
        """Ties arrays to the session: on a CPU the arrays themselves, elsewhere memory of the device."""
        self._binding = self._session.io_binding()
        of_numpy, on_device = runtime.OrtValue.ortvalue_from_numpy, self.place.provider != CPU
        for name, array in self.inputs.items():
            value = of_numpy(array, "cuda", 0) if on_device else of_numpy(array)
            if on_device:
                self._device_inputs[name] = value
            self._binding.bind_ortvalue_input(name, value)
        for name, array in self.outputs.items():
            value = of_numpy(array, "cuda", 0) if on_device else of_numpy(array)
            if on_device:
                self._device_outputs[name] = value
            self._binding.bind_ortvalue_output(name, value)


def _check_size(file: ModelFile, tensor: Tensor) -> None:
    """Refuses what would take all of the memory.

    Raises:
        ModelError: the file fixes a shape that no format has.
    """
    count = math.prod(size for size in tensor.shape if isinstance(size, int))
    if count * MOST_ITEM_BYTES > MOST_TENSOR_BYTES:
        raise ModelError(
            f"The model {file.path} claims {count / 1e6:.0f} million values for {tensor.name}, wanted at most "
            f"{MOST_TENSOR_BYTES // MOST_ITEM_BYTES / 1e6:.0f} million; it is of another format."
        )


def _dtype(file: ModelFile, name: str) -> np.dtype[Any]:
    try:
        return np.dtype(name)
    except TypeError:
        raise ModelError(f"The model {file.path} takes {name}, which is not supported; export it as float32.") from None
