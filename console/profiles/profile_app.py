"""The keys of the profiles: an app's actions that become acts of the desk."""

from textual import on

from console.profiles.form.form_app import FormApp
from console.profiles.wizard.wizard_app import WizardApp
from console.widgets.profile_list import ProfileList


class ProfileApp(FormApp, WizardApp):
    """Turns the keys of the list of profiles into acts."""

    def action_mark(self, steps: int) -> None:
        """Another profile of the list is marked."""
        self.desk.profiles.mark(steps)
        self.show_all()

    def action_prepare(self) -> None:
        """The marked profile is made ready."""
        self.act(self.desk.prepare)

    @on(ProfileList.Clicked)
    def _mark_clicked(self, message: ProfileList.Clicked) -> None:
        """What the arrow keys do, and enter where it was clicked twice."""
        if not self.check_action("mark", ()):
            return
        self.desk.profiles.mark_name(message.name)
        self.show_all()
        if message.twice:
            self.action_prepare()

    def action_take_prepared(self) -> None:
        """The profile that was prepared comes in."""
        self.act(self.desk.take)

    def action_take_previous(self) -> None:
        """The profile before this one comes in."""
        self.act(self.desk.back)
