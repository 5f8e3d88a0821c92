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


FINE = Finding("camera.fps", "frame rate", Verdict.PASS, "30 fps")
BAD = Finding("camera.size", "size", Verdict.FAIL, "320x240")
DOUBTFUL = Finding("actor.skin", "skin tone", Verdict.WARN, "redder")
BESIDE, ELSEWHERE = (
    skipped("camera.flicker", "flicker", "too dark"),
    skipped("microphone.connection", "microphone", "none"),
)


@pytest.mark.parametrize(
    ("findings", "verdict"),
    [
        ((FINE, BESIDE), Verdict.PASS),
        ((FINE, BAD, DOUBTFUL, ELSEWHERE), Verdict.FAIL),
        ((FINE, DOUBTFUL, ELSEWHERE), Verdict.WARN),
        ((FINE, ELSEWHERE), Verdict.SKIP),
        ((BESIDE,), Verdict.SKIP),
        ((), Verdict.SKIP),
    ],
)
def test_the_worst_counts_and_an_area_that_nobody_looked_at_has_not_passed(
    findings: tuple[Finding, ...], verdict: Verdict
) -> None:
    assert worst(findings) is verdict


def test_a_finding_knows_its_area() -> None:
    assert FINE.area is Area.CAMERA
