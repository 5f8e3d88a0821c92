"""The demo actor's sound: as long as the picture, in step with the lips, without a seam, and a voice."""

import json
import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from pipeline.audio.stream import RATE_HZ
from pipeline.media import Points
from pipeline.video.codecs.decoder import VideoDecoder
from pipeline.video.devices.demo_actor import RECORDING
from pipeline.video.tracking.mesh import eye_distance_px
from profiles.store import BUILTIN
from tests.footage import make_frame, make_tracker

Floats = NDArray[np.float64]

SOUND = Path(str(files("pipeline.audio.assets").joinpath("demo-actor.flac")))
TIMELINE = RECORDING.with_suffix(".json")
MEDIAN_HZ = 140.0
LIPS = ((13, 14), (82, 87), (312, 317))
"""Inner edges of the lips that face each other."""
SPEECH_DB, HUSH_DB = -45.0, -60.0
HOP = RATE_HZ // 100
LARGEST_FILE = 400_000
FORMANTS_HZ = {
    "A": ((600, 850), (1100, 1500)),
    "E": ((400, 600), (1700, 2200)),
    "I": ((240, 400), (1950, 2500)),
    "O": ((420, 650), (750, 1150)),
    "U": ((240, 420), (650, 1100)),
}
"""Where adults who speak have the first and the second, by the mouth's shape."""


@cache
def sound() -> Floats:
    """The samples of the shipped file, -1..1."""
    with av.open(str(SOUND)) as container:
        stream = container.streams.audio[0]
        assert (stream.rate, stream.channels, stream.format.name) == (RATE_HZ, 1, "s16")
        blocks = [frame.to_ndarray()[0] for frame in container.decode(stream)]
    return np.concatenate(blocks) / 32768.0


@cache
def envelope(over_s: float) -> Floats:
    """The looped sound's RMS in a bell-shaped window."""
    window = np.hanning(round(over_s * RATE_HZ) | 1)
    power = np.concatenate([sound()] * 3) ** 2
    size = 1 << (len(power) + len(window)).bit_length()
    smooth = np.fft.irfft(np.fft.rfft(power, size) * np.fft.rfft(window / window.sum(), size), size)
    first = len(sound()) + len(window) // 2
    return np.sqrt(np.maximum(smooth[first : first + len(sound())], 1e-14))


def levels_db(over_s: float = 0.02) -> Floats:
    return np.asarray(20 * np.log10(envelope(over_s)))


@cache
def pitch() -> Floats:
    """The fundamental every 10 ms, 0 where there is none, by autocorrelation."""
    window = np.hanning(round(0.045 * RATE_HZ))
    size = 2 * len(window)
    own = np.fft.irfft(np.abs(np.fft.rfft(window, size)) ** 2)
    shortest, longest = RATE_HZ // 400, RATE_HZ // 75
    loud = levels_db()[::HOP] > SPEECH_DB
    padded = np.pad(sound(), len(window) // 2, mode="wrap")
    found = np.zeros(len(loud))
    for number in np.flatnonzero(loud):
        piece = padded[number * HOP : number * HOP + len(window)]
        power = np.fft.irfft(np.abs(np.fft.rfft((piece - piece.mean()) * window, size)) ** 2)
        likeness = power[: longest + 1] / power[0] / (own[: longest + 1] / own[0])
        lag = shortest + int(np.argmax(likeness[shortest:] - 0.01 * np.log2(np.arange(shortest, longest + 1))))
        found[number] = RATE_HZ / lag if likeness[lag] > 0.5 else 0.0
    return found


def formants_hz(at_s: float) -> list[float]:
    """The first resonances about a time, by linear prediction of order 12 at 10 kHz."""
    rate_hz, order = 10_000, 12
    middle = round(at_s * RATE_HZ)
    piece = sound()[middle - RATE_HZ // 40 : middle + RATE_HZ // 40]
    spectrum = np.fft.rfft(piece)
    slow = np.fft.irfft(spectrum[: len(piece) * rate_hz // RATE_HZ // 2 + 1])
    slow = (slow[1:] - 0.97 * slow[:-1]) * np.hamming(len(slow) - 1)
    likeness = np.correlate(slow, slow, "full")[len(slow) - 1 :]
    table = likeness[np.abs(np.subtract.outer(np.arange(order), np.arange(order)))]
    roots = np.roots([1.0, *-np.linalg.solve(table, likeness[1 : order + 1])])
    centres, widths = np.angle(roots) * rate_hz / (2 * np.pi), -np.log(np.abs(roots)) * rate_hz / np.pi
    return sorted(float(hz) for hz, width in zip(centres, widths, strict=True) if hz > 150 and width < 500)


@cache
def mouth_opening() -> Floats:
    """How far the lips are apart on each frame of the recording, in eye distances."""

    def gap(landmarks: Points) -> float:
        parted = [float(np.linalg.norm(landmarks[upper] - landmarks[lower])) for upper, lower in LIPS]
        return float(np.mean(parted)) / eye_distance_px(landmarks)

    tracker = make_tracker()
    with VideoDecoder(RECORDING) as decoder:
        frames = [tracker.process(make_frame(decoded.pixels, decoded.at_ns)) for decoded in decoder.frames()]
    return np.array([gap(frame.faces[0].landmarks) for frame in frames])


def test_the_sound_lasts_exactly_as_long_as_the_picture() -> None:
    with av.open(str(RECORDING)) as container:
        stream = container.streams.video[0]
        assert stream.duration is not None and stream.time_base is not None
        picture_s = float(stream.duration * stream.time_base)
    assert len(sound()) == round(picture_s * RATE_HZ)


def test_the_file_is_small() -> None:
    assert SOUND.stat().st_size <= LARGEST_FILE


def test_the_loop_has_no_step() -> None:
    joined = np.concatenate([sound()[-RATE_HZ // 20 :], sound()[: RATE_HZ // 20]])
    middle = len(joined) // 2
    for order in (1, 2):
        steps = np.abs(np.diff(joined, order))
        near = slice(middle - 2 - order, middle + 2)
        assert steps[near].max() <= steps.max()
        assert steps[near].max() < 4.5 * np.sqrt(np.mean(steps**2))
    before, after = (np.sqrt(np.mean(part**2)) for part in (joined[:middle], joined[middle:]))
    assert 0.5 < before / after < 2


def test_the_pauses_are_quiet_and_never_digital_silence() -> None:
    hushed = levels_db() < HUSH_DB
    assert 0.05 < float(hushed.mean()) < 0.4
    assert levels_db(0.1).min() > -85


def test_the_voice_is_loudest_when_the_mouth_is_open() -> None:
    mouth, loud = mouth_opening(), envelope(0.1)
    assert len(mouth) == 300
    at = np.arange(len(mouth)) * (RATE_HZ // 30)
    lags_ms = range(-150, 151, 5)
    alike = [np.corrcoef(mouth, np.roll(loud, -lag * RATE_HZ // 1000)[at])[0, 1] for lag in lags_ms]
    assert alike[lags_ms.index(0)] > 0.75
    assert abs(lags_ms[int(np.argmax(alike))]) <= 40


def test_the_lips_are_closed_while_the_actor_is_quiet() -> None:
    quiet = levels_db(0.1)[:: RATE_HZ // 30] < HUSH_DB
    assert quiet.any()
    assert np.percentile(mouth_opening()[quiet], 95) < 0.25 * mouth_opening().max()


def test_the_pitch_is_the_actors_own() -> None:
    voiced = pitch()[pitch() > 0]
    assert abs(np.median(voiced) / MEDIAN_HZ - 1) < 0.02
    semitones = 12 * np.log2(voiced / MEDIAN_HZ)
    low, high = np.percentile(semitones, [5, 95])
    assert 4 < high - low < 9


def test_no_persona_has_the_actors_pitch() -> None:
    for folder in BUILTIN.iterdir():
        if (folder / "profile.toml").is_file():
            written = tomllib.loads((folder / "profile.toml").read_text(encoding="utf-8"))
            assert abs(12 * np.log2(written["voice"]["median_f0_hz"] / MEDIAN_HZ)) > 1.5, folder.name


def test_as_much_is_voiced_as_in_speech() -> None:
    assert 0.55 < np.mean(pitch() > 0) < 0.75
    spoken = levels_db()[::HOP] > SPEECH_DB
    assert 0.03 < np.mean(spoken & (pitch() == 0)) < 0.25


def test_the_level_is_that_of_a_good_recording() -> None:
    spoken = levels_db() > SPEECH_DB
    assert abs(10 * np.log10(np.mean(sound()[spoken] ** 2)) + 20) < 1
    assert 20 * np.log10(np.abs(sound()).max()) < -3


def test_each_vowel_has_the_formants_of_its_mouth_shape() -> None:
    cues = json.loads(TIMELINE.read_text(encoding="utf-8"))["cues"]
    found: dict[str, list[list[float]]] = {}
    for cue in cues:
        if cue["viseme"] in FORMANTS_HZ:
            found.setdefault(cue["viseme"], []).append(formants_hz(cue["t_s"] + 0.04)[:2])
    assert found.keys() == FORMANTS_HZ.keys()
    for viseme, measured in found.items():
        middle = np.median(np.array(measured), axis=0)
        for formant, (lowest, highest) in zip(middle, FORMANTS_HZ[viseme], strict=True):
            assert lowest < formant < highest, (viseme, middle)
