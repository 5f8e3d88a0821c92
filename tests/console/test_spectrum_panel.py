"""The picture of the voice's colour, and the sentence under it."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.geometry import Size

from console.widgets.panel import Role, line_width
from console.widgets.sound.contrast import SURE_NS, Contrast, Difference
from console.widgets.sound.spectrum_panel import (
    LEAST_NS,
    Curve,
    SpectrumPanel,
    band_text,
    graph,
    sentence,
    sentences,
    spectrum_lines,
)
from pipeline.audio.metering.scope import SPEECH
from pipeline.audio.voice.statistics import AVERAGE_SPECTRUM_DB, BANDS_HZ
from tests.console.fake_session import typical_audio
from tests.console.views import heard, roles, silent, words

TARGET = tuple(level - 92.0 for level in AVERAGE_SPECTRUM_DB)
STEP_NS = 250_000_000


def changed(by_db: dict[float, float], all_by_db: float = 0.0) -> tuple[float, ...]:
    """The target's levels, some of them higher or lower."""
    return tuple(level + by_db.get(hz, 0.0) + all_by_db for hz, level in zip(BANDS_HZ, TARGET, strict=True))


def followed(levels_db: Sequence[float], seconds: float = 5.0, *, speaking: bool = True) -> Contrast:
    contrast = Contrast()
    for number in range(int(seconds * 1e9 / STEP_NS) + 1):
        contrast.add(levels_db, TARGET, number * STEP_NS, speaking=speaking)
    return contrast


def curve(levels_db: Sequence[float] = TARGET, largest: Difference | None = None, name: str = "mic") -> Curve:
    return Curve(name, tuple(levels_db), TARGET, largest)


@pytest.mark.parametrize(
    ("largest", "told"),
    [
        (Difference(-8.2, 4_000.0), "8 dB less than the reference at 4 kHz"),
        (Difference(5.6, 250.0), "6 dB more than the reference at 250 Hz"),
        (Difference(-12.0, 1_250.0), "12 dB less than the reference at 1.25 kHz"),
        (Difference(2.9, 1_000.0), "within 3 dB of the reference"),
        (None, "speak, and the largest difference is told"),
    ],
)
def test_the_largest_difference_is_told_in_words(largest: Difference | None, told: str) -> None:
    assert words([sentence(curve(largest=largest), 60, named=True)]) == f"mic {told}"


@pytest.mark.parametrize("largest", [None, Difference(-18.0, 3_150.0), Difference(2.0, 250.0)])
def test_the_sentence_gets_shorter_where_there_is_less_room(largest: Difference | None) -> None:
    forms = sentences(curve(largest=largest))
    assert [len(form) for form in forms] == sorted((len(form) for form in forms), reverse=True)
    for form in forms:
        assert words([sentence(curve(largest=largest), len(form))]) == form


def test_every_third_octave_has_a_name() -> None:
    assert [band_text(hz) for hz in BANDS_HZ[-3:]] == ["8 kHz", "10 kHz", "12.5 kHz"]
    assert band_text(BANDS_HZ[0]) == "100 Hz"


@pytest.mark.parametrize(("hz", "decibels"), [(250.0, 9.0), (1_000.0, -7.0), (4_000.0, -11.0), (8_000.0, 6.0)])
def test_the_difference_is_found_wherever_the_level_is(hz: float, decibels: float) -> None:
    contrast = followed(changed({hz: decibels}, all_by_db=-13.0))
    assert contrast.largest is not None
    assert contrast.largest.band_hz == hz
    assert contrast.largest.decibels == pytest.approx(decibels, abs=0.8)
    assert contrast.level_db == pytest.approx(sum(TARGET[SPEECH]) / len(TARGET[SPEECH]) - 13.0, abs=0.8)


def test_what_lies_below_a_voice_or_above_a_microphone_is_not_judged() -> None:
    contrast = followed(changed({100.0: -40.0, 12_500.0: -40.0, 2_000.0: 4.0}))
    assert contrast.largest is not None and contrast.largest.band_hz == 2_000.0


def test_nothing_is_told_before_enough_was_said() -> None:
    assert followed(changed({1_000.0: 9.0}), SURE_NS / 1e9 - 0.25).largest is None
    assert followed(changed({1_000.0: 9.0}), SURE_NS / 1e9).largest is not None
    assert followed(changed({1_000.0: 9.0}), speaking=False).largest is None
    assert followed((-120.0,) * 22).largest is None
    assert followed(()).largest is None


def test_a_pause_and_one_vowel_change_little() -> None:
    contrast = followed(changed({4_000.0: -8.0}))
    contrast.add((-80.0,) * 22, TARGET, 60_000_000_000, speaking=False)
    contrast.add(changed({250.0: 12.0}), TARGET, 60_100_000_000, speaking=True)
    assert contrast.largest is not None and contrast.largest.band_hz == 4_000.0


def test_the_silence_between_words_has_no_colour() -> None:
    contrast, silence = Contrast(), tuple(-80.0 - 2.0 * number for number in range(22))
    for number in range(80):
        levels_db = changed({}) if number % 3 else tuple(max(level, -74.0) for level in silence)
        contrast.add(levels_db, TARGET, number * STEP_NS, speaking=True)
    assert contrast.largest is not None and contrast.largest.alike


def test_another_target_is_compared_anew() -> None:
    contrast = followed(changed({1_000.0: 9.0}))
    other = tuple(-2.0 * number for number in range(22))
    contrast.add(changed({}), other, 6_000_000_000, speaking=True)
    assert contrast.largest is None


def test_a_louder_reference_of_the_same_colour_is_the_same() -> None:
    contrast = followed(changed({1_000.0: 9.0}))
    contrast.add(changed({1_000.0: 9.0}), changed({}, 5.0), 5_250_000_000, speaking=True)
    assert contrast.largest is not None


def test_the_louder_the_higher() -> None:
    def height(by_db: float) -> int:
        return sum(
            " ▁▂▃▄▅▆▇█".index(glyph) for glyph in words(graph(curve(changed({}, by_db)), 22, 2)) if glyph != "\n"
        )

    heights = [height(by_db) for by_db in (-60.0, -12.0, -6.0, 0.0, 6.0, 60.0)]
    assert heights == sorted(set(heights))
    assert heights[0] == 0 and heights[-1] == 22 * 16


def test_where_there_is_room_the_reference_is_a_line_through_every_column() -> None:
    rows = graph(curve(changed({1_000.0: -15.0, 3_150.0: 12.0})), 44, 6)
    strong = sum(len(text) for row in rows for text, role in row if role is Role.STRONG)
    assert strong == 44
    assert Role.ACCENT in roles(rows)


def test_in_one_row_more_and_less_have_their_colours() -> None:
    assert roles(graph(curve(), 22, 1)) == {Role.BAR}
    assert roles(graph(curve(changed({}, 9.0)), 22, 1)) == {Role.ACCENT}
    assert roles(graph(curve(changed({}, -9.0)), 22, 1)) == {Role.BAR_FAINT}


@given(
    st.lists(st.floats(-200.0, 50.0), min_size=22, max_size=22),
    st.integers(22, 90),
    st.integers(1, 16),
    st.sampled_from([None, Difference(-18.0, 3_150.0), Difference(0.0, 250.0)]),
)
def test_any_room_is_filled_and_no_more(levels: list[float], width: int, height: int, largest: Difference) -> None:
    curves = [curve(levels, largest), curve(levels, largest, "out")]
    for shown in (curves, []):
        lines = spectrum_lines(shown, width, height)
        assert len(lines) == height
        assert max(map(line_width, lines)) <= width


def test_the_sentence_is_there_from_22_cells_by_two_rows_on() -> None:
    curves = [curve(largest=Difference(-8.0, 4_000.0)), curve(name="out")]
    for width in (22, 28, 40, 60):
        for height in range(2, 10):
            assert "8 dB less" in words(spectrum_lines(curves, width, height))
    assert "8 dB less" in words(spectrum_lines(curves, 42, 1))


def test_what_goes_out_is_shown_where_there_is_room() -> None:
    curves = [curve(), curve(name="out", largest=Difference(5.0, 500.0))]
    for width, height, shown in ((40, 6, False), (40, 10, True), (60, 4, True), (60, 1, False)):
        assert ("out 5 dB more" in words(spectrum_lines(curves, width, height))) is shown


class Drawn(SpectrumPanel):
    """A panel without a screen that remembers what it would show."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []

    size = Size(40, 8)  # type: ignore[assignment]  # nobody lays it out

    def show(self, lines: Sequence[object]) -> None:
        self.shown.append(words(list(lines)))  # type: ignore[arg-type]  # they are lines


def test_no_more_than_ten_pictures_a_second_are_drawn() -> None:
    panel, view = Drawn(), heard()
    assert view.readings is not None
    for number in range(41):
        readings = replace(view.readings, at_ns=view.readings.at_ns + number * LEAST_NS // 4)
        panel.present(replace(view, readings=readings))
    assert len(panel.shown) == 11
    # Old readings are shown as such, however often they come.
    panel.present(replace(view, readings=readings, age_s=3.0))
    assert len(panel.shown) == 12 and "read 3 s ago" in panel.shown[-1]


def test_without_spectra_it_says_so() -> None:
    for view in (silent(), heard(replace(typical_audio(), spectrum_in_db=()))):
        panel = Drawn()
        panel.present(view)
        assert "no sound" in panel.shown[-1]
