"""What the engines of a profile can't do without, read out of its models' files: nothing is run for it."""

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

from pipeline.audio.neural.contract import CHANNELS, read_contract
from pipeline.audio.neural.retrieval import require_index, without_faiss
from pipeline.errors import ModelError
from pipeline.inference.onnx.model_file import ModelFile, read_model
from pipeline.inference.onnx.ports import Port, match
from pipeline.video.background import matting_families
from pipeline.video.neural import swapper_families
from pipeline.video.neural.identity import CONVERTER_IN, IDENTITY_OUT, RECOGNISER_IN
from pipeline.video.neural.swapper import identity_map, of_several_pictures, without_converter
from pipeline.video.neural.swapper_families import Form
from profiles.profile import Profile

CONVERTING = (Form.CONVERTED, Form.CONVERTED_DIRECTION)

Faults = Iterator[str]


def unmet_needs(profile: Profile) -> tuple[str, ...]:
    """Why a profile's engines can't run, as far as its files and its cast's tell, each reason a sentence."""
    faults = [fault for look in (_face, _matting, _voice) for fault in _all(look, profile)]
    for number, other in enumerate(profile.cast_profiles):
        faults += [f"cast.{number}.profile, {other.name}: {fault}" for fault in _all(_face, other)]
    return tuple(dict.fromkeys(faults))


def _all(look: Callable[[Profile], Faults], profile: Profile) -> Faults:
    try:
        yield from look(profile)
    except ModelError as error:
        yield str(error)


def _face(profile: Profile) -> Faults:
    settings = profile.embedding
    if profile.face.engine != "embedding" or settings.model is None:
        return
    file = read_model(profile.resolve(settings.model))
    family = swapper_families.family_of(file, settings.family)
    misfits = tuple(_misfit(file, family, settings.family, "embedding"))
    if misfits:
        yield from misfits
        return
    form = family.source.form
    if form is Form.PICTURE:
        if settings.portraits:
            yield str(of_several_pictures(file, 1 + len(settings.portraits)))
        return
    if settings.recogniser is None:
        yield (
            f"The swapper {file.path} ({family.name}) knows the target by an ArcFace network and none is named; "
            "name its file as `recogniser` in [embedding], or by --recogniser."
        )
    else:
        yield from _unmatched(profile.resolve(settings.recogniser), RECOGNISER_IN)
    if form is Form.MAPPED:
        identity_map(file)
    if form not in CONVERTING:
        return
    if settings.converter is None:
        yield str(without_converter(file, family))
    else:
        yield from _unmatched(profile.resolve(settings.converter), CONVERTER_IN)


def _refusal(act: Callable[[], object]) -> Faults:
    """Why something is refused, if it is."""
    try:
        act()
    except ModelError as error:
        yield str(error)


def _unmatched(path: Path, inputs: tuple[Port, ...]) -> Faults:
    """Why a file can't stand beside a swapper."""
    file = read_model(path)
    yield from _refusal(lambda: match(file, inputs, IDENTITY_OUT))


def _misfit(
    file: ModelFile, family: swapper_families.Family | matting_families.Family, wanted: str, section: str
) -> Faults:
    """What does not fit where the profile says of which family a file is."""
    try:
        match(file, family.inputs, family.outputs)
    except ModelError as error:
        if wanted == "auto":
            yield str(error)
        else:
            yield (
                f"The model {file.path} is not what `family` in [{section}] says, {wanted}: {_reason(error)}; "
                'name another file or set `family` to "auto".'
            )


def _reason(error: ModelError) -> str:
    """An error's first part, without its cure."""
    text = str(error).partition(";")[0]
    return text[:1].lower() + text[1:]


def _matting(profile: Profile) -> Faults:
    settings = profile.matting
    if settings.model is not None:
        file = read_model(profile.resolve(settings.model))
        yield from _misfit(file, matting_families.family_of(file, settings.family), settings.family, "matting")


def _voice(profile: Profile) -> Faults:
    settings = profile.rvc
    if profile.voice.engine != "rvc" or settings.model is None:
        return
    channels = read_contract(read_model(profile.resolve(settings.model))).channels
    if settings.encoder is not None:
        yield from _encoder(profile.resolve(settings.encoder), channels)
    if settings.index is not None:
        index = profile.resolve(settings.index)
        if settings.index_rate > 0 and find_spec("faiss") is None:
            yield str(without_faiss(index))
        require_index(index, channels)


def _encoder(path: Path, channels: int) -> Faults:
    file = read_model(path)
    sizes = [tensor.shape[-1] for tensor in file.graph.outputs if tensor.shape]
    if all(isinstance(size, int) and size != channels for size in sizes):
        got = " or ".join(str(size) for size in sizes) or "no"
        yield (
            f"The content encoder {path} gives {got} values a frame, wanted {channels}, which a "
            f"{CHANNELS[channels]} voice needs; name the encoder that the voice was trained with."
        )
