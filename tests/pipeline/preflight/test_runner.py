"""A preflight from its first second to its result: recordings in, findings out, nothing raised for what is missing."""

import threading
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import pytest

from pipeline.audio.devices.opening import SPEECH
from pipeline.clock import MonotonicClock
from pipeline.errors import LaneError, UnderstudyError
from pipeline.preflight import judging
from pipeline.preflight.evidence import Heard, Seen
from pipeline.preflight.feeds.devices import Devices, Wanted
from pipeline.preflight.feeds.session import OnLoan
from pipeline.preflight.feeds.sound_files import read_sound
from pipeline.preflight.finding import Area, Finding, Verdict
from pipeline.preflight.gatherer import Gatherer
from pipeline.preflight.runner import Preflight, Progress, in_order
from pipeline.preflight.script import Phase, cue_at, script_for, sweep_share
from pipeline.preflight.settings import PreflightSettings
from pipeline.video.devices.demo_actor import RECORDING
from pipeline.video.devices.settings import SourceSettings
from profiles.store import ProfileStore
from tests.console.fake_session import FakeSession
from tests.fakes import FakeClock
from tests.footage import models
from tests.rigging import SOON_S

MARA = ProfileStore().load("mara")


def settings(wanted: Wanted, *areas: Area, seconds: float = 5.0) -> PreflightSettings:
    """A preflight of a shipped persona."""
    return PreflightSettings(MARA, wanted, seconds, areas=frozenset(areas or Area))


def devices(asked: PreflightSettings) -> Devices:
    """What it opens."""
    return Devices(asked.wanted, asked.profile, models(), MonotonicClock())


class Taken:
    """A feed that has nothing, as if all devices were gone."""

    def __init__(self) -> None:
        self.camera = self.microphone = ""
        self.missing = {"camera": "the camera is gone", "microphone": "the microphone is gone"}
        self.gatherer, self.over = Gatherer(1.0), True

    def heard(self) -> Heard | None:
        return None

    def seen(self) -> Seen | None:
        return None

    def __enter__(self) -> "Taken":
        return self

    def __exit__(self, *_: object) -> None:
        return


class Speaking(Taken):
    """A feed whose actor has spoken, and whose camera shows nobody."""

    def __init__(self) -> None:
        super().__init__()
        self.missing, self.over = {}, False
        self.gatherer = Gatherer(60.0)

    def heard(self) -> Heard | None:
        return read_sound(SPEECH, 6.0)


class Breaking(Taken):
    """A feed that breaks when it is left."""

    def __exit__(self, *_: object) -> None:
        raise LaneError("The camera did not stop.")


def test_the_microphones_lines_are_there_as_soon_as_the_actor_has_spoken() -> None:
    told = list[Progress]()
    asked = settings(Wanted(), Area.MICROPHONE, Area.ACTOR, seconds=15.0)
    Preflight(asked, models(), FakeClock(), told.append).run(Speaking())
    sweeping = [progress for progress in told if progress.cue.phase is Phase.SWEEP]
    assert sweeping
    assert any(finding.id == "microphone.bandwidth" for finding in sweeping[0].findings)
    phases = [phase for phase, _ in groupby(progress.cue.phase for progress in told)]
    assert phases == [Phase.QUIET, Phase.SPEAK, Phase.SWEEP, Phase.LOOK, Phase.DONE]


def test_a_feed_that_breaks_leaves_no_thread_behind() -> None:
    asked = settings(Wanted(), Area.CAMERA, Area.SYSTEM)
    with pytest.raises(LaneError):
        Preflight(asked, models(), MonotonicClock()).run(Breaking())
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("preflight")]


def test_a_check_that_breaks_costs_its_area_only(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> tuple[Finding, ...]:
        raise ValueError("no frame like this was thought of")

    monkeypatch.setattr(judging, "microphone_findings", breaks)
    asked = settings(Wanted(from_audio=SPEECH), Area.MICROPHONE, Area.CAMERA)
    result = Preflight(asked, models(), MonotonicClock()).run(devices(asked))
    assert [finding.id for finding in result.findings] == ["microphone.checks", "camera.connection"]
    assert "no frame like this" in result.findings[0].measured
    assert result.verdict is Verdict.WARN


def test_a_device_that_is_lost_on_the_way_fails() -> None:
    feed = Speaking()
    feed.missing, feed.over = {"microphone": "The microphone is gone."}, True
    asked = settings(Wanted(), Area.MICROPHONE)
    result = Preflight(asked, models(), MonotonicClock()).run(feed)
    (lost,) = [finding for finding in result.findings if finding.id == "microphone.connection"]
    assert lost.verdict is Verdict.FAIL
    assert result.exit_status == 4


def test_a_reference_that_can_not_be_read_is_told_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "reference.json").write_text("{")
    profile = MARA.model_copy(update={"folder": tmp_path})
    asked = replace(settings(Wanted(), Area.SYSTEM), profile=profile)
    stopped = threading.Event()
    stopped.set()
    result = Preflight(asked, models(), MonotonicClock(), stopped=stopped).run(Taken())
    (told,) = [finding for finding in result.findings if finding.id == "system.reference"]
    assert told.verdict is Verdict.WARN
    assert "learn-reference" in told.remedy


@pytest.mark.parametrize(
    ("areas", "phases"),
    [
        (frozenset(Area), [Phase.QUIET, Phase.SPEAK, Phase.SWEEP]),
        (frozenset({Area.MICROPHONE}), [Phase.QUIET, Phase.SPEAK]),
        (frozenset({Area.ACTOR}), [Phase.SWEEP]),
        (frozenset({Area.CAMERA, Area.SYSTEM}), [Phase.QUIET]),
        (frozenset({Area.SYSTEM}), []),
    ],
)
def test_nobody_is_told_to_do_what_nothing_needs(areas: frozenset[Area], phases: list[Phase]) -> None:
    script = script_for(areas)
    assert [phase for phase, _ in script] == phases
    assert [cue_at(share / 100, script).phase for share in range(0, 100, 99)] == (
        phases[:1] + phases[-1:] or [Phase.LOOK] * 2
    )
    assert sweep_share(script) == (0.0 if Area.ACTOR not in areas else pytest.approx(0.58 if len(phases) > 1 else 1.0))


def test_recordings_are_looked_at_and_listened_to_as_fast_as_they_can_be() -> None:
    wanted = Wanted(from_video=RECORDING, from_audio=SPEECH)
    asked = settings(wanted, Area.MICROPHONE, Area.CAMERA, Area.ACTOR, Area.BACKGROUND)
    told = list[Progress]()
    run = Preflight(asked, models(), MonotonicClock(), told.append)
    result = run.run(devices(asked))
    by_id = {finding.id: finding for finding in result.findings}
    assert by_id["microphone.bandwidth"].verdict is Verdict.PASS
    assert by_id["microphone.level"].verdict is Verdict.PASS
    assert by_id["camera.people"].verdict is Verdict.PASS
    assert by_id["actor.hair_length"].verdict is Verdict.PASS
    assert len(result.spectrum_db) == len(result.reference_db) == 22
    assert told[-1].cue.phase is Phase.DONE
    assert told[-1].findings == result.findings
    assert [len(progress.findings) for progress in told] == sorted(len(progress.findings) for progress in told)
    assert len(run.pictures.stills) == 2
    assert run.pictures.poses


def test_what_is_not_there_is_skipped_with_the_reason() -> None:
    asked = settings(Wanted(), Area.MICROPHONE, Area.CAMERA, Area.ACTOR, Area.BACKGROUND)
    result = Preflight(asked, models(), MonotonicClock()).run(Taken())
    assert {finding.verdict for finding in result.findings} == {Verdict.SKIP}
    assert any(finding.measured == "the microphone is gone" for finding in result.findings)
    assert result.exit_status == 3


def test_a_camera_and_a_microphone_that_can_not_be_had_are_told_and_not_raised(tmp_path: Path) -> None:
    camera = SourceSettings(camera=str(tmp_path / "none.mp4"))
    asked = settings(Wanted(camera, str(tmp_path / "none.wav")), Area.MICROPHONE, Area.CAMERA)
    result = Preflight(asked, models(), MonotonicClock()).run(devices(asked))
    assert [finding.verdict for finding in result.findings] == [Verdict.SKIP, Verdict.SKIP]
    assert all("none." in finding.measured for finding in result.findings)


def test_one_that_is_stopped_ends_at_once_and_judges_what_there_is() -> None:
    stopped = threading.Event()
    stopped.set()
    asked = settings(Wanted(SourceSettings(camera="demo"), "demo"), Area.MICROPHONE, seconds=60.0)
    result = Preflight(asked, models(), MonotonicClock(), stopped=stopped).run(devices(asked))
    assert result.seconds < SOON_S
    assert all(finding.area is Area.MICROPHONE for finding in result.findings)


@pytest.mark.parametrize("seconds", [4.9, 60.5])
def test_a_time_out_of_range_is_refused(seconds: float) -> None:
    with pytest.raises(UnderstudyError, match="5 to 60 s"):
        settings(Wanted(), seconds=seconds)


def test_a_checks_newer_finding_takes_its_place() -> None:
    old = Finding("camera.fps", "frame rate", Verdict.FAIL, "9 fps")
    new = Finding("camera.fps", "frame rate", Verdict.PASS, "30 fps")
    first = Finding("microphone.level", "loudness", Verdict.PASS, "-20 LUFS")
    assert in_order([old, first, new]) == (first, new)


def test_a_session_lends_what_it_has_and_gets_it_back() -> None:
    session = FakeSession(audio=None)
    with OnLoan(session, "", session.clock) as feed:
        assert feed.missing == {"microphone": "the session has no sound"}
        assert session.witness is feed.gatherer
    assert session.witness is None
