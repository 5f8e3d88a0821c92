"""A result is kept and read again, and tells a program how it went."""

import json
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipeline.errors import MediaError
from pipeline.preflight.finding import Area, Finding, Gauge, Verdict, skipped
from pipeline.preflight.result import Result, now_text, read_result, write_result

PASSED = Finding("camera.fps", "frame rate", Verdict.PASS, "30 fps", gauge=Gauge(30.0, 24.0))
WARNED = Finding("camera.noise", "picture noise", Verdict.WARN, "6 of 255", remedy="Switch a lamp on.")
FAILED = Finding("microphone.level", "loudness", Verdict.FAIL, "silence", remedy="Unmute the microphone.")


def made(*findings: Finding) -> Result:
    return Result("mara", "Mara", now_text(), 21.0, "demo actor", "demo voice", findings, (1.0, 2.0), ())


@pytest.mark.parametrize(
    ("findings", "status"),
    [
        ((PASSED,), 0),
        ((PASSED, skipped("camera.drops", "lost frames", "one frame")), 0),
        ((PASSED, skipped("system.disk", "disk", "no folder")), 3),
        ((PASSED, WARNED), 3),
        ((FAILED, WARNED), 4),
        ((skipped("camera.connection", "camera", "none"),), 3),
    ],
)
def test_the_exit_status_is_that_of_the_worst_line(findings: tuple[Finding, ...], status: int) -> None:
    assert made(*findings).exit_status == status


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    written, file = made(PASSED, WARNED, FAILED), tmp_path / "new" / "mara.json"
    write_result(written, file)
    assert read_result(file) == written
    assert [path.name for path in file.parent.iterdir()] == ["mara.json"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"profile": 3}', '{"verdict": "PASS"}', "later", "untimed"])
def test_what_is_no_result_is_none(tmp_path: Path, text: str) -> None:
    file = tmp_path / "mara.json"
    changes = {"later": {"findings": [asdict(PASSED) | {"id": "lens.dust"}]}, "untimed": {"taken_at": "yesterday"}}
    file.write_text(json.dumps(made(PASSED).as_dict() | changes[text]) if text in changes else text)
    assert read_result(file) is None
    assert read_result(tmp_path / "other.json") is None


def test_where_it_can_not_be_written_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MediaError, match="can't be written"):
        write_result(made(PASSED), tmp_path / "file" / "mara.json")


def test_it_knows_its_age() -> None:
    result = made(PASSED)
    assert result.age_s(datetime.fromisoformat(result.taken_at) + timedelta(minutes=12)) == 720.0


def test_of_what_is_looked_at_again_nothing_from_before_counts() -> None:
    before = made(PASSED, WARNED, FAILED)
    gone = skipped("camera.connection", "camera", "it is unplugged")
    again = replace(made(gone), camera="another camera", microphone="another microphone")
    both = before.with_again(again, {Area.CAMERA})
    assert both.findings == (FAILED, gone)
    assert (both.camera, both.microphone, both.taken_at) == ("another camera", "demo voice", before.taken_at)
