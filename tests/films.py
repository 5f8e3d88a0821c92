"""Small films and pictures to read, made on the spot."""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from av.video.frame import VideoFrame

from pipeline.media import Pixels


def numbered(index: int, size: tuple[int, int]) -> Pixels:
    """A grey picture that is brighter by 8 for every `index`, modulo 25."""
    return np.full((size[1], size[0], 3), 30 + 8 * (index % 25), np.uint8)


def number_of(pixels: Pixels) -> int:
    """The index that `numbered` was given, modulo 25."""
    return round((float(pixels.mean()) - 30) / 8)


@dataclass(frozen=True)
class Film:
    """Numbered pictures."""

    count: int = 10
    size: tuple[int, int] = (96, 64)
    fps: int = 10


@dataclass(frozen=True)
class Beep:
    """Sound for a film: silence, then a tone."""

    start_s: float
    codec: str = "aac"
    head_start_s: float = 0.0
    """How much earlier than the pictures the sound starts."""


def make_film(
    path: Path, count: int = 10, size: tuple[int, int] = (96, 64), fps: int = 10, beep_s: float | None = None
) -> Path:
    """Writes a small film of numbered pictures; with `beep_s`, it is silent but for a tone from there on."""
    return write_film(path, Film(count, size, fps), None if beep_s is None else Beep(beep_s))


def write_film(path: Path, film: Film, beep: Beep | None) -> Path:
    """Writes a small film of numbered pictures; the suffix says in which kind of file."""
    fps, size = film.fps, film.size
    animation = path.suffix == ".gif"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("gif" if animation else "libx264", rate=fps)
        stream.width, stream.height = size
        stream.pix_fmt = "rgb8" if animation else "yuv420p"
        sound = container.add_stream(beep.codec, rate=48000) if beep else None
        late = round(beep.head_start_s * fps) if beep else 0
        for index in range(film.count):
            frame = VideoFrame.from_ndarray(numbered(index, size), format="bgr24")
            frame.pts, frame.time_base = index + late, Fraction(1, fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if sound and beep:
            for block in beeping(film.count / fps, beep.start_s):
                container.mux(sound.encode(block))
            container.mux(sound.encode(None))
    return path


def film_of(path: Path, pictures: Iterable[Pixels], fps: int) -> Path:
    """Writes pictures, all of one size, as H.264."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=fps)
        for index, pixels in enumerate(pictures):
            if not index:
                stream.height, stream.width = pixels.shape[:2]
            frame = VideoFrame.from_ndarray(pixels, format="bgr24")
            frame.pts, frame.time_base = index, Fraction(1, fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def beeping(seconds: float, beep_s: float, rate_hz: int = 48000) -> Iterator[av.AudioFrame]:
    """Mono sound in blocks: silence, then 1 kHz from `beep_s` on."""
    times_s = np.arange(round(seconds * rate_hz)) / rate_hz
    wave = np.where(times_s >= beep_s, 0.5 * np.sin(2 * np.pi * 1000 * times_s), 0).astype(np.float32)
    for start in range(0, wave.size, 1024):
        block = av.AudioFrame.from_ndarray(wave[None, start : start + 1024], format="fltp", layout="mono")
        block.sample_rate, block.pts, block.time_base = rate_hz, start, Fraction(1, rate_hz)
        yield block


def turned_jpeg(path: Path, orientation: int) -> Path:
    """A picture 96 wide and 64 high, white in its left half, that says it is to be shown turned.

    Args:
        path: where it goes.
        orientation: the EXIF value: 6 for a quarter turn clockwise, 8 for one the other way, 3 for a half turn.
    """
    pixels = np.zeros((64, 96, 3), np.uint8)
    pixels[:, :48] = 255
    coded = cv2.imencode(".jpg", pixels)[1].tobytes()
    directory = struct.pack("<HHHIHHI", 1, 0x0112, 3, 1, orientation, 0, 0)
    exif = b"Exif\0\0" + b"II*\0" + struct.pack("<I", 8) + directory
    segment = b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif
    path.write_bytes(coded[:2] + segment + coded[2:])
    return path
