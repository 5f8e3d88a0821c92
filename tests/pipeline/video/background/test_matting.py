"""Matting networks that profiles bring: shown what their formats say, and their mattes taken for what they are."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.errors import ModelError
from pipeline.inference.onnx.model_file import read_model
from pipeline.inference.onnx.runtime import Preference, Runtime
from pipeline.media import Frame, Pixels
from pipeline.video.background import matting as program
from pipeline.video.background.matting import CUT_NS, Recurrent, open_matting
from pipeline.video.background.matting_families import FAMILIES, Family, family_of
from pipeline.video.background.person_matte import PersonMatte, Segmenter
from profiles.engines.face import MattingSettings
from tests.footage import DEMO, clip, make_frame, models, tracked_clip
from tests.models import dfm
from tests.models.matting import Matting, expected_mattes, matting, rvm

SIZE, RATIO = (320, 180), 0.5
LEVELS = 0.02
Open = Callable[..., Segmenter]

STILL = {
    "modnet": Matting("modnet"),
    "modnet of any size": Matting("modnet", None),
    "modnet in half": Matting("modnet", half=True),
    "isnet": Matting("isnet", 1024),
    "birefnet": Matting("birefnet", 1024),
    "birefnet with logits": Matting("birefnet", 1024, logits=True),
}


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Opens a stand-in's file."""
    with ExitStack() as held:
        runtime = Runtime(Preference.CPU)
        held.callback(runtime.close)

        def opening(file: Path, size: tuple[int, int] = SIZE, **settings: object) -> Segmenter:
            chosen = MattingSettings.model_validate({"downsample": RATIO} | settings)
            segmenter = open_matting(runtime, read_model(file), chosen, size)
            held.callback(segmenter.close)
            return segmenter

        yield opening


def picture(size: tuple[int, int] = SIZE) -> Pixels:
    """Channels that change smoothly, each in its own way and differently along both axes."""
    x, y = np.meshgrid(np.linspace(0, 1, size[0]), np.linspace(0, 1, size[1]))
    blue, green, red = 40 + 170 * y, 220 - 150 * x, 60 + 120 * x * y + 60 * (1 - y)
    return np.asarray(np.rint(np.stack([blue, green, red], axis=-1)), np.uint8)


def rgb(pixels: Pixels) -> NDArray[np.float32]:
    return pixels[..., ::-1].astype(np.float32) / np.float32(255)


def check_still(opened: Open, folder: Path, spec: Matting) -> None:
    """Holds a still network's matte against what its format says."""
    pixels = picture()
    seen = opened(matting(folder / f"{spec.family}.onnx", spec)).seen(make_frame(pixels))
    assert seen.shape == (SIZE[1] * seen.shape[1] // SIZE[0], seen.shape[1])
    expected = cv2.resize(spec.expected(rgb(pixels)), seen.shape[::-1], interpolation=cv2.INTER_LINEAR)
    assert np.abs(seen - expected).max() < LEVELS


@pytest.mark.parametrize("name", STILL)
def test_a_still_network_is_shown_and_read_as_its_format_says(opened: Open, tmp_path: Path, name: str) -> None:
    check_still(opened, tmp_path, STILL[name])


COLOURS = [np.array(colour, np.uint8) for colour in ([200, 60, 20], [180, 80, 40], [160, 100, 60], [180, 110, 90])]
"""Blue, green and red, not so different that each were a cut."""


def flat(colour: NDArray[np.uint8], number: int = 0) -> Frame:
    return make_frame(np.broadcast_to(colour, (SIZE[1], SIZE[0], 3)), number * 33_000_000)


def check_recurrent(opened: Open, folder: Path, *, half: bool = False) -> None:
    """Holds four mattes against what the format says."""
    network = opened(rvm(folder / "rvm.onnx", half=half))
    found = [float(network.seen(flat(colour, number)).mean()) for number, colour in enumerate(COLOURS)]
    expected = expected_mattes([rgb(colour) for colour in COLOURS], RATIO)
    assert found == pytest.approx(expected, abs=0.004)


@pytest.mark.parametrize("half", [False, True])
def test_a_recurrent_network_carries_its_states(opened: Open, tmp_path: Path, *, half: bool) -> None:
    check_recurrent(opened, tmp_path, half=half)


def test_a_recurrent_network_of_one_fixed_size_is_shown_that(opened: Open, tmp_path: Path) -> None:
    network = opened(rvm(tmp_path / "rvm.onnx", size=(144, 256)))
    seen = network.seen(flat(COLOURS[0]))
    assert seen.shape == (144, 256)
    assert float(seen.mean()) == pytest.approx(expected_mattes([rgb(COLOURS[0])], RATIO)[0], abs=0.004)


@pytest.mark.parametrize("how", ["another picture", "a gap", "time goes back", "a reset"])
def test_after_a_cut_nothing_is_carried_on(opened: Open, tmp_path: Path, how: str) -> None:
    network = opened(rvm(tmp_path / "rvm.onnx"))
    for number in range(3):
        network.seen(flat(COLOURS[0], number))
    frame = flat(COLOURS[1], 3)
    if how == "another picture":
        frame = flat(np.array([30, 220, 250], np.uint8), 3)
    elif how == "a gap":
        frame = replace(frame, media_ns=frame.media_ns + 2 * CUT_NS)
    elif how == "time goes back":
        frame = replace(frame, media_ns=0)
    else:
        network.reset()
    expected = expected_mattes([rgb(frame.pixels[0, 0])], RATIO)[0]
    assert float(network.seen(frame).mean()) == pytest.approx(expected, abs=0.004)


def test_real_footage_has_no_cuts() -> None:
    cuts = program.Cuts()
    found = [cuts.cut(frame) for frame in clip(DEMO)]
    assert found == [True] + [False] * (len(found) - 1)


TABLES = {name: family.tables for name, family in FAMILIES.items()}


def _shown(change: Callable[[Pixels], Pixels]) -> Callable[[pytest.MonkeyPatch], None]:
    show = program.show

    def broken(pixels: Pixels, *given: object) -> None:
        show(np.ascontiguousarray(change(pixels)), *given)  # type: ignore[arg-type]

    return lambda patch: patch.setattr(program, "show", broken)


def _tables(tables: Callable[[Family], NDArray[np.float32]]) -> Callable[[pytest.MonkeyPatch], None]:
    return lambda patch: patch.setattr(Family, "tables", property(tables))


def _plain_levels(family: Family) -> NDArray[np.float32]:
    return np.broadcast_to(np.arange(256, dtype=np.float32), (3, 1, 256)).copy()


def _as_read(change: Callable[[NDArray[np.float32]], NDArray[np.float32]]) -> Callable[[pytest.MonkeyPatch], None]:
    reduced = program.reduced
    return lambda patch: patch.setattr(program, "reduced", lambda matte, size: reduced(change(matte), size))


def _states_in(order: tuple[int, ...]) -> Callable[[pytest.MonkeyPatch], None]:
    """Carries states on in another order."""

    def broken(patch: pytest.MonkeyPatch) -> None:
        run = program.Recurrent.seen

        def mixed(network: Recurrent, frame: Frame) -> NDArray[np.float32]:
            held = network._network.inputs
            means = [float(held[f"r{number}i"].mean()) for number in (1, 2, 3, 4)]
            for number, source in zip((1, 2, 3, 4), order, strict=True):
                held[f"r{number}i"][...] = means[source - 1]
            return run(network, frame)

        patch.setattr(program.Recurrent, "seen", mixed)

    return broken


def _never_carried(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(program.Cuts, "cut", lambda *_: True)


BROKEN: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "the network sees blue, green, red": _shown(lambda pixels: pixels[..., ::-1]),
    "the network sees a mirrored picture": _shown(lambda pixels: pixels[:, ::-1]),
    "the network sees the picture upside down": _shown(lambda pixels: pixels[::-1]),
    "the network sees levels": _tables(_plain_levels),
    "the matte is upside down": _as_read(lambda matte: matte[::-1]),
    "the matte is the room's": _as_read(lambda matte: 1.0 - matte),
    "the matte is 0 to 255": _as_read(lambda matte: matte * 255.0),
}
BROKEN_STILL = {
    f"{family} normalised as {other}": (family, _tables(lambda _, other=other: TABLES[other]))  # type: ignore[misc]
    for family, other in [
        ("modnet", "isnet"), ("modnet", "rvm"), ("isnet", "modnet"), ("isnet", "birefnet"),
        ("birefnet", "isnet"), ("birefnet", "modnet"), ("birefnet", "rvm"),
    ]
}  # fmt: skip
BROKEN_RECURRENT: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "the network sees blue, green, red": BROKEN["the network sees blue, green, red"],
    "the network sees levels": BROKEN["the network sees levels"],
    "the network sees -1 to 1": _tables(lambda _: TABLES["modnet"]),
    "states 1 and 2 are swapped": _states_in((2, 1, 3, 4)),
    "states 3 and 4 are swapped": _states_in((1, 2, 4, 3)),
    "states are reversed": _states_in((4, 3, 2, 1)),
    "states are not carried": _never_carried,
}


@pytest.mark.parametrize("how", BROKEN)
def test_every_broken_convention_is_noticed(
    opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    BROKEN[how](monkeypatch)
    with pytest.raises(AssertionError):
        check_still(opened, tmp_path, STILL["modnet"])


@pytest.mark.parametrize("how", BROKEN_STILL)
def test_every_wrong_normalisation_is_noticed(
    opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    family, broken = BROKEN_STILL[how]
    broken(monkeypatch)
    with pytest.raises(AssertionError):
        check_still(opened, tmp_path, STILL[family])


@pytest.mark.parametrize("how", BROKEN_RECURRENT)
def test_every_broken_convention_of_a_recurrent_network_is_noticed(
    opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    BROKEN_RECURRENT[how](monkeypatch)
    with pytest.raises(AssertionError):
        check_recurrent(opened, tmp_path)


def test_logits_that_are_taken_for_shares_are_noticed(
    opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program.Shares, "of", lambda _, matte: matte)
    with pytest.raises(AssertionError):
        check_still(opened, tmp_path, STILL["birefnet with logits"])


def test_another_downsample_ratio_is_noticed(opened: Open, tmp_path: Path) -> None:
    network = opened(rvm(tmp_path / "rvm.onnx"), downsample=0.25)
    found = float(network.seen(flat(COLOURS[0])).mean())
    assert abs(found - expected_mattes([rgb(COLOURS[0])], RATIO)[0]) > 0.01


@pytest.mark.parametrize(
    ("file", "spec", "family"),
    [
        ("a.onnx", Matting("modnet"), "modnet"),
        ("a.onnx", Matting("modnet", None), "modnet"),
        ("a.onnx", Matting("birefnet", 1024), "birefnet"),
        ("isnet-general-use.onnx", Matting("birefnet", 1024), "isnet"),
        ("a.onnx", Matting("isnet", 1024), "isnet"),
    ],
)
def test_the_family_is_told_by_inputs_and_name(tmp_path: Path, file: str, spec: Matting, family: str) -> None:
    read = read_model(matting(tmp_path / file, spec))
    assert family_of(read).name == family
    assert family_of(read, "modnet").name == "modnet"
    assert family_of(read_model(rvm(tmp_path / "any.onnx"))).name == "rvm"


def test_another_format_is_refused_in_one_sentence(opened: Open, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="another format"):
        opened(dfm.tinting_dfm(tmp_path / "face.dfm", dfm.Tinting(64)))
    with pytest.raises(ModelError, match="no input src"):
        opened(matting(tmp_path / "modnet.onnx", Matting()), family="rvm")
    with pytest.raises(ModelError, match="1024"):
        opened(matting(tmp_path / "modnet.onnx", Matting()), family="birefnet")


def test_the_stage_puts_such_a_matte_on_frames(opened: Open, tmp_path: Path) -> None:
    frame = tracked_clip(DEMO)[0]
    usual = PersonMatte(models().path("selfie-segmentation-landscape")).process(frame).matte
    assert usual is not None
    known = np.asarray(cv2.resize(usual, (512, 512)), np.float32) / 255
    stage = PersonMatte(opened(matting(tmp_path / "modnet.onnx", Matting(matte=known))))
    matte = stage.process(frame).matte
    assert matte is not None
    assert matte.shape == (288, 512)
    again = cv2.resize(matte, usual.shape[::-1], interpolation=cv2.INTER_AREA)
    assert np.abs(again.astype(int) - usual).mean() < 3


def test_who_is_not_joined_to_the_actor_is_a_stranger_at_any_size_of_matte(opened: Open, tmp_path: Path) -> None:
    frame = tracked_clip(DEMO)[0]
    usual = PersonMatte(models().path("selfie-segmentation-landscape")).process(frame).matte
    assert usual is not None
    known = np.asarray(cv2.resize(usual, (512, 512)), np.float32) / 255
    known[100:300, :40] = 1.0
    stage = PersonMatte(opened(matting(tmp_path / "modnet.onnx", Matting(matte=known))))
    result = stage.process(frame)
    assert result.matte is not None
    assert result.strangers is not None
    there = np.s_[80:150, 5:35]
    assert result.matte[there].max() < 10
    assert result.strangers[there].min() > 200
