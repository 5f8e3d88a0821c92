"""What a profile is held against: what was learned of the target, and where that is silent, what the profile tells."""

from collections.abc import Callable
from typing import TypeVar

from pipeline.errors import UnderstudyError
from pipeline.inference.store import ModelStore
from pipeline.preflight.actor.target import looks_of_portrait
from pipeline.preflight.camera.learning import picture_of_portrait
from pipeline.preflight.feeds.sound_files import read_sound
from pipeline.preflight.microphone.learning import learn_voice
from pipeline.video.swap.portrait import read_likeness
from profiles.errors import ProfileError
from profiles.profile import Profile
from profiles.reference.figures import LooksReference, Part, PictureReference, Reference, VoiceReference, read_reference

MOST_S = 60.0
Known = TypeVar("Known", bound=Part)


def reference_of(profile: Profile, models: ModelStore) -> tuple[Reference, tuple[str, ...]]:
    """A profile's reference, and what of it can't be read; whatever is not known of the target is None in it."""
    troubles = list[str]()
    learned = _read(lambda: read_reference(profile.folder) or Reference(), Reference(), troubles)
    recorded = _read(lambda: _recorded(profile), VoiceReference(), troubles)
    filmed = _read(lambda: _filmed(profile, models), PictureReference(), troubles)
    shown = _read(lambda: _shown(profile, models), LooksReference(), troubles)
    voice = _filled(_filled(learned.voice, recorded), _told(profile))
    picture, looks = _filled(learned.picture, filmed), _filled(learned.looks, shown)
    reference = learned.model_copy(update={"voice": voice, "picture": picture, "looks": looks})
    return reference, tuple(troubles)


def _read(read: Callable[[], Known], otherwise: Known, troubles: list[str]) -> Known:
    """A part, or where it can't be read another one, and the trouble noted."""
    try:
        return read()
    except (UnderstudyError, ProfileError) as error:
        troubles.append(str(error))
        return otherwise


def _recorded(profile: Profile) -> VoiceReference:
    """What the recording of the target's voice tells, where the profile names one."""
    file = profile.reference.voice
    return VoiceReference() if file is None else learn_voice(read_sound(profile.resolve(file), MOST_S))


def _told(profile: Profile) -> VoiceReference:
    """What the profile's own figures tell of the voice."""
    return VoiceReference(spectrum_db=profile.voice.spectrum_db, median_f0_hz=profile.voice.median_f0_hz)


def _filmed(profile: Profile, models: ModelStore) -> PictureReference:
    """What a picture of the training material tells; a film is learned from beforehand, because that takes a while."""
    file = profile.reference.picture
    return PictureReference() if file is None else picture_of_portrait(read_likeness(profile.resolve(file), models))


def _shown(profile: Profile, models: ModelStore) -> LooksReference:
    """What the portrait shows; nothing where the face engine needs none and there is none."""
    portrait = profile.resolve(profile.face.portrait)
    return looks_of_portrait(portrait, models) if portrait.exists() else LooksReference()


def _filled(known: Known, other: Part) -> Known:
    """What is known, and of the rest what the other tells."""
    return known.model_copy(update={name: value for name, value in other if getattr(known, name) is None})
