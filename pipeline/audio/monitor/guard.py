"""Notices that the microphone hears what the monitor plays, before it howls.

The actor's own voice comes to the monitor later than to the microphone; what leaks comes to the microphone later than
to the monitor. So only likeness of the microphone's sound to what was played before it counts.
"""

import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.audio.condition.mono import Sound, span_ns
from pipeline.audio.stream import RATE_HZ

THINNING = 6
LOW_RATE_HZ = RATE_HZ // THINNING
"""Likeness is looked for below 4 kHz."""
WINDOW = 4096
"""Thinned samples of the microphone that one look takes, and the longest way round: half a second."""
SPAN = 2 * WINDOW
"""Thinned samples of the monitor that it takes."""
EVERY = RATE_HZ // 5
"""Samples between two looks."""
BAND = slice(round(250 * SPAN / LOW_RATE_HZ), round(3400 * SPAN / LOW_RATE_HZ))
"""What a small loudspeaker plays and a voice has."""
BINS = BAND.stop - BAND.start
HELD = 1 << 17
"""Samples that are kept of either sound: 2.7 seconds."""
JUMP_NS = 60_000_000
"""Sound that comes by so much sooner or later than what came before it lets expect begins anew."""
QUIET = 1e-5
"""A mean power below which nothing is played that could howl: -50 dBFS."""
FAINT = 1e-3
"""Bins that are weaker than the mean one by more than this count less and less."""
LIKE = 0.11
"""Likeness at one delay in two looks, of 1, from which it is no chance. Real speech through headphones has 0.06 at
most, through a loudspeaker that is about to howl 0.15 to 0.3."""
LOUD = 0.04
"""Share of the actor's power that has to come from the monitor: half a howl's level has four times as much, headphones
let out a hundredth of it."""
FADING = 0.93
"""What a look leaves of the memory of how loud the actor is."""
NEAR = 4
"""Samples by which the strongest likeness may miss the strongest common power."""


class Line:
    """The newest sound of a stream, and when it came. One thread writes."""

    def __init__(self) -> None:
        self._samples: Sound = np.zeros(HELD, np.float32)
        self._start_ns = 0
        self.count = 0
        """Samples since it began."""

    def add(self, sound: Sound, now_ns: int) -> None:
        """Takes what has come by now."""
        if self.count == 0 or abs(now_ns - self.end_ns - span_ns(len(sound))) > JUMP_NS:
            self._samples[:] = 0.0
            self._start_ns, self.count = now_ns - span_ns(len(sound)), 0
        place = self.count % HELD
        first = min(len(sound), HELD - place)
        self._samples[place : place + first] = sound[:first]
        self._samples[: len(sound) - first] = sound[first:]
        self.count += len(sound)

    @property
    def end_ns(self) -> int:
        """When its newest sample came."""
        return self._start_ns + span_ns(self.count)

    def before(self, end_ns: int, count: int) -> Sound:
        """So many thinned samples up to an instant, with silence where there are none."""
        end = round((end_ns - self._start_ns) * RATE_HZ / 1e9)
        last, start = min(end, self.count), end - count * THINNING
        first = max(start, last - HELD, 0)
        taken: Sound = np.zeros(count * THINNING, np.float32)
        if last > first:
            places = np.arange(first, last) % HELD
            taken[first - start : last - start] = self._samples[places]
        return taken.reshape(count, THINNING) @ np.full(THINNING, 1.0 / THINNING, np.float32)


class FeedbackGuard:
    """Compares what the microphone hears with what the monitor has played. Two threads, one for each."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tapers = np.hanning(WINDOW).astype(np.float32), np.hanning(SPAN).astype(np.float32)
        self.reset()

    def reset(self) -> None:
        """Forgets everything."""
        with self._lock:
            self._heard, self._played = Line(), Line()
            self._likeness: Sound = np.zeros(WINDOW + 1, np.float32)
            """Of the look before, over the delays: what repeats itself by chance does not at the same delay again."""
            self._loudest: float = 0.0
            self._looked = 0

    def hear(self, sound: Sound, now_ns: int) -> None:
        """Takes what came from the microphone."""
        with self._lock:
            self._heard.add(sound, now_ns)

    def play(self, sound: Sound, now_ns: int) -> bool:
        """Takes what was handed to the monitor; True when the microphone hears too much of it."""
        with self._lock:
            self._played.add(sound, now_ns)
            count = self._heard.count
            if count < WINDOW * THINNING or 0 <= count - self._looked < EVERY:
                return False
            self._looked = count
            heard = self._heard.before(self._heard.end_ns, WINDOW)
            played = self._played.before(self._heard.end_ns, SPAN)
        return self._look(heard, played)

    def _look(self, heard: Sound, played: Sound) -> bool:
        """Whether what was heard is like what was played, at a delay of 0 to half a second, and how loud that is."""
        self._loudest = max(float(heard.dot(heard)), FADING * self._loudest)
        if float(played.dot(played)) < QUIET * SPAN:
            self._likeness = np.zeros(WINDOW + 1, np.float32)
            return False
        narrow, wide = self._tapers
        common = np.conj(np.fft.rfft(heard * narrow, SPAN)[BAND]) * np.fft.rfft(played * wide)[BAND]
        size = np.abs(common)
        flat = common / (size + (FAINT * float(size.mean()) + 1e-20))
        likeness = _over_delays(flat) * np.float32(SPAN / (2 * BINS))
        lasting, self._likeness = np.minimum(likeness, self._likeness), likeness
        place = int(np.argmax(lasting))
        if lasting[place] < LIKE:
            return False
        strength = float(np.abs(_over_delays(common)[max(0, place - NEAR) : place + NEAR + 1]).max())
        source = played[place : place + WINDOW] * wide[place : place + WINDOW]
        # What of the microphone's power that source explains, with the taper's own loss taken back.
        explained = strength**2 / (float(source.dot(source)) + 1e-20) / float(narrow.dot(narrow) / WINDOW)
        return explained > LOUD * self._loudest


def _over_delays(spectrum: NDArray[np.complexfloating[Any, Any]]) -> Sound:
    """The correlation whose spectrum has a band: at place n the microphone is `WINDOW` - n samples late."""
    whole = np.zeros(SPAN // 2 + 1, np.complex64)
    whole[BAND] = spectrum
    return np.asarray(np.fft.irfft(whole)[: WINDOW + 1], np.float32)
