"""The sound as a file without loss."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np

from tools.persona.speech.voice import RATE_HZ, Samples


def write_sound(path: Path, samples: Samples) -> None:
    """Write mono 16-bit samples as FLAC, packed as tightly as it goes."""
    with av.open(str(path), "w", format="flac") as container:
        stream = container.add_stream("flac", rate=RATE_HZ, options={"compression_level": "12"})
        stream.layout, stream.format = "mono", "s16"
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples[None, :]), format="s16", layout="mono")
        frame.sample_rate, frame.pts = RATE_HZ, 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
