"""The keys of a show: an app's actions that become acts on its cue list."""

from console.life.acting import ActingApp


class ShowApp(ActingApp):
    """Turns the keys of the show into acts."""

    def action_cue(self, steps: int) -> None:
        """The next cue, or the one before."""

    def action_cues(self) -> None:
        """The cue list."""
