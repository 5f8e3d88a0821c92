"""What a target's models were trained on, in figures: `reference.json` in the profile's folder.

A preflight holds the actor's microphone, camera and looks against them. They are learned from the target's material;
where there is none, as much of them as a profile tells takes their place.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from profiles.errors import ProfileError
from profiles.profile import Spectrum

FILE_NAME = "reference.json"


class Part(BaseModel):
    """A part of a reference: finite figures and no unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class VoiceReference(Part):
    """How the target's voice was recorded. What was not measured is None."""

    spectrum_db: Spectrum | None = None
    """Long-term third-octave levels, 100 Hz to 12.5 kHz; only their differences count."""
    bandwidth_hz: float | None = None
    """Up to where there is sound of the voice."""
    noise_dbfs: float | None = None
    snr_db: float | None = None
    reverberation_s: float | None = None
    """RT60, a blind estimate."""
    loudness_lufs: float | None = None
    median_f0_hz: float | None = None
    rate_hz: int | None = None
    channels: int | None = None


class PictureReference(Part):
    """How the target was filmed. What was not measured is None."""

    size: tuple[int, int] | None = None
    fps: float | None = None
    sharpness: float | None = None
    exposure: float | None = None
    """Mean lightness of the face, CIE L* 0..100."""
    noise: float | None = None
    white_balance_k: float | None = None
    """Correlated colour temperature that the picture's greys stand for."""
    light_from_deg: float | None = None
    """Direction that the light on the face comes from: 0 from the picture's right, 90 from above, -180..180."""
    light_evenness: float | None = None
    """Darker half of the face over the lighter, 0..1."""
    face_share: tuple[float, float] | None = None
    """The face's height as a share of the frame's: 5th and 95th percentile."""
    yaw_deg: tuple[float, float] | None = None
    pitch_deg: tuple[float, float] | None = None
    roll_deg: tuple[float, float] | None = None
    """5th and 95th percentiles of the head's angles."""


Colour = tuple[float, float, float]
"""CIE L*a*b*, D65."""


class LooksReference(Part):
    """What the target looks like."""

    eye_spacing: float | None = None
    """Between the eyes' inner corners, over the face's width."""
    jaw_width: float | None = None
    """At the corners of the mouth, over the face's width."""
    face_length: float | None = None
    """From the hairline's landmark to the chin, over the face's width."""
    hair: Colour | None = None
    hair_length: Literal["none", "short", "long"] | None = None
    skin: Colour | None = None
    facial_hair: Literal["none", "stubble", "beard"] | None = None
    glasses: bool | None = None


class Reference(Part):
    """What a preflight of a profile is held against."""

    version: Literal[1] = 1
    learned_at: str = ""
    """When, in ISO 8601; empty for what was taken from the profile itself."""
    learned_from: dict[str, Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]] = {}
    """The files' names and SHA-256."""
    voice: VoiceReference = VoiceReference()
    picture: PictureReference = PictureReference()
    looks: LooksReference = LooksReference()


def read_reference(folder: Path) -> Reference | None:
    """The reference in a profile's folder, or None where none was learned.

    Raises:
        ProfileError: it is there, but can't be read.
    """
    path = folder / FILE_NAME
    if not path.exists():
        return None
    try:
        return Reference.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        first = str(error).splitlines()[0]
        raise ProfileError(
            f"The reference {path} can't be read: {first}. Learn it again with `understudy profiles learn-reference`."
        ) from error


def write_reference(folder: Path, reference: Reference) -> Path:
    """Writes the reference into a profile's folder: the whole of it or nothing.

    Raises:
        ProfileError: the folder can't be written to.
    """
    path = folder / FILE_NAME
    draft = path.with_suffix(".part")
    try:
        draft.write_text(reference.model_dump_json(indent=1, exclude_none=True) + "\n", encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise ProfileError(
            f"The reference can't be written to {path}: {error.strerror}. Copy the profile to where you may write, "
            "with `understudy profiles new` or in the console."
        ) from error
    return path
