"""What a session is like, for those that build what runs in it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from pipeline.clock import Clock, MonotonicClock
from pipeline.inference.onnx.runtime import Runtime
from pipeline.telemetry import Event


@dataclass(frozen=True, slots=True, eq=False)
class Circumstances:
    """What a session is like, as far as what is built for it depends on that.

    Attributes:
        runtime: where the networks run that profiles bring; it ends with the assembly.
        clock: the program's.
        report: told what the operator should know of the voice; None where no voice is heard in real time.
        waits: whether pictures wait for what is found out of them, so that films come out alike.
        heard: whether sound is heard; a voice's networks are opened only then.
    """

    runtime: Runtime = field(default_factory=Runtime)
    clock: Clock = field(default_factory=MonotonicClock)
    report: Callable[[Event], None] | None = None
    waits: bool = False
    heard: bool = True
