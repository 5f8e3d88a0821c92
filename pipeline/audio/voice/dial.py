"""The dial between latency and quality: what an engine is given for the time that it may take."""

import math
import time
from collections.abc import Callable

import numpy as np

from pipeline.audio.stream import BLOCK_SAMPLES, RATE_HZ
from pipeline.audio.voice.chunks import Gathered, Stepped
from pipeline.audio.voice.statistics import VoiceStatistics
from pipeline.audio.voice.timbre import LEAST_LOOK_AHEAD_MS, MOST_LOOK_AHEAD_MS, Timbre
from pipeline.media import Block
from pipeline.stage import AudioStage
from profiles.profile import Profile

BEFORE_MS = 15.0
"""Of the voice's time, what goes by before the engine gets the sound: a block of the microphone, and conditioning."""
BUDGET = 0.7
"""A stretch of sound has to be done within this share of its own length, 99 times of 100."""
TRIED_S = 1.0
SMALLEST_CHUNK, LARGEST_CHUNK = 2 * BLOCK_SAMPLES, 4 * BLOCK_SAMPLES
"""Longer stretches would hold the lane up."""
STEPS_MS = (40.0, 60.0, 80.0, 120.0, 200.0, 400.0, 800.0, 1500.0, 3000.0, 5000.0)
"""What is tried where the wanted latency can't be kept."""


def voice_stage(profile: Profile, latency_ms: float, actor: VoiceStatistics | None = None) -> AudioStage:
    """The profile's voice, lagging by as much as it may.

    The first 60 ms go into looking ahead, which deep voices need, the next 40 into longer stretches, which cost less;
    what is left is waited for.

    Args:
        profile: the target.
        latency_ms: 40..5000, from the microphone to the finished sound.
        actor: what is known of the actor's voice.
    """
    own_ms = latency_ms - BEFORE_MS
    least = Timbre(profile).latency_ns / 1e6 - LEAST_LOOK_AHEAD_MS
    look_ahead_ms = min(max(own_ms - least, LEAST_LOOK_AHEAD_MS), MOST_LOOK_AHEAD_MS)
    timbre = Timbre(profile, look_ahead_ms, actor)
    rest = round((own_ms - timbre.latency_ns / 1e6) * RATE_HZ / 1000)
    chunk = min(rest, LARGEST_CHUNK)
    return Gathered(timbre, chunk, rest - chunk) if chunk >= SMALLEST_CHUNK else timbre


def load(stage: AudioStage, spent_ns: Callable[[], int] = time.thread_time_ns) -> float:
    """What a stage takes of the time that it has: the 99th percentile over a second of voice, 1 is all of it.

    Processor time counts: what else the computer does at the moment is no reason for a slower voice.
    """
    period = RATE_HZ // 150
    voice = np.zeros((BLOCK_SAMPLES, 1), np.float32)
    voice[::period] = 0.5
    chunk = max(1, stage.step // BLOCK_SAMPLES) if isinstance(stage, Stepped) else 1
    spans: list[float] = []
    for number in range(math.ceil(max(TRIED_S * RATE_HZ / BLOCK_SAMPLES, 2 * chunk))):
        began_ns = spent_ns()
        stage.process(Block(voice, RATE_HZ, number * BLOCK_SAMPLES))
        spans.append((spent_ns() - began_ns) / 1e9)
    # A long stretch is done at once, and has until the next one.
    each = [sum(spans[at : at + chunk]) for at in range(0, len(spans) - chunk + 1, chunk)]
    stage.reset()
    return float(np.percentile(each, 99)) / (chunk * BLOCK_SAMPLES / RATE_HZ)


def least_latency_ms(profile: Profile, wanted_ms: float) -> float:
    """The smallest latency from the wanted one upward that this computer keeps; the largest where it keeps none."""
    for latency_ms in (wanted_ms, *(step for step in STEPS_MS if step > wanted_ms)):
        stage = voice_stage(profile, latency_ms)
        kept = load(stage) < BUDGET
        stage.close()
        if kept:
            break
    return latency_ms
