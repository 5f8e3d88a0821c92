"""The devices of a session's sound, opened before any file is written to."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from pipeline.audio.devices.listing import look_anew
from pipeline.audio.devices.opening import (
    is_sound_file,
    open_microphone,
    open_output,
    open_virtual_microphone,
    refuse_hearing_itself,
)
from pipeline.audio.settings import SoundSettings
from pipeline.clock import Clock, Playhead
from pipeline.errors import DeviceError, SoundError
from pipeline.stage import AudioSink


@contextmanager
def only_sound() -> Iterator[None]:
    """Tells a device of the sound that can't be had from all others, without which nothing goes out.

    Raises:
        SoundError: in place of a `DeviceError`.
    """
    try:
        yield
    except DeviceError as error:
        raise SoundError(str(error)) from error


@only_sound()
def open_devices(settings: SoundSettings, clock: Clock, playhead: Playhead | None, opened: ExitStack) -> SoundSettings:
    """The settings with what could fail open in place of its name; files to write to are left to the rig.

    Args:
        settings: which.
        clock, playhead: as for the rig.
        opened: closes them.

    Raises:
        UnderstudyError: one of them can't be had, or the session would hear itself.
    """
    heard, virtual, monitor = settings.microphone, settings.virtual_microphone, settings.monitor
    if heard == "none":
        return settings
    look_anew()
    refuse_hearing_itself(*(name if isinstance(name, str) else "none" for name in (heard, virtual, monitor)))
    if isinstance(heard, str) and heard != "demo":
        played, paced = playhead or Playhead(), playhead is not None
        heard = opened.enter_context(open_microphone(heard, clock, played, loop=settings.loop, paced=paced))
    if isinstance(monitor, str) and monitor != "none" and not is_sound_file(monitor):
        monitor = opened.enter_context(open_output(monitor))
    if isinstance(virtual, str) and virtual != "none" and not is_sound_file(virtual):
        virtual = opened.enter_context(open_virtual_microphone(virtual))
    return replace(settings, microphone=heard, virtual_microphone=virtual, monitor=monitor)


def open_sinks(wanted: str | AudioSink, opened: ExitStack) -> list[AudioSink]:
    """The virtual microphone, if one is wanted, open, to be closed by `opened`.

    Raises:
        DeviceError: it can't be had.
    """
    sinks = [] if wanted == "none" else [open_virtual_microphone(wanted) if isinstance(wanted, str) else wanted]
    return [opened.enter_context(sink) for sink in sinks]
