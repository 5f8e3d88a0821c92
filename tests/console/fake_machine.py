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
    load_percent: float | None = 42.0
    memory_mb: float | None = 2048.0
    memory_total_mb: float | None = 16384.0
    temperature_c: float | None = 61.0
    power_w: float | None = 120.0


@dataclass(frozen=True)
class FakeSystem:
    """What runs beside it as well."""

    cpu_percent: float = 37.0
    cores: int = 8
    memory_mb: float = 6144.0
    memory_total_mb: float = 16384.0


@dataclass
class FakeMachine:
    """A computer with or without a graphics processor."""

    readings: tuple[FakeGpu, ...] = ()
    no_gpu_reason: str = "no GPU: there is no NVIDIA driver on this computer"
    closed: bool = False

    def gpus(self) -> tuple[FakeGpu, ...]:
        """The graphics processors."""
        return self.readings

    def system(self) -> FakeSystem:
        """What runs beside it as well."""
        return FakeSystem()

    def process(self) -> FakeProcess:
        """This process."""
        return FakeProcess()

    def close(self) -> None:
        """Remembers that it was closed."""
        self.closed = True
