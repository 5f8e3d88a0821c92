"""Which of a session's open networks the profile in the lane works with, and which are only kept ready."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pipeline.telemetry import NetworkReading
from profiles.model_files import named_models
from profiles.profile import Profile

BUILT_IN = "LiteRT"
STORED_PITCH = "rvc.pitch"


def networks_of(
    profile: Profile, running: Sequence[tuple[Path, str]], providers: Mapping[str, str], store: Path
) -> tuple[NetworkReading, ...]:
    """Every open network once for each time it is open, those that the profile works with first.

    Args:
        profile: the one in the lane.
        running: the file of each open network that a profile has brought, and what it runs on.
        providers: what the others run on, by name.
        store: where the networks are that come with the program.
    """
    roles = dict(_named(profile))
    shared = [NetworkReading(name, name, label) for name, label in providers.items() if label.startswith(BUILT_IN)]
    used, ready = list[NetworkReading](), list[NetworkReading]()
    if profile.voice.engine == "rvc" and profile.rvc.pitch is None:
        roles |= {path: STORED_PITCH for path, _ in running if path.parent == store}
    for path, label in running:
        role = roles.pop(path, "")
        if role:
            used.append(NetworkReading(path.name, role, label))
        else:
            ready.append(NetworkReading(path.name, "", label, in_use=False))
    return (*sorted(used, key=lambda network: network.role), *shared, *ready)


def _named(profile: Profile) -> Iterator[tuple[Path, str]]:
    """The files that a profile and its cast name for the engines that they have, and the keys that name them."""
    idle = {"dfm", "embedding"} - {profile.face.engine} | ({"rvc"} - {profile.voice.engine})
    for other in profile.cast_profiles:
        yield from ((path, f"cast.{role}") for path, role in _named(other) if not role.startswith("rvc"))
    for key, path in named_models(profile).items():
        if key.partition(".")[0] not in idle:
            yield profile.resolve(path), key
