"""Panic while a call runs in real time: the next picture is the card, whatever waits and whatever else goes on."""

import threading
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.errors import DeviceError
from pipeline.live import cameras
from pipeline.media import Picture
from pipeline.session import Session
from pipeline.stage import VideoSource
from pipeline.telemetry import Shown
from profiles.profile import SyncSettings
from tests.chains import make_profile
from tests.pipeline.live.ticking import Stage, Ticking, until
from tests.rigging import SOON_S, WatchedSink

DELAYED = make_profile().model_copy(update={"sync": SyncSettings(delay_ms=300)})


def is_card(session: Session, picture: Picture) -> bool:
    """Whether a picture is the running profile's card."""
    return np.array_equal(picture.planes, cv2.cvtColor(session._running.lane.card, cv2.COLOR_BGR2YUV_I420))


def on_air(stage: Stage, call: WatchedSink) -> Session:
    """A session whose pictures are held for a while, and seen."""
    session = stage.session(Ticking(200), call, profile=DELAYED)
    until(session, lambda: any(not picture.by_policy for picture in call.pictures))
    return session


def assert_covered_at_once(session: Session, call: WatchedSink) -> None:
    """Panics, and holds what the call saw since then against the card."""
    before = len(call.pictures)
    session.panic()
    # The one that was on its way to the sink when the key was pressed.
    until(session, lambda: len(call.pictures) > before + 8)
    assert all(is_card(session, picture) for picture in call.pictures[before + 1 :])


def test_the_next_picture_is_the_card_however_many_wait(stage: Stage) -> None:
    call = WatchedSink(steady=True)
    session = on_air(stage, call)
    until(session, lambda: session.readings().sync.delay_ms > 250)
    assert_covered_at_once(session, call)
    session.rearm()
    until(session, lambda: not is_card(session, call.pictures[-1]))


def test_it_waits_for_no_recording_picture_or_other_camera(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = WatchedSink(steady=True)
    session = on_air(stage, call)
    session.record(tmp_path / "film.mkv")
    opening, opened = threading.Event(), threading.Event()

    def slow(*_: object) -> VideoSource:
        opening.set()
        opened.wait(SOON_S)
        raise DeviceError("It did not open.")

    def change() -> None:
        with pytest.raises(DeviceError):
            session.watch("some camera")

    monkeypatch.setattr(cameras, "open_source", slow)
    changing = threading.Thread(target=change)
    changing.start()
    assert opening.wait(SOON_S)
    assert_covered_at_once(session, call)
    session.snapshot(tmp_path / "now.png")
    opened.set()
    changing.join(SOON_S)
    assert np.abs(cv2.imread(str(tmp_path / "now.png")).astype(int) - session._running.lane.card).mean() < 4


def test_the_operator_still_sees_what_goes_on_behind_the_card(stage: Stage) -> None:
    session = on_air(stage, WatchedSink(steady=True))
    session.panic()
    session.prepare(make_profile("ben"))
    for shown in (Shown.SOURCE, Shown.FACES, Shown.MASK, Shown.NEXT):
        until(session, lambda shown=shown: session.picture(32, 24, shown) is not None)  # type: ignore[misc]
    source, program = session.picture(32, 24, Shown.SOURCE), session.picture(32, 24, Shown.PROGRAM)
    assert source is not None and program is not None
    assert (source.pixels[12, 16] == 200).all()
    assert program.pixels.max() < 255 and program.pixels[12, 2].max() < 90
