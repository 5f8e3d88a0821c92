"""The options that several commands share, as frozen values that typer reads from the command line."""

import inspect
from collections.abc import Callable
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, Literal, get_type_hints

import typer

DEFAULT_PROFILE = "mara"
"""The profile that is taken when none is named."""

SIDES = (64, 3840)
"""The shortest and the longest side of a frame, in pixels; sources take no others."""


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height in pixels."""

    width: int
    height: int

    def __str__(self) -> str:
        """As it is typed."""
        return f"{self.width}x{self.height}"

    @classmethod
    def parse(cls, text: "str | Size") -> "Size":
        """A size from text such as 1280x720; typer brings an option's default as well, which is one already."""
        if isinstance(text, Size):
            return text
        width, cross, height = text.lower().partition("x")
        if not (cross and width.isdecimal() and height.isdecimal()):
            raise typer.BadParameter(f"got {text!r}, wanted WIDTHxHEIGHT such as 1280x720")
        if not all(SIDES[0] <= side <= SIDES[1] for side in (int(width), int(height))):
            raise typer.BadParameter(f"got {text!r}, wanted sides of {SIDES[0]} to {SIDES[1]} pixels")
        return cls(int(width), int(height))


@dataclass(frozen=True, slots=True)
class TimedSwitch:
    """A change of profile at a time."""

    at_s: float
    """Seconds after the start."""
    profile: str

    @classmethod
    def parse(cls, text: str) -> "TimedSwitch":
        """A switch from text such as 2.5:ines."""
        seconds, colon, profile = text.partition(":")
        try:
            at_s = float(seconds)
        except ValueError:
            at_s = -1.0
        if not (colon and profile and 0.0 <= at_s < float("inf")):
            raise typer.BadParameter(f"got {text!r}, wanted SECONDS:PROFILE such as 2.5:ines")
        return cls(at_s, profile)


CAMERA_HELP = "Where the picture comes from: auto, demo, a number, a device's name or path, or a picture or video file."
VIRTUAL_HELP = (
    "Where the picture goes: none, auto (the first virtual camera), a device, or a file that ends in .mp4 or .mkv. "
    "The console takes auto where there is a virtual camera, run takes none."
)
MICROPHONE_HELP = (
    "Where the sound comes from: none, auto (what belongs to the camera: the system's microphone, or the sound of the "
    "same recording), demo, a device's name or number, or a file. The console takes auto, run takes none."
)
VIRTUAL_MICROPHONE_HELP = (
    "Where the voice goes: none, auto (a microphone that call programs list), an output device's name or number, or a "
    "file that ends in .wav, .flac or .opus. The console takes auto where there can be one, run takes none."
)


DEFAULT_SIZE = Size(1280, 720)
SizeOption = Annotated[Size, typer.Option(parser=Size.parse, metavar="WxH", help="Frame size.")]
DeviceOption = Annotated[
    Literal["auto", "cpu", "cuda", "tensorrt"],
    typer.Option("--device", help="Where models run: auto is the GPU where one works; the others are that or nothing."),
]


@dataclass(frozen=True, slots=True)
class SessionOptions:
    """What the console and `run` have in common: profile, source and sinks."""

    profile: Annotated[str, typer.Option(help="Name of a profile, or its folder.")] = DEFAULT_PROFILE
    camera: Annotated[str, typer.Option(help=CAMERA_HELP)] = "auto"
    virtual_camera: Annotated[str | None, typer.Option(help=VIRTUAL_HELP, show_default=False)] = None
    microphone: Annotated[str | None, typer.Option(help=MICROPHONE_HELP, show_default=False)] = None
    virtual_microphone: Annotated[str | None, typer.Option(help=VIRTUAL_MICROPHONE_HELP, show_default=False)] = None
    monitor: Annotated[
        str,
        typer.Option(metavar="auto|NAME", help="The operator's own output: auto, or a device's name, title or number."),
    ] = "none"
    push_to_talk: Annotated[
        bool, typer.Option("--push-to-talk", help="In the console: you are heard only while you hold v.")
    ] = False
    show: Annotated[
        Path | None, typer.Option(metavar="FILE", help="In the console: the cue list of a show, which n steps through.")
    ] = None
    voice_latency: Annotated[
        float | None,
        typer.Option(min=40, max=5000, metavar="MS", help="How long the voice may take; the profile's by default."),
    ] = None
    trim: Annotated[
        float | None,
        typer.Option(
            min=-500, max=500, metavar="MS", help="Live outputs: show pictures so much later; recordings are in sync."
        ),
    ] = None
    record: Annotated[Path | None, typer.Option(metavar="FILE", help="Record into a .mp4 or .mkv file as well.")] = None
    size: Annotated[Size | None, typer.Option(parser=Size.parse, metavar="WxH", help="Frame size.")] = None
    fps: Annotated[float | None, typer.Option(min=1, max=240, help="Frame rate.")] = None
    rotate: Annotated[Literal["0", "90", "180", "270"], typer.Option(help="Turn the picture clockwise.")] = "0"
    flip: Annotated[bool, typer.Option("--flip", help="Mirror the picture.")] = False
    loop: Annotated[bool, typer.Option("--loop", help="Start a file again at its end.")] = False
    pace: Annotated[Literal["realtime", "max"], typer.Option(help="How fast a file is played.")] = "realtime"
    device: DeviceOption = "auto"
    policy: Annotated[
        Literal["hold", "blur", "card"] | None,
        typer.Option(help="What goes out when there is no face to work on; the profile's own by default."),
    ] = None
    on_hangup: Annotated[
        Literal["detach", "card", "stop"],
        typer.Option(
            help="In the console, when its terminal is closed or its screen breaks down: the session goes on, goes on "
            "with the card up, or ends."
        ),
    ] = "detach"


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What only a run without a screen takes."""

    headless: Annotated[bool, typer.Option("--headless", help="No screen.")] = False
    seconds: Annotated[float | None, typer.Option(min=0.1, metavar="N", help="Stop after so many seconds.")] = None
    switch_at: Annotated[
        list[TimedSwitch] | None,
        typer.Option(
            parser=TimedSwitch.parse, metavar="SECONDS:PROFILE", help="Change the profile at a time; may be repeated."
        ),
    ] = None
    stats: Annotated[Path | None, typer.Option(metavar="FILE.json", help="Write figures at the end.")] = None


@dataclass(frozen=True, slots=True)
class EnginesOptions:
    """What `understudy bench engines` takes."""

    profile: Annotated[str, typer.Option(help="Whose engines are measured: a profile's name, or its folder.")] = (
        DEFAULT_PROFILE
    )
    camera: Annotated[str, typer.Option(help="The demo actor or a video file.")] = "demo"
    size: SizeOption = DEFAULT_SIZE
    device: DeviceOption = "auto"


IN_MEMORY = "memory"
LEAST_AV_S = 12
"""A shorter self-test may have too few flashes."""
LOOP_HELP = "Only what is in memory can be measured without a loop back."


@dataclass(frozen=True, slots=True)
class AvOptions:
    """What `understudy selftest av` takes."""

    profile: Annotated[str, typer.Option(help="Whose engines are measured: a profile's name, or its folder.")] = (
        DEFAULT_PROFILE
    )
    camera: Annotated[str, typer.Option(help="Pictures for the engines: demo or a video file.")] = "demo"
    size: SizeOption = DEFAULT_SIZE
    seconds: Annotated[
        float | None, typer.Option(min=LEAST_AV_S, metavar="N", help="Flash and beep for so long, twice; at least 12.")
    ] = None
    microphone: Annotated[str, typer.Option(help=LOOP_HELP)] = IN_MEMORY
    virtual_microphone: Annotated[str, typer.Option(help=LOOP_HELP)] = IN_MEMORY
    virtual_camera: Annotated[str, typer.Option(help=LOOP_HELP)] = IN_MEMORY


def flattened(command: Callable[..., int]) -> Callable[..., int]:
    """The command with each parameter that is one of the values above spread out into options of its own."""
    hints = get_type_hints(command, include_extras=True)
    groups: dict[str, Any] = {}
    flat: list[inspect.Parameter] = []
    for parameter in inspect.signature(command).parameters.values():
        kind = hints[parameter.name]
        if isinstance(kind, type) and is_dataclass(kind):
            groups[parameter.name] = kind
            inner = get_type_hints(kind, include_extras=True)
            flat += [_parameter(field.name, _default(field), inner[field.name]) for field in fields(kind)]
        else:
            flat.append(_parameter(parameter.name, parameter.default, kind))

    @wraps(command)
    def run(**values: Any) -> int:
        for name, kind in groups.items():
            values[name] = kind(**{field.name: values.pop(field.name) for field in fields(kind)})
        return command(**values)

    run.__signature__ = inspect.Signature(flat)  # type: ignore[attr-defined]  # functions take one, their type hides it
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in flat}
    return run


def _parameter(name: str, default: Any, annotation: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _default(field: Field[Any]) -> Any:
    return inspect.Parameter.empty if field.default is MISSING else field.default
