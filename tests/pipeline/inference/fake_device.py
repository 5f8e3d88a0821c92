"""ONNX Runtime with an accelerator that is not there: what is asked of it is done by the CPU, and fails on demand."""

import threading
import weakref
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from pipeline.inference.onnx.place import CPU
from pipeline.inference.onnx.runtime import Backing
from pipeline.inference.providers import onnx_runtime


class FakeValue:
    """Memory of the device: a copy, which is seen only when it is fetched."""

    def __init__(self, array: NDArray[Any]) -> None:
        self.value = onnx_runtime().OrtValue.ortvalue_from_numpy(np.array(array))

    def update_inplace(self, array: NDArray[Any]) -> None:
        self.value.update_inplace(np.ascontiguousarray(array))

    def numpy(self) -> NDArray[Any]:
        return cast(NDArray[Any], self.value.numpy())


class FakeDevice:
    """An accelerator.

    Attributes:
        broken: what each run on it raises; None while it works.
        full: what opening a network on it raises.
        half_fails: whether half precision comes out as no numbers.
        records: whether it can record runs.
        opened: the files of the networks that were opened on it.
        asked: how often the computer was looked at for it.
        loaded: how often its libraries were loaded.
        let: what opening a network on the CPU waits for.
        sessions: of all that were opened, for as long as anybody holds them.
    """

    def __init__(self, *, problems: dict[str, str] | None = None) -> None:
        self.broken: Exception | None = None
        self.full: Exception | None = None
        self.half_fails = False
        self.records = True
        self.opened: list[str] = []
        self.asked = self.loaded = 0
        self.let = threading.Event()
        self.let.set()
        self.sessions: weakref.WeakSet[Any] = weakref.WeakSet()
        self._problems = problems if problems is not None else {"CUDAExecutionProvider": "", CPU: ""}

    @property
    def backing(self) -> Backing:
        return Backing(lambda: cast(ModuleType, self._library()), self._asked)

    def _asked(self) -> dict[str, str]:
        self.asked += 1
        return self._problems

    def _load(self) -> None:
        self.loaded += 1

    def _library(self) -> SimpleNamespace:
        real = onnx_runtime()

        def of_numpy(array: NDArray[Any], device: str = "cpu", number: int = 0) -> Any:
            return real.OrtValue.ortvalue_from_numpy(array) if device == "cpu" else FakeValue(array)

        return SimpleNamespace(
            SessionOptions=real.SessionOptions,
            RunOptions=real.RunOptions,
            InferenceSession=self._session,
            preload_dlls=self._load,
            OrtValue=SimpleNamespace(ortvalue_from_numpy=of_numpy),
        )

    def _session(self, path: str, options: Any, providers: list[Any]) -> Any:
        first = providers[0] if isinstance(providers[0], str) else providers[0][0]
        session = onnx_runtime().InferenceSession(path, options, providers=[CPU])
        self.sessions.add(session)
        if first == CPU:
            self.let.wait()
            return session
        if self.full is not None:
            raise self.full
        settings = {} if isinstance(providers[0], str) else providers[0][1]
        recording = settings.get("enable_cuda_graph") == "1"
        if recording and not self.records:
            raise RuntimeError("not all nodes are on the device")
        self.opened.append(path)
        return FakeSession(session, first, self._before_a_run, recording=recording)

    def _before_a_run(self) -> bool:
        if self.broken is not None:
            raise self.broken
        return self.half_fails


class FakeSession:
    """A session on the device. One that records replays its first run from the memory that this had."""

    def __init__(self, inner: Any, provider: str, check: Callable[[], bool], *, recording: bool = False) -> None:
        self._inner, self._provider, self._check, self._recording = inner, provider, check, recording

    def get_providers(self) -> list[str]:
        return [self._provider, CPU]

    def get_outputs(self) -> Any:
        return self._inner.get_outputs()

    def run(self, names: Any, fed: Any, options: Any = None) -> Any:
        self._check()
        if self._recording and (options is None or options.get_run_config_entry("gpu_graph_id") != "-1"):
            raise AssertionError("a run was recorded whose memory does not stay")
        return self._inner.run(names, fed)

    def io_binding(self) -> "FakeBinding":
        return FakeBinding(self._inner.io_binding())

    def run_with_iobinding(self, binding: "FakeBinding", options: Any = None) -> None:
        half_fails = self._check()
        self._inner.run_with_iobinding(binding.inner, options)
        for value in binding.outputs:
            if half_fails and value.numpy().dtype == np.float16:
                value.update_inplace(np.full_like(value.numpy(), np.nan))


class FakeBinding:
    """What is bound to a session on the device."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.outputs: list[FakeValue] = []

    def bind_ortvalue_input(self, name: str, value: FakeValue) -> None:
        self.inner.bind_ortvalue_input(name, value.value)

    def bind_ortvalue_output(self, name: str, value: FakeValue) -> None:
        self.outputs.append(value)
        self.inner.bind_ortvalue_output(name, value.value)
