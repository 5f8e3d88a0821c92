"""The line that tells the numbers of followed faces: what an entry of a cast calls them by."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from console.widgets.frame_flow import loss_lines, loss_summary
from console.widgets.panel import Role, line_width
from pipeline.media import FaceReading
from pipeline.telemetry import Percentiles
from profiles.engines.cast import CastEntry
from profiles.profile import Profile
from tests.console.fake_app import running, text_of
from tests.console.fake_session import ADA, FakeSession, typical_audio
from tests.console.test_panels import make_view, role_of, words

SIZES = (
    *((80, 16), (80, 20), (80, 24), (100, 30), (120, 32), (120, 35), (120, 40)),
    *((120, 42), (120, 45), (120, 50), (120, 55), (160, 35), (160, 45)),
)
WITH_CAST = ADA.model_copy(update={"cast": (CastEntry(face="left", profile="anselm"),)})
WITH_ACTOR = ADA.model_copy(update={"tracking": ADA.tracking.model_copy(update={"actor": (Path("me.png"),)})})
TRIO = (FaceReading(3, "actor"), FaceReading(7, "left", "anselm"), FaceReading(12))


@pytest.mark.parametrize(
    ("width", "told", "share"),
    [
        (52, "faces 3 #3 actor, #7 left→anselm, #12", "98 %"),
        (40, "faces 3 #3 actor, #7 left→anselm, #12", ""),
        (37, "faces 3 #3 actor, #7 left→anselm, #12", ""),
        (36, "faces 3 #3 actor, #7 left, #12", ""),
        (30, "faces 3 #3 actor, #7 left, #12", ""),
        (20, "faces 3 #3 actor, #…", ""),
    ],
)
def test_the_numbers_of_faces_and_what_they_wear_are_told_as_far_as_they_fit(width: int, told: str, share: str) -> None:
    readings = FakeSession().readings()
    video = replace(readings.video, faces=TRIO, frames_in=100, faces_found=98)
    view = make_view(readings=replace(readings, video=video))
    line = loss_lines(view, width)[-1]
    assert words([line]).split() == [*told.split(), *share.split()]
    assert line_width(line) == width
    assert loss_summary(view, width)[1:] == [line]


def test_a_single_face_takes_no_line_of_a_small_screen_and_none_at_all_is_a_warning() -> None:
    assert len(loss_summary(make_view(), 30)) == 1
    readings = FakeSession().readings()
    nobody = make_view(readings=replace(readings, video=replace(readings.video, faces=())))
    assert role_of(loss_lines(nobody, 40)[-1], "0") is Role.WARNING


@pytest.mark.parametrize("sound", [True, False])
@pytest.mark.parametrize(
    ("profile", "faces", "told"),
    [
        (ADA, TRIO, "faces 3 #3 actor, #7 left"),
        (WITH_CAST, TRIO[:1], "faces 1 #3 actor"),
        (WITH_ACTOR, (), "faces 0"),
    ],
)
async def test_whose_the_faces_are_is_seen_on_every_screen_where_it_matters(
    profile: Profile, faces: tuple[FaceReading, ...], told: str, sound: bool
) -> None:
    stages = {f"stage {letter}": Percentiles(1.0 + number, 2.0) for number, letter in enumerate("abcdefghijklmn")}
    video = replace(FakeSession().video, stages=stages, faces=faces)
    session = FakeSession(profile=profile, video=video, audio=typical_audio() if sound else None)
    async with running(session, size=SIZES[0]) as (app, pilot):
        for size in SIZES:
            await pilot.resize_terminal(*size)
            app.show_all()
            await pilot.pause()
            app.show_all()
            await pilot.pause()
            text = text_of(app)
            assert told in text, size
            assert "LOST" in text and "MACHINE" in text and "stage n" in text, size
            assert not sound or size[1] < 24 or re.search(r"under(runs)? 0 over(runs)? 0", text), size


@pytest.mark.parametrize("height", range(1, 8))
def test_in_few_rows_the_faces_come_before_what_stood_in_for_frames(height: int) -> None:
    many, one = make_view(profile=WITH_CAST), make_view()
    assert "faces" in words(loss_lines(many, 40, height)) and len(loss_lines(many, 40, height)) == height
    assert ("faces" in words(loss_lines(one, 40, height))) is (height == 7)
    assert "faces" in words(loss_summary(many, 40, height))
    assert ("faces" in words(loss_summary(one, 40, height))) is (height >= 3)
