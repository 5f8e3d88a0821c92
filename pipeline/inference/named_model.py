"""The models that a profile names, held against what they were when they were brought in."""

from dataclasses import replace
from pathlib import Path

from pipeline.errors import ModelError
from pipeline.inference.formats import meant_elsewhere
from pipeline.inference.onnx.model_file import ModelFile, read_model
from pipeline.inference.onnx.place import Preference
from profiles.model_files import named_models, sha256_of
from profiles.profile import Profile


def read_named(profile: Profile, path: Path) -> ModelFile:
    """A profile's model, to run where [devices] has it, and unchanged as far as [hashes] tells.

    The same goes for the files beside it that hold its weights.

    Args:
        profile: whose model it is.
        path: as the profile names it.

    Raises:
        ModelError: it is missing, changed, no whole ONNX model, one for something else, or can't be read.
    """
    file = read_model(profile.resolve(path), profile.hashes.get(path.as_posix()))
    for location in dict.fromkeys(weights.outside["location"] for weights in file.graph.weights if weights.outside):
        beside = path.parent / location
        wanted = profile.hashes.get(beside.as_posix())
        if wanted is not None:
            _require(file, profile.resolve(beside), wanted)
    keys = [key for key, named in named_models(profile).items() if named == path]
    other = meant_elsewhere(file, keys) if keys else None
    if other is not None:
        raise ModelError(f"{file.path} is {other.called}, wanted one for {' and '.join(keys)}; name another.")
    device = profile.devices.get(path.as_posix())
    return file if device is None else replace(file, preference=Preference(device))


def _require(file: ModelFile, beside: Path, wanted: str) -> None:
    try:
        got = sha256_of(beside)
    except OSError as error:
        raise ModelError(f"The file {beside} of the model {file.path} can't be read: {error.strerror}.") from error
    if got != wanted:
        raise ModelError(
            f"The file {beside} of the model {file.path} has changed: SHA-256 wanted {wanted}, got {got}; "
            "put the old file back, or record the new one with `understudy profiles record`."
        )
