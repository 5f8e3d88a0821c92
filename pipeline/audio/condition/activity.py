"""Whether somebody speaks into the microphone, for the sentence "you are muted but speaking"."""

import numpy as np
from numpy.typing import NDArray

from pipeline.audio.condition.mono import MonoStage, Sound
from pipeline.audio.metering.noise_floor import FloorSpan, NoiseFloor
from pipeline.audio.stream import RATE_HZ

STEP = RATE_HZ // 25
"""40 ms: one look."""
THINNING = 12
"""The look at the period goes to 2 kHz."""
LOW_RATE_HZ = RATE_HZ // THINNING
LAGS = slice(LOW_RATE_HZ // 400, LOW_RATE_HZ // 65)
"""Periods of a voice, 65 to 400 Hz."""
TRANSFORM = 320
PERIODIC = 0.5
"""Likeness of a voiced sound to itself one period later."""
LOW_SHARE = 0.3
"""Share of a voiced sound's power that lies below 2 kHz, at least; of a hiss or a click it is less."""
FLOOR = FloorSpan(step_s=STEP / RATE_HZ, smoothing_s=0.05, bucket_s=0.4, buckets=8, unknown_s=0.4)
SPEECH_RATIO = 10.0 ** (8.0 / 10.0)
QUIETEST = 10.0 ** (-60.0 / 10.0)
SURE, MOST = 3.0, 5.0
"""Looks at voiced sound after which somebody speaks, and more than which count no longer."""
DOUBT = 0.25
"""What a look without voiced sound takes away: 0.8 s after the last one nobody speaks."""


class Activity(MonoStage):
    """Passes the sound on as it is and says whether it is speech.

    Speech is sound above the room of which enough repeats itself at the pitch of a voice: a keyboard, a door or a fan
    are not. `speaking` may be read by any thread.
    """

    def __init__(self) -> None:
        super().__init__("activity")
        self._floor = NoiseFloor(FLOOR)
        self._taper = (TRANSFORM // 2) / (TRANSFORM // 2 - np.arange(TRANSFORM // 2)).astype(np.float64)
        self.reset()

    def reset(self) -> None:
        """Forgets the room and who spoke."""
        self._floor.reset()
        self._heard: Sound = np.zeros(0, np.float32)
        self._evidence: float = 0.0
        self._speaking = False

    @property
    def speaking(self) -> bool:
        """Whether somebody speaks."""
        return self._speaking

    def _run(self, sound: Sound) -> Sound:
        self._heard = np.concatenate((self._heard, sound))
        start = 0
        while start + STEP <= len(self._heard):
            self._look(self._heard[start : start + STEP])
            start += STEP
        self._heard = self._heard[start:]
        return sound

    def _look(self, window: Sound) -> None:
        power = float(window.dot(window)) / STEP
        floor = self._floor.push(power)
        # Before the room is known, its hum would be taken for a voice.
        if floor > 0.0 and power > max(QUIETEST, SPEECH_RATIO * floor) and self._voiced(window):
            self._evidence = min(MOST, self._evidence + 1.0)
        else:
            self._evidence = max(0.0, self._evidence - DOUBT)
        if self._evidence >= SURE:
            self._speaking = True
        elif self._evidence == 0.0:
            self._speaking = False

    def _voiced(self, window: Sound) -> bool:
        low: NDArray[np.float64] = window.reshape(-1, THINNING).mean(axis=1, dtype=np.float64)
        low -= low.mean()
        spectrum = np.fft.rfft(low, TRANSFORM)
        likeness = np.fft.irfft(spectrum.real**2 + spectrum.imag**2, TRANSFORM)[: len(low)] * self._taper
        whole = float(window.dot(window)) / THINNING
        if likeness[0] < LOW_SHARE * whole or whole <= 0.0:
            return False
        return float(likeness[LAGS].max()) > PERIODIC * float(likeness[0])
