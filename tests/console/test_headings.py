"""Headings on small screens: the name and every figure stay readable, whatever the figures are."""

from dataclasses import replace

import pytest

from console.view import Losses
from console.widgets.frame_flow import loss_summary
from console.widgets.frame_time import time_heading
from console.widgets.panel import line_width
from console.widgets.stage_times import stage_lines
from pipeline.telemetry import Percentiles
from tests.console.fake_session import FakeSession, typical_video
from tests.console.test_panels import make_view, words


@pytest.mark.parametrize("p95_ms", [4.2, 99.96, 209.7, 1234.5])
@pytest.mark.parametrize("width", [30, 40, 52])
def test_the_heading_of_the_frame_time_keeps_its_name_and_its_figures_apart(width: int, p95_ms: float) -> None:
    line = time_heading(Percentiles(p50_ms=p95_ms / 2, p95_ms=p95_ms), 1000.0 / 30.0, width)
    assert line_width(line) == width
    words_of = words([line]).split()
    assert words_of[:2] == ["FRAME", "TIME"]
    assert float(words_of[words_of.index("p95") + 1]) == pytest.approx(p95_ms, abs=0.5)
    assert words_of[-1] == "ms"


@pytest.mark.parametrize("lost", [0, 57, 480, 3600])
def test_the_line_of_losses_keeps_its_name_and_every_count(lost: int) -> None:
    recent = Losses(capture=lost, processing=lost, output=lost, frames=3600)
    (line,) = loss_summary(make_view(recent=recent), 30)
    assert line_width(line) == 30
    name, *rest = words([line]).replace("60 s", "").split()
    assert name == "LOST"
    assert rest[1::2] == [str(lost)] * 3
    assert [word[0] for word in rest[::2]] == ["c", "p", "o"]


def test_the_slowest_stage_is_named_only_where_its_name_has_room() -> None:
    video = replace(typical_video(), stages={"bystanders": Percentiles(5.0, 6.0, 7.0)})
    view = make_view(FakeSession(video=video))
    for width in (30, 40, 52):
        title = words(stage_lines(view, width)[:1])
        assert title.startswith("STAGES ") and title.endswith(" p50 ms    p95")
        assert ("bystanders" in title) == (width >= 42)
