"""The target's melody, from the actor's."""

import numpy as np
from numpy.typing import NDArray

from pipeline.audio.neural.pitch.coarse import HIGHEST_HZ, LOWEST_HZ
from pipeline.audio.voice.actor import Actor
from pipeline.audio.voice.statistics import PitchLearner
from profiles.profile import Profile, VoiceSettings

KNOWN_FRAMES = 200.0
"""What other voices of the session learnt of the actor's pitch counts as much as 2 s of it."""
MOST_SEMITONES = 24.0

Series = NDArray[np.float32]


class Melody:
    """Moves pitches from the actor's median to the target's, and scales their ups and downs."""

    def __init__(self, profile: Profile, actor: Actor | None = None) -> None:
        """`actor` is what the session knows of the voice, and tells when another one is to be learnt."""
        self._settings: VoiceSettings = profile.voice
        self._semitones = profile.rvc.transpose_semitones
        self._actor = actor or Actor()
        self._begin()

    def _begin(self) -> None:
        self._number, self._known_hz = self._actor.number, self._actor.median_hz
        self._learner = PitchLearner()

    @property
    def actor_hz(self) -> float | None:
        """The actor's median; None before the first voice."""
        heard = self._learner.hops
        if not heard:
            return self._known_hz
        learnt = self._learner.median_hz
        if self._known_hz is None:
            return learnt
        return float(self._known_hz * (learnt / self._known_hz) ** (heard / (heard + KNOWN_FRAMES)))

    @property
    def semitones(self) -> float:
        """By how much the pitch is raised: as the profile says, or from the actor's median to the target's."""
        actor_hz, own = self.actor_hz, self._semitones
        if own is None:
            own = 12.0 * np.log2(self._settings.median_f0_hz / actor_hz) if actor_hz else 0.0
        return float(np.clip(own + self._settings.pitch_semitones, -MOST_SEMITONES, MOST_SEMITONES))

    def adjust(self, profile: Profile) -> None:
        """Takes live settings."""
        self._settings = profile.voice

    def hear(self, hz: Series) -> None:
        """Learns the actor's median from new pitches, 0 where there is no voice; anew when somebody else speaks."""
        if self._number != self._actor.number:
            self._begin()
        for value in hz[hz > 0]:
            self._learner.hear(float(value))

    def aimed(self, hz: Series) -> Series:
        """The target's pitches; what is no voice stays none."""
        actor_hz = self.actor_hz
        if actor_hz is None:
            return hz
        lively = actor_hz * (np.maximum(hz, 1e-3) / actor_hz) ** self._settings.expressivity
        moved = np.clip(lively * 2.0 ** (self.semitones / 12.0), LOWEST_HZ, HIGHEST_HZ)
        return np.where(hz > 0, moved, 0.0).astype(np.float32)
