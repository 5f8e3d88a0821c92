"""Somebody else before another camera: nothing of the first one is left, and he wears the likeness at once."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.assembly import Assembly
from pipeline.media import Pixels
from pipeline.session import Session
from pipeline.telemetry import Shown
from pipeline.video.changing_source import letterboxed
from pipeline.video.devices.settings import SourceSettings
from tests.footage import BIRD, DEMO, chosen, clip, clips, inside_oval, make_frame, persona, tracked
from tests.pipeline.live.ticking import Stage, until
from tests.rigging import WatchedSink

PREVIEW = (256, 144)


def picture_of(name: str, folder: Path) -> str:
    """A picture file with the person of a clip."""
    path = folder / f"{Path(name).stem}.png"
    cv2.imwrite(str(path), clip(name)[10].pixels)
    return str(path)


def shown(session: Session, kind: Shown) -> Pixels:
    """A picture for the operator, as soon as there is one."""
    until(session, lambda: session.picture(*PREVIEW, kind) is not None)
    preview = session.picture(*PREVIEW, kind)
    assert preview is not None
    return preview.pixels


@pytest.mark.parametrize("name", clips(BIRD))
def test_whoever_sits_before_the_other_camera_is_somebody_new_and_wears_the_face(
    stage: Stage, tmp_path: Path, name: str
) -> None:
    call = WatchedSink(steady=True)
    session = stage.session(
        SourceSettings(picture_of(DEMO, tmp_path), fps=15.0), call, profile=persona(), assemble=Assembly
    )
    until(session, lambda: bool(session.readings().video.faces))
    (first,) = session.readings().video.faces
    session.watch(picture_of(name, tmp_path))
    until(
        session,
        lambda: any(face.part and face.track_id != first.track_id for face in session.readings().video.faces),
    )
    assert first.track_id not in {face.track_id for face in session.readings().video.faces}
    still = letterboxed(clip(name)[10].pixels, session.readings().video.size)
    # A small face is found at the second look or the third.
    *_, seen = tracked([make_frame(still, number * 66_000_000) for number in range(12)])
    before = len(call.pictures)
    until(session, lambda: len(call.pictures) > before + 5 and not call.pictures[-1].by_policy)
    sent = cv2.cvtColor(call.pictures[-1].planes, cv2.COLOR_YUV2BGR_I420)
    face = inside_oval(chosen(seen), seen.size, 0.6)
    assert np.abs(sent.astype(int) - seen.pixels)[face].mean() > 4.0
    assert np.abs(shown(session, Shown.FACES).astype(int) - shown(session, Shown.SOURCE)).max() > 60
