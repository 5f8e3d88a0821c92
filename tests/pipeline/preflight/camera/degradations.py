"""Pictures spoilt by known amounts, as cameras, lamps and people spoil them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.media import Face, Frame, Pixels
from pipeline.preflight.camera.closeups import face_of, linear_of
from tests.pipeline.preflight.camera.occluders import covered, drawn_thing

Random = np.random.Generator
Light = NDArray[np.float32]
TO_RGB = np.array(
    [[3.2404542, -1.5371385, -0.4985314], [-0.9692660, 1.8760108, 0.0415560], [0.0556434, -0.2040259, 1.0572252]]
)
"""CIE XYZ to linear sRGB."""


@dataclass(frozen=True, slots=True, eq=False)
class Take:
    """Pictures and when each was captured, with what was done to them."""

    pictures: list[Pixels]
    times_ns: list[int]
    amount: str


Spoil = Callable[[Sequence[Frame], Random], Take]


def encoded(light: Light) -> Pixels:
    """uint8 pixels of linear light by the curve of sRGB."""
    light = np.clip(light, 0.0, 1.0)
    curve = np.where(light <= 0.0031308, 12.92 * light, 1.055 * np.power(light, 1 / 2.4) - 0.055)
    return np.asarray(np.rint(255.0 * curve), np.uint8)


def face_on(frame: Frame) -> Face:
    """The face of a clean frame, which has to be there."""
    face = face_of(frame)
    assert face is not None
    return face


def _each(frames: Sequence[Frame], change: Callable[[Frame], Pixels], amount: str) -> Take:
    pictures = [np.ascontiguousarray(change(frame)) for frame in frames]
    return Take(pictures, [frame.captured_ns for frame in frames], amount)


def blurred(frames: Sequence[Frame], random: Random) -> Take:
    """A lens out of focus, by 1.5 to 5 % of the face's height."""
    share = random.uniform(0.015, 0.05)
    spread = share * face_on(frames[0]).box[3]
    return _each(frames, lambda frame: cv2.GaussianBlur(frame.pixels, (0, 0), spread), f"{100 * share:.1f} % of face")


def _exposed(frames: Sequence[Frame], stops: float) -> Take:
    return _each(frames, lambda frame: encoded(linear_of(frame.pixels) * np.float32(2.0**stops)), f"{stops:+.1f} stops")


def darkened(frames: Sequence[Frame], random: Random) -> Take:
    """Under-exposed by 0.8 to 3 stops."""
    return _exposed(frames, -random.uniform(0.8, 3.0))


def lightened(frames: Sequence[Frame], random: Random) -> Take:
    """Over-exposed by 0.7 to 2 stops."""
    return _exposed(frames, random.uniform(0.7, 2.0))


def daylight(kelvin: float) -> tuple[float, float, float]:
    """Linear blue, green and red of a black body or of daylight at a temperature, against 6504 K, green 1.

    Source: Kim et al. 2002, "Design of advanced color temperature control system", the black bodies' x and y.
    """
    t = 1e3 / kelvin
    if kelvin < 4000.0:
        x = -0.2661239 * t**3 - 0.2343589 * t**2 + 0.8776956 * t + 0.179910
        y = -0.9549476 * x**3 - 1.37418593 * x**2 + 2.09137015 * x - 0.16748867
    else:
        x = -3.0258469 * t**3 + 2.1070379 * t**2 + 0.2226347 * t + 0.240390
        y = 3.0817580 * x**3 - 5.87338670 * x**2 + 3.75112997 * x - 0.37001483
    red, green, blue = TO_RGB @ np.array([x / y, 1.0, (1.0 - x - y) / y])
    return max(0.02, blue / green), 1.0, red / green


def _cast(frames: Sequence[Frame], kelvin: float) -> Take:
    gain = np.array(daylight(kelvin)) / np.array(daylight(6504.0))
    gain = (gain / (gain @ [0.0722, 0.7152, 0.2126])).astype(np.float32)
    return _each(frames, lambda frame: encoded(linear_of(frame.pixels) * gain), f"{kelvin:.0f} K")


def tungsten(frames: Sequence[Frame], random: Random) -> Take:
    """Lamps of 2700 to 5200 K before a camera that is set to daylight."""
    return _cast(frames, random.uniform(2700.0, 5200.0))


def shade(frames: Sequence[Frame], random: Random) -> Take:
    """Light of 8500 to 16000 K, as in the shade, before a camera that is set to daylight."""
    return _cast(frames, random.uniform(8500.0, 16000.0))


def noisy(frames: Sequence[Frame], random: Random) -> Take:
    """Little light and much gain: so few electrons that white has 60 to 500 of them, read with noise of 2 to 4."""
    electrons, read = 10.0 ** random.uniform(1.8, 2.7), random.uniform(2.0, 4.0)
    grain = random.uniform(0.0, 0.6)

    def change(frame: Frame) -> Pixels:
        light = linear_of(frame.pixels)
        counted = random.poisson(light * electrons) + random.normal(0.0, read, light.shape)
        noise = (counted / electrons - light).astype(np.float32)
        return encoded(light + (cv2.GaussianBlur(noise, (0, 0), grain) if grain > 0.3 else noise))

    return _each(frames, change, f"{electrons:.0f} e-")


def _scaled(frames: Sequence[Frame], factor: float, roll_deg: float = 0.0, shift: tuple[float, float] = (0, 0)) -> Take:
    """Zoomed and rolled about the first frame's face, which is then shifted by shares of the frame."""
    width, height = frames[0].size
    left, top, wide, tall = face_on(frames[0]).box
    middle = (left + wide / 2, top + tall / 2)
    matrix = cv2.getRotationMatrix2D(middle, -roll_deg, factor)
    half = (factor * tall / 2, factor * wide / 2)
    wanted = (
        np.clip(middle[0], min(half[1], width / 2), max(width - half[1], width / 2)) + shift[0] * width,
        np.clip(middle[1], min(half[0], height / 2), max(height - half[0], height / 2)) + shift[1] * height,
    )
    matrix[:, 2] += np.array(wanted) - middle
    flags = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC

    def change(frame: Frame) -> Pixels:
        pixels = cv2.GaussianBlur(frame.pixels, (0, 0), 0.45 / factor) if factor < 0.75 else frame.pixels
        warped = cv2.warpAffine(pixels, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(warped, np.uint8)

    return _each(frames, change, f"x {factor:.2f}, {roll_deg:+.0f}°")


def smaller(frames: Sequence[Frame], random: Random) -> Take:
    """The actor too far away: the face at 0.35 to 0.7 of its size."""
    return _scaled(frames, random.uniform(0.35, 0.7))


def larger(frames: Sequence[Frame], random: Random) -> Take:
    """The actor too near: the face 1.45 to 2.2 times as large, as far as it fits into the picture."""
    share = face_on(frames[0]).box[3] / frames[0].size[1]
    return _scaled(frames, min(random.uniform(1.45, 2.2), max(1.45, 0.85 / share)))


def rolled(frames: Sequence[Frame], random: Random) -> Take:
    """A crooked camera or head, by 17 to 45 degrees to either side."""
    return _scaled(frames, 1.0, random.choice([-1.0, 1.0]) * random.uniform(17.0, 45.0))


def occluded(frames: Sequence[Frame], random: Random) -> Take:
    """A thing before the face that moves with it; a hand comes after a third of the time, other things are there."""
    thing = drawn_thing(random, frames[0].pixels, face_on(frames[0]))
    comes = len(frames) // 3 if thing.passes else 0
    begins_ns = frames[comes].captured_ns

    def change(frame: Frame) -> Pixels:
        return frame.pixels if frame.captured_ns < begins_ns else covered(frame.pixels, face_on(frame), thing)

    return _each(frames, change, thing.name)


ASKED: dict[str, tuple[Spoil, str]] = {
    "blur": (blurred, "sharpness"),
    "under-exposure": (darkened, "exposure"),
    "over-exposure": (lightened, "exposure"),
    "tungsten cast": (tungsten, "white_balance"),
    "daylight cast": (shade, "white_balance"),
    "low-light noise": (noisy, "noise"),
    "face too small": (smaller, "face_size"),
    "face too large": (larger, "face_size"),
    "rolled": (rolled, "pose"),
    "occluded": (occluded, "occluded"),
}
"""By name: what spoils the pictures, and the check that has to notice."""


def harmless(frames: Sequence[Frame], random: Random) -> Take:
    """What changes from day to day and matters to nobody: a little light, colour, place, size, noise and coding."""
    gain = np.exp(random.normal(0.0, 0.02, 3) + random.normal(0.0, 0.04)).astype(np.float32)
    noise, quality = random.uniform(0.0, 0.8), int(random.integers(82, 97))
    moved = _scaled(frames, random.uniform(0.95, 1.06), random.uniform(-2.0, 2.0), tuple(random.normal(0.0, 0.015, 2)))

    def change(pixels: Pixels) -> Pixels:
        lit = encoded(linear_of(pixels) * gain) + random.normal(0.0, noise, pixels.shape)
        coded = cv2.imencode(
            ".jpg", np.clip(np.rint(lit), 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, quality]
        )
        return np.asarray(cv2.imdecode(coded[1], cv2.IMREAD_COLOR), np.uint8)

    return Take([change(pixels) for pixels in moved.pictures], moved.times_ns, f"noise {noise:.1f}, jpeg {quality}")


def off_centre(frames: Sequence[Frame], random: Random) -> Take:
    """The face at the picture's edge."""
    share = random.choice([-1.0, 1.0]) * random.uniform(0.3, 0.42)
    return replace(_scaled(frames, 1.0, 0.0, (share, 0.0)), amount=f"{100 * share:+.0f} % of the width")


def on_its_side(frames: Sequence[Frame], random: Random) -> Take:
    """A camera turned by 90, 180 or 270 degrees."""
    turn = int(random.choice([cv2.ROTATE_90_CLOCKWISE, cv2.ROTATE_180, cv2.ROTATE_90_COUNTERCLOCKWISE]))
    return _each(frames, lambda frame: np.asarray(cv2.rotate(frame.pixels, turn), np.uint8), f"{90 * (turn + 1)}°")


def lit_from_a_side(frames: Sequence[Frame], random: Random) -> Take:
    """A strong lamp from the right, where the clips have theirs from the left or above."""
    width, height = frames[0].size
    strength = random.uniform(1.2, 2.2)
    left, _, wide, _ = face_on(frames[0]).box
    across = np.clip((np.arange(width) - left - wide / 2) / (wide / 2), -1.2, 1.2)
    gain = np.exp(strength * (across - 0.3) / 2).astype(np.float32)[np.newaxis, :, np.newaxis]
    return _each(frames, lambda frame: encoded(linear_of(frame.pixels) * gain), f"{strength:.1f} across the face")


def flickering(frames: Sequence[Frame], random: Random) -> Take:
    """Lamps on 50 or 60 Hz mains before a rolling shutter that takes 0.3 to 0.9 of a frame's time."""
    depth, mains_hz = random.uniform(0.04, 0.3), random.choice([100.0, 120.0])
    lines = np.linspace(0.0, random.uniform(0.3, 0.9), frames[0].size[1])

    def change(frame: Frame) -> Pixels:
        # Film's usual rate and the mains' are never locked: 29.97 against 50 or 60.
        at_s = frame.captured_ns / 1e9 * 1.0037 + lines / 30.0
        gain = (1.0 + depth * np.sin(2 * np.pi * mains_hz * at_s)).astype(np.float32)[:, np.newaxis, np.newaxis]
        return encoded(linear_of(frame.pixels) * gain)

    return _each(frames, change, f"{100 * depth:.0f} % at {mains_hz:.0f} Hz")


def losing(frames: Sequence[Frame], random: Random) -> Take:
    """Frames that get lost, or are sent again, one in 4 to 12."""
    every, again = int(random.integers(4, 13)), random.random() < 0.5
    kept = [number for number in range(len(frames)) if (number + 1) % every]
    shown = [number if number in kept else number - 1 for number in range(len(frames))] if again else kept
    times_ns = [frame.captured_ns for number, frame in enumerate(frames) if again or number in kept]
    return Take([frames[number].pixels for number in shown], times_ns, f"1 in {every} {'again' if again else 'lost'}")


def slow(frames: Sequence[Frame], random: Random) -> Take:
    """A camera that delivers 0.4 to 0.85 of its rate."""
    share = random.uniform(0.4, 0.85)
    times_ns = [round(frame.captured_ns / share) for frame in frames]
    return Take([frame.pixels for frame in frames], times_ns, f"x {share:.2f}")


def in_company(frames: Sequence[Frame], random: Random) -> Take:
    """Somebody else in the picture: the actor's own likeness, mirrored, to one side."""
    height, width = frames[0].pixels.shape[:2]
    left, top, wide, tall = face_on(frames[0]).box
    x0, x1 = max(0, round(left - 0.5 * wide)), min(width, round(left + 1.5 * wide))
    y0, y1 = max(0, round(top - 0.5 * tall)), min(height, round(top + 1.6 * tall))
    to = int(random.integers(0, 4)) if random.random() < 0.5 else width - (x1 - x0) - int(random.integers(0, 4))

    def change(frame: Frame) -> Pixels:
        pixels = frame.pixels.copy()
        pixels[y0:y1, to : to + x1 - x0] = frame.pixels[y0:y1, x0:x1][:, ::-1]
        return pixels

    return _each(frames, change, "left" if to < width / 2 else "right")


FURTHER: dict[str, tuple[Spoil, str]] = {
    "off centre": (off_centre, "centre"),
    "camera on its side": (on_its_side, "orientation"),
    "light from a side": (lit_from_a_side, "light"),
    "flicker": (flickering, "flicker"),
    "lost frames": (losing, "drops"),
    "slow camera": (slow, "fps"),
    "two people": (in_company, "people"),
}
"""What nobody asked to be counted, but each check has to show that it can fail."""
