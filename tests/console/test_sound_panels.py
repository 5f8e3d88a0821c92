"""What the panels of sound and sync say of a view, without a screen."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.desk import Phase
from console.life.watch import Watch
from console.ports import Surroundings
from console.view import Forgotten, View
from console.widgets.panel import Role, line_width
from console.widgets.sound.level_meter import level_role, meter_bar, meter_line
from console.widgets.sound.sound_panel import latency_parts, sound_lines
from console.widgets.sound.sync_panel import sync_bar, sync_lines, sync_role
from console.widgets.sound.voice_list import voice_lines
from console.widgets.status_strip import first_line
from pipeline.telemetry import MeterReading, Percentiles, SyncReadings
from tests.console.fake_session import FakeSession, FakeShelf, make_desk, typical_audio
from tests.console.views import heard, level, role_of, roles, silent, words

SHORT, WIDE = 30, 52


@pytest.mark.parametrize(
    ("dbfs", "role"),
    [(-60.0, Role.GOOD), (-20.1, Role.GOOD), (-20.0, Role.WARNING), (-9.1, Role.WARNING), (-9.0, Role.ERROR)],
)
def test_levels_have_the_colours_of_obs(dbfs: float, role: Role) -> None:
    assert level_role(dbfs) is role


def test_a_bar_shows_mean_peak_and_hold_on_a_scale_of_sixty_decibels() -> None:
    bar = words([meter_bar(MeterReading(-30.0, -40.0, -10.0, stale=False), 60)])
    assert bar == "█" * 20 + "▒" * 10 + "─" * 19 + "┃" + "─" * 10


def test_the_parts_of_a_bar_are_coloured_by_where_they_lie() -> None:
    bar = meter_bar(level(0.0), 60)
    lengths = {role: sum(len(text) for text, own in bar if own is role) for role in roles([bar])}
    assert lengths == {Role.GOOD: 40, Role.WARNING: 11, Role.ERROR: 9}


def test_silence_is_an_empty_bar() -> None:
    assert words([meter_bar(MeterReading(stale=False), 20)]) == "─" * 20


def test_a_meter_that_hears_nothing_new_is_grey_and_has_no_figure() -> None:
    line = meter_line("mic", level(-12.0, stale=True), 40)
    assert roles([line]) <= {Role.MUTED, Role.RULE}
    assert words([line]).endswith(" –")


def test_the_figure_is_of_late_and_the_tick_stays_longer() -> None:
    line = meter_line("mic", MeterReading(-60.0, -60.0, -10.0, -42.0, stale=False), 40)
    assert words([line]).endswith("  -42")
    assert "┃" in words([line])


def test_a_clip_is_told_in_a_word() -> None:
    line = meter_line("mic", level(0.0, clipped=True), 40)
    assert role_of(line, "CLIP") is Role.ERROR


@given(st.floats(-90.0, 20.0), st.floats(-90.0, 20.0), st.floats(-90.0, 20.0), st.integers(0, 80))
def test_a_bar_fills_its_width_whatever_the_level(peak: float, rms: float, hold: float, width: int) -> None:
    assert line_width(meter_bar(MeterReading(peak, rms, hold, stale=False), width)) == width


@pytest.mark.parametrize("height", range(1, 10))
@pytest.mark.parametrize("width", [30, 40, 52, 90])
def test_no_panel_is_larger_than_its_room(width: int, height: int) -> None:
    busy = replace(
        typical_audio(),
        source="A microphone with a very long name · 44100 Hz",
        sinks=("understudy · 48000 Hz", "headphones · 48000 Hz"),
        underruns=12_345,
        overruns=678,
        failed=9,
        latency=Percentiles(5012.3, 5100.0, 5200.0),
        drift_ppm=-199.6,
    )
    late = SyncReadings(-1234.5, delay_ms=4999.0, target_ms=5012.0, trim_ms=-500.0)
    for view in (heard(), heard(busy, late), heard(busy, late, age_s=33.0), silent()):
        view = replace(view, profile=view.profile.model_copy(update={"sync": loud_sync(view)}))
        for lines in (sound_lines(view, width, height), sync_lines(view, width, height)):
            assert len(lines) <= max(height, 3)
            assert max(map(line_width, lines)) <= width
        assert max(map(line_width, voice_lines(view, width, height))) <= width


def loud_sync(view: View) -> object:
    """The view's sync settings with the longest trim."""
    return view.profile.sync.model_copy(update={"trim_ms": -500.0})


def test_the_sound_panel_tells_everything_where_there_is_room() -> None:
    text = words(sound_lines(heard(), WIDE, 8))
    for part in ("SOUND", "timbre", "mic ", "out ", "58.2", "61.4", "underruns 0", "overruns 0", "failed 0", "+12 ppm"):
        assert part in text
    for part in ("capture 6", "compute 1", "join 40", "device 11", "1.1 p99   3.4 ms", "demo voice", "pipe-so"):
        assert part in text


def test_what_waits_in_the_ring_is_no_part_of_the_way_in() -> None:
    audio = replace(typical_audio(), ring_ms=4.0)
    assert dict(latency_parts(audio)) == pytest.approx(
        {"capture": 2.1, "compute": 1.1, "join": 40.0, "ring": 4.0, "device": 11.0}
    )
    wide, narrow, least = (words(sound_lines(heard(audio), width, 8)).splitlines()[5] for width in (70, 42, 28))
    assert wide == "capture 2.1  compute 1.1  join 40.0  ring 4.0  device 11.0"
    assert narrow == "in 2 work 1 join 40 ring 4 out 11"
    assert least == "in 2 wo 1 jo 40 ri 4 ou 11"


def test_losses_are_counted_from_when_the_counters_were_put_back_to_zero() -> None:
    audio = replace(typical_audio(), underruns=5, overruns=3)
    text = words(sound_lines(heard(audio, forgotten=Forgotten(underruns=4, overruns=3)), WIDE, 8))
    assert "underruns 1 overruns 0" in text


def test_the_most_important_rows_come_first() -> None:
    rows = words(sound_lines(heard(), SHORT, 4)).splitlines()
    assert [row.split()[0] for row in rows] == ["SOUND", "mic", "out", "under"]
    assert len(sound_lines(heard(), SHORT, 2)) == 2


def test_one_row_has_both_meters_and_how_long_the_voice_takes() -> None:
    (line,) = sound_lines(heard(), SHORT, 1)
    text = words([line])
    assert text.startswith("mic █") and " out █" in text and text.endswith(" 58 ms")


def test_the_parts_of_the_latency_add_up() -> None:
    parts = dict(latency_parts(typical_audio()))
    assert sum(parts.values()) == pytest.approx(58.2)
    assert parts["capture"] == pytest.approx(6.1)
    assert dict(latency_parts(replace(typical_audio(), latency=Percentiles())))["capture"] == 0.0


def test_a_latency_that_was_not_measured_is_no_figure() -> None:
    audio = replace(typical_audio(), latency=Percentiles(), sinks=())
    text = words(sound_lines(heard(audio), WIDE, 8))
    assert "– ms" in text and "capture –" in text and "nowhere" in text
    assert words(sync_lines(heard(audio, SyncReadings(), offset_ms=None), WIDE, 1)).endswith("sound goes nowhere")


@pytest.mark.parametrize("height", [1, 2, 8])
@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"muted": True}, "MUTED"),
        ({"input_level": level(0.0, clipped=True)}, "CLIP"),
        ({"input_level": level(-20.0, stale=True)}, "silent"),
        ({"sinks": ()}, "goes nowhere"),
    ],
)
def test_what_is_amiss_with_the_sound_is_told_in_a_word(changes: dict[str, object], word: str, height: int) -> None:
    lines = sound_lines(heard(replace(typical_audio(), **changes)), 40, height)
    assert word in words(lines)
    assert any(role is Role.WARNING for line in lines for text, role in line if word in text)


def test_losses_are_a_warning() -> None:
    lines = sound_lines(heard(replace(typical_audio(), underruns=3)), WIDE, 4)
    assert role_of(lines[3], "3 ") is Role.WARNING
    assert role_of(lines[3], "0 ") is Role.MUTED


def test_a_sink_that_is_gone_is_told() -> None:
    lines = sound_lines(heard(replace(typical_audio(), lost_sinks=("The headphones are gone.",))), WIDE, 8)
    assert role_of(lines[7], "headphones are gone") is Role.ERROR


@pytest.mark.parametrize("width", [SHORT, WIDE])
def test_without_a_microphone_the_cure_is_told(width: int) -> None:
    assert "no microphone: start with --microphone" in " ".join(words(sound_lines(silent(), width, 3)).split())
    assert words(sound_lines(silent(), width, 1)).endswith("no microphone")


def test_while_the_session_starts_nobody_says_that_there_is_no_sound() -> None:
    view = silent(phase=Phase.STARTING, readings=None)
    assert "no microphone" not in words(sound_lines(view, WIDE, 4))


@pytest.mark.parametrize("height", [1, 2, 3, 8])
def test_old_readings_are_grey_and_say_their_age(height: int) -> None:
    old = heard(age_s=3.2)
    sync = sync_lines(old, WIDE, height)
    assert "read 3 s ago" in words(sync)
    assert roles(sync[1:] or sync) == {Role.MUTED}
    sound = sound_lines(old, WIDE, height)
    assert height == 1 or "read 3 s ago" in words(sound)
    assert roles(sound[1:] or sound) == {Role.MUTED}


@pytest.mark.parametrize(
    ("offset_ms", "word", "role"),
    [
        (0.0, "IN SYNC", Role.GOOD),
        (-9.4, "IN SYNC", Role.GOOD),
        (-12.0, "AUDIO 12 ms LATE", Role.GOOD),
        (38.0, "AUDIO 38 ms EARLY", Role.GOOD),
        (-60.0, "AUDIO 60 ms LATE", Role.GOOD),
        (41.0, "AUDIO 41 ms EARLY", Role.WARNING),
        (-185.0, "AUDIO 185 ms LATE", Role.WARNING),
        (91.0, "AUDIO 91 ms EARLY", Role.ERROR),
        (-186.0, "AUDIO 186 ms LATE", Role.ERROR),
    ],
)
def test_the_offset_is_told_in_words_and_coloured(offset_ms: float, word: str, role: Role) -> None:
    assert sync_role(offset_ms) is role
    for height in (1, 2, 3):
        lines = sync_lines(heard(offset_ms=offset_ms), WIDE, height)
        assert role_of(lines[0], word) is role


def test_the_knob_goes_to_the_left_when_the_sound_is_late_and_never_off_the_bar() -> None:
    places = [words([sync_bar(offset_ms, 38)]).index("●") for offset_ms in (-9e9, -100.0, 0.0, 30.0, 9e9)]
    assert places[0] == 0 and places[-1] == 37
    assert places == sorted(set(places))


def test_the_bar_has_the_zones_of_the_recommendation() -> None:
    bar = sync_bar(0.0, 380)
    ends = [round(sum(len(text) for text, _ in bar[:n])) - 240 for n in range(len(bar) + 1)]
    assert {-185, -60, 40, 90} <= set(ends)
    assert [role for _, role in bar if role is not Role.STRONG] == [
        Role.ERROR,
        Role.WARNING,
        Role.GOOD,
        Role.GOOD,
        Role.WARNING,
        Role.ERROR,
    ]


def test_delay_target_and_trim_are_told() -> None:
    text = words(sync_lines(heard(sync=SyncReadings(0.0, delay_ms=62.0, target_ms=65.0, trim_ms=-20.0)), WIDE, 3))
    assert "62 of 65 ms" in text and "trim -20 ms" in text


@pytest.mark.parametrize("height", [1, 2, 3])
def test_no_sound_is_told_as_such(height: int) -> None:
    lines = sync_lines(silent(), SHORT, height)
    assert "no sound" in words(lines)
    assert Role.GOOD not in roles(lines)


def test_what_is_told_is_the_offset_of_a_second_and_not_of_one_picture() -> None:
    session = FakeSession()
    watch = Watch(make_desk(session), Surroundings(FakeShelf(), clock=session.clock))
    told = []
    for offset_ms in (0.0, 0.0, -90.0, 0.0, 0.0, None, 50.0):
        session.sync = replace(session.sync, offset_ms=offset_ms)
        told.append(watch.look().offset_ms)
    assert told == [0.0, 0.0, 0.0, 0.0, 0.0, None, 50.0]


def test_voice_settings_show_their_values_and_keys() -> None:
    text = words(voice_lines(heard(), 34, 5))
    for part in ("pitch         +0.0", "formants      1.00", "l L  latency      40 ms", "( )  trim         +0 ms"):
        assert part in text
    (line,) = voice_lines(heard(), SHORT, 1)
    assert words([line]) == ",. +0.0 <> 1.00 l 40 ms () +0"
    assert Role.KEY not in roles(voice_lines(silent(), 34, 5)[1:])


@pytest.mark.parametrize(
    ("muted", "speaking", "told"),
    [(False, True, ""), (True, False, " MUTED "), (True, True, " YOU ARE MUTED BUT SPEAKING ")],
)
@pytest.mark.parametrize("width", [70, 80, 160])
def test_the_strip_says_that_nobody_hears_the_actor(muted: bool, speaking: bool, told: str, width: int) -> None:
    line = first_line(heard(replace(typical_audio(), muted=muted, speaking=speaking)), width)
    assert told in words([line])
    assert ("MUTED" in words([line])) is bool(told)
    if speaking and muted:
        assert role_of(line, told) is Role.CARD
