"""The live settings of the voice, each beside the keys that change it."""

from collections.abc import Sequence

from console.adjustments import FORMANT_LIMITS, LATENCIES_MS, PITCH_LIMITS_SEMITONES, TRIM_LIMITS_MS
from console.view import View
from console.widgets.adjustment_list import Scale, slider
from console.widgets.panel import Line, Role, ViewPanel, clip, greyed, heading, line_width

VALUE_WIDTH = 7


def latency_text(latency_ms: float) -> str:
    """Milliseconds, or seconds from one on."""
    return f"{latency_ms:.0f} ms" if latency_ms < 1000.0 else f"{latency_ms / 1000.0:g} s"


def in_force_text(view: View) -> str:
    """The latency that is wanted, behind the one that the voice in the lane has where that is more: `103←40`."""
    wanted_ms = view.profile.voice.latency_ms
    got_ms = view.audio.engine_ms if view.audio else 0.0
    # With less the voice keeps what it was given: the rest is for the work and the devices.
    return latency_text(wanted_ms) if got_ms <= wanted_ms + 1.0 else f"{_figure(got_ms)}←{_figure(wanted_ms)}"


def _figure(latency_ms: float) -> str:
    """Milliseconds without the unit, or seconds."""
    return f"{latency_ms:.0f}" if latency_ms < 1000.0 else f"{latency_ms / 1000.0:.1f}s"


def voice_lines(view: View, width: int, height: int) -> list[Line]:
    """A heading and one row a setting, or all in one row; grey without sound."""
    lines = _rows(view, width) if height > 1 else [voice_summary(view, width)]
    return lines if view.audio is not None else [*lines[: height > 1], *greyed(lines[height > 1 :])]


def voice_summary(view: View, width: int) -> Line:
    """The values in one row, each behind its keys."""
    voice, trim_ms = view.profile.voice, view.profile.sync.trim_ms
    for unit in (" ms", ""):
        latency = in_force_text(view).replace(" ms", unit)
        line: Line = (
            (",.", Role.KEY),
            (f" {voice.pitch_semitones:+.1f} ", Role.TEXT),
            ("<>", Role.KEY),
            (f" {voice.formant_scale:.2f} ", Role.TEXT),
            ("l", Role.KEY),
            (f" {latency} ", Role.TEXT),
            ("()", Role.KEY),
            (f" {trim_ms:+.0f}", Role.TEXT),
        )
        if line_width(line) <= width:
            break
    return clip(line, width)


def _rows(view: View, width: int) -> list[Line]:
    voice, trim_ms = view.profile.voice, view.profile.sync.trim_ms
    mark = sum(latency_ms < voice.latency_ms for latency_ms in LATENCIES_MS)
    scales = (
        Scale(", .", "pitch", f"{voice.pitch_semitones:+.1f}", _share(voice.pitch_semitones, PITCH_LIMITS_SEMITONES)),
        Scale("< >", "formants", f"{voice.formant_scale:.2f}", _share(voice.formant_scale, FORMANT_LIMITS)),
        Scale("l L", "latency", in_force_text(view), mark / (len(LATENCIES_MS) - 1)),
        Scale("( )", "trim", f"{trim_ms:+.0f} ms", _share(trim_ms, TRIM_LIMITS_MS)),
    )
    return [heading("VOICE", width), *(slider(scale, width, VALUE_WIDTH) for scale in scales)]


def _share(value: float, limits: tuple[float, float]) -> float:
    return (value - limits[0]) / (limits[1] - limits[0])


class VoiceList(ViewPanel):
    """Pitch, formants, latency and trim."""

    def lines_of(self, view: View) -> Sequence[Line]:
        """The view's voice."""
        return voice_lines(view, self.size.width, self.size.height)
