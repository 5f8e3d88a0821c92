"""The keys of the form: an app's actions that become changes of the running profile, saved or put back."""

from functools import partial

from textual.screen import ModalScreen

from console.beside.line_question import Asked, LineQuestion
from console.profiles.form.edit_screen import EditScreen
from console.profiles.form.editor import Editor
from console.profiles.keeping_app import KeepingApp
from console.screens.question import Question
from console.sentences import counted
from console.widgets.panel import printable
from profiles.draft import title_of
from profiles.editing.toml_edit import Changes
from profiles.errors import ProfileError
from profiles.plain_text import shortened
from profiles.profile import Profile

NAME_HINT = "Small letters, digits, - and _."
TOLD_CHANGES = 6
"""So many changes are told one by one."""


class FormApp(KeepingApp):
    """Turns the keys of the form into acts."""

    def action_edit(self) -> None:
        """Every setting of the running profile."""
        if isinstance(self.screen, ModalScreen | EditScreen):
            return
        if self.surroundings.read_only:
            self.act(self._require_keeper)
            return
        self.push_screen(EditScreen(self._editor(), lambda: self.desk.session))
        self.show_all()

    def action_save_profile(self) -> None:
        """The changes into the profile's own file."""
        self.act(self._ask_to_save)

    def action_save_profile_as(self) -> None:
        """The changes into a new profile."""
        self.act(self._ask_for_name)

    def action_discard_changes(self) -> None:
        """Everything as it is saved."""
        editor = self._editor()
        if not editor.unsaved:
            self.act(editor.discard)
            return
        question = f"Put {_told(editor.unsaved)} back to what is saved?"
        self.push_screen(
            Question(question, "Discard", "Keep"), lambda agreed: self.act(editor.discard) if agreed else None
        )

    def _editor(self) -> Editor:
        return Editor(self.desk, self.desk.profiles.original)

    def _require_keeper(self) -> None:
        """Says why nothing can be changed here."""
        assert self.keeper

    def _ask_to_save(self) -> str | None:
        profile, changes = self.desk.profile, self._editor().unsaved
        if not changes:
            return "There is nothing to save: no setting is other than in the profile's file."
        try:
            mine = self.keeper.own(profile.name).absolute() == profile.folder.absolute()
        except ProfileError:
            mine = False
        if not mine:
            self._ask_for_name(f"{profile.title} ships with the program, or lies elsewhere, and stays as it is.")
            return None
        question = f"Write {_told(changes)} into profile.toml of {profile.title}?"
        save = partial(self._save, profile, changes)
        self.push_screen(Question(printable(question), "Save", "Leave"), lambda agreed: save() if agreed else None)
        return None

    def _save(self, profile: Profile, changes: Changes) -> None:
        keeper = self.keeper

        def act() -> str:
            keeper.save(profile.name, changes)
            return f"Saved {counted(len(changes), 'setting')} of {profile.title}."

        self.keep(act, done=partial(self._note_saved, profile), failed=self.tell_error)

    def _ask_for_name(self, why: str = "", text: str = "", fault: str = "") -> None:
        profile, changes = self.desk.profile, self._editor().unsaved
        asked = Asked(
            f"Save {profile.title} as a new profile", f"{why} {NAME_HINT}".strip(), text or f"{profile.name}-2", fault
        )
        self.keeper  # noqa: B018
        self.push_screen(LineQuestion(asked), lambda name: self._save_as(profile, changes, name) if name else None)

    def _save_as(self, profile: Profile, changes: Changes, name: str) -> None:
        keeper, title = self.keeper, title_of(name)

        def act() -> str:
            made = keeper.copy(profile.folder, name, {**changes, "title": title})
            return f"Saved as {made.title} in {made.folder}; it is on the list of profiles."

        self.keep(act, done=partial(self.desk.profiles.forget, name), failed=partial(self._ask_for_name, "", name))

    def _note_saved(self, profile: Profile) -> None:
        self.desk.profiles.note_saved(profile)
        self.show_all()


def _told(changes: Changes) -> str:
    """Changes in words."""
    if len(changes) > TOLD_CHANGES:
        return counted(len(changes), "setting")
    return ", ".join(
        f"{key} = {shortened(str(value))}" if value is not None else f"no {key}" for key, value in changes.items()
    )
