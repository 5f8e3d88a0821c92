"""`understudy doctor`: what works on this computer, what does not, and the cure."""

import json
from collections.abc import Iterable
from dataclasses import asdict

import typer

from console.commands.checks import Check, Verdict, all_checks
from pipeline.inference.store import ModelStore
from profiles.plain_text import visible
from profiles.store import ProfileStore

WIDTH = len("Virtual microphone")
MARKS = {Verdict.OK: "✓", Verdict.NOTE: "–", Verdict.BAD: "✗"}
COLOURS = {Verdict.OK: "green", Verdict.NOTE: "yellow", Verdict.BAD: "red"}


def examine(*, as_json: bool) -> int:
    """Prints the report; 1 when something has to be put right."""
    return report(all_checks(ModelStore(), ProfileStore()), as_json=as_json)


def report(checks: Iterable[Check], *, as_json: bool) -> int:
    """Prints checks, for people as they are made; 1 when one of them is bad.

    Names of folders and devices come from outside: what a terminal would obey in them is written out.
    """
    made: list[Check] = []
    for check in checks:
        made.append(check)
        if not as_json:
            typer.secho(f"{MARKS[check.verdict]} {check.name:<{WIDTH}} ", fg=COLOURS[check.verdict], nl=False)
            typer.echo(visible(check.text))
            if check.cure:
                typer.echo(f"{'':<{WIDTH + 3}}→ {visible(check.cure)}")
    bad = any(check.verdict is Verdict.BAD for check in made)
    if as_json:
        typer.echo(json.dumps({"ok": not bad, "checks": [asdict(check) for check in made]}, indent=2))
    return 1 if bad else 0
