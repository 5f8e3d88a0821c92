"""The keys of the profiles: an app's actions that become acts of the desk."""

from console.profiles.form.form_app import FormApp
from console.profiles.wizard.wizard_app import WizardApp


class ProfileApp(FormApp, WizardApp):
    """Turns the keys of the list of profiles into acts."""

    def action_mark(self, steps: int) -> None:
        """Another profile of the list is marked."""
        self.desk.profiles.mark(steps)
        self.show_all()

    def action_prepare(self) -> None:
        """The marked profile is made ready."""
        self.act(self.desk.prepare)

    def action_take_prepared(self) -> None:
        """The profile that was prepared comes in."""
        self.act(self.desk.take)

    def action_take_previous(self) -> None:
        """The profile before this one comes in."""
        self.act(self.desk.back)
