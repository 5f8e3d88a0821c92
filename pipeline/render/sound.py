"""Sound alone done into another file, in the target's voice."""

from collections.abc import Callable
from contextlib import ExitStack, closing
from itertools import islice
from typing import Self

from pipeline.assembly import require_clearance
from pipeline.audio.devices.sound_recorder import SoundRecorder
from pipeline.audio.neural.rvc import Tools
from pipeline.audio.stream import BLOCK_SAMPLES, RATE_HZ
from pipeline.clock import Clock, MonotonicClock
from pipeline.inference.onnx.runtime import Runtime
from pipeline.inference.store import ModelStore
from pipeline.render.film_voice import conversion_of
from pipeline.render.job import RenderJob, RenderProgress, refuse_target
from pipeline.telemetry import Event


class SoundRender:
    """Sound alone, about a second at a time."""

    def __init__(
        self,
        job: RenderJob,
        models: ModelStore,
        clock: Clock | None = None,
        report: Callable[[Event], None] | None = None,
    ) -> None:
        """Opens both files.

        Raises:
            ConsentError: nobody has cleared the profile.
            DeviceError: the target can't be written.
            MediaError: the source holds no sound that can be read, or it is the target.
            ModelError: a network of the voice is missing, broken, or can't be run where it was asked for.
        """
        require_clearance(job.profile)
        clock = clock or MonotonicClock()
        runtime = Runtime(job.device, clock=clock, report=report)
        runtime.require()
        refuse_target(job)
        self.remark: str | None = None
        self._done = 0
        with ExitStack() as parts:
            parts.enter_context(closing(runtime))
            conversion = conversion_of(job, Tools(runtime, models, clock))
            self._conversion = parts.enter_context(conversion)
            self._blocks = self._conversion.blocks()
            self._target = parts.enter_context(SoundRecorder(job.target))
            self._parts = parts.pop_all()

    def step(self) -> bool:
        """Does about a second; False when there is no more.

        Raises:
            DeviceError: the target took no more.
        """
        blocks = list(islice(self._blocks, RATE_HZ // BLOCK_SAMPLES))
        for block in blocks:
            self._target.write(block.samples[:, 0])
            self._done += len(block.samples)
        return bool(blocks)

    def progress(self) -> RenderProgress:
        """How far it has come."""
        done_s = self._done / RATE_HZ
        return RenderProgress(0, done_s, self._conversion.length_s, sound_s=done_s, silent_s=self._conversion.silent_s)

    def close(self) -> None:
        """Finishes the target, which then plays up to what was done; may be called twice.

        Raises:
            DeviceError: the end could not be written.
        """
        self._parts.close()

    def __enter__(self) -> Self:
        """The render itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Finishes the target."""
        self.close()
