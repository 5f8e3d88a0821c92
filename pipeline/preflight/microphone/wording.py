"""How limits and verdicts are put in a finding."""

from pipeline.preflight.finding import Finding, Verdict
from pipeline.preflight.limits import Limit

Limits = dict[str, Limit]


def judged(check: str, title: str, value: float, limit: Limit, words: tuple[str, str]) -> Finding:
    """The finding of a figure that is held against its limit alone.

    Args:
        check: the id after the area.
        title: the check in a few words.
        value: the figure, in the limit's unit.
        limit: what it may be.
        words: what was measured, and what to do about it where it does not pass.
    """
    verdict = limit.verdict(value)
    measured, remedy = words
    return Finding(
        f"microphone.{check}", title, verdict, measured, span(limit), unless_passed(verdict, remedy), limit.gauge(value)
    )


def span(limit: Limit) -> str:
    """The range in which a figure passes: `at least 30 dB`."""
    least, most = limit.passes
    if most == float("inf"):
        return f"at least {least:g} {limit.unit}"
    if least in (0.0, -float("inf")):
        return f"at most {most:g} {limit.unit}"
    return f"{least:g} to {most:g} {limit.unit}"


def worse(one: Verdict, other: Verdict) -> Verdict:
    """The worse of two verdicts."""
    order = (Verdict.PASS, Verdict.SKIP, Verdict.WARN, Verdict.FAIL)
    return max(one, other, key=order.index)


def unless_passed(verdict: Verdict, remedy: str) -> str:
    """A remedy, where one is needed."""
    return "" if verdict is Verdict.PASS else remedy
