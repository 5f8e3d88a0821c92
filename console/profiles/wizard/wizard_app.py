"""The guided creation's end: an app that checks the answers and makes the profile."""

from functools import partial

from console.commands.brought.making import checked, drafted
from console.profiles.keeping_app import told_reasons
from console.profiles.manage.manage_app import ManageApp
from console.profiles.wizard.ending import WizardActs
from console.profiles.wizard.steps import wish
from console.profiles.wizard.wizard_screen import WizardScreen
from console.sentences import sentence
from pipeline.errors import UnderstudyError
from pipeline.telemetry import Level
from profiles.errors import ProfileError

ALL_PASSED = "Every check is passed. Enter or PgDn makes it."
ALL_THE_SAME = "Enter or PgDn makes it all the same, to be put right later."


class WizardApp(ManageApp):
    """Makes profiles step by step."""

    def new_profile(self) -> None:
        """Begins to make a profile."""
        self.act(self._begin)

    def _begin(self) -> None:
        taken = frozenset(entry.name for entry in self.keeper.list())
        acts = WizardActs(self._check, self._make)
        self.push_screen(WizardScreen(lambda: self.desk.session, taken, acts))
        self.show_all()

    def _check(self, answers: dict[str, str]) -> str:
        """What every check says of a profile that is not made yet."""
        try:
            found = checked(drafted(wish(answers)))
        except (ProfileError, UnderstudyError, OSError) as error:
            return f"{told_reasons(error)} {ALL_THE_SAME}"
        told = " ".join(map(sentence, (*found.problems, *found.remarks)))
        return f"{told} {ALL_THE_SAME if found.problems else ALL_PASSED}".strip()

    def _make(self, answers: dict[str, str]) -> str:
        """Makes a profile; why it could not, or nothing."""
        try:
            made = self.keeper.new(drafted(wish(answers)))
        except (ProfileError, UnderstudyError) as error:
            return told_reasons(error)
        self.tell(Level.INFO, f"Made {made.title} in {made.folder}.")
        self.call_later(partial(self.restock, made.name))
        return ""
