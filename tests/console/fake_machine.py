"""A computer that is as busy as a test says."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FakeProcess:
    """This process."""

    cpu_percent: float = 61.0
    rss_mb: float = 372.0


@dataclass(frozen=True)
class FakeGpu:
    """A graphics processor."""

    name: str = "Accelerator 9"
    load_percent: float = 42.0
    memory_mb: float = 2048.0
    memory_total_mb: float = 16384.0


@dataclass
class FakeMachine:
    """A computer with or without a graphics processor."""

    reading: FakeGpu | None = None
    no_gpu_reason: str = "no GPU: there is no NVIDIA driver on this computer"
    closed: bool = False

    def gpu(self) -> FakeGpu | None:
        """The graphics processor."""
        return self.reading

    def process(self) -> FakeProcess:
        """This process."""
        return FakeProcess()

    def close(self) -> None:
        """Remembers that it was closed."""
        self.closed = True
