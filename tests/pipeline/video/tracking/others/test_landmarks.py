"""2DFAN4 corrects the mesh: shown what its format says, and its points taken for what they are."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.errors import ModelError
from pipeline.inference.onnx.model_file import read_model
from pipeline.inference.onnx.runtime import Preference, Runtime
from pipeline.media import Face, Pixels
from pipeline.video.tracking.mesh import eye_distance_px, face_template
from pipeline.video.tracking.others import landmarks as program
from pipeline.video.tracking.others.landmarks import MESH, SETTLE_S, Corrector
from pipeline.video.tracking.others.sighted import Sighted, sighted
from profiles.engines.face import TrackingSettings
from tests.footage import DEMO, chosen, clip, make_tracker, persona
from tests.models.dfm import Tinting, tinting_dfm
from tests.models.trackers import FAN_MOVES, fan, yunet
from tests.neural_faces import face_of

RED, BLUE = 0.6, 0.4
Load = Callable[..., Corrector]
Array = NDArray[np.float32]


def head() -> Array:
    """float32 (468, 2): the mean head in a crop's pixels, its longer side 195, its middle in the middle."""
    points = face_template()[:, :2]
    low, high = points.min(axis=0), points.max(axis=0)
    return np.asarray((points - (low + high) / 2) * (195 / (high - low).max()) + 128, np.float32)


def drawn(shift: tuple[float, float] = (0.0, 0.0)) -> Array:
    """float32 (68, 2): the points of the mean head, moved; those of the jaw anywhere."""
    points = np.zeros((68, 2), np.float32)
    points[17:] = head()[list(MESH)] + shift
    return points


@pytest.fixture
def load(tmp_path: Path) -> Iterator[Load]:
    """Opens a stand-in that draws the mean head, moved by some pixels of the crop."""
    with ExitStack() as held:
        runtime = Runtime(Preference.CPU)
        held.callback(runtime.close)

        def loaded(shift: tuple[float, float] = (0.0, 0.0)) -> Corrector:
            made = Corrector(runtime, read_model(fan(tmp_path / "2dfan4.onnx", drawn(shift))))
            held.callback(made.close)
            return made

        yield loaded


def tilted(scale: float = 200.0, degrees: float = 25.0) -> Face:
    """The mean head on a picture, tilted."""
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    return face_of((face_template() @ turn.T * scale + [640, 360, 0]).astype(np.float32))


def picture() -> Pixels:
    """All of one colour."""
    colour = np.array([round(255 * BLUE), 200, round(255 * RED)], np.uint8)
    return np.broadcast_to(colour, (720, 1280, 3)).copy()


def moved_by(face: Face, in_crop: Array, degrees: float) -> Array:
    """A shift in the crop's pixels as one on the picture."""
    scale = np.ptp(face_template()[:, :2], axis=0).max() * 200.0 / 195
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.asarray(turn @ in_crop * scale, np.float32)


def check(load: Load) -> None:
    """Holds the corrected points against what the format says."""
    face = tilted()
    shift = np.array([3.0, -9.0], np.float32)
    better = load((3.0, -9.0)).corrected(picture(), face, 0)
    in_crop = shift + 4 * np.array([FAN_MOVES[0] * RED, FAN_MOVES[1] * BLUE], np.float32)
    expected = face.landmarks[list(MESH), :2] + moved_by(face, in_crop, 25.0)
    assert np.abs(better[list(MESH), :2] - expected).max() < 1.0
    assert np.array_equal(better[:, 2], face.landmarks[:, 2])


def test_the_network_is_shown_and_read_as_its_format_says(load: Load) -> None:
    check(load)


def _planes(change: Callable[[Pixels], Pixels], *, swapped: bool = False) -> Callable[[pytest.MonkeyPatch], None]:
    def broken(planes: list[Pixels]) -> list[Pixels]:
        return [change(plane) for plane in (planes if swapped else planes[::-1])]

    return lambda patch: patch.setattr(program, "reversed", broken, raising=False)


def _other(name: str, value: object) -> Callable[[pytest.MonkeyPatch], None]:
    return lambda patch: patch.setattr(program, name, value)


BROKEN: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "the network sees blue, green, red": _planes(lambda plane: plane, swapped=True),
    "the network sees less than there is": _planes(lambda plane: plane // 2),
    "points are in the crop's pixels": _other("HEATMAP", 256),
    "points are in half the heatmaps' pixels": _other("HEATMAP", 128),
    "the face fills the crop": _other("FACE_PX", 256.0),
    "points are counted from another one on": _other("FIRST", 16),
    "the mesh's points are in another order": _other("MESH", MESH[::-1]),
}


@pytest.mark.parametrize("how", BROKEN)
def test_every_broken_convention_is_noticed(load: Load, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    BROKEN[how](monkeypatch)
    with pytest.raises((AssertionError, ValueError)):
        check(load)


def test_what_is_far_off_was_not_understood(load: Load) -> None:
    face = tilted()
    better = load((120.0, 0.0)).corrected(picture(), face, 0)
    off = np.linalg.norm(better[:, :2] - face.landmarks[:, :2], axis=1).max()
    assert off <= program.MOST * eye_distance_px(face.landmarks) * 1.01


def test_corrections_settle_and_another_face_starts_anew(load: Load) -> None:
    corrector, face, dark = load((4.0, 0.0)), tilted(), np.zeros((720, 1280, 3), np.uint8)
    first = corrector.corrected(dark, face, 0)
    bright = corrector.corrected(picture(), face, round(1e9 * SETTLE_S * np.log(2)))
    fresh = load((4.0, 0.0)).corrected(picture(), face, 0)
    assert np.abs(bright - (first + fresh) / 2).max() < 0.5
    other = corrector.corrected(dark, replace(face, track_id=5), round(1e9 * SETTLE_S))
    assert np.allclose(other, first)


def test_the_outline_of_the_lower_face_stays(load: Load) -> None:
    face = tilted()
    better = load((0.0, 6.0)).corrected(picture(), face, 0)
    off = np.linalg.norm(better[:, :2] - face.landmarks[:, :2], axis=1)
    assert off[[152, 377, 148, 397, 172]].max() < 0.25 * off[list(MESH)].min()


def test_a_profiles_own_eyes_see_for_the_shared_tracker(tmp_path: Path) -> None:
    """YuNet's stand-in finds no face, only a rectangle; what the tracker sees itself is followed all the same."""
    runtime, tracker = Runtime(Preference.CPU), make_tracker()
    settings = TrackingSettings(detector=yunet(tmp_path / "yunet.onnx", 320))
    stage = sighted(tracker, persona().model_copy(update={"tracking": settings}), runtime)
    assert isinstance(stage, Sighted)
    assert stage.name == tracker.name
    followed, *_ = (chosen(stage.process(frame)) for frame in clip(DEMO)[:3])
    assert chosen(tracker.process(clip(DEMO)[3])).track_id == followed.track_id
    assert chosen(stage.process(clip(DEMO)[4])).track_id == followed.track_id
    stage.reset()
    stage.close()
    assert chosen(tracker.process(clip(DEMO)[5])).track_id == followed.track_id
    assert runtime.providers == {}
    runtime.close()


def test_what_the_detector_finds_is_followed_where_the_mesh_sees_a_face(tmp_path: Path) -> None:
    """A rectangle in the stand-in's colour over the actor's face, for one frame, where the tracker itself is blind."""
    runtime, tracker = Runtime(Preference.CPU), make_tracker()
    built_in = tracker._detector.detect
    tracker._detector.detect = lambda pixels, part=None: (  # type: ignore[method-assign]
        [] if pixels.shape == clip(DEMO)[0].pixels.shape else built_in(pixels, part)
    )
    settings = TrackingSettings(detector=yunet(tmp_path / "yunet.onnx", 320))
    stage = sighted(tracker, persona().model_copy(update={"tracking": settings}), runtime)
    assert isinstance(stage, Sighted)
    face = chosen(make_tracker().process(clip(DEMO)[0]))
    detector = stage._detector
    assert detector is not None
    found = detector.detect
    left, top, width, height = face.box

    def finds(pixels: Pixels, part: object = None) -> list[object]:
        one = found(_marked(pixels), None)[0]
        points = np.array([[left + 0.3 * width, top + 0.4 * height], [left + 0.7 * width, top + 0.4 * height]])
        return [replace(one, box=face.box, keypoints=np.vstack([points, one.keypoints[2:]]).astype(np.float32))]

    detector.detect = finds  # type: ignore[method-assign, assignment]
    again = chosen(stage.process(clip(DEMO)[0]))
    assert np.abs(again.landmarks - face.landmarks).max() < 6
    stage.close()
    runtime.close()


def _marked(pixels: Pixels) -> Pixels:
    marked = np.full((320, 320, 3), 90, np.uint8)
    marked[64:144, 96:144] = (40, 120, 220)
    return marked


def test_the_chosen_face_alone_is_corrected(tmp_path: Path) -> None:
    runtime = Runtime(Preference.CPU)
    settings = TrackingSettings(landmarks=fan(tmp_path / "fan.onnx", drawn((0.0, -8.0))))
    stage = sighted(make_tracker(), persona().model_copy(update={"tracking": settings}), runtime)
    assert stage is not None
    plain, better = make_tracker().process(clip(DEMO)[0]), stage.process(clip(DEMO)[0])
    off = chosen(better).landmarks - chosen(plain).landmarks
    assert 1.0 < np.abs(off[list(MESH)]).max() < 0.2 * eye_distance_px(chosen(plain).landmarks)
    stage.close()
    runtime.close()


def test_another_format_is_refused_in_one_sentence(tmp_path: Path) -> None:
    runtime = Runtime(Preference.CPU)
    with pytest.raises(ModelError, match="another format"):
        Corrector(runtime, read_model(tinting_dfm(tmp_path / "face.dfm", Tinting(64))))
    assert sighted(make_tracker(), persona(), runtime) is None
    runtime.close()


@pytest.mark.parametrize("far", [3e38, -3e38, 1e6])
def test_boundless_points_move_the_mesh_no_further_than_others(tmp_path: Path, far: float) -> None:
    runtime = Runtime(Preference.CPU)
    corrector = Corrector(runtime, read_model(fan(tmp_path / "far.onnx", np.full((68, 2), far, np.float32))))
    face = tilted()
    try:
        moved = corrector.corrected(np.zeros((720, 1280, 3), np.uint8), face, 0)
        assert np.isfinite(moved).all()
        most = np.linalg.norm((moved - face.landmarks)[:, :2], axis=1).max()
        assert most <= program.MOST * eye_distance_px(face.landmarks) * 1.5
    finally:
        runtime.close()
