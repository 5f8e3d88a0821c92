"""The camera's lines of the checklist."""

from dataclasses import replace

import pytest

from pipeline.preflight.camera.checks import camera_findings
from pipeline.preflight.evidence import Seen
from pipeline.preflight.finding import Area, Verdict
from profiles.reference.figures import PictureReference
from tests.footage import CLIPS, DEMO, SORRY, clips
from tests.pipeline.preflight.camera.scenes import clean, learned, named

TIMING = ["size", "fps", "drops", "flicker"]
PICTURE = ["sharpness", "noise", "exposure", "light", "white_balance"]
PLACE = ["face_size", "pose", "centre", "orientation", "people", "occluded"]
ALONE = [DEMO, *(name for name in CLIPS if name != "gestures-bird.mkv")]


@pytest.mark.parametrize("name", clips(*ALONE))
def test_a_clip_passes_against_itself(name: str) -> None:
    findings = camera_findings(clean(name), learned(name))
    assert [finding.id for finding in findings if finding.verdict is not Verdict.PASS] == []
    assert [finding.remedy for finding in findings if finding.remedy] == []


def test_every_check_is_there_once_with_something_to_say() -> None:
    for seen in (clean(DEMO), Seen(())):
        findings = camera_findings(seen, PictureReference())
        assert [finding.id.partition(".")[2] for finding in findings] == TIMING + PICTURE + PLACE
        assert all(finding.area is Area.CAMERA and finding.title and finding.measured for finding in findings)


def test_nothing_seen_is_skipped_and_not_passed() -> None:
    assert {finding.verdict for finding in camera_findings(Seen(()), learned(DEMO))} == {Verdict.SKIP}


@pytest.mark.parametrize("name", clips(DEMO, SORRY))
def test_an_empty_room_is_told(name: str) -> None:
    seen = Seen(tuple(replace(frame, faces=()) for frame in clean(name).frames))
    found = named(camera_findings(seen, learned(name)))
    assert found["people"].verdict is Verdict.FAIL
    assert found["people"].remedy
    assert {found[check].verdict for check in ("exposure", "face_size", "pose", "occluded")} == {Verdict.SKIP}
