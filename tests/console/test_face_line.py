"""The line that tells the numbers of followed faces: what an entry of a cast calls them by."""

from dataclasses import replace

import pytest

from console.widgets.frame_flow import loss_lines, loss_summary
from console.widgets.panel import Role, line_width
from pipeline.media import FaceReading
from tests.console.fake_session import FakeSession
from tests.console.test_panels import make_view, role_of, words

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
