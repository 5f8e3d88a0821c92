"""The screens that are kept as snapshots: each with a session in some state, and the keys that lead to it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from console.config.schema import Config, ScreenConfig
from console.ports import Surroundings
from console.show.cues import Cue, CueBackground, Show
from pipeline.errors import SoundError
from pipeline.telemetry import Event, Level, MeterReading, State, SyncReadings
from tests.console.fake_machine import FakeGpu, FakeMachine
from tests.console.fake_session import FakeSession, typical_audio
from tests.console.preflight.fakes import FINDINGS, kept

CUES = (
    Cue(profile="ben", note="Welcome", seconds=42),
    Cue(profile="ada", note="enters from the left"),
    Cue(profile="ada", background=CueBackground(kind="colour", colour="#101010")),
    Cue(profile="dora", note="never"),
    Cue(profile="mara", seconds=5, auto=True),
)
EVENTS = (
    (Level.INFO, "The session runs."),
    (Level.WARNING, "Ben takes 41 ms a frame, wanted 33: the slowest is swap, 22 ms."),
    (Level.INFO, "Ben is in: ready after 812 ms, gap 0.4 ms, no frame lost."),
    (Level.ERROR, "The camera demo can't be opened: it is busy; close the other program, then press d."),
    (Level.INFO, "Recording to ada-20261122-052200.mp4."),
)


@dataclass(frozen=True)
class Device:
    """A camera or a microphone on a list."""

    wanted: str
    title: str
    source: str


def busy() -> FakeMachine:
    """A computer with two graphics processors."""
    return FakeMachine((FakeGpu(), FakeGpu("Accelerator 9 Max", 88.0, 15_000.0, 24_576.0, 83.0, 412.0)))


def surrounded(same: Surroundings) -> Surroundings:
    """What every screen has beside its session."""
    return replace(
        same,
        open_machine=FakeMachine,
        list_cameras=lambda: (Device("0", "Built-in camera", "a"), Device("1", "Camera on USB", "b")),
        usual_cameras=(Device("demo", "Demo actor", "demo actor · 1280×720 at 30 fps"),),
        list_inputs=lambda: (Device("0", "Built-in microphone", "c"), Device("1", "Headset", "d")),
        usual_inputs=(Device("demo", "Demo voice", "demo voice · 48000 Hz"),),
        config=Config(screen=ScreenConfig(text_hz=1.0, picture_hz=30.0)),
    )


@dataclass(frozen=True)
class Case:
    """One screen."""

    name: str
    make: Callable[[], FakeSession] = FakeSession
    keys: tuple[str, ...] = ()
    """Pressed one after the other; `type:` before a word types it."""
    before: Callable[[FakeSession], None] = lambda session: None
    """What happens before the keys."""
    each: Callable[[FakeSession], None] = lambda session: None
    """What happens before every look."""
    around: Callable[[Surroundings], Surroundings] = lambda same: same
    starts: bool = True


def silent() -> FakeSession:
    """A session without sound."""
    return FakeSession(audio=None, sync=SyncReadings())


def muted() -> FakeSession:
    """Whoever is muted speaks."""
    level = MeterReading(-12.0, -20.0, -9.0, -9.0, stale=False)
    return FakeSession(audio=replace(typical_audio(), muted=True, speaking=True, input_level=level))


def unstarted() -> FakeSession:
    """A session whose microphone is not there."""
    return FakeSession(start_error=SoundError("The microphone 7 can't be opened: there is no such device; plug it in"))


def end(session: FakeSession) -> None:
    """The source is at its end."""
    session.over = True


def tell(session: FakeSession) -> None:
    """Some things have happened."""
    for level, text in EVENTS:
        session.on_event(Event(level, text, session.clock.now_ns()))


def lose_face(session: FakeSession) -> None:
    """The fail-safe makes what goes out."""
    session.video = replace(session.video, policy_frames=session.video.policy_frames + 1)


def preflighted(same: Surroundings) -> Surroundings:
    """Twelve minutes after a preflight."""
    now = datetime.fromisoformat("2026-11-22T05:12:30+00:00")
    return replace(same, preflighter=kept(*FINDINGS), now=lambda: now)


def show(same: Surroundings) -> Surroundings:
    """With a cue list."""
    return replace(same, show=Show(cue=CUES))


DASHBOARD = (
    Case("starting", starts=False),
    Case("preview", partial(FakeSession, state=State.PREVIEW)),
    Case("on-air"),
    Case("muted-but-speaking", muted),
    Case("card", keys=("p",)),
    Case("fail-safe", each=lose_face),
    Case("not-started", unstarted, around=lambda same: replace(same, open_silent=lambda tell: FakeSession())),
    Case("ended", before=end),
    Case("side-by-side", keys=("z",)),
    Case("show", around=show, keys=("n",)),
    Case("read-only", around=lambda same: replace(same, read_only=True)),
    Case("silent", silent),
    Case("two-gpus", around=lambda same: replace(same, open_machine=busy)),
)
SCREENS = (
    Case("help", keys=("question_mark",)),
    Case("palette", keys=("ctrl+p",)),
    Case("events", keys=("E",), before=tell),
    Case("networks", keys=("w",)),
    Case("cameras", keys=("d",)),
    Case("microphones", keys=("i",)),
    Case("quit", keys=("q",)),
    Case("edit", keys=("e",)),
    Case("manage", keys=("P",)),
    Case("wizard-kind", keys=("P", "n")),
    Case("wizard-name", keys=("P", "n", "pagedown")),
    Case("preflight", keys=("f",), around=preflighted),
    Case("cues", around=show, keys=("C",)),
)
