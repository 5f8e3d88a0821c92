"""When it flashes and beeps, and what that looks and sounds like."""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.audio.stream import RATE_HZ
from pipeline.media import Pixels

LEAD_S = 2.5
"""Before the first flash: until then the pictures' delay has found its place."""
FLASH_FRAMES = 4
PAUSES_S = (0.40, 0.67, 0.47, 0.60, 0.53, 0.73, 0.57)
"""No stretch of these is like another: that tells which flash is which, however late it comes."""
BRISK_PAUSES_S = (8 / 30, 13 / 30, 9 / 30, 12 / 30, 10 / 30, 14 / 30, 11 / 30)
"""The same in two thirds of the time, for who can't wait: a flash that is lost is missed sooner."""
FLASH_SHARE = 0.55
"""How far a flash whitens the picture: a face on it is still found."""
BEEP_SAMPLES = RATE_HZ * 3 // 100
BEEP_BAND_HZ = (300.0, 6000.0)
BEEP_PEAK = 0.35


@dataclass(frozen=True)
class Score:
    """Flashes on frames, and with each a beep at the same instant, or off it by what is asked for."""

    seconds: float
    fps: float = 30.0
    shifts_s: tuple[float, ...] = (0.0,)
    """By how much beeps come after their flashes, in turn."""
    pauses_s: tuple[float, ...] = PAUSES_S
    """From one flash to the next, in turn."""
    lead_s: float = LEAD_S
    """Before the first one."""

    @cached_property
    def flashes_ns(self) -> tuple[int, ...]:
        """When each flash is captured, since the start."""
        instants, at_s = [], self.lead_s
        while at_s < self.seconds:
            instants.append(round(round(at_s * self.fps) * 1e9 / self.fps))
            at_s += self.pauses_s[(len(instants) - 1) % len(self.pauses_s)]
        return tuple(instants)

    @cached_property
    def beeps_ns(self) -> tuple[int, ...]:
        """When each beep is captured, since the start."""
        shifts = self.shifts_s
        return tuple(
            flash_ns + round(shifts[index % len(shifts)] * 1e9) for index, flash_ns in enumerate(self.flashes_ns)
        )

    def flashes(self, media_ns: int) -> bool:
        """Whether the frame at an instant since the start is part of a flash."""
        length_ns = round((FLASH_FRAMES - 0.5) * 1e9 / self.fps)
        return any(-1_000_000 <= media_ns - flash_ns < length_ns for flash_ns in self.flashes_ns)

    def sound(self, position: int, count: int) -> NDArray[np.float32]:
        """float32 (count,): the samples from a position on."""
        samples = np.zeros(count, np.float32)
        for index, beep_ns in enumerate(self.beeps_ns):
            start = round(beep_ns * RATE_HZ / 1e9) - position
            if -BEEP_SAMPLES < start < count:
                burst = beep(index)
                first = max(0, -start)
                length = min(BEEP_SAMPLES - first, count - max(0, start))
                samples[max(0, start) : max(0, start) + length] = burst[first : first + length]
        return samples


def beep(index: int) -> NDArray[np.float32]:
    """float32 (BEEP_SAMPLES,): a burst of noise of its own for each index.

    Voice engines take noise for a consonant and leave it as it is, and no stretch of noise is like another.
    """
    noise = np.random.default_rng(index).standard_normal(BEEP_SAMPLES)
    spectrum = np.fft.rfft(noise)
    hz = np.fft.rfftfreq(BEEP_SAMPLES, 1.0 / RATE_HZ)
    spectrum[(hz < BEEP_BAND_HZ[0]) | (hz > BEEP_BAND_HZ[1])] = 0.0
    burst = np.fft.irfft(spectrum, BEEP_SAMPLES)
    return np.asarray(burst * (BEEP_PEAK / np.abs(burst).max()), np.float32)


def flash(pixels: Pixels) -> Pixels:
    """A picture, whitened."""
    white = np.full_like(pixels, 255)
    return np.asarray(cv2.addWeighted(pixels, 1.0 - FLASH_SHARE, white, FLASH_SHARE, 0.0), np.uint8)


def pattern(size: tuple[int, int]) -> Pixels:
    """uint8 (height, width, 3) BGR: dark bars, with nobody on them."""
    columns = np.arange(size[0]) * 8 // size[0]
    row = (20 + 10 * columns).astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(row[np.newaxis, :, np.newaxis], (size[1], size[0], 3)))
