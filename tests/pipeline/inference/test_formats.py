"""What a file is, told by what goes in and comes out."""

from collections.abc import Callable
from pathlib import Path

import onnx
import pytest
from onnx import helper

from pipeline.inference.formats import FORMATS, recognise
from pipeline.inference.onnx.model_file import ModelFile, read_model
from tests.models.dfm import tinting_dfm
from tests.models.f0 import crepe, rmvpe_of_mel, rmvpe_of_waveform, swift
from tests.models.graphs import FLOAT, INT64, Shape, port
from tests.models.rvc import content_encoder, rvc_voice
from tests.models.swappers import Swap, arcface, converter, swapper

IMAGE = {"target": (1, 3, 256, 256), "source": (1, 512)}
FACE = {"out": (1, 3, 256, 256)}
SPOKEN: dict[str, Shape] = {"feats": (1, "T", 768), "p_len": (1,), "sid": (1,)}
PITCHED: dict[str, Shape] = {"pitch": (1, "T"), "pitchf": (1, "T")}
ASKED: dict[str, Shape] = {"skip_head": (), "return_length": (), "formant_length": ()}
PHONE: dict[str, Shape] = {"phone": (1, "T", 256), "phone_lengths": (1,), "ds": (1,), "rnd": (1, 192, "T")}
WHOLE = {"p_len", "sid", "pitch", "skip_head", "return_length", "formant_length", "phone_lengths", "ds"}
AUDIO: dict[str, Shape] = {"audio": (None,)}
FRAME: dict[str, Shape] = {"input.1": (1, 3, "h", "w")}
Ports = dict[str, Shape]

CASES: list[tuple[str, str, Ports, Ports]] = [
    (
        "dfm",
        "a.dfm",
        {"in_face:0": ("N", 224, 224, 3), "morph_value:0": (1,)},
        {"out_face_mask:0": ("N", 224, 224, 1), "out_celeb_face:0": ("N", 224, 224, 3), "m": ("N", 224, 224, 1)},
    ),
    ("inswapper", "a.onnx", {"target": (1, 3, 128, 128), "source": (1, 512)}, {"o": (1, 3, 128, 128)}),
    ("hyperswap", "hyperswap_1a_256.onnx", IMAGE, FACE),
    ("ghost", "ghost_2_256.onnx", IMAGE, FACE),
    ("simswap", "SimSwap_256.onnx", IMAGE, FACE),
    ("swapper", "mine.onnx", IMAGE, FACE),
    ("uniface", "a.onnx", IMAGE | {"source": (1, 3, 256, 256)}, FACE),
    ("blendswap", "a.onnx", IMAGE | {"source": (1, 3, 112, 112)}, FACE),
    ("arcface", "w600k.onnx", {"input.1": (None, 3, 112, 112)}, {"683": (1, 512)}),
    ("arcface", "w600k.onnx", {"input.1": (None, 3, None, None)}, {"683": (1, 512)}),
    ("converter", "a.onnx", {"input": (1, 512)}, {"output": (1, 512)}),
    ("rvc-w-okada-fork", "v.onnx", SPOKEN | PITCHED | ASKED, AUDIO),
    ("rvc-w-okada", "v.onnx", SPOKEN | PITCHED, AUDIO),
    ("rvc-w-okada", "v.onnx", SPOKEN, AUDIO),
    ("rvc-webui", "v.onnx", PHONE | PITCHED, {"audio": (1, 1, None)}),
    ("contentvec-w-okada", "c.onnx", {"audio": (1, "n")}, {"units9": (1, "f", 256), "unit12": (1, "f", 768)}),
    ("contentvec-moevs", "c.onnx", {"source": (1, 1, "n")}, {"embed": (1, "f", 768)}),
    ("rmvpe-1", "r.onnx", {"input": (1, 128, "t")}, {"output": (1, "t", 360)}),
    ("rmvpe-2", "r.onnx", {"waveform": (1, "n"), "threshold": (1,)}, {"pitchf": (1, "t")}),
    ("rmvpe-3", "r.onnx", {"mel": (1, 128, "t"), "threshold": (1,)}, {"pitchf": (1, "t")}),
    ("crepe", "crepe.onnx", {"frames": ("b", 1024)}, {"probabilities": ("b", 360)}),
    ("swift-f0", "s.onnx", {"audio": (1, None), "fmin": (), "fmax": ()}, {"pitch": (1, None), "confidence": (1, None)}),
    (
        "rvm",
        "rvm.onnx",
        {"src": (None, 3, None, None), "downsample_ratio": (1,)} | {f"r{n}i": (None,) * 4 for n in (1, 2, 3, 4)},
        {"fgr": (None, 3, None, None), "pha": (None, 1, None, None)} | {f"r{n}o": (None,) * 4 for n in (1, 2, 3, 4)},
    ),
    ("modnet", "m.onnx", {"input": ("b", 3, "h", "w")}, {"output": ("b", 1, "h", "w")}),
    ("modnet", "m.onnx", {"input": (1, 3, 512, 512)}, {"output": (1, 1, 512, 512)}),
    ("matting-1024", "b.onnx", {"input": (1, 3, 1024, 1024)}, {"output": (1, 1, 1024, 1024)}),
    ("xseg", "x.onnx", {"in_face:0": ("N", 256, 256, 3)}, {"out_mask:0": ("N", 256, 256, 1)}),
    ("bisenet", "b.onnx", {"input": (1, 3, 512, 512)}, {"output": (1, 19, 512, 512), "a": (1, 19, 512, 512)}),
    ("restorer", "g.onnx", {"input": (1, 3, 512, 512)}, {"output": (1, 3, 512, 512)}),
    (
        "yunet",
        "y.onnx",
        {"input": (1, 3, 640, 640)},
        {f"{part}_{stride}": (1, None, None) for part in ("cls", "obj", "bbox", "kps") for stride in (8, 16, 32)},
    ),
    ("scrfd", "det.onnx", FRAME, {f"{n}-{k}": (12800, n) for n in (1, 4, 10) for k in range(3)}),
    ("scrfd-batched", "det.onnx", FRAME, {f"{n}-{k}": (1, 800, n) for n in (1, 4, 10) for k in range(3)}),
    ("2dfan4", "2dfan4.onnx", {"input": (1, 3, 256, 256)}, {"landmarks": (1, 68, 3), "heatmaps": (1, 68, 64, 64)}),
]  # fmt: skip


def hollow(path: Path, inputs: Ports, outputs: Ports) -> ModelFile:
    """A file with inputs and outputs and nothing between them."""
    whole = [port(name, shape, INT64 if name in WHOLE else FLOAT) for name, shape in inputs.items()]
    graph = helper.make_graph([], "hollow", whole, [port(name, shape) for name, shape in outputs.items()])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]), path)
    return read_model(path)


@pytest.mark.parametrize(("name", "file", "inputs", "outputs"), CASES, ids=[f"{case[0]}-{case[1]}" for case in CASES])
def test_each_format_is_told(name: str, file: str, inputs: Ports, outputs: Ports, tmp_path: Path) -> None:
    found = recognise(hollow(tmp_path / file, inputs, outputs))
    assert found is not None
    assert found.format.name == name


STAND_INS: dict[str, Callable[[Path], Path]] = {
    "dfm": tinting_dfm,
    "inswapper": lambda path: swapper(path, Swap("inswapper")),
    "uniface": lambda path: swapper(path, Swap("uniface")),
    "blendswap": lambda path: swapper(path, Swap("blendswap", half=True, half_ports=True)),
    "arcface": arcface,
    "converter": converter,
    "rvc-webui": rvc_voice,
    "contentvec-w-okada": content_encoder,
    "contentvec-moevs": lambda path: content_encoder(path, "webui"),
    "rmvpe-1": rmvpe_of_mel,
    "rmvpe-2": rmvpe_of_waveform,
    "rmvpe-3": lambda path: rmvpe_of_mel(path, True),
    "crepe": crepe,
    "swift-f0": swift,
}


@pytest.mark.parametrize("name", STAND_INS)
def test_what_the_engines_are_tested_with_is_what_is_told(name: str, tmp_path: Path) -> None:
    found = recognise(read_model(STAND_INS[name](tmp_path / "model.onnx")))
    assert found is not None
    assert found.format.name == name


def test_every_format_has_a_case() -> None:
    assert {form.name for form in FORMATS} == {case[0] for case in CASES}


def test_formats_that_fit_as_well_do_not_come_first(tmp_path: Path) -> None:
    """A swapper's file whose name says another family keeps its shapes."""
    found = recognise(
        hollow(tmp_path / "ghost.onnx", {"target": (1, 3, 128, 128), "source": (1, 512)}, {"o": (1, 3, 128, 128)})
    )
    assert found is not None
    assert found.format.name == "inswapper"


@pytest.mark.parametrize(
    ("inputs", "outputs"),
    [
        ({"x": (1, 5)}, {"y": (1, 5)}),
        ({}, {}),
        (SPOKEN | {"odd": (1,)}, AUDIO),
        ({"in_face:0": ("N", 224, 256, 3)}, {"a": (1, 224, 224, 1), "b": (1, 224, 224, 3), "c": (1, 224, 224, 1)}),
    ],
)
def test_what_is_of_no_format_is_none(inputs: Ports, outputs: Ports, tmp_path: Path) -> None:
    assert recognise(hollow(tmp_path / "m.onnx", inputs, outputs)) is None


def test_titles_tell_what_differs(tmp_path: Path) -> None:
    voice = recognise(hollow(tmp_path / "v.onnx", PHONE | PITCHED, AUDIO))
    frozen = recognise(hollow(tmp_path / "f.onnx", PHONE | {"phone": (1, 200, 256), "rnd": (1, 192, 200)}, AUDIO))
    face = recognise(hollow(tmp_path / "a.dfm", CASES[0][2], CASES[0][3]))
    assert voice is not None
    assert frozen is not None
    assert face is not None
    assert voice.title == "RVC voice (WebUI's export), v1, 256 values a frame, with pitch"
    assert frozen.title.endswith("without pitch, frozen at 200 frames")
    assert face.title == "DeepFaceLab face (dfm), of 224 pixels"


def test_every_format_names_a_key_of_a_profile() -> None:
    from profiles.schema import all_keys

    assert {form.key for form in FORMATS} <= set(all_keys())
