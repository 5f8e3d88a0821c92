"""The voice on its way: levels in and out, how long it takes and where, and what was lost."""

import textwrap
from collections.abc import Sequence
from dataclasses import replace

from rich.cells import cell_len

from console.desk import Phase
from console.ports import FORMAT
from console.sound.sound_desk import Talk
from console.view import View
from console.widgets.panel import (
    BLANK,
    Line,
    Role,
    Span,
    ViewPanel,
    clip,
    figure_ms,
    greyed,
    heading,
    line_width,
    shortened,
    spread,
)
from console.widgets.sound.level_meter import UNHEARD, dimmed, meter_bar, meter_line
from console.widgets.sound.unheard import Unheard, shout
from pipeline.audio.monitor.state import Monitoring
from pipeline.telemetry import AudioReadings, MeterReading

NO_SOUND = "no microphone: start with --microphone"
SHUT = {Talk.MUTED: "MUTED", Talk.WAITING: "HOLD v"}
INPUT, OUTPUT = "mic", "out"
NOWHERE = "nowhere"
DEMO_FILE, DEMO = "demo-actor.flac", "demo actor"
"""What the demo actor's voice is read from, and what people call it."""
HEADED = 3
"""From so many rows on there is a heading and a row for each meter."""
LOSSES = (("underruns", "overruns", "failed"), ("under", "over", "fail"), ("u", "o", "f"))
"""Words for what was lost, from the clearest to the shortest."""
SHORTER = {"capture": "in", "compute": "work", "device": "out"}
"""Words for the parts of the latency where there is less room."""
BAR_AT_LEAST = 4
"""A bar of fewer cells tells nothing."""


def sound_lines(view: View, width: int, height: int) -> list[Line]:
    """What is known of the sound in `height` rows, the most important first; at least one."""
    audio = view.audio
    if audio is None:
        return silent_lines(view, width, height)
    old = view.age if view.stale else ""
    title = heading("SOUND", width, old or state_word(view, audio) or engine_word(audio), _state_role(view, audio))
    if height < HEADED:
        amiss = state_word(view, audio)
        word = _total(audio) if height == 2 else amiss or _total(audio)
        row = summary(audio, width, (word, Role.WARNING if word == amiss else Role.TEXT), heard=view.heard)
        return [title][: height - 1] + (greyed([row]) if view.stale else [row])
    rows = [
        meter_line(INPUT, audio.input_level, width),
        meter_line(OUTPUT, audio.output_level, width, heard=view.heard),
        _losses(view, audio, width),
        _latency(audio, width),
        _split(audio, width),
        _block(audio, width),
        _devices(view, audio, width),
    ]
    return [title, *(greyed(rows) if view.stale else rows)][:height]


def silent_lines(view: View, width: int, height: int) -> list[Line]:
    """Why there is no sound; nothing before that is known."""
    if view.phase is Phase.STARTING or view.readings is None:
        return [heading("SOUND", width)]
    if height < 2:
        return [heading("SOUND", width, "no microphone")]
    return [heading("SOUND", width), *(((line, Role.MUTED),) for line in textwrap.wrap(NO_SOUND, max(10, width)))]


def state_word(view: View, audio: AudioReadings) -> str:
    """What is amiss in a word or two; empty when nothing is."""
    if view.talk in SHUT:
        return SHUT[view.talk]
    if audio.outage.reason:
        return "voice failed"
    if audio.input_level.stale:
        return "silent"
    if not audio.sinks and not view.recordings:
        return "goes nowhere"
    if view.monitoring is Monitoring.CUT:
        return "monitor cut off"
    return "CLIP" if audio.input_level.clipped else ""


def engine_word(audio: AudioReadings) -> str:
    """The engine's name with the share of its time that it takes, or that it still gets to know the actor."""
    if audio.acquainted < 1.0:
        return f"learning voice {100 * audio.acquainted:.0f} %"
    return audio.engine if audio.load is None else f"{audio.engine} load {100 * audio.load:.0f} %"


def summary(audio: AudioReadings, width: int, told: Span, *, heard: bool) -> Line:
    """Both meters and a word in one row; what nobody hears has a word in place of its meter."""
    word = (f" {told[0]}", told[1])
    names = len(INPUT) + len(OUTPUT) + 3
    room = width - cell_len(word[0]) - names
    in_words = not heard and room - len(UNHEARD) >= BAR_AT_LEAST
    cells = len(UNHEARD) if in_words else room // 2
    if cells < BAR_AT_LEAST:
        return spread((("SOUND", Role.TITLE),), (word,), width)
    made = ((UNHEARD, Role.MUTED),) if in_words else dimmed(audio.output_level, cells, heard)
    mic = meter_bar(audio.input_level, room - cells)
    return (f"{INPUT} ", Role.MUTED), *mic, (f" {OUTPUT} ", Role.MUTED), *made, word


def latency_parts(audio: AudioReadings) -> tuple[tuple[str, float], ...]:
    """Where the voice's time goes: by construction, for the work, waiting, in the device; the rest is the way in."""
    known_ms = audio.compute.p50_ms + audio.engine_ms + audio.ring_ms + audio.device_ms
    capture_ms = max(0.0, audio.latency.p50_ms - known_ms)
    return (
        ("capture", capture_ms),
        ("compute", audio.compute.p50_ms),
        ("join", audio.engine_ms),
        ("ring", audio.ring_ms),
        ("device", audio.device_ms),
    )


def _state_role(view: View, audio: AudioReadings) -> Role:
    return Role.WARNING if view.stale or state_word(view, audio) else Role.MUTED


def _total(audio: AudioReadings) -> str:
    return f"{audio.latency.p50_ms:.0f} ms" if audio.latency.p50_ms else "– ms"


def _latency(audio: AudioReadings, width: int) -> Line:
    """From the microphone to the ear."""
    p50, p95 = (figure_ms(value) if value else "–" for value in (audio.latency.p50_ms, audio.latency.p95_ms))
    return _figures(("mic → ear", "latency"), (p50, "p95", p95), width)


def _block(audio: AudioReadings, width: int) -> Line:
    """The work on one block of 10 ms."""
    work = audio.compute
    return _figures(("one block", "block"), (figure_ms(work.p50_ms), "p99", figure_ms(work.p99_ms)), width)


def _figures(names: tuple[str, str], figures: tuple[str, str, str], width: int) -> Line:
    """Two figures behind a name, or behind a shorter one."""
    usual, word, seldom = figures
    right: Line = ((f"{usual:>7}", Role.TEXT), (f" {word}", Role.MUTED), (f" {seldom:>5} ms", Role.TEXT))
    name = names[0] if line_width(right) + cell_len(names[0]) <= width else names[1]
    return spread(((name, Role.MUTED),), right, width)


def _split(audio: AudioReadings, width: int) -> Line:
    """The parts of the latency, in shorter words and rounder figures where there is less room."""
    parts = latency_parts(audio) if audio.latency.p50_ms else tuple((name, None) for name, _ in latency_parts(audio))
    short = tuple((SHORTER.get(name, name), value_ms) for name, value_ms in parts)
    for named, letters, whole in (
        (parts, 7, False),
        (parts, 7, True),
        (short, 4, True),
        (short, 3, True),
        (short, 2, True),
    ):
        line = _parts(named, letters, whole)
        if line_width(line) <= width:
            return line
    return clip(line, width)


def _parts(parts: Sequence[tuple[str, float | None]], letters: int, whole: bool) -> Line:
    spans: list[Line] = []
    for name, value_ms in parts:
        figure = "–" if value_ms is None else f"{value_ms:.0f}" if whole else figure_ms(value_ms)
        gap = "" if not spans else " " if whole else "  "
        spans.append(((f"{gap}{name[:letters]} ", Role.MUTED), (figure, Role.TEXT)))
    return sum(spans, BLANK)


def _losses(view: View, audio: AudioReadings, width: int) -> Line:
    """What was not heard since the counters stood at zero, and how the two devices' clocks differ."""
    counts = (view.underruns, view.overruns, audio.failed)
    drift: Line = ((f"{audio.drift_ppm:+.0f}", Role.TEXT), (" ppm", Role.MUTED))
    for names in LOSSES:
        left: Line = sum(map(_counted, names, counts), BLANK)
        if line_width(left) + line_width(drift) <= width:
            break
    return spread(left, drift, width)


def _counted(name: str, count: int) -> Line:
    return (f"{name} ", Role.MUTED), (f"{count} ", Role.WARNING if count else Role.MUTED)


def _devices(view: View, audio: AudioReadings, width: int) -> Line:
    """From where to where; a sink that is gone is told first. Where there is less room the formats go, and then the
    name of the operator's own monitor, which nobody else hears."""
    if audio.lost_sinks:
        return clip(((audio.lost_sinks[-1], Role.ERROR),), width)
    arrow: Line = ((" → ", Role.MUTED),)
    sinks = list(audio.sinks or view.recordings)
    monitor = sinks.pop() if audio.sinks and view.monitoring is not Monitoring.NONE else ""
    for formats, too in (
        (True, f" + monitor {monitor}"),
        (False, f" + monitor {_called(monitor)}"),
        (False, " + monitor"),
    ):
        source = _called(audio.source, formats=formats) or "opening the microphone"
        takers = ", ".join(_called(sink, formats=formats) for sink in sinks) or NOWHERE
        tail = too if monitor else ""
        room = width - line_width(arrow) - cell_len(tail)
        if cell_len(source) + cell_len(takers) <= room:
            break
    source = shortened(source, max(room // 2, room - cell_len(takers)))
    role = Role.WARNING if takers == NOWHERE else Role.MUTED
    taken: Line = ((shortened(takers, room - cell_len(source)), role), (tail, Role.MUTED))
    return spread(((source, Role.MUTED),), (*arrow, *taken), width)


def _called(device: str, *, formats: bool = False) -> str:
    """A device by its name, with its format or without."""
    name, _, form = device.partition(FORMAT)
    name = DEMO if name == DEMO_FILE else name
    return f"{name}{FORMAT}{form}" if form and formats else name


class SoundPanel(ViewPanel):
    """Meters, latency and losses of the voice, in as many rows as there is room; first of all who speaks in vain."""

    def __init__(self, *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self._unheard = Unheard()
        self._shouts = False
        self._drawn = (0, 0)
        """The room for which the rows were made."""

    def present(self, view: View) -> None:
        """Shows the view's sound; without any it takes less room."""
        self._shouts = self._unheard.look(view)
        self.set_class(view.audio is None, "-silent")
        super().present(view)

    def move(self, levels: tuple[MeterReading, MeterReading] | None) -> None:
        """Shows newer levels beside the figures that are there: meters are looked at more often than figures."""
        view = self._view
        if view is None or view.readings is None or view.audio is None or levels is None or view.stale:
            return
        width, height = self._drawn
        if height >= HEADED:
            mic, out = meter_line(INPUT, levels[0], width), meter_line(OUTPUT, levels[1], width, heard=view.heard)
            self.show([self.lines[0], mic, out, *self.lines[3:]])
            return
        audio = replace(view.audio, input_level=levels[0], output_level=levels[1])
        self.show(self.lines_of(replace(view, readings=replace(view.readings, audio=audio))))

    def lines_of(self, view: View) -> Sequence[Line]:
        """The view's sound."""
        width, height = self._drawn = self.size
        lines = sound_lines(view, width, height)
        return [shout(width), *lines[1:]] if self._shouts else lines
