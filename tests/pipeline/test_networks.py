"""Which of the open networks are those of the profile in the lane."""

from pathlib import Path

from pipeline.networks import networks_of
from pipeline.telemetry import NetworkReading
from profiles.engines.face import DfmSettings
from profiles.engines.voice import RvcSettings
from profiles.profile import Profile
from tests.chains import make_profile

STORE = Path("/store")
SHARED = {"face-detection": "LiteRT CPU", "a.dfm": "ONNX CPU"}


def neural(name: str) -> Profile:
    """A profile with networks for face and voice, whose files are called as everybody's are."""
    plain = make_profile(name)
    return plain.model_copy(
        update={
            "folder": Path("/profiles") / name,
            "face": plain.face.model_copy(update={"engine": "dfm"}),
            "voice": plain.voice.model_copy(update={"engine": "rvc"}),
            "dfm": DfmSettings(model=Path("models/face.dfm")),
            "rvc": RvcSettings(model=Path("models/voice.onnx"), encoder=Path("models/vec.onnx")),
        }
    )


def opened(profile: Profile, label: str) -> tuple[tuple[Path, str], ...]:
    """What runs for a profile."""
    names = ("face.dfm", "voice.onnx", "vec.onnx")
    return tuple((profile.folder / "models" / name, label) for name in names)


def test_networks_of_one_name_are_told_apart_by_their_profile() -> None:
    ada, ben = neural("ada"), neural("ben")
    running = (*opened(ben, "ONNX CUDA"), *opened(ada, "ONNX CPU"), (STORE / "swift.onnx", "ONNX CPU"))
    assert networks_of(ada, running, SHARED, STORE) == (
        NetworkReading("face.dfm", "dfm.model", "ONNX CPU"),
        NetworkReading("vec.onnx", "rvc.encoder", "ONNX CPU"),
        NetworkReading("voice.onnx", "rvc.model", "ONNX CPU"),
        NetworkReading("swift.onnx", "rvc.pitch", "ONNX CPU"),
        NetworkReading("face-detection", "face-detection", "LiteRT CPU"),
        *(NetworkReading(path.name, "", label, in_use=False) for path, label in opened(ben, "ONNX CUDA")),
    )


def test_a_network_that_is_open_twice_is_in_use_once() -> None:
    ada = neural("ada")
    found = networks_of(ada, opened(ada, "ONNX CPU") * 2, {}, STORE)
    assert [network.in_use for network in found] == [True] * 3 + [False] * 3


def test_engines_that_a_profile_does_not_have_and_a_cast_s_faces_are_told_as_what_they_are() -> None:
    ada, ben = neural("ada"), neural("ben")
    photo = ada.model_copy(update={"face": ada.face.model_copy(update={"engine": "photo"}), "cast_profiles": (ben,)})
    found = networks_of(photo, (*opened(ada, "ONNX CPU"), *opened(ben, "ONNX CUDA")), {}, STORE)
    assert [(network.role, network.runs_on) for network in found if network.in_use] == [
        ("cast.dfm.model", "ONNX CUDA"),
        ("rvc.encoder", "ONNX CPU"),
        ("rvc.model", "ONNX CPU"),
    ]
