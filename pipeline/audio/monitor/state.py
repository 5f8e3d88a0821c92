"""Whether the operator hears what goes out."""

from enum import StrEnum


class Monitoring(StrEnum):
    """Whether the operator hears what goes out, and why not."""

    NONE = "none"
    """There is no monitor."""
    ON = "on"
    OFF = "off"
    CUT = "cut off"
    """The microphone heard it; silent until it is asked for again."""
