"""`understudy bench engines`: the networks' time and the rest apart, and every network with what it runs on."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from pipeline.bench.engine_report import EngineReport, EnginesReport, Share
from pipeline.bench.engines import EnginesSettings, bench_engines
from pipeline.errors import ConsentError, ModelError, StageError
from pipeline.inference.onnx.runtime import Preference
from profiles.engines.cast import CastEntry
from profiles.profile import Profile
from tests.footage import DEMO_SIZE, models, persona
from tests.models.trackers import yunet
from tests.neural_cast import Part, cast

GREY = np.full((DEMO_SIZE[1], DEMO_SIZE[0], 3), 128, np.uint8)


@pytest.fixture(autouse=True)
def few_calls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Enough to see that it works; nothing is left in the user's own cache."""
    monkeypatch.setattr("pipeline.bench.engines.LONGEST_S", 0.0)
    monkeypatch.setattr("pipeline.bench.engines.FRAMES_HELD", 4)
    own = SimpleNamespace(user_cache_path=lambda _: tmp_path / "cache")
    monkeypatch.setattr("pipeline.video.neural.identity.platformdirs", own)


def measured(profile: Profile) -> EnginesReport:
    """What comes out for a profile."""
    return bench_engines(EnginesSettings(profile, DEMO_SIZE), models())


@pytest.mark.parametrize("face", ["dfm", "embedding"])
def test_networks_and_the_rest_are_told_apart_with_what_they_run_on(tmp_path: Path, face: str) -> None:
    (profile,) = cast(tmp_path, (Part("tomas", face, rvc=True, masked=True),))
    report = measured(profile)
    worn = "face.dfm" if face == "dfm" else "inswapper.onnx"
    assert (report.face.engine, report.face.runs_on) == (face, dict.fromkeys(("xseg.onnx", worn), "ONNX CPU"))
    assert (report.voice.engine, set(report.voice.runs_on)) == ("rvc", {"voice.onnx", "encoder.onnx", "pitch.onnx"})
    for each in (report.face, report.voice):
        assert 0 < each.model.p50_ms <= each.model.p95_ms
        assert 0 < each.around.p50_ms <= each.around.p95_ms
        assert each.calls == 5
    assert f"{worn} on ONNX CPU" in "\n".join(report.lines())


def test_everything_that_a_profile_brings_for_its_pictures_is_measured_apart(tmp_path: Path) -> None:
    worn, other = cast(tmp_path, (Part("ines", "dfm", matte="modnet"), Part("tomas", "dfm")))
    yunet(worn.folder / "yunet.onnx")
    tracking = worn.tracking.model_copy(update={"detector": Path("yunet.onnx")})
    entries = (CastEntry(face="left", profile=other.name),)
    report = measured(worn.model_copy(update={"cast": entries, "cast_profiles": (other,), "tracking": tracking}))
    assert list(report.others) == ["finding faces", "matte", f"cast {other.name}"]
    assert [set(each.networks) for each in report.others.values()] == [{"yunet.onnx"}, {"matte.onnx"}, {"face.dfm"}]
    for each in (report.face, *report.others.values()):
        assert sum(share.p95_ms for share in each.networks.values()) >= each.model.p95_ms > 0
    assert "fits 33.3 ms: " in report.as_dict()["verdict"]


def test_the_verdict_names_what_is_too_slow() -> None:
    slow = EngineReport(
        "dfm", {}, Share(90, 100), Share(1, 2), 9, 1000 / 30, {"a.dfm": Share(9, 10), "b": Share(8, 90)}
    )
    voice = EngineReport("timbre", {}, Share(0, 0), Share(1, 2), 9, 10.0)
    report = EnginesReport("ada", (640, 360), slow, voice, {"matte": slow})
    assert report.verdict() == (
        "fits 33.3 ms: no, down to 4.9 fps; p95 one after the other 204.0 ms; the slowest is b, 90.0 ms"
    )
    assert "    a.dfm  p50 9.0, p95 10.0 ms" in report.lines()
    assert "    b      p50 8.0, p95 90.0 ms" in report.lines()
    assert report.voice_verdict() == "fits 10.0 ms: yes; p95 one after the other 2.0 ms"


def test_a_device_that_nothing_would_run_on_is_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object) -> None:
        raise ModelError("there is none")

    monkeypatch.setattr("pipeline.bench.engines._require", refuse)
    settings = EnginesSettings(persona(), DEMO_SIZE, device=Preference.CUDA)
    assert bench_engines(settings, models()).face.engine == "photo"


def test_the_built_in_engines_have_no_networks_of_a_profile() -> None:
    report = measured(persona())
    assert (report.face.engine, report.voice.engine) == ("photo", "timbre")
    assert (report.face.runs_on, report.voice.runs_on) == ({}, {})
    assert report.face.model.p95_ms == report.voice.model.p95_ms == 0
    assert "model" not in "\n".join(report.lines())


def test_pictures_without_a_face_and_a_profile_that_is_not_cleared_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pipeline.bench.engines.first_pictures", lambda settings, count: [GREY] * count)
    with pytest.raises(StageError, match="no face on the first 4 pictures of demo"):
        measured(persona())
    uncleared = persona().model_copy(update={"consent": persona().consent.model_copy(update={"declaration": ""})})
    with pytest.raises(ConsentError):
        measured(uncleared)
