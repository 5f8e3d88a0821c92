"""A picture of what goes out: at full size, with its label, the whole of it or nothing."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.errors import DeviceError
from pipeline.media import Pixels
from pipeline.video.devices.settings import SourceSettings
from tests.pipeline.live.ticking import SIZE, Stage, Ticking, until
from tests.rigging import SOON_S, WatchedSink


def read(path: Path) -> Pixels:
    """The picture in a file."""
    return np.asarray(cv2.imread(str(path)), np.uint8)


def names(folder: Path) -> list[str]:
    """What is in a folder."""
    return sorted(path.name for path in folder.iterdir())


def test_it_is_what_the_call_sees_at_full_size(stage: Stage, tmp_path: Path) -> None:
    call = WatchedSink(steady=True)
    session = stage.session(Ticking(100), call)
    until(session, lambda: any(not sent.by_policy for sent in call.pictures))
    session.snapshot(tmp_path / "now.png")
    picture = read(tmp_path / "now.png")
    assert picture.shape == (SIZE[1], SIZE[0], 3)
    sent = [np.asarray(cv2.cvtColor(one.planes, cv2.COLOR_YUV2BGR_I420)) for one in call.pictures if not one.by_policy]
    assert any(np.array_equal(picture, one) for one in sent)
    # The label is drawn on it.
    assert np.ptp(picture) > 60
    assert names(tmp_path) == ["now.png"]


@pytest.mark.parametrize("panicked", [True, False])
def test_under_the_card_it_is_the_card_and_the_raw_picture_is_nowhere_in_it(
    stage: Stage, tmp_path: Path, panicked: bool
) -> None:
    call = WatchedSink(steady=True)
    session = stage.session(Ticking(250), call, on_air=panicked)
    until(session, lambda: len(call.pictures) > 3)
    if panicked:
        session.panic()
    session.snapshot(tmp_path / "now.png")
    card = session._running.lane.card
    assert np.abs(read(tmp_path / "now.png").astype(int) - card).mean() < 4


def test_without_any_sink_it_is_what_would_go_out(stage: Stage, tmp_path: Path) -> None:
    session = stage.session(Ticking(100))
    session.snapshot(tmp_path / "now.png")
    session.snapshot(tmp_path / "now.PNG")
    assert read(tmp_path / "now.PNG").shape == (SIZE[1], SIZE[0], 3)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nowhere/now.png", "can't be written: no such file or directory; choose another place"),
        ("now.jpg", r"got the ending '\.jpg', wanted \.png"),
        ("now", r"got a name without an ending, wanted \.png"),
        ("folder.png", "can't be written"),
    ],
)
def test_what_can_not_be_written_is_said_and_leaves_nothing_behind(
    stage: Stage, tmp_path: Path, name: str, said: str
) -> None:
    (tmp_path / "folder.png").mkdir()
    session = stage.session(Ticking(100))
    with pytest.raises(DeviceError, match=said):
        session.snapshot(tmp_path / name)
    assert names(tmp_path) == ["folder.png"]


def test_a_disk_that_fills_up_leaves_the_picture_of_before(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, data: bytes) -> int:
        with path.open("wb") as file:
            file.write(data[:100])
        raise OSError(28, "No space left on device")

    (tmp_path / "now.png").write_text("before")
    session = stage.session(Ticking(100))
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(DeviceError, match="no space left on device; choose another place"):
        session.snapshot(tmp_path / "now.png")
    assert (tmp_path / "now.png").read_text() == "before"
    assert names(tmp_path) == ["now.png"]


def test_the_picture_that_the_session_is_fed_from_is_not_overwritten(stage: Stage, tmp_path: Path) -> None:
    source = tmp_path / "source.png"
    cv2.imwrite(str(source), np.full((SIZE[1], SIZE[0], 3), 90, np.uint8))
    before = source.read_bytes()
    session = stage.session(SourceSettings(str(source)))
    with pytest.raises(DeviceError, match="would overwrite its own source"):
        session.snapshot(source)
    assert source.read_bytes() == before


def test_where_nothing_goes_out_that_is_said(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.live.steering.PICTURE_TIMEOUT_S", 0.05)
    session = stage.session(Ticking(100))
    session.stop(SOON_S)
    with pytest.raises(DeviceError, match=r"was not written: nothing went out for 0\.05 s"):
        session.snapshot(tmp_path / "now.png")
    assert names(tmp_path) == []
