"""Films whose pictures flash when their sound crackles, and what is found of that in a file."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame
from numpy.typing import NDArray

RATE_HZ = 48_000
FLASHES_S = (0.4, 1.2, 2.0, 2.4)
"""Instants on the pictures' time."""
BURST_S = 0.03


@dataclass(frozen=True)
class FlashFilm:
    """A dark film that flashes for a picture, with a burst of noise at the start of each flash."""

    sound_at_s: float = 0.0
    """When the sound starts, against the first picture."""
    codec: str = "pcm_s16le"
    rate_hz: int = RATE_HZ
    layout: str = "mono"
    seconds: float = 3.0
    sound_ends_s: float | None = None
    """When the sound ends, if not with the pictures."""
    fps: int = 25
    size: tuple[int, int] = (96, 64)


def burst(rate_hz: int = RATE_HZ) -> NDArray[np.float32]:
    """The noise at a rate: the same noise at all of them, up to 3.5 kHz."""
    times_s = np.arange(round(BURST_S * rate_hz)) / rate_hz
    generator = np.random.default_rng(7)
    wave = np.zeros(len(times_s))
    for hertz, phase in zip(generator.uniform(300, 3500, 150), generator.uniform(0, 2 * np.pi, 150), strict=True):
        wave += np.sin(2 * np.pi * hertz * times_s + phase)
    return (wave * 0.3 / np.abs(wave).max()).astype(np.float32)


def sound_of(film: FlashFilm) -> NDArray[np.float32]:
    """The sound from its own start on."""
    end_s = film.seconds if film.sound_ends_s is None else film.sound_ends_s
    samples = np.zeros(round((end_s - film.sound_at_s) * film.rate_hz), np.float32)
    noise = burst(film.rate_hz)
    for at_s in FLASHES_S:
        start = round((at_s - film.sound_at_s) * film.rate_hz)
        samples[start : start + len(noise)] = noise
    return samples


def write_flash_film(path: Path, film: FlashFilm) -> Path:
    """Writes it; the ending of `path` says as what."""
    zero_s = max(0.0, -film.sound_at_s)
    with av.open(str(path), "w") as container:
        pictures = container.add_stream("libx264", rate=film.fps, options={"qp": "10"})
        pictures.width, pictures.height = film.size
        pictures.pix_fmt = "yuv420p"
        pictures.codec_context.time_base = Fraction(1, 1000)
        sound = container.add_stream(film.codec, rate=film.rate_hz)
        sound.layout = film.layout
        container.start_encoding()
        lit = {round(at_s * film.fps) for at_s in FLASHES_S}
        for index in range(round(film.seconds * film.fps)):
            grey = np.full((film.size[1], film.size[0], 3), 235 if index in lit else 20, np.uint8)
            frame = VideoFrame.from_ndarray(grey, format="bgr24")
            frame.pts, frame.time_base = round((zero_s + index / film.fps) * 1000), Fraction(1, 1000)
            container.mux(pictures.encode(frame))
        container.mux(pictures.encode(None))
        samples = sound_of(film)
        channels = sound.layout.nb_channels
        first = round((zero_s + film.sound_at_s) * film.rate_hz)
        for start in range(0, len(samples), 1024):
            piece = np.tile(samples[start : start + 1024], (channels, 1))
            block = AudioFrame.from_ndarray(piece, format="fltp", layout=film.layout)
            block.sample_rate, block.pts, block.time_base = film.rate_hz, first + start, Fraction(1, film.rate_hz)
            container.mux(sound.encode(block))
        container.mux(sound.encode(None))
    return path


@dataclass(frozen=True)
class Found:
    """What is in a file, in seconds after its first picture, or after its first sound where it has no pictures."""

    flashes_s: list[float]
    bursts_s: list[float]
    sound_start_s: float
    sound_end_s: float
    pictures: int
    last_picture_s: float
    samples: NDArray[np.float32]


def find(path: Path) -> Found:
    """Looks for flashes and bursts."""
    lights = []
    with av.open(str(path)) as container:
        if container.streams.video:
            lights = [(float(frame.time or 0), level(frame)) for frame in container.decode(video=0)]
    start_s, samples = heard(path)
    zero_s = lights[0][0] if lights else start_s
    dark = float(np.median([light for _, light in lights])) if lights else 0.0
    flashes = [at_s - zero_s for at_s, light in lights if light > dark + 60]
    places = (start_s - zero_s + place / RATE_HZ for place in bursts_in(samples))
    end_s = start_s - zero_s + len(samples) / RATE_HZ
    last_s = lights[-1][0] - zero_s if lights else 0.0
    return Found(flashes, list(places), start_s - zero_s, end_s, len(lights), last_s, samples)


def level(frame: VideoFrame) -> float:
    """How light the lower left of a picture is, away from the label."""
    grey = frame.to_ndarray(format="gray")
    return float(grey[grey.shape[0] // 2 :, : grey.shape[1] // 2].mean())


def heard(path: Path) -> tuple[float, NDArray[np.float32]]:
    """When a file's sound starts, and its first channel at 48 kHz."""
    pieces, start_s = [], None
    resampler = av.AudioResampler("fltp", "mono", RATE_HZ)
    with av.open(str(path)) as container:
        for frame in container.decode(audio=0):
            start_s = float(frame.time or 0) if start_s is None else start_s
            pieces += [piece.to_ndarray()[0].copy() for piece in resampler.resample(frame)]
    pieces += [piece.to_ndarray()[0].copy() for piece in resampler.resample(None)]
    return start_s or 0.0, np.concatenate(pieces)


def bursts_in(samples: NDArray[np.float32]) -> list[int]:
    """Where the bursts start: the peaks of the likeness with the burst."""
    noise = burst()
    size = 1 << (len(samples) + len(noise)).bit_length()
    likeness = np.fft.irfft(np.fft.rfft(samples, size) * np.conj(np.fft.rfft(noise, size)), size)[: len(samples)]
    places: list[int] = []
    rest = np.abs(likeness)
    for _ in FLASHES_S:
        place = int(np.argmax(rest))
        places.append(place)
        rest[max(0, place - RATE_HZ // 10) : place + RATE_HZ // 10] = 0
    return sorted(places)
