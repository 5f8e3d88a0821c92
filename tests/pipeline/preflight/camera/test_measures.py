"""What the camera's figures say of pictures of which it is known."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest

from pipeline.media import Frame, Pixels
from pipeline.preflight.camera.checks import camera_findings
from pipeline.preflight.camera.closeups import View, linear_of
from pipeline.preflight.camera.colour import tint_of, white_balance_k
from pipeline.preflight.camera.detail import noise_level, sharpness
from pipeline.preflight.camera.learning import learn_picture, picture_of_portrait
from pipeline.preflight.camera.lighting import apart_deg, exposure_of, light_on, side
from pipeline.preflight.camera.timing import delivered_fps, flicker_percent, lost_frames, repeated_frames
from pipeline.preflight.camera.watching import lightened
from pipeline.preflight.evidence import Seen
from pipeline.preflight.finding import Verdict
from pipeline.video.swap.portrait import read_portrait
from profiles.reference.figures import PictureReference
from profiles.store import BUILTIN
from tests.footage import DEMO, PERSONAS, SORRY, clips, make_frame, models
from tests.pipeline.preflight.camera.degradations import daylight, encoded
from tests.pipeline.preflight.camera.scenes import clean, learned, named

STEP_NS = 33_333_333


def changed(name: str, change: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> View:
    """Some frames of a clip with their linear light multiplied, faces where they were."""
    frames = clean(name).frames[:40:8]
    return View.of(Seen(tuple(replace(frame, pixels=encoded(linear_of(frame.pixels) * change)) for frame in frames)))


def bare(pictures: Sequence[Pixels], step_ns: int = STEP_NS) -> tuple[Frame, ...]:
    """Frames without faces."""
    return tuple(make_frame(pixels, number * step_ns) for number, pixels in enumerate(pictures))


@pytest.mark.parametrize("kelvin", [2500.0, 3200.0, 4000.0, 5000.0, 6504.0, 9000.0, 15000.0])
def test_a_black_bodys_colour_is_told_as_its_temperature(kelvin: float) -> None:
    blue, green, red = daylight(kelvin)
    tint = tint_of(np.array([red, green, blue]))
    assert 1e6 / tint.kelvin == pytest.approx(1e6 / kelvin, abs=4.0)
    assert abs(tint.duv) < 0.004


@pytest.mark.parametrize("name", clips(DEMO, SORRY))
@pytest.mark.parametrize("kelvin", [4000.0, 5000.0, 9000.0])
def test_a_cast_moves_the_white_balance_by_as_much(name: str, kelvin: float) -> None:
    gain = (np.array(daylight(kelvin)) / np.array(daylight(6504.0))).astype(np.float32)
    before, after = white_balance_k(changed(name, np.ones(1, np.float32))), white_balance_k(changed(name, 0.6 * gain))
    assert before is not None
    assert after is not None
    moved = 1e6 / kelvin - 1e6 / 6504.0
    assert 1e6 / after - 1e6 / before == pytest.approx(moved, rel=0.35)


@pytest.mark.parametrize("name", clips(DEMO, SORRY))
def test_more_light_makes_a_lighter_face_and_leaves_its_sharpness_and_colour(name: str) -> None:
    views = [changed(name, np.full(1, 2.0**stops, np.float32)) for stops in (-2.0, -1.0, 0.0)]
    found = [exposure_of(view.closeups) for view in views]
    lightness = [exposure.lightness for exposure in found if exposure is not None]
    assert lightness[2] - lightness[1] > 8.0
    assert lightness[1] - lightness[0] > 8.0
    sharp = [sharpness(view.closeups) for view in views]
    assert sharp[1] == pytest.approx(sharp[2], rel=0.12)
    kelvins = [white_balance_k(view) for view in views[1:]]
    assert kelvins[0] == pytest.approx(kelvins[1], rel=0.05)


@pytest.mark.parametrize(("way", "expected"), [((1, 0), 0.0), ((0, -1), 90.0), ((-1, 0), 180.0), ((0, 1), -90.0)])
def test_light_is_told_from_where_it_comes(way: tuple[int, int], expected: float) -> None:
    width, height = clean(DEMO).frames[0].size
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height) * height / width)
    gain = np.exp(9.0 * (way[0] * x + way[1] * y) - 1.5).astype(np.float32)[..., np.newaxis]
    light = light_on(changed(DEMO, gain).closeups)
    assert light is not None
    assert apart_deg(light.from_deg, expected) < 30.0
    assert light.evenness < 0.5


def test_another_skin_that_is_well_exposed_is_no_failure() -> None:
    lighter, darker = (exposed_against(by) for by in (-27.0, 27.0))
    assert {lighter, darker} == {Verdict.WARN}


def exposed_against(by: float) -> Verdict:
    """What is said of the demo actor where the target's skin is darker or lighter by so much L*."""
    known = learned(DEMO)
    assert known.exposure is not None
    other = known.model_copy(update={"exposure": known.exposure + by})
    return named(camera_findings(clean(DEMO), other))["exposure"].verdict


def test_a_head_that_turns_is_no_matter_where_no_range_is_known() -> None:
    narrow = learned(DEMO).model_copy(update={"yaw_deg": (-3.0, 3.0)})
    told, alone = (named(camera_findings(clean(DEMO), known))["pose"] for known in (narrow, PictureReference()))
    assert alone.verdict is Verdict.PASS
    assert told.verdict is Verdict.WARN
    assert "toward the camera" in told.remedy


def test_directions_have_names() -> None:
    assert side(2.0) == "the picture's right"
    assert side(-88.0) == "below"
    assert side(-179.0) == side(179.0) == "the picture's left"
    assert apart_deg(-170.0, 170.0) == pytest.approx(20.0)


@pytest.mark.parametrize("spread", [1.0, 3.0, 8.0])
def test_noise_is_told_in_grey_levels(spread: float) -> None:
    random = np.random.default_rng(2)
    scene = cv2.GaussianBlur(random.uniform(60, 190, (180, 320, 1)).astype(np.float32), (0, 0), 12.0)
    pictures = [scene[..., np.newaxis] + random.normal(0.0, spread, (180, 320, 1)) for _ in range(6)]
    frames = bare([np.repeat(np.rint(np.clip(one, 0, 255)), 3, axis=2).astype(np.uint8) for one in pictures])
    assert noise_level(frames) == pytest.approx(spread, rel=0.2)


def test_lost_and_repeated_frames_are_counted() -> None:
    times_ns = [number * STEP_NS for number in range(60) if number not in (7, 20, 21, 44)]
    assert lost_frames(times_ns) == 4
    assert delivered_fps([number * STEP_NS for number in range(60)]) == pytest.approx(30.0, abs=0.01)
    random = np.random.default_rng(3)
    pictures = [random.integers(0, 255, (64, 64, 3), np.uint8) for _ in range(10)]
    frames = bare([*pictures[:4], *pictures[3:8], pictures[7], *pictures[8:]])
    assert repeated_frames(frames) == 2
    assert repeated_frames((frames[3], lightened(frames[4]), frames[5])) == 1


def test_times_of_frames_that_were_not_kept_count() -> None:
    times_ns = tuple(number * STEP_NS for number in range(300))
    found = named(camera_findings(replace(clean(DEMO), asked_fps=30.0, instants_ns=times_ns), learned(DEMO)))
    assert found["fps"].verdict is Verdict.PASS
    assert found["fps"].measured.startswith("30.0")


@pytest.mark.parametrize("share", [0.01, 0.05])
def test_flicker_is_told_in_percent_and_a_slow_change_is_none(share: float) -> None:
    random = np.random.default_rng(4)
    scene = cv2.GaussianBlur(random.uniform(0.1, 0.6, (96, 128, 3)).astype(np.float32), (0, 0), 5.0)
    at_s = np.arange(60) / 30.0
    swings = 1.0 + share * np.sqrt(2.0) * np.sin(2 * np.pi * 9.3 * at_s)
    flickering = bare([np.rint(255 * scene * gain).astype(np.uint8) for gain in swings])
    assert flicker_percent(flickering) == pytest.approx(100 * share, rel=0.3)
    dimming = bare([np.rint(255 * scene * gain).astype(np.uint8) for gain in np.linspace(1.0, 0.7, 60)])
    assert flicker_percent(dimming) == pytest.approx(0.0, abs=0.5)


@pytest.mark.parametrize(("level", "check"), [(0, "exposure"), (255, "exposure"), (None, "sharpness")])
def test_a_picture_on_which_nobody_can_be_seen_says_why(level: int | None, check: str) -> None:
    frame = clean(DEMO).frames[0]
    pixels = cv2.GaussianBlur(frame.pixels, (0, 0), 9.0) if level is None else np.full_like(frame.pixels, level)
    found = named(camera_findings(Seen(bare([np.asarray(pixels, np.uint8)] * 9)), PictureReference()))
    assert found[check].verdict is Verdict.FAIL
    assert found["people"].verdict is Verdict.FAIL


def test_one_frame_and_figures_that_are_none_are_skipped() -> None:
    frame = clean(DEMO).frames[0]
    found = named(camera_findings(Seen((frame,)), learned(DEMO)))
    assert {found[check].verdict for check in ("fps", "drops", "flicker")} == {Verdict.SKIP}
    assert found["face_size"].verdict is Verdict.PASS
    face = replace(frame.faces[0], landmarks=np.full_like(frame.faces[0].landmarks, np.nan), box=(float("nan"),) * 4)
    spoilt = replace(frame, faces=(face,))
    verdicts = {f.id: f.verdict for f in camera_findings(Seen((spoilt,) * 3), learned(DEMO))}
    assert verdicts["camera.sharpness"] is verdicts["camera.face_size"] is Verdict.SKIP


def test_a_reference_outlives_its_file_and_nothing_seen_learns_nothing() -> None:
    found = learned(DEMO)
    assert PictureReference.model_validate_json(found.model_dump_json()) == found
    assert learn_picture(Seen(())) == PictureReference()


@pytest.mark.parametrize("who", PERSONAS)
def test_a_portrait_tells_its_light_and_nothing_of_a_camera(who: str) -> None:
    found = picture_of_portrait(read_portrait(BUILTIN / who / "portrait.png", models()))
    assert found.white_balance_k == pytest.approx(6800.0, abs=1100.0)
    assert found.light_evenness is not None
    assert found.exposure is found.face_share is found.fps is found.size is found.noise is found.yaw_deg is None
