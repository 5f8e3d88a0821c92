"""The sound of a file as it is: its own rate, its own channels."""

from pathlib import Path

import av
import av.error
import numpy as np
from numpy.typing import NDArray

from pipeline.errors import MediaError
from pipeline.preflight.evidence import Heard

BROKEN = (av.error.FFmpegError, OSError, ValueError)


def read_sound(file: Path, most_s: float) -> Heard:
    """The first sound track, neither resampled nor mixed.

    Args:
        file: anything that PyAV reads.
        most_s: what comes later is left out.

    Raises:
        MediaError: there is no such file, or no sound in it that can be read.
    """
    parts = list[NDArray[np.float32]]()
    try:
        with av.open(str(file)) as container:
            if not container.streams.audio:
                raise MediaError(f"{file} holds no sound; give a file with a sound track.")
            stream = container.streams.audio[0]
            rate_hz, left = stream.rate, round(most_s * stream.rate)
            resampler = av.AudioResampler(format="fltp", layout=stream.layout, rate=stream.rate)
            for frame in container.decode(stream):
                for piece in resampler.resample(frame):
                    parts.append(piece.to_ndarray().T.astype(np.float32))
                    left -= len(parts[-1])
                if left <= 0:
                    break
    except BROKEN as error:
        raise MediaError(f"The sound of {file} can't be read: {error}; is it there, and whole?") from error
    if not parts:
        raise MediaError(f"The sound of {file} can't be decoded; it is damaged or of an unknown kind.")
    samples = np.ascontiguousarray(np.concatenate(parts)[: round(most_s * rate_hz)])
    return Heard(samples, rate_hz, file.name)
