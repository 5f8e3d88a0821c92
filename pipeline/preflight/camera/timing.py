"""Whether frames come as they were asked for: their size, their rate, lost ones, and light that flickers."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.media import Frame
from pipeline.preflight.camera.closeups import View
from pipeline.preflight.camera.judging import Check, Texts, judged, limits, stretched
from pipeline.preflight.evidence import Seen
from pipeline.preflight.finding import Finding, Verdict
from profiles.reference.figures import PictureReference

SIZE = Check("camera.size", "picture size")
RATE = Check("camera.fps", "frame rate")
DROPS = Check("camera.drops", "lost frames")
FLICKER = Check("camera.flicker", "flicker")
FEWEST = 8
"""Fewer frames tell no rate."""
GAP = 1.5
"""Times the usual step from frame to frame: there a frame is missing."""
ROWS, COLUMNS = 24, 32
FLICKER_FPS = 10.0
STEADY_S = 0.5
"""Light that changes more slowly than in so long does not flicker."""
STILL_SHARE = 0.6
"""Of the picture's parts, those that change least; where somebody moves tells nothing about the light."""
DARKEST = 12.0


def timing_findings(view: View, reference: PictureReference) -> tuple[Finding, ...]:
    """Size, rate, drops and flicker."""
    seen = view.seen
    return (_size(view, reference), _rate(seen, reference), _drops(seen), _flicker(seen))


def delivered_fps(times_ns: Sequence[int]) -> float | None:
    """Frames a second over the whole time; None where there are too few.

    Args:
        times_ns: when each frame was captured.
    """
    if len(times_ns) < FEWEST or times_ns[-1] <= times_ns[0]:
        return None
    return (len(times_ns) - 1) * 1e9 / (times_ns[-1] - times_ns[0])


def lost_frames(times_ns: Sequence[int]) -> int:
    """Frames that are missing by the times of the others.

    Args:
        times_ns: when each frame was captured.
    """
    steps = np.diff(np.array(times_ns, np.float64))
    usual = float(np.median(steps)) if len(steps) else 0.0
    if usual <= 0.0:
        return 0
    gaps = steps[steps > GAP * usual]
    return int(np.sum(np.rint(gaps / usual) - 1))


def repeated_frames(frames: tuple[Frame, ...]) -> int:
    """Frames that show exactly what the one before showed."""
    return sum(_same(before, after) for before, after in zip(frames, frames[1:], strict=False))


def _same(before: Frame, after: Frame) -> bool:
    """Whether two frames are the same picture; the few pixels that are looked at first tell most apart."""
    one, other = before.pixels, after.pixels
    if one.shape != other.shape:
        small, large = sorted((one, other), key=lambda pixels: pixels.shape[0])
        one, other = small, np.asarray(cv2.resize(large, small.shape[1::-1], interpolation=cv2.INTER_AREA), np.uint8)
    return bool(np.array_equal(one[::16, ::16], other[::16, ::16]) and np.array_equal(one, other))


def flicker_percent(frames: tuple[Frame, ...]) -> float | None:
    """How much light swings about its mean of half a second, or its bands about the mean of all: root mean square in
    percent. None where there are too few frames, or where the picture is black.

    A sensor that reads row by row makes bands of flicker; they stand or crawl when the mains is a multiple of the rate.

    Source: Poplin 2006, "An automatic flicker detection method for embedded camera systems", IEEE TCE 52(2): row sums
    of successive frames against each other.
    """
    fps = delivered_fps([frame.captured_ns for frame in frames])
    if fps is None or fps < FLICKER_FPS:
        return None
    levels = np.stack([_levels(frame) for frame in frames])
    if float(np.median(levels)) < DARKEST:
        return None
    logs = np.log(levels + 4.0)
    steady = _steady(logs, max(2, round(fps * STEADY_S / 2)))
    still = _still(np.abs(logs - steady).mean(axis=0))
    swings = np.stack([np.median((logs - steady)[:, row, still[row]], axis=1) for row in range(ROWS)])
    rows = np.stack([np.median((logs - logs.mean(axis=0))[:, row, still[row]], axis=1) for row in range(ROWS)])
    bands = rows - rows.mean(axis=0)
    return 100.0 * float(max(np.sqrt(np.mean(np.square(part))) for part in (swings, bands)))


def _levels(frame: Frame) -> NDArray[np.float32]:
    """float32 (24, 32): the picture's lightness in coarse parts, 0..255."""
    small = cv2.resize(frame.pixels, (4 * COLUMNS, 4 * ROWS), interpolation=cv2.INTER_AREA)
    gray = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    return np.asarray(cv2.resize(gray.astype(np.float32), (COLUMNS, ROWS), interpolation=cv2.INTER_AREA), np.float32)


def _steady(logs: NDArray[np.float32], half: int) -> NDArray[np.float32]:
    """float32 of the same shape: the mean over so many frames to both sides."""
    ends = ((half + 1, half), (0, 0), (0, 0))
    sums = np.cumsum(np.pad(logs, ends, mode="reflect", reflect_type="odd"), axis=0, dtype=np.float64)
    return ((sums[2 * half + 1 :] - sums[: -2 * half - 1]) / (2 * half + 1)).astype(np.float32)


def _still(swings: NDArray[np.float32]) -> NDArray[np.bool_]:
    """bool of the same shape: in every row the parts that change least."""
    return np.asarray(swings <= np.quantile(swings, STILL_SHARE, axis=1, keepdims=True))


def _size(view: View, reference: PictureReference) -> Finding:
    if not view.fine:
        return SIZE.skip("no frame came")
    (width, height), asked, known = view.fine[0].size, view.seen.asked_size, reference.size
    held = {"asked for": asked, "trained on": known}
    said = [f"{size[0]}x{size[1]} {why}" for why, size in held.items() if size is not None]
    verdict = Verdict.PASS if asked in (None, (width, height)) else Verdict.WARN
    wanted = known or asked
    limit = stretched(limits()["size"], wanted[1], wanted[1]) if wanted else limits()["size_alone"]
    remedy = "Choose a larger picture in the camera's settings, or a camera and cable that can deliver it."
    texts = Texts(f"{width}x{height}", ", ".join(said) or f"at least {limit.passes[0]:.0f} lines", remedy)
    return judged(SIZE, float(height), limit, texts, verdict)


def _rate(seen: Seen, reference: PictureReference) -> Finding:
    fps = delivered_fps(seen.times_ns)
    if fps is None:
        return RATE.skip(f"only {len(seen.times_ns)} frames came, or all at one time")
    wanted = seen.asked_fps or reference.fps
    limit = stretched(limits()["fps"], wanted, wanted) if wanted else limits()["fps_alone"]
    said = f"{wanted:.4g} fps" if wanted else f"at least {limit.passes[0]:.0f} fps"
    remedy = (
        "Give the camera more light, so that it need not expose for longer, and plug it into a USB port of its own; "
        "close other programs that use it."
    )
    return judged(RATE, fps, limit, Texts(f"{fps:.1f} fps", said, remedy))


def _drops(seen: Seen) -> Finding:
    delivered = len(seen.times_ns)
    if delivered < FEWEST or len(seen.frames) < FEWEST:
        return DROPS.skip(f"only {delivered} frames came")
    lost, again = max(lost_frames(seen.times_ns), seen.dropped), repeated_frames(seen.frames) / len(seen.frames)
    percent = 100.0 * (lost + again * delivered) / (delivered + lost)
    limit = limits()["drops"]
    texts = Texts(
        f"{percent:.1f} % ({lost} lost, {again * delivered:.0f} sent twice)",
        f"at most {limit.passes[1]:g} %",
        "Plug the camera straight into a USB port of its own, close other programs, and give it more light.",
    )
    return judged(DROPS, percent, limit, texts)


def _flicker(seen: Seen) -> Finding:
    percent = flicker_percent(seen.frames)
    if percent is None:
        return FLICKER.skip("too few frames, too slow, or too dark to tell")
    limit = limits()["flicker"]
    remedy = (
        "Set the camera's anti-flicker to your mains frequency (50 Hz or 60 Hz), or its shutter to 1/50 s or 1/60 s; "
        "otherwise use another lamp."
    )
    return judged(FLICKER, percent, limit, Texts(f"{percent:.1f} %", f"at most {limit.passes[1]:g} %", remedy))
