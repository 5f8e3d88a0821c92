"""A profile's engines built as a session builds them, in a process of its own, and what came of it.

What a file asks for may be more memory than there is, or crash a library: it then costs that process only. Run as a
program it builds one profile and prints what came of it as JSON.
"""

import json
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pipeline.assembly import Assembly
from pipeline.audio.neural.rvc import Tools
from pipeline.audio.neural.voices import RvcVoices
from pipeline.circumstances import Circumstances
from pipeline.errors import ModelError, UnderstudyError
from pipeline.inference.apart.child import NoAnswerError, answer_of
from pipeline.inference.onnx.runtime import Preference, Runtime
from pipeline.inference.store import ModelStore
from pipeline.inference.trial import limit_memory
from pipeline.telemetry import Event
from profiles.profile import ConsentSettings, Kind, Profile
from profiles.store import ProfileStore

LONGEST_S = 300.0
SIZE = (1280, 720)
DECLARED = ConsentSettings(declaration="Built to be looked at; nothing of it goes out.")


@dataclass(frozen=True, slots=True)
class Built:
    """What came of building a profile's engines.

    Attributes:
        problems: why it can't run here, each reason a sentence; empty where it can.
        remarks: what a session would tell when it begins.
        runs_on: what each network runs on.
    """

    problems: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    runs_on: dict[str, str] = field(default_factory=dict)


def engines_built(profile: Profile, device: str = "auto", limit_s: float = LONGEST_S) -> Built:
    """Builds a profile's engines in a process of its own, sound included; consent plays no part, for nothing is run."""
    try:
        found = answer_of("pipeline.selftest.engines", [str(profile.folder.absolute()), device], limit_s)
    except NoAnswerError as error:
        late = f"The engines of {profile.name} were not ready within {limit_s:.0f} s; take smaller models."
        return Built((late if error.is_late else f"Building the engines of {profile.name} {error}.",))
    return Built(tuple(found["problems"]), tuple(found["remarks"]), found["runs_on"])


def built_here(profile: Profile, models: ModelStore, device: Preference = Preference.AUTO) -> Built:
    """Builds a profile's engines in this process, and closes them."""
    remarks: list[str] = []
    profile = _declared(profile)

    def remark(event: Event) -> None:
        remarks.append(event.text)

    def build(*, heard: bool) -> dict[str, str]:
        session = Circumstances(Runtime(device, report=remark), report=remark, heard=heard)
        with closing(Assembly(models, profile, SIZE, session)) as assembly, closing(assembly.build(profile)):
            return assembly.providers

    runs_on: dict[str, str] = {}
    problems = _problems(lambda: runs_on.update(build(heard=True)))
    if problems and profile.voice.engine == "rvc":
        # The first fault ends a building; the pictures' and the sound's are looked for one without the other.
        apart = [*_problems(lambda: build(heard=False)), *_problems(lambda: _speak(profile, models, device))]
        problems = apart or problems
    return Built(tuple(dict.fromkeys(problems)), tuple(dict.fromkeys(remarks)), runs_on)


def _speak(profile: Profile, models: ModelStore, device: Preference) -> None:
    """Builds the voice alone.

    Raises:
        ModelError: it can't be built, or has no such speaker.
        VoiceError: this computer can't make it in real time.
    """
    with closing(Runtime(device)) as runtime:
        voices, settings = RvcVoices(Tools(runtime, models)), profile.rvc
        latency_ms = profile.voice.latency_ms
        try:
            latency_ms = voices.least_ms(profile, latency_ms)
            voices.stage(profile, latency_ms).close()
        except ModelError as error:
            first = profile.model_copy(update={"rvc": settings.model_copy(update={"speaker": 0})})
            if settings.speaker == 0 or _problems(lambda: voices.stage(first, latency_ms).close()):
                raise
            raise ModelError(
                f"The voice {profile.resolve(settings.model or Path())} has no speaker {settings.speaker}; set "
                "`speaker` in [rvc] lower: a voice of one person has 0 only."
            ) from error


def _problems(act: Callable[[], object]) -> list[str]:
    try:
        act()
    except UnderstudyError as error:
        return [str(error)]
    except MemoryError:
        return ["The engines need more memory than there is; take smaller models."]
    return []


def _declared(profile: Profile) -> Profile:
    """The profile, and those that it casts, as if they were personas: it is built and thrown away."""
    cast = tuple(_declared(other) for other in profile.cast_profiles)
    return profile.model_copy(update={"kind": Kind.PERSONA, "consent": DECLARED, "cast_profiles": cast})


if __name__ == "__main__":
    limit_memory()
    found = built_here(ProfileStore().load(Path(sys.argv[1])), ModelStore(), Preference(sys.argv[2]))
    print(json.dumps(asdict(found)))
