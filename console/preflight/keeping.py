"""The newest preflight of each profile, kept between two starts of the program."""

from datetime import datetime
from pathlib import Path

import platformdirs

from console.sentences import counted
from pipeline.preflight.finding import Verdict
from pipeline.preflight.result import Result, read_result, write_result

MINUTE_S, HOUR_S, DAY_S = 60, 3_600, 86_400


def results_folder() -> Path:
    """Where they are."""
    return platformdirs.user_state_path("understudy") / "preflight"


def keep(result: Result) -> None:
    """Writes a result in the place of the profile's last one.

    Raises:
        MediaError: it can't be written.
    """
    write_result(result, kept_file(result.profile))


def kept_file(profile: str) -> Path:
    """Where a profile's last result is, if there is one."""
    return results_folder() / f"{profile}.json"


def kept(profile: str) -> Result | None:
    """A profile's last result, or None."""
    return read_result(kept_file(profile))


def told(result: Result | None, now: datetime) -> str:
    """A result in a line, such as `preflight 12 min ago: 1 warning`."""
    if result is None:
        return "no preflight yet"
    return f"preflight {age_words(result.age_s(now))}: {outcome(result)}"


def outcome(result: Result) -> str:
    """How it went, in few words."""
    failures, warnings = result.count(Verdict.FAIL), result.count(Verdict.WARN)
    parts = [counted(failures, "failure")] * bool(failures) + [counted(warnings, "warning")] * bool(warnings)
    if parts:
        return ", ".join(parts)
    left_out = [f"{result.count(Verdict.SKIP)} not looked at"] if result.count(Verdict.SKIP) else []
    return ", ".join(["all passed"] * (result.verdict is Verdict.PASS) + left_out)


def age_words(age_s: float) -> str:
    """How long ago, in the largest unit that fits."""
    for unit_s, name in ((DAY_S, "d"), (HOUR_S, "h"), (MINUTE_S, "min")):
        if age_s >= unit_s:
            return f"{int(age_s // unit_s)} {name} ago"
    return "just now"
