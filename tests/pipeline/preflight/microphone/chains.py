"""One recording of speech through simulated microphones and links, each with its faults drawn by chance."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache

import av
import numpy as np
import soxr
from av.audio.codeccontext import AudioCodecContext
from numpy.typing import NDArray
from scipy import signal

from pipeline.audio.devices.opening import SPEECH
from pipeline.preflight.evidence import Heard
from pipeline.preflight.microphone.kind import Kind
from tests.footage import MEDIA
from tests.pipeline.audio.voice.speech import decoded

Sound = NDArray[np.float64]
Chance = np.random.Generator

RATE_HZ = 48_000
RECORDING = MEDIA / "speech-jfk.flac"
CVSD_RATE_HZ = 64_000
MSBC_FRAME = 120
"""Samples of 16 kHz in a frame of the Bluetooth hands-free profile's wideband codec."""


@cache
def demo_speech() -> Sound:
    """Ten seconds of the demo actor: clean synthesised speech, 48 kHz."""
    return decoded(SPEECH).astype(np.float64)


@cache
def old_recording() -> Sound:
    """Eleven seconds of 1961, which hiss and end at about 5 kHz."""
    return 0.7 * decoded(RECORDING).astype(np.float64)


def power_db(sound: Sound) -> float:
    """The mean power, dB re full scale."""
    return float(10.0 * np.log10(np.mean(np.square(sound)) + 1e-20))


def heard(sound: Sound, rate_hz: int = RATE_HZ, bits: int = 16) -> Heard:
    """What a device hands over: whole steps of so many bits, cut off at full scale."""
    steps = 2.0 ** (bits - 1)
    whole = np.clip(np.round(sound * steps), -steps, steps - 1) / steps
    return Heard(whole.astype(np.float32).reshape(len(whole), -1), rate_hz)


def resampled(sound: Sound, rate_hz: int, to_hz: int) -> Sound:
    """By a good resampler."""
    return np.asarray(soxr.resample(sound, rate_hz, to_hz), np.float64)


def handed_on(sound: Sound, rate_hz: int, to_hz: int, chance: Chance) -> Heard:
    """A link's sound at the rate that is asked of it, now and then by straight lines between samples."""
    if to_hz % rate_hz == 0 and chance.random() < 0.3:
        at = np.arange(len(sound) * to_hz // rate_hz) * (rate_hz / to_hz)
        return heard(np.interp(at, np.arange(len(sound)), sound), to_hz)
    return heard(resampled(sound, rate_hz, to_hz), to_hz)


def condenser(speech: Sound, chance: Chance) -> Sound:
    """A good microphone near the mouth: a gain, a gentle tilt, a dry room, hardly any hiss."""
    slope = chance.uniform(-1.5, 1.5)
    sound = shaped(speech, (100.0, 1_000.0, 10_000.0), (-slope, 0.0, slope))
    sound = in_room(sound, chance, chance.uniform(0.1, 0.25), chance.uniform(10.0, 20.0))
    sound = sound * 10.0 ** (chance.uniform(-6.0, 3.0) / 20.0)
    return sound / max(1.0, float(np.abs(sound).max()) / 0.9)


def shaped(sound: Sound, at_hz: tuple[float, ...], levels_db: tuple[float, ...]) -> Sound:
    """Through a response drawn as straight lines over the logarithm of frequency."""
    hz = np.fft.rfftfreq(len(sound), 1.0 / RATE_HZ)
    gain_db = np.interp(np.log(np.maximum(hz, 1.0)), np.log(at_hz), levels_db)
    return np.fft.irfft(np.fft.rfft(sound) * 10.0 ** (gain_db / 20.0), len(sound))


def in_room(sound: Sound, chance: Chance, rt60_s: float, direct_db: float) -> Sound:
    """Heard in a room: noise that dies away, faster above 4 kHz, `direct_db` weaker than the direct sound."""
    at_s = np.arange(int(1.2 * rt60_s * RATE_HZ)) / RATE_HZ
    low, high = (chance.normal(size=len(at_s)) * 10.0 ** (-3.0 * at_s / rt) for rt in (rt60_s, 0.6 * rt60_s))
    sections = signal.butter(2, 4_000.0, "low", fs=RATE_HZ, output="sos")
    tail = signal.sosfilt(sections, low) + high - signal.sosfilt(sections, high)
    tail *= 10.0 ** (-direct_db / 20.0) / np.sqrt(np.sum(np.square(tail)))
    late = int(chance.uniform(0.002, 0.012) * RATE_HZ)
    return sound + np.pad(signal.fftconvolve(sound, tail), (late, 0))[: len(sound)]


def noise(count: int, chance: Chance, slope_db: float = 0.0) -> Sound:
    """Noise of unit power that falls by so many dB with each octave."""
    hz = np.fft.rfftfreq(count, 1.0 / RATE_HZ)
    spectrum = np.fft.rfft(chance.normal(size=count)) * np.maximum(hz, 40.0) ** (-slope_db / 6.02)
    sound = np.fft.irfft(spectrum, count)
    return sound / np.sqrt(np.mean(np.square(sound)))


def floor_db(sound: Sound) -> float:
    """The level of the pauses: the 10th percentile of 20 ms."""
    steps = sound[: len(sound) // 960 * 960].reshape(-1, 960)
    return float(np.percentile(10.0 * np.log10(np.mean(np.square(steps), axis=1) + 1e-20), 10))


def cvsd(sound: Sound) -> Sound:
    """8 kHz through the Bluetooth hands-free profile's narrow-band codec: one bit, 64,000 times a second.

    Source: Bluetooth Core Specification, volume 2 part B, 9.2: h = 1 - 1/32, beta = 1 - 1/1024, J = K = 4, steps of
    10 to 1,280.
    """
    wanted = (resampled(sound, 8_000, CVSD_RATE_HZ) * 32_767.0).tolist()
    step, kept, run, last = 10.0, 0.0, 0, True
    done = []
    for value in wanted:
        up = value >= kept
        run = run + 1 if up is last else 1
        last = up
        step = min(step + 10.0, 1_280.0) if run >= 4 else max(step * (1_023.0 / 1_024.0), 10.0)
        kept = min(max(kept + (step if up else -step), -32_768.0), 32_767.0) * (31.0 / 32.0)
        done.append(kept)
    return resampled(np.array(done) / 32_768.0, CVSD_RATE_HZ, 8_000)[: len(sound)]


def msbc(sound: Sound) -> Sound:
    """16 kHz through the Bluetooth hands-free profile's wideband codec itself."""
    encoder = av.codec.CodecContext.create("sbc", "w")
    assert isinstance(encoder, AudioCodecContext)
    encoder.sample_rate, encoder.layout, encoder.format = 16_000, "mono", "s16"
    encoder.options = {"msbc": "1"}
    encoder.time_base = Fraction(1, 16_000)
    decoder = av.codec.CodecContext.create("sbc", "r")
    assert isinstance(decoder, AudioCodecContext)
    decoder.sample_rate, decoder.layout = 16_000, "mono"
    whole = (np.clip(sound[: len(sound) // MSBC_FRAME * MSBC_FRAME], -1.0, 1.0) * 32_767.0).astype(np.int16)
    done = []
    for at in range(0, len(whole), MSBC_FRAME):
        frame = av.AudioFrame.from_ndarray(whole[None, at : at + MSBC_FRAME], "s16", "mono")
        frame.sample_rate, frame.pts, frame.time_base = 16_000, at, Fraction(1, 16_000)
        for packet in encoder.encode(frame):
            done += [piece.to_ndarray()[0] for piece in decoder.decode(packet)]
    return np.concatenate(done) / 32_768.0


def clean(speech: Sound, chance: Chance) -> Heard:
    """A good microphone, at any usual rate."""
    rate = int(chance.choice((48_000, 48_000, 44_100)))
    sound = resampled(condenser(speech, chance), RATE_HZ, rate)
    return heard(sound, rate, int(chance.choice((16, 24))))


def bluetooth_8(speech: Sound, chance: Chance) -> Heard:
    """A headset's narrow-band link, handed on at its own rate or a higher one."""
    sound = resampled(condenser(speech, chance), RATE_HZ, 8_000)
    band = (chance.uniform(150.0, 320.0), chance.uniform(3_300.0, 3_800.0))
    sound = signal.sosfilt(signal.butter(3, band, "band", fs=8_000, output="sos"), sound)
    rate = int(chance.choice((8_000, 16_000, 44_100, 48_000)))
    return handed_on(cvsd(sound), 8_000, rate, chance)


def bluetooth_16(speech: Sound, chance: Chance) -> Heard:
    """A headset's wideband link, handed on at its own rate or a higher one."""
    sound = resampled(condenser(speech, chance), RATE_HZ, 16_000)
    sound = signal.sosfilt(signal.butter(2, chance.uniform(50.0, 150.0), "high", fs=16_000, output="sos"), sound)
    rate = int(chance.choice((16_000, 32_000, 44_100, 48_000)))
    return handed_on(msbc(sound), 16_000, rate, chance)


def laptop(speech: Sound, chance: Chance) -> Heard:
    """A laptop's own microphone at arm's length in a room that rings: thin, harsh and far away."""
    rt60, direct = chance.uniform(0.45, 1.1), chance.uniform(-4.0, 3.0)
    sound = in_room(speech, chance, rt60, direct)
    thin, harsh, dull = chance.uniform(-14.0, -6.0), chance.uniform(3.0, 8.0), chance.uniform(-20.0, -8.0)
    at_hz = (80.0, chance.uniform(250.0, 450.0), 1_500.0, chance.uniform(3_000.0, 6_000.0), 9_000.0, 16_000.0)
    sound = shaped(sound, at_hz, (2.0 * thin, 0.3 * thin, 0.0, harsh, 0.0, dull))
    sound *= 10.0 ** ((power_db(speech) + chance.uniform(-10.0, -2.0) - power_db(sound)) / 20.0)
    return heard(sound + noise(len(sound), chance, 3.0) * 10.0 ** (chance.uniform(-75.0, -62.0) / 20.0))


def noisy(speech: Sound, chance: Chance) -> Heard:
    """A fan, a street or a bad preamplifier: 20 to 45 dB above the recording's own floor."""
    sound = condenser(speech, chance)
    level = min(floor_db(sound) + chance.uniform(20.0, 45.0), power_db(sound) - 3.0)
    return heard(sound + noise(len(sound), chance, chance.uniform(0.0, 6.0)) * 10.0 ** (level / 20.0))


def humming(speech: Sound, chance: Chance) -> Heard:
    """The mains in a cable, with its harmonics."""
    sound = condenser(speech, chance)
    at_s = np.arange(len(sound)) / RATE_HZ
    mains = float(chance.choice((50.0, 60.0))) * (1.0 + chance.uniform(-0.002, 0.002))
    fall = chance.uniform(0.5, 1.5)
    tones = [
        number**-fall * chance.uniform(0.5, 1.5) * np.sin(2.0 * np.pi * (number * mains * at_s + chance.uniform()))
        for number in range(1, 13)
    ]
    hum = np.sum(tones, axis=0)
    return heard(sound + hum * 10.0 ** ((power_db(sound) - chance.uniform(10.0, 32.0) - power_db(hum)) / 20.0))


def clipping(speech: Sound, chance: Chance) -> Heard:
    """A gain that is too high: cut off at full scale, or in the preamplifier before the converter."""
    sound = condenser(speech, chance)
    sound = np.clip(sound * 10.0 ** (chance.uniform(8.0, 20.0) / 20.0) / np.abs(sound).max(), -1.0, 1.0)
    if chance.random() < 0.4:
        sound = sound * 10.0 ** (chance.uniform(-9.0, -1.0) / 20.0)
    return heard(sound)


def wrong_rate(speech: Sound, chance: Chance) -> Heard:
    """Sound of one rate taken for another's, brought up from a lower one, or too little of it for the clock."""
    sound = condenser(speech, chance)
    way = chance.integers(3)
    if way == 0:
        low = int(chance.choice((16_000, 22_050, 24_000)))
        # Taken for faster than it is, the voice is high and hasty; taken for slower, deep and dragging.
        return heard(sound, low) if chance.random() < 0.3 else heard(resampled(sound, RATE_HZ, low))
    if way == 1:
        low = int(chance.choice((11_025, 22_050, 24_000, 32_000)))
        return heard(resampled(resampled(sound, RATE_HZ, low), low, RATE_HZ))
    return heard(starved(sound, float(chance.choice((44_100, 32_000, 16_000))), chance))


def starved(sound: Sound, rate_hz: float, chance: Chance) -> Sound:
    """A converter at a lower rate than the one that is read: each buffer ends in silence."""
    low = resampled(sound, RATE_HZ, int(rate_hz))
    buffer = int(chance.choice((480, 960, 1_024, 2_048)))
    filled = buffer * rate_hz / RATE_HZ
    done = np.zeros((int(len(low) / filled), buffer))
    for number, row in enumerate(done):
        piece = low[round(number * filled) : round((number + 1) * filled)]
        row[: len(piece)] = piece
    return done.ravel()


def muted(speech: Sound, chance: Chance) -> Heard:
    """Muted by a key, by the system, or left at hardly any gain."""
    way = chance.integers(4)
    nothing = np.zeros(len(speech))
    if way == 0:
        return heard(nothing)
    if way == 1:
        return heard(nothing + chance.uniform(-0.02, 0.02))
    if way == 2:
        return heard(noise(len(speech), chance, 3.0) * 10.0 ** (chance.uniform(-96.0, -75.0) / 20.0))
    return heard(speech * 10.0 ** (chance.uniform(-75.0, -60.0) / 20.0))


CHAINS: dict[Kind, Callable[[Sound, Chance], Heard]] = {
    Kind.CLEAN: clean,
    Kind.BLUETOOTH_8: bluetooth_8,
    Kind.BLUETOOTH_16: bluetooth_16,
    Kind.LAPTOP: laptop,
    Kind.NOISY: noisy,
    Kind.HUM: humming,
    Kind.CLIPPING: clipping,
    Kind.WRONG_RATE: wrong_rate,
    Kind.MUTED: muted,
}


@dataclass(frozen=True, slots=True)
class Case:
    """One generated case."""

    kind: Kind
    heard: Heard


def case(number: int, speech: Sound, seed: int = 0) -> Case:
    """The case of a number: all kinds in turn, each time with other parameters."""
    kind = list(CHAINS)[number % len(CHAINS)]
    chance = np.random.default_rng((seed, number))
    return Case(kind, replace(CHAINS[kind](speech, chance), device=kind.value))
