"""What makes one synthetic person look unlike another."""

from __future__ import annotations

from dataclasses import dataclass, field

Colour = tuple[float, float, float]
"""Linear-light RGB reflectance, 0..1."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Offsets from the mean head; 0 is the mean and ±1 a strong but ordinary departure."""

    jaw_width: float = 0.0
    cheekbones: float = 0.0
    cheek_fullness: float = 0.0
    nose_width: float = 0.0
    nose_length: float = 0.0
    nose_tip: float = 0.0
    nose_bridge: float = 0.0
    lip_fullness: float = 0.0
    mouth_width: float = 0.0
    eye_size: float = 0.0
    eye_spacing: float = 0.0
    eye_tilt: float = 0.0
    brow_height: float = 0.0
    brow_ridge: float = 0.0
    face_length: float = 0.0
    chin: float = 0.0
    chin_width: float = 0.0
    neck_width: float = 0.0
    ear_size: float = 0.0


@dataclass(frozen=True, slots=True)
class Skin:
    """Colour and relief of the skin."""

    base: Colour = (0.52, 0.33, 0.25)
    redness: float = 0.5
    """Blood in cheeks, nose, ears and lids, 0..1."""
    lip: Colour = (0.42, 0.17, 0.15)
    freckles: float = 0.2
    mottling: float = 0.5
    """Uneven pigment, 0..1."""
    pores: float = 0.6
    age: float = 0.3
    """Depth of lines and folds, 0 (twenty) .. 1 (seventy)."""
    stubble: float = 0.0
    """Shadow of a shaved beard, 0..1."""
    oil: float = 0.5
    """Strength of the skin's shine, 0..1."""
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Eyes:
    """Colour of the eyes."""

    iris: Colour = (0.16, 0.08, 0.03)
    iris_inner: Colour = (0.28, 0.15, 0.06)
    sclera: float = 0.62
    pupil: float = 0.36
    """Radius of the pupil as a share of the iris."""


@dataclass(frozen=True, slots=True)
class Brows:
    """The brows' strands."""

    colour: Colour = (0.03, 0.02, 0.015)
    thickness: float = 1.0
    density: float = 1.0
    height: float = 0.0


@dataclass(frozen=True, slots=True)
class Hair:
    """The hair on the head."""

    style: str = "short"
    """One of ``pulled_back``, ``receding``, ``coils``, ``short``, ``parted``."""
    colour: Colour = (0.02, 0.015, 0.012)
    grey: float = 0.0
    """Share of strands without pigment, 0..1."""
    length_cm: float = 3.0
    strands: int = 60000
    hairline: float = 0.0
    """Recession of the hair line at the temples, 0..1."""
    beard_cm: float = 0.0
    """Length of the beard; 0 is none."""


@dataclass(frozen=True, slots=True)
class Cloth:
    """What covers the shoulders."""

    colour: Colour = (0.10, 0.12, 0.16)
    collar: str = "crew"
    """``crew`` (a round neck) or ``shirt`` (a turned collar)."""


@dataclass(frozen=True, slots=True)
class Identity:
    """One synthetic person."""

    name: str
    shape: Shape = field(default_factory=Shape)
    skin: Skin = field(default_factory=Skin)
    eyes: Eyes = field(default_factory=Eyes)
    brows: Brows = field(default_factory=Brows)
    hair: Hair = field(default_factory=Hair)
    cloth: Cloth = field(default_factory=Cloth)
    lashes: float = 1.0
    """Length and number of the lashes, 1 is ordinary."""
    seed: int = 1
