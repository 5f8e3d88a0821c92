"""The computer under a session in another process, as the session sees it."""

from console.remote.far.session import RemoteSession
from console.remote.values import SharedGpu, SharedMachine, SharedProcess, SharedSystem


class FarMachine:
    """Fits the port of a machine; it shows what the session told last."""

    def __init__(self) -> None:
        self._session: RemoteSession | None = None

    def look_through(self, session: RemoteSession) -> None:
        """Takes what this session tells from now on."""
        self._session = session

    @property
    def no_gpu_reason(self) -> str:
        """Why there is none."""
        return self._told.no_gpu_reason

    def gpus(self) -> tuple[SharedGpu, ...]:
        """The graphics processors."""
        return self._told.gpus

    def system(self) -> SharedSystem:
        """All that runs on the session's computer."""
        return self._told.system or SharedSystem()

    def process(self) -> SharedProcess:
        """The session's process."""
        return self._told.process or SharedProcess()

    def close(self) -> None:
        """Nothing was opened."""

    @property
    def _told(self) -> SharedMachine:
        return SharedMachine() if self._session is None else self._session.sight.machine
