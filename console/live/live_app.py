"""The keys of what goes out beside the profile: recordings, snapshots, cameras, the kind of picture shown here."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from textual import work
from textual.screen import ModalScreen

from console.commands.stats import status_of
from console.life.acting import ActingApp
from console.live.live_desk import STAMP
from console.ports import InputPort, device_name, is_film
from console.screens.devices import DeviceScreen, DeviceWords
from console.sentences import sentence
from pipeline.errors import UnderstudyError
from pipeline.telemetry import Level

READERS_NS = 2_000_000_000
CAMERAS = DeviceWords(
    "CAMERA",
    "Looking for cameras …",
    "No other camera was found on this computer.",
)


class LiveApp(ActingApp):
    """Turns the keys of recordings, snapshots and cameras into acts."""

    _readers_ns: int | None = None

    def action_record(self) -> None:
        """A recording begins, or ends."""
        self._keep(partial(self.desk.live.toggle_recording, self.surroundings.folders.recordings, datetime.now()))

    def action_snapshot(self) -> None:
        """A picture of what goes out, and the readings beside it."""
        name = f"{self.desk.profile.name}-{datetime.now().strftime(STAMP)}.png"
        machine = self.watcher.machine_view
        figures = partial(status_of, gpu=machine.gpu, process=machine.process)
        self._keep(partial(self.desk.live.snapshot, self.surroundings.folders.snapshots / name, figures))

    def action_reset(self) -> None:
        """Losses, under- and overruns are counted anew."""
        self.act(self.watcher.forget)

    def watch_readers(self, sinks: Sequence[str]) -> None:
        """Looks from time to time for the programs that see what goes out."""
        now_ns = self.clock.now_ns()
        devices = tuple(name for name in map(device_name, sinks) if not is_film(name))
        if not devices:
            self.watcher.readers = None
        elif self._readers_ns is None or now_ns - self._readers_ns >= READERS_NS:
            self._readers_ns = now_ns
            self._look_for_readers(devices)

    @work(thread=True, exit_on_error=False, exclusive=True, group="readers")
    def _look_for_readers(self, devices: Sequence[str]) -> None:
        """Goes through everything that runs, which takes its time on a busy computer."""
        found = [readers for readers in map(self.surroundings.find_readers, devices) if readers is not None]
        self.watcher.readers = tuple(sorted(set().union(*found))) if found else None

    def action_camera(self) -> None:
        """Another camera, from a list."""
        self.act(self._choose_camera)

    def _choose_camera(self) -> None:
        present = self.desk.live.camera
        if isinstance(self.screen, ModalScreen):
            return
        choice = DeviceScreen(CAMERAS, self.surroundings.usual_cameras, present)
        self.push_screen(choice, self._take_chosen_camera)
        self._look_for_cameras(choice)

    def _take_chosen_camera(self, chosen: InputPort | None) -> None:
        if chosen is not None:
            self._keep(partial(self.desk.live.watch, chosen))

    @work(thread=True, exit_on_error=False, group="cameras")
    def _look_for_cameras(self, choice: DeviceScreen) -> None:
        """Asks the system, which may be slow to answer."""
        try:
            found = tuple(self.surroundings.list_cameras())
        except UnderstudyError as error:
            show = partial(choice.fail, sentence(str(error)))
        else:
            show = partial(choice.show, found)
        self.call_later(lambda: show() if choice.is_attached else None)

    @work(thread=True, exit_on_error=False, group="keeping")
    def _keep(self, act: partial[str]) -> None:
        """Does what files and devices may take their time for."""
        try:
            told = act()
        except UnderstudyError as error:
            self.tell(Level.ERROR, str(error))
        else:
            self.tell(Level.INFO, told)
