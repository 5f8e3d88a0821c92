"""What may be asked of a session from outside, checked when it comes in: nobody knows who wrote it."""

from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from console.remote.values import SharedProfile
from pipeline.telemetry import Shown

Pixels = Annotated[int, Field(ge=2, le=4096)]
Name = Annotated[str, Field(max_length=4096)]


class Asked(BaseModel):
    """A request: frozen, and unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def line(self) -> dict[str, Any]:
        """As it is written on the wire."""
        return self.model_dump(mode="json")


class Plain(Asked):
    """An act that says it all."""

    do: Literal[
        "take", "back", "next", "previous", "air", "preview", "mute", "unmute", "panic", "rearm", "stop-recording",
        "stop", "status",
    ]  # fmt: skip


class Named(Asked):
    """An act on a profile of the shelf."""

    do: Literal["switch", "prepare"]
    name: Name


class Filed(Asked):
    """An act on a file of this computer."""

    do: Literal["record", "snapshot"]
    file: Path | None = None
    """Absolute; None for one of the usual folder."""


class Look(Asked):
    """Everything that a screen shows, but the picture."""

    do: Literal["look"] = "look"
    events_after: int = 0
    """Number of the last event that is known already."""


class Glance(Asked):
    """The levels, and the picture if it is another than the one that is known."""

    do: Literal["glance"] = "glance"
    width: Pixels
    height: Pixels
    shown: Shown = Shown.PROGRAM
    known: int | None = None
    """Serial of the picture that is shown."""


class Sent(Asked):
    """The running profile, as it is to be; other ones are taken from the shelf of the host, by name."""

    do: Literal["adjust"] = "adjust"
    profile: SharedProfile


class Turned(Asked):
    """Something on or off."""

    do: Literal["monitor"]
    on: bool


class Opened(Asked):
    """Another device."""

    do: Literal["listen-to", "watch"]
    device: Name


class Talk(Asked):
    """The actor is heard until an instant of the clock."""

    do: Literal["talk-until"] = "talk-until"
    end_ns: int


Request: TypeAlias = Annotated[
    Plain | Named | Filed | Look | Glance | Sent | Turned | Opened | Talk, Field(discriminator="do")
]
REQUESTS: TypeAdapter[Request] = TypeAdapter(Request)
