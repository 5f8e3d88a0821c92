"""What ends when the operator leaves, in words."""

from collections.abc import Sequence

from console.ports import device_name, is_film
from pipeline.telemetry import Readings, State


def ended_by_leaving(readings: Readings, hearers: Sequence[str], *, aired: bool) -> str:
    """What goes out and to where, in words; empty when nothing does.

    Args:
        readings: the session at this instant.
        hearers: what the voice goes out to, by name.
        aired: whether the session was on air when the card went up.
    """
    state = {State.ON_AIR: "You are on air.", State.CARD: "The card goes out." if aired else ""}.get(readings.state)
    sinks = [device_name(sink) for sink in readings.video.sinks]
    ended = _part("the picture for", [name for name in sinks if not is_film(name)])
    ended += _part("the voice for", hearers)
    ended += _part("the recording", [name for name in sinks if is_film(name)])
    return f"{state} Quitting ends {_joined(ended)}." if state and ended else ""


def _part(what: str, takers: Sequence[str]) -> list[str]:
    return [f"{what} {_joined(takers)}"] if takers else []


def _joined(words: Sequence[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last
