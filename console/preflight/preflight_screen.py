"""The checklist: it fills in while the actor speaks and moves; the next instruction is large."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from console.beside.side_screen import SideScreen
from console.ports import SessionPort
from console.preflight.gauges import INKS, gauge_cells, spectrum_rows
from console.widgets.panel import Panel, fit, printable
from pipeline.preflight.finding import Area, Finding, Verdict
from pipeline.preflight.result import Result
from pipeline.preflight.runner import Progress, in_order
from pipeline.preflight.script import Phase

SYMBOLS = {Verdict.PASS: "✓", Verdict.WARN: "!", Verdict.FAIL: "×", Verdict.SKIP: "–"}
TITLE_WIDTH, GAUGE_WIDTH = 24, 10
SPECTRUM_ROWS = 6
DONE = "Done: r looks again at the marked line's part, f at all of it, o writes a report."


class PreflightScreen(SideScreen):
    """What is checked, and what to do now. What is wanted, the app is told."""

    AUTO_FOCUS = "OptionList"
    DEFAULT_CSS = """
    PreflightScreen #preflight-cue { height: 4; padding: 0 1; text-style: bold; background: $panel; }
    PreflightScreen #preflight-bar { height: 1; }
    PreflightScreen #preflight-spectrum { height: 7; }
    PreflightScreen.-short #preflight-spectrum { display: none; }
    PreflightScreen.-short #preflight-cue { height: 3; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", id="preflight.back", tooltip="Back to the dashboard; it goes on"),
        Binding("f", "all", "Again", id="preflight.again", tooltip="The whole preflight once more"),
        Binding("r", "line", "This part", id="preflight.line", tooltip="Look again at the marked line's part only"),
        Binding("s", "stop", "Stop", id="preflight.stop", tooltip="End it now; what was gathered is judged"),
        Binding("o", "report", "Report", id="preflight.report", tooltip="A page with pictures, to be mailed"),
    ]

    class Wanted(Message):
        """Some areas are to be looked at."""

        def __init__(self, areas: frozenset[Area]) -> None:
            super().__init__()
            self.areas = areas

    class Unwanted(Message):
        """The one that runs is to end."""

    class ReportWanted(Message):
        """A page is to be written."""

    def __init__(self, session: Callable[[], SessionPort], result: Result | None) -> None:
        """A checklist.

        Args:
            session: the running one, whose picture is shown.
            result: the last one of the profile, or None.
        """
        super().__init__(session)
        self._result = result
        self._cue = Static(id="preflight-cue", markup=False)
        self._bar = Static(id="preflight-bar", markup=False)
        self._list = OptionList(id="preflight-list", markup=False)
        self._detail = Static(classes="detail", markup=False)
        self._spectrum = Panel(classes="spectrum")
        self._spectrum.id = "preflight-spectrum"
        self._texts: dict[Static, tuple[Text, str]] = {}
        self._rows: list[Finding | Area] = []
        self._shown: list[Text] = []

    def parts(self) -> Iterable[Widget]:
        """What to do over the list, over what there is to say of the marked line."""
        return self._cue, self._bar, self._list, self._spectrum, self._detail

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The lines: of the one that runs, and where it has none yet, of the last one."""
        progress, before = self._progress, self._result.findings if self._result is not None else ()
        if not self._runs or progress is None:
            return before
        newer = {finding.id: finding for finding in progress.findings}
        return tuple(newer.pop(finding.id, finding) for finding in before) + tuple(newer.values())

    def end(self, result: Result | None) -> None:
        """Shows what it came to; None keeps what there was before."""
        self._result = result or self._result
        self.refresh_rows()
        if result is not None and self._rows:
            self._list.highlighted = [_name(row) for row in self._rows].index(_first_bad(self._rows))

    def action_back(self) -> None:
        """Back to the dashboard."""
        self.dismiss(None)

    def action_all(self) -> None:
        """The whole of it once more."""
        self.post_message(self.Wanted(frozenset(Area)))

    def action_line(self) -> None:
        """The marked line's area once more."""
        finding = self._marked
        if finding is not None:
            self.post_message(self.Wanted(frozenset({finding.area})))

    def action_stop(self) -> None:
        """Ends the one that runs."""
        self.post_message(self.Unwanted())

    def action_report(self) -> None:
        """Has a page written."""
        self.post_message(self.ReportWanted())

    def on_option_list_option_highlighted(self) -> None:
        """Tells more of the marked line."""
        self._tell_marked()

    def refresh_rows(self) -> None:
        """Shows the lines as they stand now."""
        width = self._list.scrollable_content_region.width
        if not self.is_attached or width <= 0:
            return
        self._tell_cue(width)
        self._show_rows(width)
        self._spectrum.show(spectrum_rows(*self._spectra, width, SPECTRUM_ROWS))
        self._tell_marked()

    def _show_rows(self, width: int) -> None:
        """The lines under the names of their areas; the marked one stays marked."""
        marked = self._marked
        rows = list(_headed(self.findings))
        shown = [self._row(row, width) if isinstance(row, Finding) else self._heading(row, width) for row in rows]
        if [_name(row) for row in rows] != [_name(row) for row in self._rows]:
            self._list.clear_options()
            pairs = zip(rows, shown, strict=True)
            self._list.add_options(Option(text, disabled=isinstance(row, Area)) for row, text in pairs)
            names = [_name(row) for row in rows]
            wanted = marked.id if marked is not None and marked.id in names else _first_bad(rows)
            self._list.highlighted = names.index(wanted) if rows else None
        else:
            for place, (text, before) in enumerate(zip(shown, self._shown, strict=True)):
                if text != before:
                    self._list.replace_option_prompt_at_index(place, text)
        self._rows, self._shown = rows, shown

    def _heading(self, area: Area, width: int) -> Text:
        colours = self.app.theme_variables
        name = area.upper()
        return Text.assemble((name, colours["secondary"]), (" " + "─" * (width - len(name) - 1), colours["panel"]))

    @property
    def _progress(self) -> Progress | None:
        return None if self.view is None else self.view.preflight.progress

    @property
    def _runs(self) -> bool:
        return self.view is not None and self.view.preflight.running

    @property
    def _spectra(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """The microphone's and the reference's: of the one that runs, or the last."""
        progress, result = self._progress, self._result
        if self._runs and progress is not None and progress.spectrum_db:
            return progress.spectrum_db, progress.reference_db
        return ((), ()) if result is None else (result.spectrum_db, result.reference_db)

    @property
    def _marked(self) -> Finding | None:
        place = self._list.highlighted
        row = self._rows[place] if place is not None and place < len(self._rows) else None
        return row if isinstance(row, Finding) else None

    def _tell_cue(self, width: int) -> None:
        progress, colours = self._progress, self.app.theme_variables
        running = self._runs and progress is not None and progress.cue.phase is not Phase.DONE
        words = progress.cue.instruction if running and progress is not None else "" if self._runs else DONE
        self._put(self._cue, Text(printable(words or "It begins…"), style=colours["accent" if running else "muted"]))
        share = progress.share if running and progress is not None else 0.0
        done = round(share * width)
        self._put(self._bar, Text.assemble(("━" * done, colours["accent"]), ("─" * (width - done), colours["panel"])))

    def _row(self, finding: Finding, width: int) -> Text:
        colours = self.app.theme_variables
        if self._is_old(finding):
            return Text(fit(printable(f"· {finding.title}"), width), style=colours["muted"])
        ink = colours[INKS[finding.verdict]]
        room = max(0, width - TITLE_WIDTH - GAUGE_WIDTH - 5)
        return Text.assemble(
            (f"{SYMBOLS[finding.verdict]} ", ink),
            (fit(printable(finding.title), TITLE_WIDTH) + " ", colours["foreground"]),
            *((cells, colours[name]) for cells, name in gauge_cells(finding, GAUGE_WIDTH)),
            (" " + fit(printable(finding.measured), room), ink if finding.remedy else colours["muted"]),
        )

    def _tell_marked(self) -> None:
        finding, colours = self._marked, self.app.theme_variables
        if finding is None:
            self._put(self._detail, Text())
            return
        if self._is_old(finding):
            self._put(self._detail, Text(printable(f"{finding.area} · {finding.title}"), style=colours["muted"]))
            return
        wanted = f" (wanted: {finding.reference})" if finding.reference else ""
        told = Text.assemble(
            (printable(f"{finding.area} · {finding.title}: {finding.verdict}"), colours[INKS[finding.verdict]]),
            ("\n" + printable(f"{finding.measured}{wanted}"), colours["foreground"]),
        )
        if finding.remedy:
            told.append("\n" + printable(f"→ {finding.remedy}"), colours["warning"])
        self._put(self._detail, told)

    def _is_old(self, finding: Finding) -> bool:
        """What the last one found is not true any more until it is found again."""
        if self.view is None or not self._runs or finding.area not in self.view.preflight.areas:
            return False
        progress = self._progress
        return progress is None or all(finding.id != new.id for new in progress.findings)

    def _put(self, where: Static, text: Text) -> None:
        """Shows a text where another one stands."""
        # Texts are the same to rich whose letters and parts are, whatever the style of the whole.
        shown = (text, str(text.style))
        if self._texts.get(where) != shown:
            self._texts[where] = shown
            where.update(text)


def _headed(findings: Iterable[Finding]) -> Iterator[Finding | Area]:
    """The findings with the name of their area before the first of each."""
    area: Area | None = None
    for finding in in_order(findings):
        if finding.area is not area:
            area = finding.area
            yield area
        yield finding


def _name(row: Finding | Area) -> str:
    return row.id if isinstance(row, Finding) else row


def _first_bad(rows: Sequence[Finding | Area]) -> str:
    """The first line that something is to be done about, or the first at all; empty where there is none."""
    findings = [row for row in rows if isinstance(row, Finding)]
    return next((finding.id for finding in findings if finding.remedy), findings[0].id if findings else "")
