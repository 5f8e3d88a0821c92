"""What a preflight says on a plain terminal while it runs."""

import typer

from console.preflight.keeping import outcome
from pipeline.preflight.finding import Finding, Verdict
from pipeline.preflight.result import Result
from pipeline.preflight.runner import Progress
from profiles.plain_text import visible

COLOURS = {Verdict.PASS: "green", Verdict.WARN: "yellow", Verdict.FAIL: "red", Verdict.SKIP: "bright_black"}
NAME_WIDTH = 40


class Teller:
    """Says each instruction and each finding once: what to do on standard error, what was found on standard output."""

    def __init__(self, *, quiet: bool) -> None:
        """A quiet one says nothing but what to do."""
        self._quiet = quiet
        self._instruction = ""
        self._told: dict[str, Finding] = {}

    def tell(self, progress: Progress) -> None:
        """Says what is new."""
        if progress.cue.instruction and progress.cue.instruction != self._instruction:
            self._instruction = progress.cue.instruction
            typer.secho(visible(self._instruction), bold=True, err=True)
        for finding in progress.findings:
            if self._told.get(finding.id) != finding:
                self._told[finding.id] = finding
                if not self._quiet:
                    say(finding)

    def end(self, result: Result) -> None:
        """Says how it went."""
        if not self._quiet:
            typer.secho(f"{result.title}: {outcome(result)}, in {result.seconds:.0f} s.", fg=COLOURS[result.verdict])


def say(finding: Finding) -> None:
    """A line with its verdict, its figures, and below it what to do."""
    typer.secho(f"{finding.verdict:<4} ", fg=COLOURS[finding.verdict], nl=False)
    wanted = f" (wanted: {finding.reference})" if finding.reference else ""
    name = f"{finding.area}: {finding.title}"
    typer.echo(visible(f"{name:<{NAME_WIDTH}} {finding.measured}{wanted}"))
    if finding.remedy:
        typer.echo(visible(f"     → {finding.remedy}"))
