"""What a profile is held against: what was learned of the target, and where that is silent, what the profile tells."""

from typing import TypeVar

from pipeline.errors import UnderstudyError
from pipeline.inference.store import ModelStore
from pipeline.preflight.actor.target import looks_of_portrait
from pipeline.preflight.camera.learning import picture_of_portrait
from pipeline.preflight.feeds.sound_files import read_sound
from pipeline.preflight.microphone.learning import learn_voice
from pipeline.video.swap.portrait import read_likeness
from profiles.profile import Profile
from profiles.reference.figures import LooksReference, Part, PictureReference, Reference, VoiceReference, read_reference

MOST_S = 60.0
Known = TypeVar("Known", bound=Part)


def reference_of(profile: Profile, models: ModelStore) -> Reference:
    """A profile's reference; whatever is not known of the target is None in it.

    Raises:
        ProfileError: there is a learned one that can't be read.
        MediaError: the recording that the profile names can't be read.
    """
    learned = read_reference(profile.folder) or Reference()
    voice = _filled(_filled(learned.voice, _recorded(profile)), _told(profile))
    picture = _filled(learned.picture, _filmed(profile, models))
    looks = _filled(learned.looks, _shown(profile, models))
    return learned.model_copy(update={"voice": voice, "picture": picture, "looks": looks})


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
    try:
        return PictureReference() if file is None else picture_of_portrait(read_likeness(profile.resolve(file), models))
    except UnderstudyError:
        return PictureReference()


def _shown(profile: Profile, models: ModelStore) -> LooksReference:
    """What the portrait shows; nothing where there is none that a face is found on."""
    portrait = profile.resolve(profile.face.portrait)
    if not portrait.exists():
        return LooksReference()
    try:
        return looks_of_portrait(portrait, models)
    except UnderstudyError:
        return LooksReference()


def _filled(known: Known, other: Part) -> Known:
    """What is known, and of the rest what the other tells."""
    return known.model_copy(update={name: value for name, value in other if getattr(known, name) is None})
