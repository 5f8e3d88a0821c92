"""How high the voices are, as figures and as a trace."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.view import View
from console.widgets.panel import line_width
from console.widgets.sound.pitch_panel import KEPT, TOLD_NS, PitchHistory, pitch_lines, pitch_trace
from tests.console.fake_session import typical_audio
from tests.console.views import heard, words

STEP_NS = 250_000_000


def views(*pairs: tuple[float, float]) -> list[View]:
    """Views a quarter of a second apart."""
    return [
        replace(view, readings=replace(view.readings, at_ns=number * STEP_NS))
        for number, (heard_hz, made_hz) in enumerate(pairs)
        for view in [heard(replace(typical_audio(), pitch_in_hz=heard_hz, pitch_out_hz=made_hz))]
        if view.readings is not None
    ]


def history_of(*pairs: tuple[float, float]) -> PitchHistory:
    history = PitchHistory()
    for view in views(*pairs):
        history.add(view)
    return history


def test_both_pitches_are_told_and_by_how_much_the_voice_is_raised() -> None:
    rows = words(pitch_lines(heard(), history_of((110.0, 220.0)), 40, 3)).splitlines()
    assert rows[0].startswith("PITCH ─") and rows[0].endswith(" +12.0 semitones")
    assert rows[1].startswith("mic   110 Hz ") and rows[2].startswith("out   220 Hz ")


@pytest.mark.parametrize("width", [14, 20, 28, 60])
def test_one_row_has_both_figures(width: int) -> None:
    (line,) = pitch_lines(heard(), history_of((110.0, 220.0)), width, 1)
    assert "PITCH 110 → 2" in words([line])


def test_a_figure_is_of_the_last_second_and_of_voice_alone() -> None:
    history = history_of((300.0, 300.0), (100.0, 200.0), (0.0, 0.0), (104.0, 204.0), (102.0, 202.0), (0.0, 0.0))
    assert history.heard_hz() == 102.0
    assert history.made_hz() == 202.0


def test_after_a_second_of_silence_there_is_no_figure() -> None:
    silence = [(0.0, 0.0)] * (TOLD_NS // STEP_NS + 1)
    history = history_of((110.0, 220.0), *silence)
    assert history.heard_hz() is None
    rows = words(pitch_lines(heard(), history, 40, 3)).splitlines()
    assert "–" in rows[1] and "semitones" not in rows[0]
    assert PitchHistory().made_hz() is None


def test_the_trace_goes_up_with_the_pitch_and_has_a_dot_in_a_pause() -> None:
    trace = words([pitch_trace((75.0, 100.0, 0.0, 150.0, 220.0, 400.0), 8)])
    assert trace[:2] == "  " and trace[4] == "·"
    heights = ["▁▂▃▄▅▆▇█".index(glyph) for glyph in trace.replace("·", "").strip()]
    assert heights == sorted(set(heights))


def test_the_same_readings_are_kept_once_and_old_ones_never() -> None:
    history, (view,) = PitchHistory(), views((110.0, 220.0))
    for _ in range(3):
        history.add(view)
    history.add(replace(view, age_s=2.0))
    assert len(history.samples) == 1
    for view in views(*[(110.0, 220.0)] * (3 * KEPT)):
        history.add(view)
    assert len(history.samples) == KEPT


@settings(max_examples=30)
@given(st.lists(st.tuples(st.floats(0.0, 9000.0), st.floats(0.0, 9000.0)), max_size=40), st.integers(14, 90))
def test_no_row_is_longer_than_its_room(pairs: list[tuple[float, float]], width: int) -> None:
    history = history_of(*pairs)
    for height in (1, 2, 3, 6):
        lines = pitch_lines(heard(), history, width, height)
        assert len(lines) == min(height, 3)
        assert max(map(line_width, lines)) <= width
