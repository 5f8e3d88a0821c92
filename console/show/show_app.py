"""The keys of a show: an app's actions that become acts on its cue list."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType

from textual import on
from textual.screen import ModalScreen

from console.beside.beside_app import BesideApp
from console.desk import Phase
from console.show.checking import troubles_of
from console.show.cue_screen import CueScreen
from console.show.cues import staged
from console.show.rundown import Rundown
from console.view import View
from pipeline.errors import UnderstudyError
from pipeline.telemetry import Level
from profiles.profile import Profile

NO_SHOW = "There is no show; start with --show FILE to step through its cues."
LAST = "That was the last cue."
FIRST = "There is no cue before this one."


class ShowApp(BesideApp):
    """Turns the keys of the show into acts, and has the cue after the present one made ready."""

    _rundown: Rundown | None = None
    _troubles: Mapping[int, str] = MappingProxyType({})
    _ready_after: int | None = None
    """The place after which the next cue was asked to be made ready."""

    def action_cue(self, steps: int) -> None:
        """The next cue, or the one before."""
        self.act(partial(self.step, steps))

    def action_cues(self) -> None:
        """The cue list."""
        if not isinstance(self.screen, ModalScreen | CueScreen):
            self.act(self._open_cues)

    def with_show(self, view: View) -> View:
        """The view with the show in it; what the show wants by itself is begun."""
        rundown = self._begun()
        if rundown is None:
            return view
        now_ns = self.clock.now_ns()
        if self.desk.phase is Phase.RUNNING and not self.surroundings.read_only:
            if self._ready_after != rundown.place:
                self._ready_after = rundown.place
                self.call_later(self._make_next_ready)
            if rundown.due(now_ns):
                self.call_later(self._go_on_from, rundown.place)
        return replace(view, show=rundown.look(now_ns))

    def _go_on_from(self, place: int) -> None:
        """The cue after the one at a place, if that is still the present one: the operator may have been quicker."""
        if self._require_show().place == place:
            self.act(partial(self._go, place + 1))

    @on(CueScreen.CueChosen)
    def _go_to_chosen(self, message: CueScreen.CueChosen) -> None:
        self.act(partial(self._go, message.place))

    def _begun(self) -> Rundown | None:
        """The show, if there is one; at first, what is wrong with its cues is told."""
        show = self.surroundings.show
        if self._rundown is None and show is not None:
            self._rundown = Rundown(show)
            self._troubles = troubles_of(show, self.surroundings.shelf.load)
            for place, trouble in self._troubles.items():
                self.tell(Level.WARNING, f"Cue {place + 1} can't come: {trouble}")
        return self._rundown

    def _require_show(self) -> Rundown:
        rundown = self._begun()
        if rundown is None:
            raise UnderstudyError(NO_SHOW)
        return rundown

    def _open_cues(self) -> None:
        self._require_show()
        self.push_screen(CueScreen(lambda: self.desk.session, self._troubles))

    def step(self, steps: int) -> str:
        """The cue so many places after the present one.

        Raises:
            UnderstudyError: there is no show, or the cue's profile can't come.
        """
        return self._go(self._require_show().place + steps)

    def _go(self, place: int) -> str:
        rundown = self._require_show()
        cue = rundown.cue_at(place)
        if cue is None:
            return FIRST if place < 0 else LAST
        self.desk.stage(self._staged(place))
        rundown.go(place, self.clock.now_ns())
        return f"Cue {place + 1} of {len(rundown.cues)}: {cue.note or cue.profile}"

    def _staged(self, place: int) -> Profile:
        cue = self._require_show().cues[place]
        profile = self.desk.profiles.loaded(cue.profile)
        return staged(cue, profile, self.desk.profiles.original(profile))

    def _make_next_ready(self) -> None:
        rundown = self._require_show()
        place = rundown.place + 1
        if rundown.cue_at(place) is None or place in self._troubles:
            return
        try:
            self.desk.profiles.make_ready(self._staged(place))
        except UnderstudyError as error:
            self.tell(Level.WARNING, f"Cue {place + 1} can't be made ready: {error}")
