"""From what the user typed to open microphones and sinks."""

import sys
from collections.abc import Iterable
from pathlib import Path

import pipeline.audio.assets
from pipeline.audio.devices.listing import list_sound_devices
from pipeline.audio.devices.pulse.input import PulseInput, pulse_source
from pipeline.audio.devices.pulse.output import PulseOutput, pulse_sink
from pipeline.audio.devices.pulse.server import PulseDevice, is_own, pulse_devices, server_answers
from pipeline.audio.devices.silence import Silence
from pipeline.audio.devices.sound_decoder import SoundDecoder
from pipeline.audio.devices.sound_file import SoundFile
from pipeline.audio.devices.sound_recorder import ENCODERS, SoundRecorder
from pipeline.clock import Clock, Playhead
from pipeline.errors import DeviceError, MediaError
from pipeline.stage import AudioSink, AudioSource, HeardAgain

SPEECH = Path(pipeline.audio.assets.__file__).parent / "demo-actor.flac"
"""What the demo actor says, as long as the pictures' loop."""
PORTAUDIO = "install PortAudio, on Debian and its kin: sudo apt install libportaudio2"
LONGEST_ENDING = 4
"""Letters after the last dot of a file's name."""
CABLES = {"darwin": ("BlackHole",), "win32": ("CABLE Input", "VB-Audio")}
"""Programs whose output device is another program's microphone."""


def open_microphone(
    wanted: str, clock: Clock, playhead: Playhead, *, loop: bool = False, paced: bool = True
) -> AudioSource:
    """Opens what the actor is heard through.

    Args:
        wanted: `auto` (the system's own), `demo`, `none` for silence, a device's name or number, or a file.
        clock: the program's clock.
        playhead: shared with the pictures of the same recording.
        loop: a file begins again at its end.
        paced: a file is played in real time.

    Raises:
        DeviceError: there is no such microphone, or it can't be opened.
        MediaError: the file is missing or holds no sound.
    """
    if wanted == "none":
        return Silence(clock)
    if wanted == "demo":
        return SoundFile(SPEECH, clock, playhead, loop=True, paced=paced)
    if _is_file(wanted):
        return SoundFile(Path(wanted), clock, playhead, loop=loop, paced=paced)
    if sys.platform == "linux" and (source := pulse_source(wanted)) is not None:
        return PulseInput(source, clock)
    served = server_sources()
    try:
        # PortAudio may be missing, and is needed for devices only.
        from pipeline.audio.devices.microphone import Microphone
        from pipeline.audio.devices.port_audio import found
    except OSError as error:
        raise _without_port_audio("microphone", wanted, served, error) from error
    found(wanted, "input", map(str, served))
    return Microphone(wanted, clock)


def microphone_of(camera: str, *, live: bool, is_demo: bool) -> str:
    """What `auto` means beside a camera: the system's microphone, or the sound of the same recording; `none` without.

    Args:
        camera: what the user typed for the camera.
        live: whether it is a camera and no recording.
        is_demo: whether it is the demo actor.
    """
    if is_demo:
        return "demo"
    if not live:
        return camera if can_be_heard(Path(camera)) else "none"
    if sys.platform == "linux" and pulse_source("auto") is not None:
        return "auto"
    try:
        return "auto" if any(device.inputs for device in list_sound_devices()) else "none"
    except DeviceError:
        return "none"


def is_device(wanted: str) -> bool:
    """Whether a microphone that somebody typed has to be a device, which gives sound in real time."""
    return wanted not in ("none", "auto", "demo") and not _is_file(wanted)


def _is_file(wanted: str) -> bool:
    path = Path(wanted)
    return path.is_file() or bool(path.suffix and len(path.suffix) <= LONGEST_ENDING + 1)


def can_be_heard(path: Path) -> bool:
    """Whether a file has sound that can be decoded."""
    try:
        SoundDecoder(path).close()
    except MediaError:
        return False
    return True


def can_have_virtual_microphone() -> bool:
    """Whether `auto` can be a virtual microphone on this computer."""
    if sys.platform == "linux":
        return server_answers()
    try:
        return _cable() is not None
    except DeviceError:
        return False


def left_microphones() -> tuple[str, ...]:
    """The virtual microphones of programs that were killed, which nobody feeds any more."""
    if sys.platform != "linux":
        return ()
    from pipeline.audio.devices.pulse.microphone import left_behind

    try:
        return tuple(name for name, _ in left_behind())
    except DeviceError:
        return ()


def usual_microphone() -> str:
    """What people call the sound server's own choice; nothing where there is none."""
    source = pulse_source("auto") if sys.platform == "linux" else None
    return "" if source is None else source.title


def usual_is_monitor() -> bool:
    """Whether the sound server's own choice gives what is played to an output, and is no microphone."""
    source = pulse_source("auto") if sys.platform == "linux" else None
    return source is not None and source.monitor


def open_virtual_microphone(wanted: str) -> AudioSink:
    """Opens what a call program listens to.

    Args:
        wanted: `auto`, an output device's name or number, or a file that ends in .wav, .flac or .opus.

    Raises:
        DeviceError: it can't be had; the sentence says how to get one.
    """
    if wanted != "auto":
        return open_output(wanted)
    if sys.platform == "linux":
        # Its modules exist on Linux only.
        from pipeline.audio.devices.pulse.microphone import PulseMicrophone

        return PulseMicrophone()
    cable = _cable()
    if cable is None:
        program = "BlackHole (brew install blackhole-2ch)" if sys.platform == "darwin" else "VB-Cable (vb-audio.com)"
        raise DeviceError(f"There is no virtual microphone; install {program} and start again.")
    return _loudspeaker(cable)


def open_output(wanted: str) -> AudioSink:
    """Opens what somebody hears sound from: `auto` for the system's own, a device's name or number, or a file.

    Raises:
        DeviceError: it can't be had.
    """
    if is_sound_file(wanted):
        return SoundRecorder(Path(wanted))
    try:
        return _loudspeaker(wanted)
    except DeviceError as error:
        if not Path(wanted).is_dir():
            raise
        wants = f"name a file in it that ends in one of {', '.join(ENCODERS)}"
        raise DeviceError(f"The output {wanted} is a folder; {wants}.") from error


def is_sound_file(wanted: str) -> bool:
    """Whether an output that somebody typed is a file to write to."""
    return Path(wanted).suffix.lower() in ENCODERS


def refuse_hearing_itself(microphone: str, virtual_microphone: str, monitor: str) -> None:
    """Looks for devices that can't go together.

    Raises:
        DeviceError: two outputs are the same device, or the microphone gives what an output plays.
    """
    if sys.platform != "linux":
        return
    wanted = [name for name in (virtual_microphone, monitor) if name != "none" and not is_sound_file(name)]
    if virtual_microphone == "auto":
        wanted.remove("auto")
    sinks = [sink.name for sink in map(pulse_sink, wanted) if sink is not None]
    if len(set(sinks)) < len(sinks):
        raise DeviceError(
            f"The output {sinks[0]} can't be both the virtual microphone and the monitor; choose another for one."
        )
    source = pulse_source(microphone) if sinks and not _is_file(microphone) else None
    if source is not None and source.name.removesuffix(".monitor") in sinks:
        raise _hears_itself(source)


def refuse_hearing_sinks(microphone: str, sinks: Iterable[AudioSink]) -> None:
    """Looks for one of the sinks, which are open already, before another microphone is.

    Raises:
        DeviceError: the microphone gives what one of them is given.
    """
    given = {sink.heard_at for sink in sinks if isinstance(sink, HeardAgain)} - {""}
    if sys.platform != "linux" or not given or microphone in ("none", "demo") or _is_file(microphone):
        return
    source = pulse_source(microphone)
    if source is not None and source.name in given:
        raise _hears_itself(source)


def _hears_itself(source: PulseDevice) -> DeviceError:
    return DeviceError(
        f"The microphone {source} gives what goes out to the same device, which would be heard again and again; "
        "choose another."
    )


def refuse_overwriting_sound(source: str, *outputs: str) -> None:
    """Looks before any output is opened, because opening a file to write to empties it.

    Args:
        source: the file that the sound comes from, or the word that names another source.
        outputs: as for `open_output`.

    Raises:
        DeviceError: an output would replace the source, or two are the same file.
    """
    files = [Path(output).resolve() for output in outputs if is_sound_file(output)]
    if Path(source).resolve() in files:
        raise DeviceError(f"The sound {source} would overwrite its own source; choose another name.")
    if len(set(files)) < len(files):
        raise DeviceError(f"The sound {files[0].name} can't be written twice at once; choose another name for one.")


def server_sources() -> tuple[PulseDevice, ...]:
    """The sound server's microphones, without those that this program makes; none where no server runs."""
    sources = pulse_devices("sources") if sys.platform == "linux" else ()
    return tuple(source for source in sources if not is_own(source.name))


def server_sinks() -> tuple[PulseDevice, ...]:
    """The sound server's outputs; none where no server runs."""
    return pulse_devices("sinks") if sys.platform == "linux" else ()


def _loudspeaker(wanted: str) -> AudioSink:
    """An output device: the sound server's where it has one of that name, else PortAudio's.

    Raises:
        DeviceError: it can't be had.
    """
    if sys.platform == "linux" and (sink := pulse_sink(wanted)) is not None:
        return PulseOutput(sink)
    ending = Path(wanted).suffix[1:]
    if ending.isalnum() and not ending.isdigit() and len(ending) <= LONGEST_ENDING:
        # It refuses endings that it does not know, in words.
        return SoundRecorder(Path(wanted))
    served = server_sinks()
    try:
        from pipeline.audio.devices.loudspeaker import Loudspeaker
        from pipeline.audio.devices.port_audio import found
    except OSError as error:
        raise _without_port_audio("output", wanted, served, error) from error
    found(wanted, "output", map(str, served))
    return Loudspeaker(wanted)


def _without_port_audio(what: str, wanted: str, served: tuple[PulseDevice, ...], error: OSError) -> DeviceError:
    """Why a device can't be had that is none of the sound server's, where PortAudio is missing."""
    if served:
        return DeviceError(f"There is no {what} {wanted}; there are: {', '.join(map(str, served))}.")
    return DeviceError(f"The {what} {wanted} can't be opened: {error}; {PORTAUDIO}.")


def _cable() -> str | None:
    """The name of an output that is another program's microphone, or None."""
    names = CABLES.get(sys.platform, ())
    outputs = [device.name for device in list_sound_devices() if device.outputs]
    return next((name for name in outputs if any(part.casefold() in name.casefold() for part in names)), None)
