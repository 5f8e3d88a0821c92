"""The dial between latency and quality: what an engine is given for the time that it may take."""

import math
import time
from collections.abc import Callable

import numpy as np

from pipeline.audio.stream import BLOCK_SAMPLES, RATE_HZ
from pipeline.audio.voice.actor import Actor
from pipeline.audio.voice.chunks import Gathered, Stepped
from pipeline.audio.voice.timbre import LEAST_LOOK_AHEAD_MS, MOST_LOOK_AHEAD_MS, STEP_MS, Timbre
from pipeline.errors import VoiceError
from pipeline.media import Block
from pipeline.stage import AudioStage
from profiles.profile import Profile

AROUND_MS = 18.0
"""Of the voice's time, what is not the engine's: a block of the microphone, conditioning, and the limiter behind."""
BUDGET = 0.7
"""A stretch of sound has to be done within this share of its own length, 99 times of 100."""
TRIED_S = 1.0
SMALLEST_CHUNK, LARGEST_CHUNK = 2 * BLOCK_SAMPLES, 4 * BLOCK_SAMPLES
"""Longer stretches would hold the lane up."""
STEPS_MS = (40.0, 105.0, 125.0)
"""Tried where the wanted latency can't be kept: the stretches grow with them. Beyond the last only waiting grows."""


def voice_stage(profile: Profile, latency_ms: float, actor: Actor | None = None) -> AudioStage:
    """The profile's voice, lagging by as much as it may, and by no less than the engine's least.

    The first 60 ms go into looking ahead, which deep voices need, the next 40 into longer stretches, which cost less;
    what is left is waited for.

    Args:
        profile: the target.
        latency_ms: 40..5000, from the microphone to the finished sound.
        actor: what is known of the actor's voice; shared by the voices of a session.
    """
    own_ms = latency_ms - AROUND_MS
    look_ahead_ms = min(max(own_ms - STEP_MS, LEAST_LOOK_AHEAD_MS), MOST_LOOK_AHEAD_MS)
    timbre = Timbre(profile, look_ahead_ms, actor)
    rest = round((own_ms - timbre.latency_ns / 1e6) * RATE_HZ / 1000)
    chunk = min(rest, LARGEST_CHUNK)
    return Gathered(timbre, chunk, rest - chunk) if chunk >= SMALLEST_CHUNK else timbre


def load(stage: AudioStage, spent_ns: Callable[[], int] = time.thread_time_ns) -> float:
    """What a stage takes of the time that it has: the 99th percentile over a second of voice, 1 is all of it.

    Processor time of this thread counts: what else the computer does at the moment is no reason for a slower voice.
    """
    # A long stretch is done at once, and has until the next one.
    step = stage.step if isinstance(stage, Stepped) else BLOCK_SAMPLES
    count = max(math.ceil(TRIED_S * RATE_HZ / step), 2)
    voice = np.zeros((count * step, 1), np.float32)
    voice[:: RATE_HZ // 150] = 0.5
    spans: list[float] = []
    for start in range(0, len(voice), step):
        began_ns = spent_ns()
        stage.process(Block(voice[start : start + step], RATE_HZ, start))
        spans.append((spent_ns() - began_ns) / 1e9)
    stage.reset()
    return float(np.percentile(spans, 99)) / (step / RATE_HZ)


class Dial:
    """What this computer keeps in real time: remembered, and what it does not measured again for the next voice."""

    def __init__(self) -> None:
        self._kept_ms = math.inf
        """The smallest latency known to be kept."""
        self._missed_ms = 0.0
        """The largest found not to be, for the present voice."""
        self._load = 0.0
        """What the engine took there."""

    def least_ms(self, profile: Profile, wanted_ms: float) -> float:
        """The smallest latency from the wanted one upward that this computer keeps.

        Raises:
            VoiceError: it keeps none.
        """
        # What was too much may be none when the computer has less to do.
        self._missed_ms = 0.0
        for latency_ms in (wanted_ms, *(step for step in STEPS_MS if step > wanted_ms)):
            if self._keeps(profile, latency_ms):
                return latency_ms
        raise VoiceError(
            f"The voice of {profile.title} can't be made on this computer in real time: it takes {self._load:.0%} of "
            f"the time that there is, wanted less than {BUDGET:.0%}; close other programs, or take no microphone."
        )

    def _keeps(self, profile: Profile, latency_ms: float) -> bool:
        """Whether a latency is kept."""
        # With more than the last step the engine works in the same way, and waits.
        tried_ms = min(latency_ms, STEPS_MS[-1])
        if self._missed_ms < tried_ms < self._kept_ms:
            stage = voice_stage(profile, tried_ms)
            taken = load(stage)
            stage.close()
            if taken < BUDGET:
                self._kept_ms = tried_ms
            else:
                self._missed_ms, self._load = tried_ms, taken
        return tried_ms >= self._kept_ms
