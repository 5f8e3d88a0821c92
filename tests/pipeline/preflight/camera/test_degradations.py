"""Spoilt pictures are noticed by the right check: a small sample of `tests/benchmarks/camera_table.py`."""

import numpy as np
import pytest

from pipeline.preflight.camera.checks import camera_findings
from pipeline.preflight.finding import Verdict
from tests.footage import BIRD, DEMO, SORRY, clips, needs_media
from tests.pipeline.preflight.camera.degradations import ASKED, FURTHER, harmless
from tests.pipeline.preflight.camera.scenes import learned, named, part_of, watched, window


@pytest.mark.parametrize("name", clips(DEMO, SORRY))
@pytest.mark.parametrize("kind", [*ASKED, *FURTHER])
def test_what_spoils_pictures_is_noticed_by_the_right_check(kind: str, name: str) -> None:
    spoil, check = (ASKED | FURTHER)[kind]
    random = np.random.default_rng(1)
    take = spoil(window(name, random), random)
    found = named(camera_findings(watched(take.pictures, take.times_ns), learned(name)))[check]
    assert found.verdict in (Verdict.WARN, Verdict.FAIL), (take.amount, found.measured)
    assert found.remedy.endswith(".")


@pytest.mark.parametrize("name", clips(DEMO, SORRY))
@pytest.mark.parametrize("seed", range(3))
def test_what_matters_to_nobody_is_not_flagged(name: str, seed: int) -> None:
    random = np.random.default_rng(seed)
    take = harmless(window(name, random), random)
    findings = camera_findings(watched(take.pictures, take.times_ns), learned(name))
    assert {f.id: f.measured for f in findings if f.verdict in (Verdict.WARN, Verdict.FAIL)} == {}


@needs_media
@pytest.mark.parametrize(("first", "count", "verdict"), [(0, 12, "PASS"), (8, 20, "FAIL"), (47, 16, "PASS")])
def test_a_real_hand_before_a_face_is_noticed_while_it_is_there(first: int, count: int, verdict: str) -> None:
    frames = part_of(BIRD, first, count)
    seen = watched((frame.pixels for frame in frames), [frame.captured_ns for frame in frames])
    assert named(camera_findings(seen, learned(SORRY)))["occluded"].verdict == verdict
