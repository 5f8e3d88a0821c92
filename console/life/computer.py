"""What the screen needs of the computer under a session, as protocols."""

from typing import Protocol


class GpuPort(Protocol):
    """One graphics processor at one instant."""

    @property
    def name(self) -> str:
        """What the maker calls it."""

    @property
    def load_percent(self) -> float | None:
        """Share of the last moments in which it worked; like the rest None where the driver does not tell."""

    @property
    def memory_mb(self) -> float | None:
        """Memory in use."""

    @property
    def memory_total_mb(self) -> float | None:
        """Memory there is."""

    @property
    def temperature_c(self) -> float | None:
        """How hot it is."""

    @property
    def power_w(self) -> float | None:
        """What it draws."""


class ProcessPort(Protocol):
    """This process at one instant."""

    @property
    def cpu_percent(self) -> float:
        """100 is one core."""

    @property
    def rss_mb(self) -> float:
        """Memory held."""


class SystemPort(Protocol):
    """The whole computer at one instant."""

    @property
    def cpu_percent(self) -> float:
        """100 is all cores."""

    @property
    def cores(self) -> int:
        """How many there are."""

    @property
    def memory_mb(self) -> float:
        """Memory in use."""

    @property
    def memory_total_mb(self) -> float:
        """Memory there is."""


class MachinePort(Protocol):
    """The computer under the session."""

    @property
    def no_gpu_reason(self) -> str:
        """A sentence that says why there is none; empty when there is one."""

    def gpus(self) -> tuple[GpuPort, ...]:
        """Every graphics processor."""

    def process(self) -> ProcessPort:
        """This process."""

    def system(self) -> SystemPort:
        """What runs beside it as well."""

    def close(self) -> None:
        """Lets the driver go."""
