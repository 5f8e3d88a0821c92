"""What the user's own file may say. Every key has a default, so that the file may be absent."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

PictureWay = Literal["auto", "half-blocks", "kitty", "none"]
ThemeName = Literal["dark", "light", "high-contrast", "colour-blind"]


class ConfigPart(BaseModel):
    """A table of the file: frozen, and unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class StartConfig(ConfigPart):
    """What the console begins with where the command line names nothing; as its options of the same names."""

    profile: str | None = None
    """Name of a profile, or its folder."""
    camera: str | None = None
    """Where the picture comes from."""
    virtual_camera: str | None = None
    """Where the picture goes."""
    microphone: str | None = None
    """Where the sound comes from."""
    virtual_microphone: str | None = None
    """Where the voice goes."""
    monitor: str | None = None
    """The operator's headphones."""
    push_to_talk: bool | None = None
    """Whether the actor is heard only while a key is held."""
    device: Literal["auto", "cpu", "cuda", "tensorrt"] | None = None
    """Where models run."""
    flip: bool | None = None
    """Whether the picture is mirrored."""
    policy: Literal["hold", "blur", "card"] | None = None
    """What goes out when there is no face to work on, in place of the profile's own."""
    on_hangup: Literal["detach", "card", "stop"] | None = None
    """What becomes of the session when its terminal is closed."""
    show: Path | None = None
    """The cue list of a show."""


class ScreenConfig(ConfigPart):
    """How the console looks, and how often it is painted."""

    theme: ThemeName = "dark"
    """The colours."""
    picture: PictureWay = "auto"
    """How the live picture is drawn: in half blocks, or in pixels by kitty's protocol, which `auto` takes where a
    terminal of this computer has it. `none` leaves the picture out, which costs least."""
    picture_hz: Annotated[float, Field(ge=1.0, le=30.0)] | None = None
    """Pictures a second; left out, 15, and 5 over SSH."""
    text_hz: Annotated[float, Field(ge=1.0, le=10.0)] = 4.0
    """How often figures are painted in a second."""


class FilesConfig(ConfigPart):
    """Where what the operator keeps goes."""

    recordings: Path | None = None
    """The folder of recordings; left out, `Understudy` in the user's videos."""
    snapshots: Path | None = None
    """The folder of snapshots; left out, `Understudy` in the user's pictures."""


class Config(ConfigPart):
    """The whole file."""

    start: StartConfig = StartConfig()
    screen: ScreenConfig = ScreenConfig()
    files: FilesConfig = FilesConfig()
    keys: dict[str, str] = {}
    """Other keys for acts, by the act's id: `"air.panic" = "f9"`; several are parted by commas."""
