"""Settings of the voice engines that are networks."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from profiles.engines.section import Fraction, Section


class RvcSettings(Section):
    """A voice that was trained for retrieval-based conversion (RVC), exported to ONNX."""

    model: Path | None = None
    """The voice's ONNX file, relative to the profile's folder."""
    encoder: Path | None = None
    """The content encoder's ONNX file: 256 values a frame for v1 voices, 768 for v2."""
    pitch: Path | None = None
    """An RMVPE, CREPE or SwiftF0 network for the pitch; without it the program's own small one."""
    index: Path | None = None
    """The voice's retrieval index; needs faiss, which `pip install understudy[index]` brings."""
    index_rate: Fraction = 0.0
    """How far what is said is drawn toward the training material: 0 leaves the index unused, 0.5 is usual."""
    protect: Annotated[float, Field(ge=0.0, le=0.5)] = 0.33
    """How far the index draws consonants and breath along: 0 not at all, 0.5 like all else."""
    transpose_semitones: Annotated[float, Field(ge=-24.0, le=24.0)] | None = None
    """Moves the pitch by so much for any actor; without it from the actor's median to `median_f0_hz` in [voice]."""
    speaker: Annotated[int, Field(ge=0, le=255)] = 0
    """Which speaker, for voices that hold several; the first is 0."""
    formant_scale: Annotated[float, Field(ge=0.7, le=1.4)] = 1.0
    """Scales the formants of the network's voice: above 1 a smaller body's, below 1 a larger one's."""
    noise: Fraction = 0.66666
    """How much chance there is in the voice; with 0 the same thing is always said in the same way."""
