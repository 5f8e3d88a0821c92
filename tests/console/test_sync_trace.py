"""How sound and picture went over the last minute, and how long either takes."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.widgets.panel import Role, line_width
from console.widgets.sound.sync_panel import KEPT, SECOND_NS, OffsetHistory, SyncPanel, sync_lines, sync_trace
from console.widgets.sound.traces import newest, worst
from pipeline.telemetry import Percentiles
from tests.console.fake_session import typical_audio
from tests.console.views import heard, roles, silent, words


def history_of(*values_ms: float | None, step_ns: int = SECOND_NS) -> OffsetHistory:
    history = OffsetHistory()
    for number, value_ms in enumerate(values_ms):
        history.add(value_ms, 7_000_000_000 + number * step_ns)
    return history


def test_one_offset_a_second_is_kept_for_a_minute() -> None:
    assert history_of(*map(float, range(9)), step_ns=SECOND_NS // 4).values_ms == (0.0, 4.0, 8.0)
    assert history_of(*map(float, range(200))).values_ms == tuple(map(float, range(140, 200)))


def test_seconds_in_which_nobody_looked_stay_empty() -> None:
    history = history_of(1.0)
    history.add(2.0, 7_000_000_000 + 3 * SECOND_NS)
    assert history.values_ms == (1.0, None, None, 2.0)
    history.add(3.0, 7_000_000_000 + 10_000 * SECOND_NS)
    assert history.values_ms == (None,) * (KEPT - 1) + (3.0,)


def test_another_session_has_another_clock() -> None:
    history = history_of(1.0, 2.0)
    history.add(3.0, 5)
    assert history.values_ms[-1] == 3.0


def test_the_trace_is_high_for_early_sound_and_has_the_colours_of_the_bar() -> None:
    (row,) = sync_trace((-200.0, -100.0, 0.0, 35.0, 95.0, None), 6)
    heights = [" ▁▂▃▄▅▆▇█".find(glyph) for glyph in words([row])[:5]]
    assert heights == sorted(heights) and heights[0] < heights[2] < heights[4]
    assert [role for _, role in row] == [Role.ERROR, Role.WARNING, Role.GOOD, Role.ERROR, Role.RULE]


def test_where_seconds_share_a_cell_the_worst_is_seen() -> None:
    assert worst((0.0, -90.0, 10.0, None, None, None), 2) == [-90.0, None]
    assert worst((1.0, 2.0), 4) == newest((1.0, 2.0), 4) == [None, None, 1.0, 2.0]
    assert worst((1.0, 2.0), 0) == []


@settings(max_examples=50)
@given(st.lists(st.one_of(st.none(), st.floats(-5000, 5000)), max_size=60), st.integers(0, 80), st.integers(1, 3))
def test_a_trace_fills_its_room(values_ms: list[float | None], width: int, height: int) -> None:
    rows = sync_trace(values_ms, width, height)
    assert len(rows) == height
    assert {line_width(row) for row in rows} == {min(width, KEPT)}


@pytest.mark.parametrize(
    ("width", "told"),
    [
        (52, "mic → ear 58.2 ms            camera → sink 24.3 ms"),
        (30, "voice 58.2 ms  picture 24.3 ms"),
        (28, "voice 58.2   picture 24.3 ms"),
    ],
)
def test_both_paths_are_told(width: int, told: str) -> None:
    row = words(sync_lines(heard(), width, 4)).splitlines()[3]
    assert row.split() == told.split()


def test_a_path_that_was_not_measured_is_no_figure() -> None:
    audio = replace(typical_audio(), latency=Percentiles())
    assert "mic → ear – ms" in words(sync_lines(heard(audio), 52, 4))


@pytest.mark.parametrize("width", [28, 40, 60])
def test_the_trace_comes_when_there_is_room(width: int) -> None:
    history = history_of(*[40.0] * 60).values_ms
    assert "1 min" not in words(sync_lines(heard(), width, 4, history))
    for height in range(5, 9):
        lines = sync_lines(heard(), width, height, history)
        assert "1 min" in words(lines) and ("▅" if height == 5 else "█") in words(lines)
        assert len(lines) <= height and max(map(line_width, lines)) <= width
    assert "1 min" not in words(sync_lines(silent(), width, 8, history))


def test_old_traces_are_grey() -> None:
    lines = sync_lines(heard(age_s=3.0), 40, 6, history_of(-80.0, 5.0).values_ms)
    assert "read 3 s ago" in words(lines)
    assert roles(lines[1:]) == {Role.MUTED}


def test_the_panel_keeps_the_minute_by_itself() -> None:
    panel, view = SyncPanel(), heard(offset_ms=-90.0)
    assert view.readings is not None
    for number in range(100):
        at_ns = view.readings.at_ns + number * SECOND_NS // 4
        panel.present(replace(view, readings=replace(view.readings, at_ns=at_ns)))
    # What is old is no offset of now.
    panel.present(replace(view, age_s=5.0, readings=replace(view.readings, at_ns=view.readings.at_ns + 60 * SECOND_NS)))
    assert panel._history.values_ms == (-90.0,) * 25
