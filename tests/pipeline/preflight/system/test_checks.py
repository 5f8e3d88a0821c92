"""All checks of the system together: on a computer that has nothing, they say so."""

import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from pipeline.inference.store import ModelStore
from pipeline.preflight.finding import Area, Finding, Verdict
from pipeline.preflight.system import checks, holdings, outlets
from pipeline.preflight.system.checks import SystemPlan, system_findings
from profiles.profile import Kind, Profile
from tests.footage import persona

IDS = (
    "system.consent", "system.disclosure", "system.models", "system.disk", "system.memory", "system.virtual_camera",
    "system.virtual_microphone", "system.provider", "system.picture_time", "system.sound_time", "system.av",
)  # fmt: skip
Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def barren(monkeypatch: pytest.MonkeyPatch) -> None:
    """No camera, no sound server, no sound device."""
    monkeypatch.setattr(outlets, "list_virtual_cameras", tuple)
    monkeypatch.setattr(outlets, "list_sound_devices", tuple)
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setenv("PULSE_SERVER", "unix:/nonexistent")


def found(plan: SystemPlan) -> dict[str, Finding]:
    """Every finding by its id, after what holds for all of them."""
    findings = list(system_findings(plan))
    assert [finding.id for finding in findings] == list(IDS)
    for finding in findings:
        assert finding.area is Area.SYSTEM
        assert finding.measured
        assert finding.remedy or finding.verdict in (Verdict.PASS, Verdict.SKIP), finding
        assert not finding.remedy or finding.verdict is not Verdict.PASS, finding
    return {finding.id.removeprefix("system."): finding for finding in findings}


@pytest.mark.parametrize("devices", ["none", "auto", "/dev/video99"])
def test_a_computer_that_has_nothing_is_told_so(
    barren: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, devices: str
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**9, 10**9, 0))
    plan = SystemPlan(persona(), ModelStore(tmp_path / "empty"), folder=tmp_path, virtual_camera=devices)
    told = found(plan)
    assert told["models"].verdict is told["disk"].verdict is Verdict.FAIL
    for check in ("provider", "picture_time", "sound_time", "av"):
        assert told[check].verdict is Verdict.SKIP
        assert "face-detection is missing" in told[check].measured
    assert told["virtual_camera"].verdict is (Verdict.FAIL if devices.startswith("/") else Verdict.SKIP)


@pytest.mark.parametrize(("wanted", "verdict"), [("none", "SKIP"), ("auto", "SKIP"), ("headset", "FAIL")])
def test_without_a_sound_server_there_is_no_virtual_microphone(
    barren: None, tmp_path: Path, wanted: str, verdict: str
) -> None:
    plan = SystemPlan(persona(), ModelStore(tmp_path), virtual_microphone=wanted)
    finding = outlets.microphone_finding(plan)
    assert finding.verdict == verdict
    assert finding.remedy


def test_what_a_driver_does_not_answer_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise PermissionError(13, "Permission denied", "/dev/video0")

    monkeypatch.setattr(outlets, "list_virtual_cameras", refuse)
    finding = outlets.camera_finding(SystemPlan(persona(), ModelStore(tmp_path), virtual_camera="auto"))
    assert finding.verdict is Verdict.SKIP
    assert "Permission denied" in finding.measured


def test_a_person_without_clearance_fails_and_nothing_of_them_runs(barren: None, tmp_path: Path) -> None:
    told = found(SystemPlan(person(), ModelStore(tmp_path), folder=tmp_path))
    assert told["consent"].verdict is Verdict.FAIL
    assert "has no verified consent record" in told["consent"].measured
    assert told["av"].verdict is told["picture_time"].verdict is Verdict.SKIP


def test_findings_come_one_by_one(barren: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever shows a list has its first lines before the slow checks begin."""

    def unasked(plan: SystemPlan) -> Finding:
        raise AssertionError("nobody has asked for it yet")

    monkeypatch.setattr(checks, "av_finding", unasked)
    monkeypatch.setattr(holdings, "psutil", None)
    findings = system_findings(SystemPlan(persona(), ModelStore(tmp_path), folder=tmp_path))
    assert next(findings).id == "system.consent"
    findings.close()  # type: ignore[attr-defined]


def person() -> Profile:
    """A real person's profile, whom nobody has cleared."""
    return persona().model_copy(update={"kind": Kind.PERSON})
