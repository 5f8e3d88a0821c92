"""The face engines that are networks, by their names in profiles."""

from contextlib import ExitStack
from functools import partial
from pathlib import Path

from pipeline.errors import ModelError
from pipeline.inference.named_model import read_named
from pipeline.inference.onnx.model_file import ModelFile
from pipeline.inference.onnx.runtime import Runtime
from pipeline.inference.store import ModelStore
from pipeline.stage import VideoStage
from pipeline.telemetry import Level
from pipeline.video.masks.opening import open_masks
from pipeline.video.neural.dfm import Dfm
from pipeline.video.neural.face_model import FaceModel
from pipeline.video.neural.identity import Likeness
from pipeline.video.neural.swap import NeuralSwap
from pipeline.video.neural.swapper import Swapper
from profiles.profile import Profile


def face_stage(profile: Profile, runtime: Runtime, models: ModelStore, *, quiet: bool = False) -> VideoStage:
    """The stage that wears the face of a profile whose face engine is a network.

    Args:
        profile: whose `engine` in [face] is `dfm` or `embedding`.
        runtime: where the networks run.
        models: the networks that find faces on portraits.
        quiet: whether whoever has the stage tells itself why no face can be drawn.

    Raises:
        MediaError: a portrait is no picture.
        PortraitError: a portrait shows no face, or several.
        ModelError: a file is missing, changed or of another format, or can't be run.
    """
    masks = open_masks(runtime, profile)
    with ExitStack() as unfinished:
        if masks is not None:
            unfinished.callback(masks.close)
        model = _model(profile, runtime, models)
        unfinished.pop_all()
    return NeuralSwap(model, profile, masks, None if quiet else partial(runtime.tell, Level.WARNING))


def _model(profile: Profile, runtime: Runtime, models: ModelStore) -> FaceModel:
    if profile.face.engine == "dfm":
        return Dfm(runtime, _needed(profile, profile.dfm.model), profile)
    settings = profile.embedding
    file = _needed(profile, settings.model)
    portraits = tuple(profile.resolve(path) for path in (profile.face.portrait, *settings.portraits))
    networks = (_read(profile, settings.recogniser), _read(profile, settings.converter))
    return Swapper(runtime, file, Likeness(portraits, models, *networks), profile)


def _needed(profile: Profile, path: Path | None) -> ModelFile:
    """The file of the face network itself."""
    file = _read(profile, path)
    if file is None:
        engine = profile.face.engine
        raise ModelError(
            f"The profile {profile.name} has the face engine {engine} and no network for it; "
            f"set `model` in [{engine}] of the profile."
        )
    return file


def _read(profile: Profile, path: Path | None) -> ModelFile | None:
    """A network's file, if the profile names one, held against what it was when it was brought in."""
    return None if path is None else read_named(profile, path)
