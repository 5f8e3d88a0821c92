"""Consent and the label."""

from datetime import date
from pathlib import Path

import pytest

from pipeline.preflight.finding import Verdict
from pipeline.preflight.system.clearance import consent_finding, contrast_on_white, disclosure_finding
from pipeline.preflight.system.plan import SystemPlan
from pipeline.video.output.label import Label
from profiles.profile import ConsentSettings, DisclosureSettings, Kind
from tests.footage import models, persona

DAY = date(2026, 12, 24)


def test_a_declared_persona_is_cleared_for_the_day() -> None:
    finding = consent_finding(SystemPlan(persona(), models(), planned=DAY))
    assert finding.verdict is Verdict.PASS
    assert finding.reference == "cleared on 2026-12-24"


def test_nobody_else_is(tmp_path: Path) -> None:
    person = persona().model_copy(update={"kind": Kind.PERSON})
    undeclared = persona().model_copy(update={"consent": ConsentSettings()})
    casting = persona().model_copy(update={"cast_profiles": (person,), "cast": (object(),)})
    for profile, words in (
        (person, "has no verified consent record"),
        (undeclared, "does not declare"),
        (casting, "can't cast mara"),
    ):
        finding = consent_finding(SystemPlan(profile, models(), planned=DAY))
        assert finding.verdict is Verdict.FAIL
        assert words in finding.measured
        assert finding.remedy


@pytest.mark.parametrize("corner", ["top-right", "top-left", "bottom-right", "bottom-left"])
@pytest.mark.parametrize("size", [(1280, 720), (640, 360), (1920, 1080)])
def test_the_label_is_on_and_told_where(corner: str, size: tuple[int, int]) -> None:
    profile = persona().model_copy(update={"disclosure": DisclosureSettings.model_validate({"corner": corner})})
    finding = disclosure_finding(SystemPlan(profile, models(), size))
    assert finding.verdict is Verdict.PASS
    assert finding.measured.startswith(f"on, {corner.replace('-', ' ')}, ")


def test_a_label_that_can_not_be_read_is_a_warning_or_worse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.video.output.label.PLATE_OPACITY", 0.5)
    assert disclosure_finding(SystemPlan(persona(), models())).verdict is Verdict.WARN
    monkeypatch.setattr("pipeline.video.output.label.PLATE_OPACITY", 0.1)
    assert disclosure_finding(SystemPlan(persona(), models())).verdict is Verdict.FAIL


def test_contrast_is_that_of_the_drawn_plate() -> None:
    """White on black is 21 : 1; the plate leaves 28 % of white's level, whose luminance is 0.063."""
    label = Label.build("Mara", DisclosureSettings(), (1280, 720))
    assert contrast_on_white(label) == pytest.approx(1.05 / (0.063 + 0.05), abs=0.3)
