"""A preflight from its first second to its result: recordings in, findings out, nothing raised for what is missing."""

import threading
from pathlib import Path

import pytest

from pipeline.audio.devices.opening import SPEECH
from pipeline.clock import MonotonicClock
from pipeline.errors import UnderstudyError
from pipeline.preflight.evidence import Heard, Seen
from pipeline.preflight.feeds.devices import Devices, Wanted
from pipeline.preflight.feeds.session import OnLoan
from pipeline.preflight.finding import Area, Finding, Verdict
from pipeline.preflight.gatherer import Gatherer
from pipeline.preflight.runner import Preflight, Progress, in_order
from pipeline.preflight.script import Phase
from pipeline.preflight.settings import PreflightSettings
from pipeline.video.devices.demo_actor import RECORDING
from pipeline.video.devices.settings import SourceSettings
from profiles.store import ProfileStore
from tests.console.fake_session import FakeSession
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
