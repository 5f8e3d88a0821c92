"""A target's reference from the material that the target's models were trained on."""

import threading
from pathlib import Path

from pipeline.clock import Clock
from pipeline.errors import MediaError
from pipeline.inference.store import ModelStore
from pipeline.preflight.actor.looks import looks_of
from pipeline.preflight.camera.learning import learn_picture
from pipeline.preflight.evidence import Seen
from pipeline.preflight.feeds.devices import Devices, Wanted
from pipeline.preflight.feeds.sound_files import read_sound
from pipeline.preflight.microphone.learning import learn_voice
from pipeline.preflight.result import now_text
from profiles.model_files import sha256_of
from profiles.profile import Profile
from profiles.reference.figures import Reference, read_reference

MOST_S = 60.0
POLL_NS = 100_000_000


def learn_reference(
    profile: Profile, audio: Path | None, video: Path | None, models: ModelStore, clock: Clock
) -> Reference:
    """The reference of a profile with what the material tells; what it does not tell stays as it was.

    Args:
        profile: whose.
        audio: a recording of the target's voice; its first minute counts.
        video: a film or picture of the target; its first minute counts.
        models: where the network files are.
        clock: the program's clock.

    Raises:
        ProfileError: the profile has a reference that can't be read.
        MediaError: a file can't be read, nobody speaks in the sound, or no face is in the pictures.
        ModelError: a network is missing or damaged.
    """
    known = read_reference(profile.folder) or Reference()
    changes: dict[str, object] = {"learned_at": now_text()}
    learned_from = dict(known.learned_from)
    if audio is not None:
        voice = learn_voice(read_sound(audio, MOST_S))
        if voice.spectrum_db is None:
            raise MediaError(f"Nobody speaks in {audio}; give a recording of the target's voice of some seconds.")
        changes["voice"] = voice
        learned_from[audio.name] = sha256_of(audio)
    if video is not None:
        seen = _looked_at(profile, video, models, clock)
        if not any(frame.chosen_face for frame in seen.frames):
            raise MediaError(f"No face was found in {video}; give pictures on which the target is seen from the front.")
        changes |= {"picture": learn_picture(seen), "looks": looks_of(seen.frames)}
        learned_from[video.name] = sha256_of(video)
    return known.model_copy(update=changes | {"learned_from": learned_from})


def _looked_at(profile: Profile, video: Path, models: ModelStore, clock: Clock) -> Seen:
    """What a film shows, tracked.

    Raises:
        MediaError: it can't be read.
    """
    never = threading.Event()
    with Devices(Wanted(from_video=video), profile, models, clock) as devices:
        while not devices.over:
            clock.wait_until(clock.now_ns() + POLL_NS, never)
        seen = devices.seen()
    if seen is None:
        why = devices.missing.get("camera", "it holds no picture")
        raise MediaError(f"Nothing can be learned from {video}: {why}")
    return seen
