"""How the stream is cut for a voice that is a network: what the dial between latency and quality sets."""

from pipeline.audio.stream import RATE_HZ
from pipeline.audio.voice.chunks import SEARCH_SAMPLES, Plan

FRAME_SAMPLES = RATE_HZ // 100
"""10 ms: the step of everything here but the chunk."""
CHUNK_STEP = 2 * FRAME_SAMPLES
"""A frame of content: the frames of one call lie where those of the last one did."""
AROUND_MS = 18.0
"""Of the voice's time, what is not the engine's: a block of the microphone, conditioning, and the limiter behind."""
LEAST_MS = 100.0
CROSSFADE = (2, 8)
"""Frames of 10 ms, at least and at most; a tenth of the time in between."""
LOOK_AHEAD = (1, 20)
"""The same; a seventh of the time in between."""
CONTEXT = (50, 150)
"""The same; twice the chunk in between."""


def cut_for(latency_ms: float) -> Plan:
    """A plan that lags behind by as much as it may, but for the devices and what stands around the engine.

    A chunk counts twice: it is gathered, and then there is as long to work on it.

    Args:
        latency_ms: from the microphone to the finished sound; less than `LEAST_MS` counts as that.
    """
    frames = int((max(latency_ms, LEAST_MS) - AROUND_MS) * RATE_HZ / 1000 - SEARCH_SAMPLES // 2) // FRAME_SAMPLES
    crossfade = _within(frames // 10, CROSSFADE)
    look_ahead = _within(frames // 7, LOOK_AHEAD)
    chunk = max((frames - crossfade - look_ahead) // 4, 1) * 2
    # What the chunk can't use is heard ahead.
    look_ahead += max(frames - crossfade - look_ahead - 2 * chunk, 0)
    context = _within(2 * chunk, CONTEXT)
    return Plan(
        chunk=chunk * FRAME_SAMPLES,
        context=(context + context % 2) * FRAME_SAMPLES,
        look_ahead=look_ahead * FRAME_SAMPLES,
        crossfade=crossfade * FRAME_SAMPLES,
    )


def _within(value: int, limits: tuple[int, int]) -> int:
    return min(max(value, limits[0]), limits[1])
