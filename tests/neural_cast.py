"""A cast whose faces, voices and mattes are stand-in networks in every mixture, and what tells which networks live."""

import shutil
import weakref
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.inference.onnx.model_file import ModelFile
from pipeline.inference.onnx.network import Layout, Manner, OnnxNetwork
from pipeline.inference.onnx.place import Place
from profiles.engines.face import DfmSettings, EmbeddingSettings, MaskSettings, MattingSettings
from profiles.engines.voice import RvcSettings
from profiles.profile import FaceSettings, Profile, VoiceSettings
from profiles.store import BUILTIN
from tests.footage import persona
from tests.models.dfm import tinting_dfm
from tests.models.f0 import rmvpe_of_waveform
from tests.models.masks import xseg
from tests.models.matting import Matting, matting
from tests.models.rvc import content_encoder, rvc_voice
from tests.models.swappers import arcface, swapper
from tests.neural_faces import puppet
from tests.pipeline.video.neural.swapper_desk import showing

VOICE_MS = 300.0
MATTE_SIDE = 512


@dataclass(frozen=True, slots=True)
class Part:
    """Who is worn, with what."""

    who: str
    face: str = "photo"
    rvc: bool = False
    matte: str = ""
    masked: bool = False

    @property
    def name(self) -> str:
        """Tells all of it."""
        voice = "rvc" if self.rvc else "timbre"
        return "-".join(filter(None, (self.who, self.face, voice, self.matte, "xseg" if self.masked else "")))

    @property
    def networks(self) -> int:
        """How many the profile brings that stay open while it is warm."""
        # A voice has its content encoder and its pitch network beside it; who the target is, is asked once.
        return (self.face != "photo") + 3 * self.rvc + bool(self.matte) + self.masked


PARTS = (
    Part("mara"),
    Part("tomas", "dfm"),
    Part("ines", "embedding"),
    Part("anselm", rvc=True),
    Part("mara", "dfm", rvc=True),
    Part("tomas", "embedding", rvc=True),
    Part("ines", matte="modnet"),
    Part("anselm", "dfm", rvc=True, matte="modnet"),
    Part("mara", "embedding", masked=True),
    Part("tomas", matte="modnet", rvc=True),
    Part("ines", "dfm", masked=True),
    Part("anselm", "embedding", matte="modnet"),
    Part("tomas"),
)
"""Two more than a session keeps warm beside the one in the lane."""


def cast(folder: Path, parts: Sequence[Part] = PARTS) -> tuple[Profile, ...]:
    """The profiles, each in a folder of its own with the files that it names."""
    return tuple(_profile(folder / part.name, part) for part in parts)


def _profile(folder: Path, part: Part) -> Profile:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(BUILTIN / part.who / "portrait.png", folder / "portrait.png")
    worn, update = persona(part.who), dict[str, object]()
    if part.face == "dfm":
        tinting_dfm(folder / "face.dfm", puppet(part.who))
        update["dfm"] = DfmSettings(model=Path("face.dfm"))
    if part.face == "embedding":
        swapper(folder / "inswapper.onnx", showing("inswapper", part.who))
        arcface(folder / "arcface.onnx")
        update["embedding"] = EmbeddingSettings(model=Path("inswapper.onnx"), recogniser=Path("arcface.onnx"))
    if part.rvc:
        rvc_voice(folder / "voice.onnx")
        content_encoder(folder / "encoder.onnx")
        rmvpe_of_waveform(folder / "pitch.onnx")
        update["rvc"] = RvcSettings(model=Path("voice.onnx"), encoder=Path("encoder.onnx"), pitch=Path("pitch.onnx"))
        voice = worn.voice.model_dump() | {"engine": "rvc", "latency_ms": VOICE_MS}
        update["voice"] = VoiceSettings.model_validate(voice)
    if part.matte:
        matting(folder / "matte.onnx", Matting(part.matte, matte=somebody()))
        update["matting"] = MattingSettings(model=Path("matte.onnx"))
    if part.masked:
        xseg(folder / "xseg.onnx", level=1.0)
        update["masks"] = MaskSettings(occluder=Path("xseg.onnx"))
    face = FaceSettings.model_validate({"engine": part.face})
    return worn.model_copy(update={"name": part.name, "folder": folder, "face": face, **update})


@dataclass
class Watch:
    """What became of ONNX Runtime's sessions.

    Attributes:
        opened: how many there were.
        alive: those that anything still holds.
    """

    opened: int = 0
    alive: "weakref.WeakSet[Any]" = field(default_factory=weakref.WeakSet)


def watched() -> tuple[type[OnnxNetwork], Watch]:
    """What to put in the place of `OnnxNetwork`, and what it tells."""
    watch = Watch()

    class Watched(OnnxNetwork):
        def __init__(
            self, runtime: ModuleType, file: ModelFile, layout: Layout, place: Place, manner: Manner | None = None
        ) -> None:
            super().__init__(runtime, file, layout, place, manner)
            watch.alive.add(self._session)
            watch.opened += 1

    return Watched, watch


def somebody() -> NDArray[np.float32]:
    """A matte of a person in the middle of the picture."""
    rows, columns = np.mgrid[:MATTE_SIDE, :MATTE_SIDE] / MATTE_SIDE - 0.5
    return np.asarray(np.clip(6.0 * (0.35 - np.hypot(rows, columns)), 0.0, 1.0), np.float32)
