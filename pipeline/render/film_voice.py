"""The voice of a film on its way into the rendered film."""

from collections.abc import Iterator
from contextlib import closing

from pipeline.audio.condition.chain import conditioner
from pipeline.audio.condition.settings import ConditionSettings
from pipeline.audio.conversion import Conversion
from pipeline.audio.devices.sound_decoder import SoundDecoder, beginning
from pipeline.audio.neural.rvc import Tools
from pipeline.audio.neural.voices import RvcVoices
from pipeline.audio.stream import RATE_HZ
from pipeline.audio.voice.actor import Actor, measure
from pipeline.audio.voice.dial import voice_stage
from pipeline.media import Block
from pipeline.render.job import RenderJob
from pipeline.stage import AudioStage, FilmTrack
from profiles.profile import Profile

AMPLE_MS = 125.0
"""A render waits for nobody: its voice gets at least so much time, which is all that the embedded engine can use."""
AMPLE_RVC_MS = 2_000.0
"""The same for a voice that is a network: with longer chunks it hears more, and works less."""
LISTENED_S = 60.0
"""So much of the file is listened to beforehand, to know the actor."""


def conversion_of(job: RenderJob, tools: Tools) -> Conversion:
    """A file's sound, conditioned and in the profile's voice, which knows the actor from the file's own beginning.

    Raises:
        MediaError: the file holds no sound that can be read.
        ModelError: a network of the voice is missing, broken, or can't be run.
    """
    with closing(SoundDecoder(job.source)) as decoder:
        actor = Actor(measure(beginning(decoder, LISTENED_S)))
    return Conversion(
        job.source,
        conditioner(ConditionSettings()),
        _voice(job.profile, actor, tools),
        tools.clock,
        tools.runtime.report,
    )


def _voice(profile: Profile, actor: Actor, tools: Tools) -> AudioStage:
    """The profile's voice, with ample time."""
    asked_ms = profile.voice.latency_ms
    if profile.voice.engine == "rvc":
        return RvcVoices(tools, actor).stage(profile, max(asked_ms, AMPLE_RVC_MS))
    return voice_stage(profile, max(asked_ms, AMPLE_MS), actor)


class FilmVoice:
    """A film's sound in the target's voice, in step with the pictures."""

    def __init__(self, conversion: Conversion) -> None:
        """A voice that goes nowhere until it is given a track."""
        self._conversion = conversion
        self._blocks: Iterator[Block] = conversion.blocks()
        self.start_ns = conversion.start_ns
        """When the sound starts, against the first picture."""
        self.done_ns = min(0, self.start_ns)
        """Up to where it is done."""
        self.track: FilmTrack | None = None
        """Where it goes; None when no more can go there."""

    @property
    def length_ns(self) -> int:
        """How much is done."""
        return max(0, self.done_ns - self.start_ns)

    @property
    def silent_s(self) -> float:
        """How much is silent because the voice failed."""
        return self._conversion.silent_s

    def advance(self, until_ns: int) -> bool:
        """Does all sound that starts before `until_ns` on the pictures' time; False when there is no more."""
        if self.track is None:
            return False
        for block in self._blocks:
            if not self.track.write_sound(block):
                self.track = None
                return False
            self.done_ns = block.captured_ns + len(block.samples) * 1_000_000_000 // RATE_HZ
            if self.done_ns >= until_ns:
                return True
        self.track.end_sound()
        self.track = None
        return False

    def close(self) -> None:
        """Gives the file back."""
        self._conversion.close()
