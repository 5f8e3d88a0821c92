"""The keys of the sound: an app's actions that become acts of the desk."""

from functools import partial

from textual import work
from textual.screen import ModalScreen

from console.life.acting import ActingApp
from console.ports import InputPort
from console.screens.devices import MICROPHONES, DeviceScreen
from console.sentences import sentence
from pipeline.errors import UnderstudyError
from pipeline.telemetry import Level


class SoundApp(ActingApp):
    """Turns the keys of the sound into acts."""

    def action_mute(self) -> None:
        """Not heard any more, and heard again."""
        self.act(self.desk.sound.toggle_mute)

    def action_talk(self) -> None:
        """Heard for a little while; a held key presses again and again."""
        try:
            begins = self.desk.sound.press_to_talk(self.clock.now_ns())
        except UnderstudyError as error:
            self.tell(Level.ERROR, str(error))
        else:
            # Repeats come thirty times a second, and change nothing that is shown.
            if begins:
                self.act(lambda: None)

    def action_push_to_talk(self) -> None:
        """Heard only while a key is held, or all the time."""
        self.act(self.desk.sound.toggle_push_to_talk)

    def action_monitor(self) -> None:
        """The operator hears what goes out, or not."""
        self.act(self.desk.sound.toggle_monitor)

    def action_microphone(self) -> None:
        """Another microphone, from a list."""
        self.act(self._choose_microphone)

    def _choose_microphone(self) -> None:
        present = self.desk.sound.microphone
        if isinstance(self.screen, ModalScreen):
            return
        choice = DeviceScreen(MICROPHONES, self.surroundings.usual_inputs, present)
        self.push_screen(choice, self._take_chosen)
        self._look_for_microphones(choice)

    def _take_chosen(self, chosen: InputPort | None) -> None:
        if chosen is not None:
            self._take_microphone(chosen)

    @work(thread=True, exit_on_error=False, group="microphones")
    def _look_for_microphones(self, choice: DeviceScreen) -> None:
        """Asks the drivers, which may be slow to answer."""
        try:
            found = tuple(self.surroundings.list_inputs())
        except UnderstudyError as error:
            show = partial(choice.fail, sentence(str(error)))
        else:
            show = partial(choice.show, found)
        self.call_later(lambda: show() if choice.is_attached else None)

    @work(thread=True, exit_on_error=False, group="microphone")
    def _take_microphone(self, chosen: InputPort) -> None:
        """Opens a device, which may take seconds."""
        try:
            told = self.desk.sound.listen_to(chosen)
        except UnderstudyError as error:
            self.tell(Level.ERROR, str(error))
        else:
            self.tell(Level.INFO, told)
