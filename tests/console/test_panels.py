"""What the panels say of a view, without a screen."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.desk import Phase
from console.events.event_list import event_lines
from console.events.journal import Entry
from console.life.watch import switch_text
from console.lineup import ProfileRow, Standing
from console.ports import Outputs
from console.view import Losses, LossWindow, MachineView, View
from console.widgets.adjustment_list import adjustment_lines
from console.widgets.frame_flow import loss_lines, loss_role, loss_summary, rate_lines, rate_role
from console.widgets.frame_time import FrameTimeHistory, graph_lines, time_role
from console.widgets.machine_load import machine_lines
from console.widgets.panel import Role, fit, heading, line_width, printable
from console.widgets.profile_list import profile_lines
from console.widgets.stage_times import stacked_bar, stage_lines
from console.widgets.status_strip import first_line, reason_lines, second_line
from pipeline.telemetry import Level, Percentiles, State, SwitchReading
from tests.console.fake_machine import FakeProcess
from tests.console.fake_session import ADA, FakeSession, typical_video
from tests.console.views import role_of, words

WIDTHS = (20, 30, 40, 54, 120, 200)


def make_view(session: FakeSession | None = None, **changes: object) -> View:
    """A view of a session that does well."""
    session = session or FakeSession()
    rows = (ProfileRow("ada", "Ada", Standing.CURRENT, 1), ProfileRow("ben", "Ben", Standing.READY, 2))
    view = View(Phase.RUNNING, session.profile, rows=rows, readings=session.readings())
    machine = MachineView((), "no GPU: there is no NVIDIA driver on this computer", FakeProcess())
    return replace(view, **({"machine": machine} | changes))


@pytest.mark.parametrize("width", WIDTHS)
def test_no_line_is_wider_than_its_panel(width: int) -> None:
    view = make_view(outputs=Outputs(record=Path("a-long-name-for-a-recording.mkv")))
    lines = [
        first_line(view, width),
        second_line(view, width),
        *rate_lines(view, width),
        *loss_lines(view, width),
        *stage_lines(view, width),
        *machine_lines(view, width),
        *profile_lines(view, width, 8),
        *graph_lines((5.0,) * 300, 33.3, (width, 4)),
    ]
    assert max(line_width(line) for line in lines) <= max(width, 26)


@given(st.text(max_size=30), st.integers(0, 20))
def test_fitted_text_has_the_width_and_no_power_over_the_terminal(text: str, width: int) -> None:
    fitted = fit(printable(text), width)
    assert line_width(((fitted, Role.TEXT),)) == width
    assert "\x1b" not in fitted


@pytest.mark.parametrize(
    ("state", "word", "role"),
    [
        (State.ON_AIR, "● ON AIR", Role.ON_AIR),
        (State.PREVIEW, "○ PREVIEW", Role.PREVIEW),
        (State.CARD, "■ CARD", Role.CARD),
    ],
)
def test_the_state_is_told_by_word_symbol_and_colour(state: State, word: str, role: Role) -> None:
    line = first_line(make_view(FakeSession(state=state)), 80)
    assert role_of(line, word) is role


@pytest.mark.parametrize(("state", "word"), [(State.ON_AIR, "● ON AIR → nowhere"), (State.PREVIEW, "○ PREVIEW ")])
def test_on_air_without_anything_that_takes_the_picture_is_a_warning(state: State, word: str) -> None:
    session = FakeSession(state=state, video=replace(typical_video(), sinks=()))
    line = first_line(make_view(session), 80)
    assert word in words([line])
    assert (role_of(line, word) is Role.CARD) is (state is State.ON_AIR)


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_the_state_is_told_at_every_width(width: int) -> None:
    assert "ON AIR" in words([first_line(make_view(), width)])


def test_the_strip_tells_title_label_recording_and_time() -> None:
    text = words([first_line(make_view(outputs=Outputs(record=Path("a.mkv"))), 100)])
    assert "Ada" in text and "┐ AI label" in text and "● REC" in text and "01:02:05" in text


def strip_of(source: str, *sinks: str, width: int) -> str:
    """The strip's second line."""
    video = replace(typical_video(), source=source, sinks=sinks)
    line = second_line(make_view(FakeSession(video=video)), width)
    assert line_width(line) == width
    return words([line])


DEVICE = "/dev/video10 · 1280×720 I420"
CAMERA = "Integrated Full High Definition Camera with a Microphone · 1920×1080 MJPG at 30 fps, fitted to 1280×720"


@pytest.mark.parametrize("width", [100, 140, 160])
def test_source_and_sink_are_told_with_their_formats(width: int) -> None:
    text = strip_of("demo actor · 1280×720 at 30 fps", DEVICE, width=width)
    assert text.startswith(" demo actor · 1280×720 at 30 fps ")
    assert text.endswith(f"  → {DEVICE} ")


@pytest.mark.parametrize("width", [100, 140, 160])
def test_a_long_source_is_shortened_at_its_end_and_leaves_the_sink_alone(width: int) -> None:
    text = strip_of(CAMERA, DEVICE, width=width)
    source, sink = text.split("  → ")
    assert sink == f"{DEVICE} "
    assert CAMERA.startswith(source.strip().rstrip("…"))
    assert ("…" in source) == (len(f" {CAMERA}  → {DEVICE} ") > width)


@pytest.mark.parametrize("width", [100, 140, 160])
def test_long_sinks_are_shortened_at_their_end_and_leave_a_third_to_the_source(width: int) -> None:
    sinks = (DEVICE, f"{'long-' * 20}name.mkv · 1280×720 H.264")
    source, sink = strip_of("demo actor", *sinks, width=width).split("  → ")
    assert source == " demo actor"
    assert sink.startswith(f"{DEVICE}, long-") and sink.endswith("… ")
    assert strip_of(CAMERA, *sinks, width=width).index("→") >= width // 3


def test_why_nothing_runs_stands_in_the_strip() -> None:
    view = make_view(phase=Phase.ENDED, reason="The source has come to its end.")
    assert "STOPPED" in words([first_line(view, 80)])
    assert "come to its end" in words(reason_lines(view, 80))


@pytest.mark.parametrize(
    ("fps", "role"), [(30.0, Role.GOOD), (28.6, Role.GOOD), (28.0, Role.WARNING), (23.0, Role.ERROR)]
)
def test_a_rate_below_its_target_is_coloured(fps: float, role: Role) -> None:
    assert rate_role(fps, 30.0) is role


@pytest.mark.parametrize(("lost", "role"), [(0, Role.MUTED), (5, Role.TEXT), (20, Role.WARNING), (60, Role.ERROR)])
def test_losses_are_coloured_by_their_share(lost: int, role: Role) -> None:
    assert loss_role(lost, 1000) is role


@pytest.mark.parametrize(("ms", "role"), [(20.0, Role.TEXT), (27.0, Role.WARNING), (34.0, Role.ERROR)])
def test_time_is_coloured_against_the_budget(ms: float, role: Role) -> None:
    assert time_role(ms, 1000.0 / 30.0) is role


def test_latency_that_was_not_measured_is_no_figure() -> None:
    blind = FakeSession(video=replace(typical_video(), latency=Percentiles()))
    text = words(rate_lines(make_view(blind), 40))
    assert "– ms" in text and "0.0" not in text.partition("capture")[2]


def test_losses_are_told_by_place() -> None:
    text = words(loss_lines(make_view(recent=Losses(capture=7, frames=1800)), 40))
    rows = {line.split()[0]: line.split()[1:] for line in text.splitlines()}
    assert rows["capture"] == ["7", "2"]
    assert rows["processing"] == ["0", "1"]
    assert rows["output"] == ["0", "0"]
    assert "capt 7" in words(loss_summary(make_view(recent=Losses(capture=7, frames=1800)), 30))


def test_the_last_minute_forgets_older_losses() -> None:
    window = LossWindow(60.0)
    for second in range(200):
        lost = window.add(second * 1_000_000_000, Losses(capture=min(second, 100), frames=30 * second))
    assert lost.capture == 0
    assert lost.frames == 1800


def test_stages_keep_their_order_and_the_slowest_is_named() -> None:
    lines = stage_lines(make_view(), 40)
    assert [line[0][0].strip() for line in lines[2:]] == ["track", "swap", "segment", "compose", "label", "i420"]
    assert "slowest: track" in words(lines[:1])
    assert [line[0][1] is Role.ACCENT for line in lines[2:]] == [True, False, False, False, False, False]
    assert lines[2][3][0].strip() == "4.1"


def test_the_budget_line_is_drawn_and_broken_by_slow_frames() -> None:
    lines = graph_lines((10.0, 10.0, 40.0), 30.0, (5, 4))
    assert words(lines[:1])[:4] == "▁▁▁▁"
    assert words(lines[:1])[4] not in " ▁"
    assert lines[0][-1][1] is Role.ERROR
    assert [row[4] for row in words(lines).splitlines()[1:]] == ["█", "█", "█"]


def test_the_graph_keeps_the_slowest_new_frame_of_each_quarter_second() -> None:
    session = FakeSession()
    history = FrameTimeHistory()
    history.add(session.readings())
    session.let_pass(0.25)
    session.count_frames(8, lane_history_ms=(99.0,) * 112 + (5.0, 5.0, 5.0, 31.0, 5.0, 5.0, 5.0, 5.0))
    history.add(session.readings())
    assert history.last_ms(1) == (31.0,)
    session.let_pass(0.25)
    history.add(session.readings())
    assert history.last_ms(2) == (31.0, 0.0)


def test_a_late_look_leaves_no_hole_in_the_graph() -> None:
    session = FakeSession()
    history = FrameTimeHistory()
    history.add(session.readings())
    session.let_pass(0.75)
    session.count_frames(20, lane_history_ms=(12.0,) * 20)
    history.add(session.readings())
    assert history.last_ms(3) == (12.0, 12.0, 12.0)


def test_profiles_are_numbered_and_tell_their_standing() -> None:
    text = words(profile_lines(make_view(), 40, 6)).splitlines()
    assert text[1].startswith("1 ● Ada") and text[1].endswith("on air")
    assert text[2].startswith("2 ○ Ben") and text[2].endswith("ready")


def test_a_profile_without_a_number_key_shows_none() -> None:
    rows = (ProfileRow("ada", "Ada", Standing.CURRENT, 1), ProfileRow("jo", "Jo", Standing.REFUSED))
    assert words(profile_lines(make_view(rows=rows), 40, 6)).splitlines()[2].startswith("  × Jo")


def test_more_profiles_than_rows_are_counted() -> None:
    rows = tuple(ProfileRow(f"p{n}", f"P {n}", Standing.IDLE) for n in range(12))
    lines = profile_lines(make_view(rows=rows), 40, 6)
    assert len(lines) == 6
    assert "7 more" in words(lines[:1])


def test_adjustments_show_their_values_and_keys() -> None:
    profile = ADA.with_face(size=1.1, warp=0.5).with_background(kind="none")
    text = words(adjustment_lines(make_view(FakeSession(profile=profile)), 44))
    assert "[ ]" in text and "1.10" in text and "0.50" in text and "own room" in text and "hold" in text


def test_events_come_newest_first_with_the_time() -> None:
    entries = [Entry(datetime(2026, 1, 1, 12, 0, n), Level.INFO, f"thing {n}") for n in reversed(range(9))]
    text = words(event_lines(entries, 40, 4)).splitlines()
    assert text[1:] == ["12:00:08 · thing 8", "12:00:07 · thing 7", "12:00:06 · thing 6"]


def test_a_heading_gives_up_its_note_before_its_name() -> None:
    assert words([heading("STAGES", 30, "ms")]).endswith(" ms")
    assert words([heading("STAGES", 7, "a long note")]) == "STAGES "


def test_old_readings_say_how_old_they_are() -> None:
    assert "3 s" in words(rate_lines(make_view(age_s=3.2), 40))


@pytest.mark.parametrize("current", range(9))
def test_the_profile_in_the_lane_is_always_in_the_list(current: int) -> None:
    rows = tuple(
        ProfileRow(f"p{number}", f"P{number}", Standing.CURRENT if number == current else Standing.IDLE, number + 1)
        for number in range(9)
    )
    lines = profile_lines(make_view(rows=rows), 40, 5)
    assert len(lines) == 5
    assert f"{current + 1} ● P{current}" in words(lines)
    assert "5 more" in words(lines)


@pytest.mark.parametrize(("dropped", "told"), [(0, "no frame lost."), (1, "1 frame lost."), (2, "2 frames lost.")])
def test_what_a_switch_cost_is_told_in_a_sentence(dropped: int, told: str) -> None:
    text = switch_text(SwitchReading("ada", "ben", 250.0, 1.5, dropped), "Ben")
    assert text == f"Ben is in: ready after 250 ms, gap 1.5 ms, {told}"


def test_on_air_the_badge_says_that_the_fail_safe_stands_in() -> None:
    session = FakeSession()
    session.set_on_air(True)
    assert "FAIL-SAFE" not in words([first_line(make_view(session), 120)])
    assert "ON AIR · FAIL-SAFE" in words([first_line(make_view(session, standing_in=True), 120)])


def test_all_stages_stand_in_one_bar_against_the_budget_and_the_slowest_stands_out() -> None:
    video = replace(
        FakeSession().video,
        fps_target=30.0,
        stages={"track": Percentiles(5.0, 6.0, 7.0), "swap": Percentiles(12.0, 14.0, 15.0)},
    )
    view = make_view(FakeSession(video=video))
    bar = stacked_bar(view, 50)
    assert sum(len(text) for text, _ in bar) == 50
    assert [(text.strip(), role) for text, role in bar[:2]] == [
        ("track", Role.BAR_NAME),
        ("swap", Role.ACCENT_NAME),
    ]
    assert bar[-1][0] == "─" * len(bar[-1][0]) and 20 < len(bar[-1][0]) < 28
    slow = replace(video, stages={"track": Percentiles(50.0, 60.0, 70.0)})
    assert len(stacked_bar(make_view(FakeSession(video=slow)), 50)[0][0]) == 50
    assert [bar in stage_lines(view, 50, height) for height in (3, 4)] == [False, True]
