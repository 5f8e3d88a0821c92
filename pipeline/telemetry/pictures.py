"""What the operator's screen may be shown, in small pictures that are made only while somebody looks."""

from dataclasses import dataclass
from enum import StrEnum

from pipeline.media import Pixels


class Shown(StrEnum):
    """A kind of picture for the operator's screen."""

    PROGRAM = "program"
    """What goes out, or the card while panic holds."""
    SOURCE = "source"
    """What the camera sees. It is for the operator alone, and no sink ever gets it."""
    NEXT = "next"
    """The actor as the profile that was made ready last would show him."""
    FACES = "faces"
    """What the camera sees, with the faces that were found, who they are and their landmarks."""
    MASK = "mask"
    """What the camera sees, tinted where the target's face covers it and where the room does."""


@dataclass(frozen=True, slots=True, eq=False)
class Preview:
    """One small picture for the operator's screen.

    Attributes:
        pixels: uint8 (height, width, 3), RGB.
        serial: another number for every new picture of its kind.
    """

    pixels: Pixels
    serial: int
