"""The portrait check: what ships passes, and every fault is told by its own sentence."""

import re
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.errors import MediaError, ModelError, PortraitError
from pipeline.inference.store import ModelStore
from pipeline.media import Pixels
from pipeline.video.swap.photo_target import FACE_HEIGHTS_PX, GRID_HEIGHT, GRID_WIDTH, PhotoTarget
from pipeline.video.swap.portrait import check_portrait, read_portrait
from pipeline.video.tracking.mesh import FOREHEAD_TOP
from profiles.store import BUILTIN
from tests.footage import (
    DEMO,
    LEFTMOST,
    PERSONAS,
    TURNING,
    chosen,
    clips,
    closeup,
    models,
    target,
)


def shipped(name: str = "mara") -> Pixels:
    """A persona's portrait, writable."""
    pixels = cv2.imread(str(BUILTIN / name / "portrait.png"))
    assert pixels is not None
    return np.asarray(pixels, np.uint8)


def landmarks(name: str = "mara") -> NDArray[np.float32]:
    return read_portrait(BUILTIN / name / "portrait.png", models()).landmarks


def reasons(tmp_path: Path, pixels: Pixels) -> tuple[str, ...]:
    """What is said against a picture."""
    path = tmp_path / "portrait.png"
    cv2.imwrite(str(path), pixels)
    return check_portrait(path, models())


def only(tmp_path: Path, pixels: Pixels) -> str:
    """The one thing that is said against a picture."""
    (reason,) = reasons(tmp_path, pixels)
    assert reason[0].isupper()
    assert reason.endswith(".")
    return reason


@pytest.mark.parametrize("name", PERSONAS)
def test_what_ships_passes(name: str) -> None:
    portrait = read_portrait(BUILTIN / name / "portrait.png", models())
    assert check_portrait(BUILTIN / name / "portrait.png", models()) == ()
    assert portrait.landmarks.shape == (468, 3)
    assert abs(portrait.pose.yaw_deg) < 15


def test_an_empty_picture_has_no_face(tmp_path: Path) -> None:
    assert "No face was found" in only(tmp_path, np.full((600, 600, 3), 120, np.uint8))


def test_two_faces_are_one_too_many(tmp_path: Path) -> None:
    half = cv2.resize(shipped(), (512, 512), interpolation=cv2.INTER_AREA)
    assert "shows 2 faces" in only(tmp_path, np.hstack([half, half]).astype(np.uint8))


def test_a_small_face_is_told_with_its_height(tmp_path: Path) -> None:
    small = np.asarray(cv2.resize(shipped(), (256, 256), interpolation=cv2.INTER_AREA), np.uint8)
    said = " ".join(reasons(tmp_path, small))
    assert "px high, at least 240 wanted" in said


def test_a_blurred_picture_is_told(tmp_path: Path) -> None:
    blurred = np.asarray(cv2.GaussianBlur(shipped(), (0, 0), 7), np.uint8)
    assert "blurred: sharpness" in only(tmp_path, blurred)


@pytest.mark.parametrize(("gain", "word"), [(0.08, "dark"), (1.9, "bright")])
def test_a_face_without_light_and_one_with_too_much_are_told(tmp_path: Path, gain: float, word: str) -> None:
    pixels = np.clip(shipped().astype(np.float32) * gain, 0, 255).astype(np.uint8)
    assert f"too {word}" in " ".join(reasons(tmp_path, pixels))


def test_a_face_lit_from_one_side_is_told(tmp_path: Path) -> None:
    pixels = shipped()
    middle = int(landmarks()[FOREHEAD_TOP, 0])
    pixels[:, :middle] = pixels[:, :middle] // 3
    assert "lit from one side: the halves differ by" in " ".join(reasons(tmp_path, pixels))


@pytest.mark.parametrize("name", PERSONAS)
def test_a_fringe_over_the_forehead_is_told_and_a_high_one_is_not(tmp_path: Path, name: str) -> None:
    points = landmarks(name)
    brows_y, top_y = int(min(points[105, 1], points[334, 1])), int(points[FOREHEAD_TOP, 1])
    for share, wanted in ((0.3, False), (0.9, True)):
        pixels = shipped(name)
        end = round(top_y + share * (brows_y - top_y))
        pixels[top_y - 40 : end, int(points[54, 0]) : int(points[284, 0])] = (15, 18, 25)
        assert any("forehead is covered" in reason for reason in reasons(tmp_path, pixels)) is wanted


@pytest.mark.parametrize("turn_deg", [-30, 25])
def test_a_tilted_head_is_told_with_its_angle(tmp_path: Path, turn_deg: int) -> None:
    pixels = shipped()
    size = (pixels.shape[1], pixels.shape[0])
    matrix = cv2.getRotationMatrix2D((size[0] / 2, size[1] / 2), -turn_deg, 1.0)
    tilted = np.asarray(cv2.warpAffine(pixels, matrix, size, borderMode=cv2.BORDER_REPLICATE), np.uint8)
    said = re.search(r"roll (-?\d+)°", only(tmp_path, tilted))
    assert said is not None
    assert abs(int(said[1]) - turn_deg) <= 2


@pytest.mark.parametrize("name", clips(DEMO, TURNING))
def test_a_head_turned_aside_is_told_with_its_angle(tmp_path: Path, name: str) -> None:
    frame = closeup(name, LEFTMOST if name == DEMO else 0)
    left, top, width, height = (round(value) for value in chosen(frame).box)
    part = frame.pixels[max(0, top - height // 2) : top + 2 * height, max(0, left - height) : left + width + height]
    said = " ".join(reasons(tmp_path, np.ascontiguousarray(part)))
    assert "head is turned: yaw -" in said
    assert "at most 15° wanted" in said


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    small = np.asarray(cv2.GaussianBlur(cv2.resize(shipped(), (300, 300)), (0, 0), 5), np.uint8)
    small[:, :150] = small[:, :150] // 3
    assert len(reasons(tmp_path, small)) >= 2
    cv2.imwrite(str(tmp_path / "portrait.png"), small)
    with pytest.raises(PortraitError) as raised:
        read_portrait(tmp_path / "portrait.png", models())
    assert raised.value.reasons == reasons(tmp_path, small)
    assert "portrait.png" in str(raised.value)


@pytest.mark.parametrize("content", [b"", b"no picture at all", b"\x89PNG\r\n\x1a\n" + b"\0" * 100], ids=str)
def test_what_is_no_picture_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "portrait.png").write_bytes(content)
    with pytest.raises(MediaError, match=r"portrait\.png is no picture"):
        check_portrait(tmp_path / "portrait.png", models())


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="can't be read: No such file"):
        read_portrait(tmp_path / "nobody.png", models())


def test_networks_that_are_not_there_are_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        check_portrait(BUILTIN / "mara" / "portrait.png", ModelStore(tmp_path))


@pytest.mark.parametrize("size", [(1, 1), (2, 700), (64, 64)])
def test_the_smallest_pictures_are_read(tmp_path: Path, size: tuple[int, int]) -> None:
    assert reasons(tmp_path, np.full((size[1], size[0], 3), 90, np.uint8))


@pytest.mark.parametrize("name", PERSONAS)
def test_a_portrait_made_ready_knows_its_face(name: str) -> None:
    ready: PhotoTarget = target(name)
    assert ready.bgr.shape == ready.lab.shape == (GRID_HEIGHT, GRID_WIDTH, 3)
    assert 0.3 < float((ready.inside > 0).mean()) < 0.95
    assert float(ready.inside.max()) < 0.6
    assert float(ready.skin.sum()) > 500
    assert float(ready.openings.sum()) > 10
    assert (ready.skin[ready.openings > 0.9] < 0.1).all()
    assert [texture.face_height_px for texture in ready.textures] == sorted(
        (texture.face_height_px for texture in ready.textures), reverse=True
    )


def test_the_texture_is_never_stretched_much_nor_wastefully_large() -> None:
    ready = target()
    for height_px in (20.0, 64.0, 100.0, 200.0, 350.0, 500.0):
        texture = ready.texture_for(height_px)
        assert texture.face_height_px >= 0.9 * height_px
        assert texture.face_height_px <= 2.0 * max(height_px, min(FACE_HEIGHTS_PX))
    assert ready.texture_for(5000.0) is ready.textures[0]


def test_the_grid_lies_on_the_mesh() -> None:
    ready = target()
    points = ready.textures[0].points
    width, height = ready.textures[0].pixels.shape[1], ready.textures[0].pixels.shape[0]
    spots = ready.grid.on(points)
    expected_x = (np.arange(GRID_WIDTH) + 0.5) * width / GRID_WIDTH - 0.5
    expected_y = (np.arange(GRID_HEIGHT) + 0.5) * height / GRID_HEIGHT - 0.5
    inside = ready.inside > 0.02
    # A cell of the grid is 8 px wide here.
    assert np.abs(spots[..., 0] - expected_x)[inside].max() < 4.0
    assert np.abs(spots[..., 1] - expected_y[:, np.newaxis])[inside].max() < 4.0
