"""The keys of the profiles: an app's actions that become acts of the desk."""

from console.life.acting import ActingApp


class ProfileApp(ActingApp):
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

    def action_edit(self) -> None:
        """Every setting of the running profile."""

    def action_manage(self) -> None:
        """Every profile, and what can be done with its folder."""
