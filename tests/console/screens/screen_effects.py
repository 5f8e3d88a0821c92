"""What every key of the screens beside and over the dashboard must do, by the screen and by its binding's id."""

from console.beside.line_question import LineQuestion
from console.profiles.form.edit_screen import EditScreen
from console.profiles.manage.manage_screen import ManageScreen
from console.profiles.wizard.wizard_screen import WizardScreen
from console.screens.dashboard import DashboardScreen
from console.screens.question import Question
from tests.console.screens.effects import Effect, Moment, asks, becomes, changes, moves, opens

SIZE = ("down", "down")
"""The way to the size of the face in the form."""
CHANGED = (*SIZE, "right")


def tells(words: str, *first: str) -> Effect:
    """The screen says something that it has not said before."""
    return Effect(lambda before, after: words not in before.text and words in after.text, first)


def _text(moment: Moment) -> str:
    return moment.text


def _focus(moment: Moment) -> str:
    return moment.focus


def _profile(moment: Moment) -> object:
    return moment.profile


UNFOCUS = "unfocus"
"""No key: nothing has the focus any more, as on a page without a field."""
CLOSED = opens(DashboardScreen)
OPENED = {
    "edit": ("e",),
    "question": ("e", *CHANGED, "D"),
    "events": ("E",),
    "devices": ("d",),
    "line": ("P", "c"),
    "wizard": ("P", "n"),
    "help": ("question_mark",),
    "networks": ("w",),
    "manage": ("P",),
    "cues": ("C",),
    "preflight": ("f",),
}
"""The keys that open a screen from the dashboard."""
SCREEN_EFFECTS = {
    "edit": {
        "edit.less": moves("face.size", -1, *SIZE),
        "edit.more": moves("face.size", 1, *SIZE),
        "edit.fine-less": moves("face.size", -1, *SIZE),
        "edit.fine-more": moves("face.size", 1, *SIZE),
        "edit.default": changes(_profile, *CHANGED),
        "edit.back": CLOSED,
        "edit.find": becomes(_focus, "form-search"),
        "edit.undo": moves("face.size", -1, *CHANGED),
        "edit.redo": moves("face.size", 1, *CHANGED, "u"),
        "edit.save": opens(Question, *CHANGED),
        "edit.save-as": opens(LineQuestion),
        "edit.discard": opens(Question, *CHANGED),
    },
    "question": {
        "question.yes": moves("face.size", -1),
        "question.no": opens(EditScreen),
        "question.other": becomes(_focus, "yes"),
    },
    "events": {
        "events.newer": changes(_text, "end"),
        "events.older": changes(_text),
        "events.page-up": changes(_text, "end"),
        "events.page-down": changes(_text),
        "events.newest": changes(_text, "end"),
        "events.oldest": changes(_text),
        "events.close": CLOSED,
        "events.leave": CLOSED,
        "events.words": becomes(_focus, "event-words"),
        "events.weight": tells("warnings and errors"),
    },
    "devices": {"devices.cancel": CLOSED},
    "line": {"line.leave": opens(ManageScreen)},
    "wizard": {
        "wizard.next": tells("2 of "),
        "wizard.next-too": tells("2 of ", UNFOCUS),
        "wizard.before": tells("1 of ", "pagedown"),
        "wizard.leave": opens(ManageScreen),
    },
    "help": {"help.close": CLOSED},
    "networks": {"networks.close": CLOSED},
    "manage": {
        "manage.back": CLOSED,
        "manage.new": opens(WizardScreen),
        "manage.copy": opens(LineQuestion),
        "manage.retitle": opens(LineQuestion),
        "manage.import": opens(LineQuestion),
        "manage.export": opens(LineQuestion),
        "manage.remove": opens(Question, "down"),
        "manage.prepare": asks("prepare ben", "down"),
    },
    "preflight": {
        "preflight.back": CLOSED,
        "preflight.again": asks("preflight actor background camera microphone system", "space"),
        "preflight.line": asks("preflight microphone", "space"),
        "preflight.stop": tells("No preflight runs"),
        "preflight.report": tells("/reports/"),
    },
    "cues": {
        "cues.back": CLOSED,
        "cues.next": asks("switch "),
        "cues.previous": asks("switch ", "n", "n"),
    },
}
NOTICE_EFFECTS = {
    "notice.quit": becomes(lambda moment: moment.running, False),
    "notice.silent": asks("silent"),
    "notice.again": asks("start"),
    "notice.before": changes(_focus),
    "notice.next": changes(_focus),
}
"""Of the notice that the session could not start."""
