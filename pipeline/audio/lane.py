"""The audio lane: one block after another through conditioning and voice, and silence where that fails."""

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from pipeline.audio.condition.limiter import Limiter
from pipeline.audio.metering.meter import Meter
from pipeline.audio.metering.scope import Scope
from pipeline.audio.ring import Ring
from pipeline.audio.stream import BLOCK_SAMPLES, RATE_HZ
from pipeline.audio.voice.chunks import Joined
from pipeline.clock import Clock
from pipeline.errors import StageError
from pipeline.media import Block
from pipeline.runner import do_all
from pipeline.stage import AudioStage, Tuned, Witness
from pipeline.telemetry import AudioReadings, DurationMeter, Event, Level, Outage
from profiles.profile import Profile

MOST_OVERLAP = RATE_HZ // 5
"""A voice that lags behind by more is waited for in silence: what the old one said then would be said twice."""
CEILING_DBFS = -1.0
"""Nothing louder goes out."""
PATIENCE_S = 0.1
REPORT_EVERY_NS = 5_000_000_000
"""What fails again and again is reported no more often than this."""

NO_SOUND = "The microphone delivers no numbers, for which silence goes out: plug it in again or choose another."


@dataclass(slots=True, eq=False)
class AudioLaneMeters:
    """What the lane counts."""

    work: DurationMeter = field(default_factory=DurationMeter)
    blocks: int = 0
    failed: int = 0
    """Blocks that went out as silence because a stage could not do them."""
    outage: Outage = Outage()


@dataclass(frozen=True, slots=True, eq=False)
class AudioLinks:
    """What the lane is connected to."""

    source: Ring
    outputs: Iterable[Ring]
    clock: Clock
    report: Callable[[Event], None]
    hurry: threading.Event | None = None
    """Until it is set, what the stages still hold at the end goes out as slowly as it is spoken; None: all at once."""


class AudioLane:
    """Works on blocks on one thread; everything that other threads ask for happens between two blocks.

    What a stage could not do goes out as silence: never the actor's own voice. What is too loud, such as a high voice
    made low, whose periods heap up, is held at `CEILING_DBFS`; anything else leaves as the voice made it.
    """

    def __init__(self, conditioning: Sequence[AudioStage], voice: AudioStage, links: AudioLinks) -> None:
        """A lane with its first voice."""
        self._conditioning, self._voice, self._links = tuple(conditioning), voice, links
        self._limiter = Limiter(CEILING_DBFS)
        self._lock = threading.Lock()
        self._next: AudioStage | None = None
        self._leaving: AudioStage | None = None
        """The voice before, which is heard until the new one has something to say."""
        self._overlap = 0
        """Samples until then."""
        self._settings: Profile | None = None
        self._told_ns: dict[Level, int] = {}
        """When a failure of the voice, or a fault of the microphone, was last told."""
        self._next_ns: int | None = None
        """When the sound after the newest block is captured; None before any came."""
        self._left: int | None = None
        """Samples that the stages still hold at the end."""
        self._due_ns = 0
        self.meters = AudioLaneMeters()
        self.input_meter, self.output_meter = Meter(), Meter()
        self._heard, self._made = Scope(), Scope()
        self.witness: Witness | None = None
        """Who hears what the microphone gives."""

    @property
    def voice(self) -> AudioStage:
        """The voice in the lane."""
        return self._voice

    @property
    def latency_ns(self) -> int:
        """By how much what goes out lags behind, apart from computing."""
        return sum(stage.latency_ns for stage in (*self._conditioning, self._voice, self._limiter))

    def take(self, voice: AudioStage) -> None:
        """Gives the lane another voice, which it fades over to; the one that it has already is no other."""
        with self._lock:
            self._next = None if voice is self._voice else voice
            self._settings = None

    def holds(self, voice: AudioStage) -> bool:
        """Whether the lane works with a voice, or will; once it is let go of, only `take` brings it back."""
        with self._lock:
            return any(voice is held for held in (self._next, self._voice, self._leaving))

    def adjust(self, profile: Profile) -> None:
        """Gives the lane live settings to take before its next block."""
        with self._lock:
            self._settings = profile

    def step(self) -> bool:
        """Works on one block, or waits a little; False when none will come."""
        source = self._links.source
        if not source.wait(BLOCK_SAMPLES, PATIENCE_S):
            return True
        block = source.read(BLOCK_SAMPLES)
        if block is None:
            going_on = self._wind_up()
            while going_on and self._links.hurry is None:
                going_on = self._wind_up()
            return going_on
        began_ns = self._links.clock.now_ns()
        if not np.isfinite(block.samples).all():
            self._tell(Level.WARNING, NO_SOUND)
        self.input_meter.feed(block, began_ns)
        self._heard.feed(block)
        self._let_hear(block)
        finished = self._converted(block)
        self.output_meter.feed(finished, began_ns)
        self._made.feed(finished)
        self._emit(finished)
        self._next_ns = block.captured_ns + len(block.samples) * 1_000_000_000 // RATE_HZ
        self.meters.blocks += 1
        self.meters.work.add(self._links.clock.now_ns() - began_ns)
        return True

    def _let_hear(self, block: Block) -> None:
        """Gives a block to who listens; one who fails at it listens no more, and the call goes on."""
        witness = self.witness
        try:
            if witness is not None:
                witness.hear(block)
        except (ValueError, MemoryError) as error:
            self.witness = None
            told = f"Who listened to the microphone failed and does so no more ({error!r}); the call does not need it."
            self._links.report(Event(Level.WARNING, told, self._links.clock.now_ns()))

    def readings(self, now_ns: int) -> AudioReadings:
        """What the lane knows of the sound at this instant."""
        meters, voice = self.meters, self._voice
        told = AudioReadings(
            engine=voice.name,
            load=voice.load if isinstance(voice, Joined) else None,
            blocks=meters.blocks,
            failed=meters.failed,
            outage=meters.outage,
            engine_ms=self.latency_ns / 1e6,
            compute=meters.work.percentiles(),
            input_level=self.input_meter.reading(now_ns),
            output_level=self.output_meter.reading(now_ns),
        )
        if told.input_level.stale:
            return told
        heard_hz, made_hz = self._pitches_hz()
        return replace(
            told,
            spectrum_in_db=self._heard.levels_db(),
            spectrum_out_db=self._made.levels_db(),
            pitch_in_hz=heard_hz,
            pitch_out_hz=made_hz,
        )

    def _pitches_hz(self) -> tuple[float, float]:
        """What is heard and what is made of it, as the voice has it; measured where it does not look for a pitch."""
        voice = self._voice
        told = voice.pitches_hz if isinstance(voice, Tuned) and not self.meters.outage.reason else None
        return told or (self._heard.pitch_hz(), self._made.pitch_hz())

    def close(self) -> None:
        """Closes the stages, and a voice that waits for its turn; may be called twice.

        Raises:
            UnderstudyError: one of them could not be closed; all the others are.
        """
        stages = (*self._conditioning, self._voice, *filter(None, (self._next, self._leaving)))
        do_all(*(stage.close for stage in stages))

    def _emit(self, block: Block) -> None:
        for ring in self._links.outputs:
            ring.write(block)

    def _wind_up(self) -> bool:
        """Lets out one block of what the stages still hold, by following the last sound with silence.

        Whether there is more; at the end the outputs are ended.
        """
        if self._left is None:
            self._left = 0 if self._next_ns is None else round(self.latency_ns * RATE_HZ / 1e9)
            self._due_ns = self._links.clock.now_ns()
        if self._next_ns is None or self._left <= 0:
            for ring in self._links.outputs:
                ring.close()
            return False
        silence = np.zeros((min(self._left, BLOCK_SAMPLES), 1), np.float32)
        length_ns = len(silence) * 1_000_000_000 // RATE_HZ
        self._due_ns += length_ns
        if self._links.hurry is not None:
            self._links.clock.wait_until(self._due_ns, self._links.hurry)
        finished = self._converted(Block(silence, RATE_HZ, self._next_ns))
        for ring in self._links.outputs:
            ring.write(finished, patient=True)
        self._next_ns += length_ns
        self._left -= len(silence)
        return True

    def _converted(self, block: Block) -> Block:
        """The block in the target's voice, never too loud."""
        self._take_requests()
        heard = self._through(self._conditioning, block)
        return self._through((self._limiter,), self._spoken(heard))

    def _spoken(self, heard: Block) -> Block:
        """A block in the voice that is to be heard, on the way from one voice to another in both."""
        spoken = self._through((self._voice,), heard)
        if self.meters.outage.reason:
            # A voice that works on longer stretches is silent for a whole one that it could not do.
            missing = not spoken.samples.any()
            outage = self.meters.outage
            self.meters.outage = Outage(outage.reason if missing else "", outage.count + missing)
        if self._leaving is None:
            return spoken
        before = self._through((self._leaving,), heard)
        self._overlap -= len(heard.samples)
        if self._overlap > 0:
            return before
        self._leaving = None
        return faded(before, spoken)

    def _take_requests(self) -> None:
        """Takes a waiting voice and settings.

        A voice begins with as much silence as it lags behind: so long the one before is still heard.
        """
        with self._lock:
            coming, self._next = self._next, None
            settings, self._settings = self._settings, None
            if coming is not None:
                still_heard = self._leaving or self._voice
                self._leaving = None if coming is still_heard else still_heard
                self._voice = coming
                self.meters.outage = replace(self.meters.outage, reason="")
                self.meters.work.begin_anew()
        if self._leaving is not None and coming is not None:
            # What it heard when it was here before is not to be said now.
            coming.reset()
            self._overlap = min(round(coming.latency_ns * RATE_HZ / 1e9), MOST_OVERLAP)
        if settings is not None:
            for stage in (*self._conditioning, self._voice):
                stage.adjust(settings)

    def _through(self, stages: Sequence[AudioStage], block: Block) -> Block:
        """A block through some stages; silence where one fails."""
        for stage in stages:
            before = block
            try:
                block = stage.process(block)
                # A network that breaks down says so in its samples.
                if not np.isfinite(block.samples).all():
                    raise StageError(f"The stage {stage.name} made samples that are no numbers.")
            except StageError as error:
                self._failed(error)
                silence = np.zeros_like(before.samples)
                block = replace(before, samples=silence, captured_ns=before.captured_ns - stage.latency_ns)
        return block

    def _failed(self, error: StageError) -> None:
        """Counts a failure and says it, not too often."""
        self.meters.failed += 1
        self.meters.outage = replace(self.meters.outage, reason=str(error))
        self._tell(Level.ERROR, f"{error} Silence goes out instead.")

    def _tell(self, level: Level, text: str) -> None:
        """Says a thing, not too often."""
        now_ns, told_ns = self._links.clock.now_ns(), self._told_ns.get(level)
        if told_ns is None or now_ns - told_ns > REPORT_EVERY_NS:
            self._told_ns[level] = now_ns
            self._links.report(Event(level, text, now_ns))


def faded(old: Block, new: Block) -> Block:
    """One block that begins as the old and ends as the new."""
    ramp = np.linspace(0.0, 1.0, len(new.samples), dtype=np.float32)[:, np.newaxis]
    turn = np.sin(ramp * np.float32(np.pi / 2)) ** 2
    return replace(new, samples=old.samples * (1 - turn) + new.samples * turn)
