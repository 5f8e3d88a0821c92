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
    """An RMVPE or CREPE network for the pitch; without it the small one in the model store."""
    index: Path | None = None
    """The voice's retrieval index; needs faiss, which `pip install understudy[index]` brings."""
    index_rate: Fraction = 0.0
    """How far what is said is drawn toward the training material."""
    protect: Annotated[float, Field(ge=0.0, le=0.5)] = 0.33
    """Below 0.5: keeps consonants and breath from being drawn along."""
    transpose_semitones: Annotated[float, Field(ge=-24.0, le=24.0)] | None = None
    """Moves the pitch; without it from the actor's median to the target's."""
    speaker: Annotated[int, Field(ge=0, le=255)] = 0
    """Which speaker, for voices that hold several."""
    formant_scale: Annotated[float, Field(ge=0.7, le=1.4)] = 1.0
    """Scales the formants of what the network made."""
    noise: Fraction = 0.66666
    """How much chance there is in the voice; 0 says the same thing the same way."""
