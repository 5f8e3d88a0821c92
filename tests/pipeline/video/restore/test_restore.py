"""Detail on the finished face, as the restorer's format says; carried along between its runs."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.errors import ModelError, StageError
from pipeline.inference.onnx.model_file import read_model
from pipeline.inference.onnx.runtime import Preference, Runtime
from pipeline.media import Face, Frame, Pixels
from pipeline.video.neural.templates import ARCFACE_112_V2, FFHQ_512, template_matrix
from pipeline.video.restore import restorer as program
from pipeline.video.restore.restored import Restored
from pipeline.video.restore.restorer import STALE_NS, Restorer
from profiles.engines.face import RestoreSettings
from profiles.profile import Profile
from tests.footage import make_frame, moved, persona
from tests.models.dfm import Tinting, tinting_dfm
from tests.models.restore import pattern, restorer
from tests.neural_faces import mean_face

STRENGTH = 0.8
Load = Callable[..., Restorer]


@pytest.fixture
def load(tmp_path: Path) -> Iterator[Load]:
    """Opens the stand-in with some settings."""
    with ExitStack() as held:
        runtime = Runtime(Preference.CPU)
        held.callback(runtime.close)

        def loaded(*, half: bool = False, weight: bool = False, **settings: object) -> Restorer:
            file = read_model(restorer(tmp_path / "restorer.onnx", half=half, weight=weight))
            made = Restorer(runtime, file, RestoreSettings.model_validate({"strength": STRENGTH} | settings))
            held.callback(made.close)
            return made

        yield loaded


def picture() -> Pixels:
    """Channels that change smoothly, each in its own way."""
    x, y = np.meshgrid(np.arange(1280.0), np.arange(720.0))
    channels = [60 + 30 * np.sin(y / 60), 170 + 50 * np.sin(x / 50), 110 + 40 * np.cos((x + y) / 70)]
    return np.asarray(np.stack(channels, axis=-1), np.uint8)


def face() -> Face:
    """A face about as large as the network's square shows it."""
    return mean_face(135.0, yaw_deg=8.0)


def middle(one: Face) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    """Pixels in the middle of a face: rows, columns, and float32 (n, 2) where they lie on the square."""
    centre = one.landmarks[:, :2].mean(axis=0)
    x, y = np.meshgrid(np.arange(-70, 71, 3) + round(centre[0]), np.arange(-70, 71, 3) + round(centre[1]))
    matrix = template_matrix(one.landmarks, FFHQ_512, 512)
    places = np.stack([x.ravel(), y.ravel()], axis=-1) @ matrix[:, :2].T + matrix[:, 2]
    return y.ravel(), x.ravel(), places.astype(np.float32)


def expected(pixels: Pixels, drawn: Face, strength: float = STRENGTH) -> np.ndarray:  # type: ignore[type-arg]
    """float (n, 3): what the pixels in the middle of the face become."""
    rows, columns, places = middle(drawn)
    before = pixels[rows, columns].astype(np.float32)
    lines = pattern(places[:, 0], places[:, 1]).T[:, ::-1]
    return np.asarray(before + strength * lines * before)


def check(load: Load, factor: float = 1.0, **kind: bool) -> None:
    """Holds the restored picture against what the format says."""
    given, one = picture(), face()
    pixels = given.copy()
    load(**kind).add(pixels, one, 0)
    rows, columns, _ = middle(one)
    found, wanted = pixels[rows, columns].astype(np.float32), expected(given, one, factor * STRENGTH)
    assert np.abs(found - wanted).mean() < 2.0
    assert np.abs(wanted - given[rows, columns]).mean() > 6.0
    assert np.array_equal(pixels[:60], given[:60])
    assert np.array_equal(pixels[:, :300], given[:, :300])


@pytest.mark.parametrize(("kind", "factor"), [({}, 1.0), ({"half": True}, 1.0), ({"weight": True}, program.FAITHFUL)])
def test_a_restorer_is_shown_and_read_as_its_format_says(load: Load, kind: dict[str, bool], factor: float) -> None:
    check(load, factor, **kind)


def _planes(change: Callable[[Pixels], Pixels], *, swapped: bool = False) -> Callable[[pytest.MonkeyPatch], None]:
    """What the network sees is another picture."""

    def broken(planes: list[Pixels]) -> list[Pixels]:
        return [np.ascontiguousarray(change(plane)) for plane in (planes if swapped else planes[::-1])]

    return lambda patch: patch.setattr(program, "reversed", broken, raising=False)


def _levels(scale: float, shift: float) -> Callable[[pytest.MonkeyPatch], None]:
    """What the network sees is in another range."""
    adjust = Restorer.adjust

    def broken(own: Restorer, settings: RestoreSettings) -> None:
        adjust(own, settings)
        own._table = (np.arange(256, dtype=np.float32) * scale + shift)[np.newaxis]

    return lambda patch: patch.setattr(Restorer, "adjust", broken)


def _template(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(program, "FFHQ_512", ARCFACE_112_V2)


def _read_as(change: Callable[[np.ndarray], np.ndarray]) -> Callable[[pytest.MonkeyPatch], None]:  # type: ignore[type-arg]
    merge = cv2.merge

    def broken(planes: list[np.ndarray], made: np.ndarray | None = None) -> np.ndarray:  # type: ignore[type-arg]
        merged = merge(planes)
        if made is None:
            return merged
        made[...] = change(merged)
        return made

    return lambda patch: patch.setattr(program.cv2, "merge", broken)


BROKEN: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "the network sees blue, green, red": _planes(lambda plane: plane, swapped=True),
    "the network sees a mirrored face": _planes(lambda plane: plane[:, ::-1]),
    "the network sees 0 to 1": _levels(1 / 255, 0.0),
    "the network sees levels": _levels(1.0, 0.0),
    "the face lies as for another network": _template,
    "the answer is read as blue, green, red": _read_as(lambda made: made[..., ::-1]),
    "the answer is read as 0 to 1": _read_as(lambda made: made * 2 - 1),
    "the answer is read upside down": _read_as(lambda made: made[::-1]),
    "rows are taken for columns": _read_as(lambda made: made.transpose(1, 0, 2)),
}


@pytest.mark.parametrize("how", BROKEN)
def test_every_broken_convention_is_noticed(load: Load, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    BROKEN[how](monkeypatch)
    with pytest.raises(AssertionError):
        check(load)


def counted(made: Restorer, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows by one with each run of the network."""
    runs: list[int] = []
    found = made._found
    monkeypatch.setattr(made, "_found", lambda square: (runs.append(1), found(square))[1])
    return runs


def test_between_runs_the_detail_follows_the_face(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    made = load(every=3)
    runs = counted(made, monkeypatch)
    for number, by in enumerate([(0.0, 0.0), (9.0, -6.0), (20.0, 11.0), (30.0, 8.0)]):
        given, one = picture(), moved(face(), by, 1.0 + 0.01 * number)
        pixels = given.copy()
        made.add(pixels, one, number * 33_000_000)
        rows, columns, _ = middle(one)
        assert np.abs(pixels[rows, columns] - expected(given, one)).mean() < 2.5
        assert len(runs) == (1 if number < 3 else 2)


@pytest.mark.parametrize("how", ["another face", "a gap", "a reset"])
def test_the_detail_of_another_moment_is_never_carried_on(
    load: Load, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    made = load(every=30)
    runs = counted(made, monkeypatch)
    made.add(picture(), face(), 0)
    one, at_ns = face(), 33_000_000
    if how == "another face":
        one = replace(one, track_id=7)
    elif how == "a gap":
        at_ns = 2 * STALE_NS
    else:
        made.reset()
    made.add(picture(), one, at_ns)
    assert len(runs) == 2


def test_without_strength_nothing_changes(load: Load) -> None:
    pixels = picture()
    load(strength=0.0).add(pixels, face(), 0)
    assert np.array_equal(pixels, picture())


@pytest.mark.parametrize("scale", [25.0, 60.0, 320.0])
def test_faces_of_any_size_and_at_the_edge_are_restored(load: Load, scale: float) -> None:
    made, pixels = load(), picture()
    made.add(pixels, moved(mean_face(scale), (-600.0, -300.0)), 0)
    assert pixels.shape == (720, 1280, 3)


class Wearing:
    """A face stage that wears nothing, or fails."""

    name, latency_ns = "swap", 0

    def __init__(self, *, fails: bool = False) -> None:
        self.fails, self.calls = fails, list[str]()

    def process(self, frame: Frame) -> Frame:
        if self.fails:
            raise StageError("The likeness could not be put on.")
        return replace(frame, pixels=frame.pixels.copy())

    def adjust(self, profile: Profile) -> None:
        self.calls.append("adjust")

    def reset(self) -> None:
        self.calls.append("reset")

    def close(self) -> None:
        self.calls.append("close")


def test_the_stage_restores_what_is_worn_and_not_what_is_blurred(load: Load) -> None:
    profile = persona()
    worn = Wearing()
    stage = Restored(worn, load(), profile)
    given = picture()
    frame = replace(make_frame(given), faces=(face(),))
    assert not np.array_equal(stage.process(frame).pixels, given)
    away = replace(face(), pose=replace(face().pose, yaw_deg=89.0))
    assert np.array_equal(stage.process(replace(frame, faces=(away,))).pixels, given)
    stage.adjust(profile.model_copy(update={"restore": RestoreSettings(strength=0.0)}))
    assert np.array_equal(stage.process(frame).pixels, given)
    stage.reset()
    stage.close()
    assert worn.calls == ["adjust", "reset", "close"]


def test_where_the_likeness_fails_nothing_is_restored(load: Load) -> None:
    stage = Restored(Wearing(fails=True), load(), persona())
    with pytest.raises(StageError, match="likeness"):
        stage.process(replace(make_frame(picture()), faces=(face(),)))


def test_another_format_is_refused_in_one_sentence(tmp_path: Path) -> None:
    runtime = Runtime(Preference.CPU)
    with pytest.raises(ModelError, match="another format"):
        Restorer(runtime, read_model(tinting_dfm(tmp_path / "face.dfm", Tinting(64))), RestoreSettings())
    runtime.close()
