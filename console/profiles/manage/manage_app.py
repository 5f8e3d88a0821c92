"""The keys of the shelf: an app's actions that become acts on profiles' folders."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from textual import on
from textual.screen import ModalScreen

from console.beside.line_question import Asked, LineQuestion
from console.profiles.keeping import KeptPort
from console.profiles.keeping_app import KeepingApp
from console.profiles.manage.acts import (
    Act,
    copied,
    exported,
    imported,
    removed,
    require_idle,
    require_own,
    retitled,
)
from console.profiles.manage.manage_screen import ManageScreen
from console.screens.question import Question
from console.widgets.panel import printable
from profiles.errors import TakenError

NAME_HINT = "Small letters, digits, - and _."


class ManageApp(KeepingApp):
    """Turns the keys of the shelf into acts."""

    def action_manage(self) -> None:
        """Every profile, and what can be done with its folder."""
        if not isinstance(self.screen, ModalScreen | ManageScreen):
            self.act(self._open_shelf)

    def _open_shelf(self) -> None:
        self.push_screen(ManageScreen(lambda: self.desk.session, self.keeper.list()))

    def new_profile(self) -> None:
        """Begins to make a profile, step by step."""

    @on(ManageScreen.PrepareChosen)
    def _prepare_chosen(self, message: ManageScreen.PrepareChosen) -> None:
        self.act(partial(self.desk.prepare, message.name))

    @on(ManageScreen.ActChosen)
    def _do(self, message: ManageScreen.ActChosen) -> None:
        if message.act is Act.NEW:
            self.new_profile()
        elif message.act is Act.IMPORT:
            self._ask_for_archive()
        elif message.entry is not None:
            ask = {
                Act.COPY: self._ask_to_copy,
                Act.RETITLE: self._ask_for_title,
                Act.EXPORT: self._ask_for_target,
                Act.REMOVE: self._ask_to_remove,
            }[message.act]
            self.act(partial(ask, message.entry))

    def restock(self, name: str | None = None) -> None:
        """Looks at the shelf anew; the profile of a name was changed, made or removed."""
        if name is None:
            self.desk.profiles.refresh()
        else:
            self.desk.profiles.forget(name)
        for screen in self.screen_stack:
            if isinstance(screen, ManageScreen):
                screen.show_entries(self.keeper.list(), name)
        self.show_all()

    def _ask_to_copy(self, entry: KeptPort, text: str = "", fault: str = "") -> None:
        asked = Asked(f"A copy of {entry.title}: its name", NAME_HINT, text or f"{entry.name}-2", fault)
        self._ask(asked, lambda name: self._carry_out(
            partial(copied, self.keeper, entry, name), name, partial(self._ask_to_copy, entry, name)
        ))  # fmt: skip

    def _ask_for_title(self, entry: KeptPort, text: str = "", fault: str = "") -> None:
        require_own(self.keeper, entry)
        asked = Asked(
            f"Another title for {entry.name}", "What people see, 1 to 40 characters.", text or entry.title, fault
        )
        self._ask(asked, lambda title: self._carry_out(
            partial(retitled, self.keeper, entry, title), entry.name, partial(self._ask_for_title, entry, title)
        ))  # fmt: skip

    def _ask_for_archive(self, text: str = "", fault: str = "") -> None:
        asked = Asked(
            "Import: the archive", "A zip file that export wrote.", text or f"{Path.cwd()}/", fault, path=True
        )
        self._ask(asked, partial(self._import, force=False))

    def _import(self, text: str, *, force: bool) -> None:
        act = partial(imported, self.keeper, Path(text).expanduser(), force=force)
        again = partial(self._import, text, force=True)
        self._carry_out(act, None, partial(self._ask_for_archive, text), again)

    def _ask_for_target(self, entry: KeptPort, text: str = "", fault: str = "") -> None:
        usual = text or str(Path.cwd() / f"{entry.name}.zip")
        asked = Asked(f"Export {entry.title}: the archive to write", "A zip file.", usual, fault, path=True)
        self._ask(asked, partial(self._export, entry, force=False))

    def _export(self, entry: KeptPort, text: str, *, force: bool) -> None:
        act = partial(exported, self.keeper, entry, Path(text).expanduser(), force=force)
        again = partial(self._export, entry, text, force=True)
        self._carry_out(act, None, partial(self._ask_for_target, entry, text), again)

    def _ask_to_remove(self, entry: KeptPort) -> None:
        folder = require_own(self.keeper, entry)
        require_idle(entry, self._is_busy)
        question = f"Delete {folder} with everything in it?"
        self.push_screen(
            Question(printable(question), "Delete", "Keep"), lambda agreed: self._remove(entry) if agreed else None
        )

    def _remove(self, entry: KeptPort) -> None:
        def act() -> str:
            # It may have been taken while the question was open.
            require_idle(entry, self._is_busy)
            return removed(self.keeper, entry)

        self._carry_out(act, entry.name, self.tell_error)

    def _is_busy(self, name: str) -> bool:
        wanted = self.desk.profiles.wanted
        return name in (self.desk.profile.name, wanted.name if wanted is not None else None)

    def _ask(self, asked: Asked, take: Callable[[str], None]) -> None:
        self.push_screen(LineQuestion(asked), lambda text: take(text) if text else None)

    def _carry_out(
        self,
        act: Callable[[], str],
        name: str | None,
        failed: Callable[[str], object],
        again: Callable[[], None] | None = None,
    ) -> None:
        """Does something beside the screen; where something is in the way that may be replaced, asks whether to."""

        def watched() -> str:
            try:
                return act()
            except TakenError as error:
                if again is None:
                    raise
                self.call_later(partial(self._ask_to_replace, error.told, again))
                return ""

        self.keep(watched, done=partial(self.restock, name), failed=failed)

    def _ask_to_replace(self, told: str, again: Callable[[], None]) -> None:
        question = printable(f"{told}. Go on all the same?")
        self.push_screen(Question(question, "Replace", "Leave"), lambda agreed: again() if agreed else None)
