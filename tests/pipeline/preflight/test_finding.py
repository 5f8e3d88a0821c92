"""Findings, their order, and the limits that they are judged by."""

import math

import pytest
from pydantic import ValidationError

from pipeline.preflight.finding import Area, Finding, Verdict, skipped, worst
from pipeline.preflight.limits import Limit

LIMIT = Limit(passes=(10.0, math.inf), borne=(5.0, math.inf), unit="dB", source="made up for this test")


@pytest.mark.parametrize(
    ("value", "verdict"),
    [(10.0, "PASS"), (1e9, "PASS"), (9.9, "WARN"), (5.0, "WARN"), (4.9, "FAIL"), (math.nan, "FAIL")],
)
def test_a_limit_judges(value: float, verdict: str) -> None:
    assert LIMIT.verdict(value) == verdict


def test_a_limit_without_a_second_range_never_fails_a_figure() -> None:
    assert Limit(passes=(0.0, 1.0), source="made up").verdict(7.0) is Verdict.WARN


def test_a_gauge_leaves_an_open_end_open() -> None:
    gauge = LIMIT.gauge(7.0)
    assert (gauge.value, gauge.least, gauge.most, gauge.unit) == (7.0, 10.0, None, "dB")


def test_a_limit_tells_where_it_comes_from() -> None:
    with pytest.raises(ValidationError):
        Limit.model_validate({"passes": (0.0, 1.0)})


def test_the_worst_verdict_counts_and_what_was_skipped_does_not() -> None:
    fine = Finding("camera.fps", "frame rate", Verdict.PASS, "30 fps")
    bad = Finding("camera.size", "size", Verdict.FAIL, "320x240")
    nothing = skipped("system.disk", "disk", "no folder was named")
    assert worst([fine, nothing]) is Verdict.PASS
    assert worst([fine, bad, nothing]) is Verdict.FAIL
    assert worst([nothing]) is Verdict.SKIP
    assert fine.area is Area.CAMERA
