"""The actor who is always there: a synthetic person before a camera, in an endless loop."""

from dataclasses import replace
from pathlib import Path

from pipeline.clock import Clock, Playhead
from pipeline.video.devices.file_source import FileSource
from pipeline.video.devices.settings import SourceSettings

RECORDING = Path(__file__).parent.parent / "assets" / "demo-actor.mp4"
"""A loop of the rendered actor that ships with the program."""


class DemoActor(FileSource):
    """Frames of the rendered actor. They never end."""

    def __init__(self, settings: SourceSettings, clock: Clock, playhead: Playhead | None = None) -> None:
        """Opens the recording.

        Raises:
            MediaError: the recording is missing or damaged.
        """
        super().__init__(RECORDING, replace(settings, loop=True), clock, playhead)
        self.name = "demo actor"
        self.description = self.description.replace(RECORDING.name, self.name, 1)
