"""A new profile, step by step: what is entered stays when one goes back and forth."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, Label, RadioButton, RadioSet, Static
from textual.worker import Worker, WorkerState

from console.beside.paths import PathSuggester
from console.beside.side_screen import SideScreen
from console.ports import SessionPort
from console.profiles.wizard.ending import WizardActs
from console.profiles.wizard.steps import (
    QUESTIONS,
    USUAL,
    Question,
    Step,
    asked,
    explanation,
    faults,
    summary,
)
from console.profiles.wizard.stills import Still, portrait_still, room_still
from console.screens.question import Question as SureQuestion
from console.sentences import sentence
from console.widgets.panel import printable
from pipeline.errors import UnderstudyError

LOOKING = "Looking at it …"
STEPS = tuple(Step)
AT_ONCE = (Step.KIND, Step.NAME)
"""Steps without a file to look into: whoever types ahead must not meet the keys of the step before."""
STILLS = {Step.FACE: ("portrait", portrait_still), Step.ROOM: ("background", room_still)}
"""The steps with a picture to show: the answer that names it, and what makes it small."""


class Choice(RadioButton):
    """One answer of several; which one it is can be told without colours."""

    @property
    def BUTTON_INNER(self) -> str:  # type: ignore[override]  # noqa: N802  # Textual's name
        """What stands in the button."""
        return "●" if self.value else " "


class Asking(Vertical):
    """One question with room for its answer, and for what is wrong with it."""

    def __init__(self, question: Question) -> None:
        super().__init__(id=f"ask-{question.key}")
        self.question = question
        self.fault = Static(classes="fault", markup=False)

    def compose(self) -> Iterable[Widget]:
        """The answer between its name and its hint."""
        question = self.question
        yield Label(question.label, markup=False)
        if question.choices:
            with RadioSet(compact=True):
                for value, words in question.choices:
                    yield Choice(words, value=value == question.usual, name=value)
        else:
            suggester = PathSuggester(Path.cwd) if question.path else None
            yield Input(question.usual, compact=True, suggester=suggester)
        if question.hint:
            yield Static(question.hint, classes="hint", markup=False)
        yield self.fault

    @property
    def answer(self) -> str:
        """What is entered."""
        if not self.question.choices:
            return self.query_one(Input).value.strip()
        pressed = self.query_one(RadioSet).pressed_button
        return pressed.name or "" if pressed is not None else self.question.usual

    def blame(self, fault: str) -> None:
        """Says what is wrong; nothing takes it away."""
        self.fault.update(printable(fault))
        self.fault.display = bool(fault)


class Pages(VerticalScroll, can_focus=False, inherit_bindings=False):
    """The steps; the keys that would scroll them go from step to step."""


class WizardScreen(SideScreen, ModalScreen[None]):
    """Asks for a new profile; what was agreed on at the end is made by the app."""

    CSS = f"""{SideScreen.CSS}
    WizardScreen {{ background: $background; align: left top; }}
    WizardScreen #side-parts {{ width: 64; }}
    WizardScreen.-compact #side-parts {{ width: 52; }}
    WizardScreen Asking {{ height: auto; margin-bottom: 1; }}
    WizardScreen Asking Label {{ color: $secondary; }}
    WizardScreen RadioSet, WizardScreen RadioSet:focus {{ border: none; padding: 0; background: $background; }}
    WizardScreen .hint {{ color: $muted; }}
    WizardScreen .fault {{ color: $error; }}
    WizardScreen .told {{ max-height: 8; }}
    WizardScreen #wizard-pages {{ height: 1fr; }}
    WizardScreen .page {{ height: auto; }}
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pagedown,ctrl+n", "next", "Next", id="wizard.next", tooltip="To the next step", key_display="PgDn"),
        Binding("enter", "next", "Next", id="wizard.next-too", show=False, tooltip="To the next step"),
        Binding(
            "pageup,ctrl+b", "before", "Back", id="wizard.before", tooltip="To the step before", key_display="PgUp"
        ),
        Binding("escape", "leave", "Cancel", id="wizard.leave", tooltip="Leave; asks when something was entered"),
    ]

    def __init__(self, session: Callable[[], SessionPort], taken: frozenset[str], acts: WizardActs) -> None:
        """A wizard at its first step.

        Args:
            session: the running one, whose picture is shown where there is no other.
            taken: names that profiles have already.
            acts: checks and makes the profile.
        """
        super().__init__(session)
        self._taken, self._acts = taken, acts
        self._title, self._about = Static(classes="title", markup=False), Static(classes="hint", markup=False)
        self._summary = Static(id="wizard-summary", markup=False)
        self.step = Step.KIND
        """The step that is asked."""
        self._busy = False
        self._stills = 0

    def parts(self) -> Iterable[Widget]:
        """Every step, of which one is seen."""
        widgets: dict[Step, list[Widget]] = {step: list(map(Asking, QUESTIONS[step])) for step in STEPS}
        widgets[Step.SUMMARY].append(self._summary)
        pages = [Vertical(*inner, classes="page", id=f"page-{step.name}") for step, inner in widgets.items()]
        return self._title, self._about, Pages(*pages, id="wizard-pages")

    @property
    def answers(self) -> dict[str, str]:
        """Everything that is entered."""
        return {asking.question.key: asking.answer for asking in self.query(Asking)}

    def refresh_rows(self) -> None:
        """Shows the step, and the questions of it that mean something."""
        if not self.query(Asking):
            return
        answers, place = self.answers, STEPS.index(self.step)
        name = answers["name"]
        self._title.update(f"NEW PROFILE{f' {name}' if name else ''} · {place + 1} of {len(STEPS)}: {self.step.value}")
        self._about.update(explanation(self.step, answers))
        shown = {question.key for question in asked(self.step, answers)}
        for step in STEPS:
            self.query_one(f"#page-{step.name}").display = step is self.step
        for asking in self.query(Asking):
            asking.display = asking.question.key in shown
            if not asking.fault.content:
                asking.fault.display = False

    def on_mount(self) -> None:
        """Begins with the first question."""
        super().on_mount()
        self.call_after_refresh(self._focus_first)

    def action_next(self) -> None:
        """Looks at the answers, then goes on; at the end, makes the profile."""
        if self._busy:
            return
        if self.step in AT_ONCE:
            self._note_faults(self.step, faults(self.step, self.answers, self._taken), "")
            return
        self._busy = True
        self._say(LOOKING)
        self._look_at(self.step, self.answers)

    def action_before(self) -> None:
        """The step before; nothing is looked at."""
        place = STEPS.index(self.step)
        if place and not self._busy:
            self._show(STEPS[place - 1])

    def action_leave(self) -> None:
        """Leaves; asks when something was entered."""
        if self.answers == dict(USUAL):
            self.dismiss(None)
            return
        question = SureQuestion("Leave, and lose what was entered?", "Leave", "Go on")
        self.app.push_screen(question, self._leave_if)

    def _leave_if(self, agreed: bool | None) -> None:
        if agreed:
            self.dismiss(None)

    @on(Input.Submitted)
    def _go_on(self, event: Input.Submitted) -> None:
        if event.input is self.focus_chain[-1]:
            self.action_next()
        else:
            self.focus_next()

    @on(RadioSet.Changed)
    def _choose(self) -> None:
        self.refresh_rows()

    @on(Input.Changed)
    def _enter(self, event: Input.Changed) -> None:
        if isinstance(event.input.parent, Asking):
            event.input.parent.blame("")
        still = STILLS.get(self.step)
        if still is not None:
            self._look_for_still(self.answers[still[0]])

    def _show(self, step: Step) -> None:
        self.step = step
        self._say("")
        self._side.hold(None)
        self._stills += 1
        if step is Step.SUMMARY:
            self._summary.update(self._summary_text())
        self.refresh_rows()
        self.call_after_refresh(self._focus_first)
        still = STILLS.get(step)
        if still is not None:
            self._look_for_still(self.answers[still[0]])

    def _summary_text(self) -> Text:
        colours = self.app.theme_variables
        text = Text()
        for label, answer in summary(self.answers):
            text.append(f"{label:<20}", colours["muted"]).append(f"{printable(answer)}\n", colours["foreground"])
        return text

    @work(thread=True, exit_on_error=False, group="wizard", exclusive=True)
    def _look_at(self, step: Step, answers: dict[str, str]) -> None:
        if step is Step.SUMMARY:
            problem = self._acts.make(answers)
            self.app.call_later(partial(self._note_made, problem))
            return
        told = ""
        try:
            found = faults(step, answers, self._taken)
        except UnderstudyError as error:
            found = {asked(step, answers)[0].key: sentence(str(error))}
        if not found and STEPS[STEPS.index(step) + 1] is Step.SUMMARY:
            told = self._acts.check(answers)
        self.app.call_later(partial(self._note_faults, step, found, told))

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Lets the operator go on after what nobody foresaw; the app tells of it."""
        if event.state is WorkerState.ERROR:
            self._busy = False

    def _note_faults(self, step: Step, found: dict[str, str], told: str) -> None:
        self._busy = False
        if not self.is_attached:
            return
        for asking in self.query(Asking):
            if asking.question in QUESTIONS[step]:
                asking.blame(found.get(asking.question.key, ""))
        if found:
            self._say("")
            return
        self._show(STEPS[STEPS.index(step) + 1])
        self._say(told)

    def _note_made(self, problem: str) -> None:
        self._busy = False
        if not self.is_attached:
            return
        if problem:
            self._say(problem)
        else:
            self.dismiss(None)

    @work(thread=True, exit_on_error=False, group="stills", exclusive=True)
    def _look_for_still(self, name: str) -> None:
        make = STILLS[self.step][1]
        number, room = self._stills, self._side.room
        still = (
            make(Path(name), room, -number - 1) if name and Path(name).expanduser().is_file() and all(room) else None
        )
        self.app.call_later(partial(self._hold, still, number))

    def _hold(self, still: Still | None, number: int) -> None:
        if self.is_attached and number == self._stills:
            self._stills += 1
            self._side.hold(still)

    def _say(self, text: str) -> None:
        self._told.update(printable(text))

    def _focus_first(self) -> None:
        # A letter that is typed at once belongs into a field: on a list p is the panic key.
        chain = sorted(self.focus_chain, key=lambda widget: not isinstance(widget, Input))
        self.set_focus(next((widget for widget in chain if isinstance(widget, Input | RadioSet)), None))
