"""Profiles with broken models in a running session: each is one sentence, and the picture goes on."""

import queue
import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.clock import MonotonicClock, Playhead
from pipeline.errors import LaneError
from pipeline.rig import SessionSettings
from pipeline.session import Session
from pipeline.telemetry import Event, Level
from pipeline.video.held_pictures import HeldPictures
from profiles.engines.face import DfmSettings
from profiles.profile import Profile
from tests.fakes import FakeSink
from tests.footage import DEMO, clip, models, persona
from tests.models.broken import changed, claiming, fickle_dfm, outside
from tests.models.dfm import Tinting, tinting_dfm
from tests.rigging import SOON_S

FPS = 30.0
PICTURES = 20
SHORT_S = 4.0
"""What is made ready in these tests takes longer if it is not cut short."""
GOES_ON = 8
"""Pictures that have to come after something broke."""


def whole(path: Path) -> Path:
    return tinting_dfm(path, Tinting(size=64))


def truncated(path: Path) -> Path:
    path.write_bytes(whole(path).read_bytes()[:-400])
    return path


def renamed(path: Path) -> Path:
    def change(model: object) -> None:
        model.graph.input[0].name = "picture"  # type: ignore[attr-defined]  # onnx's types are not known
        model.graph.node[0].input[0] = "picture"  # type: ignore[attr-defined]

    return changed(whole(path), change)


def vast(path: Path) -> Path:
    def change(model: object) -> None:
        for dimension in model.graph.input[0].type.tensor_type.shape.dim[1:3]:  # type: ignore[attr-defined]
            dimension.dim_value = 60_000

    return changed(whole(path), change)


def flat(path: Path) -> Path:
    def change(model: object) -> None:
        del model.graph.input[0].type.tensor_type.shape.dim[0]  # type: ignore[attr-defined]

    return changed(whole(path), change)


def written(data: bytes) -> Callable[[Path], Path]:
    def write(path: Path) -> Path:
        path.write_bytes(data)
        return path

    return write


def outside_of_it(path: Path) -> Path:
    (path.parent.parent / "secret.bin").write_bytes(bytes(64))
    return outside(path, "../secret.bin")


BROKEN: dict[str, tuple[Callable[[Path], Path], str]] = {
    "absent": (lambda path: path, "is missing"),
    "empty": (written(b""), "the file is empty"),
    "pickle": (written(b"\x80\x04\x95" + bytes(40)), "it looks like a Python pickle"),
    "checkpoint": (written(b"PK\x03\x04" + bytes(40)), "a PyTorch checkpoint"),
    "truncated": (truncated, "is no whole ONNX model"),
    "names": (renamed, "no input in_face:0 or in_face, got picture"),
    "rank": (flat, "has the shape [64, 64, 3], wanted"),
    "outside": (outside_of_it, "outside of its folder"),
    "ten gigabytes of weights": (lambda path: claiming(path, 2_500_000_000), "is damaged"),
    "ten gigabytes of input": (vast, "60000"),
}
ON_AIR = {
    "nan": "put out values that are no numbers",
    "throw": "failed on CPU: its Gather failed",
}


class Stage:
    """A session that runs, and what it says."""

    def __init__(self) -> None:
        self.events: queue.Queue[Event] = queue.Queue()
        self._sink = FakeSink(steady=True)
        pictures = [frame.pixels for frame in clip(DEMO)[:PICTURES]]
        source = HeldPictures(pictures, FPS, MonotonicClock(), Playhead())
        settings = SessionSettings(source, sinks=(self._sink,))
        self.session = Session(settings, persona(), models(), on_event=self.events.put)
        self.session.start()

    def error(self) -> str:
        """The next error that is told."""
        while True:
            event = self.events.get(timeout=SOON_S)
            if event.level is Level.ERROR:
                return event.text

    def told(self) -> list[Event]:
        """What was told and not looked at."""
        return [self.events.get() for _ in range(self.events.qsize())]

    def goes_on(self) -> bool:
        """Whether pictures go out, and the lane works."""
        before = self.session.readings().video.frames_out
        waited = 0
        while self.session.readings().video.frames_out < before + GOES_ON and waited < SOON_S * 50:
            assert not self.session.wait(0.02), "the session ended"
            waited += 1
        return self.session.readings().video.frames_out >= before + GOES_ON


@pytest.fixture
def stage() -> Iterator[Stage]:
    running = Stage()
    yield running
    running.session.stop()


def wearing(folder: Path, name: str) -> Profile:
    settings = DfmSettings(model=Path("models/face.dfm"))
    face = persona().face.model_copy(update={"engine": "dfm"})
    changes = {"name": name, "folder": folder, "face": face, "dfm": settings}
    room = persona().background.model_copy(update={"kind": "none"})
    return persona().model_copy(update=changes | {"background": room})


def test_a_session_stops_at_once_while_a_model_is_made_ready(stage: Stage, tmp_path: Path) -> None:
    path = tmp_path / "models" / "face.dfm"
    path.parent.mkdir()
    fickle_dfm(path, whole(tmp_path / "whole.dfm"), "tire")
    stage.session.switch(wearing(tmp_path, "tires"))
    for _ in range(5):
        assert stage.goes_on()
    assert stage.session.readings().loading == "tires"
    stage.session.stop(SHORT_S)
    assert not [event.text for event in stage.told() if event.level is Level.ERROR]


def test_a_session_that_is_not_ready_yet_stops_at_once(tmp_path: Path) -> None:
    path = tmp_path / "models" / "face.dfm"
    path.parent.mkdir()
    fickle_dfm(path, whole(tmp_path / "whole.dfm"), "tire")
    pictures = [frame.pixels for frame in clip(DEMO)[:PICTURES]]
    source = HeldPictures(pictures, FPS, MonotonicClock(), Playhead())
    session = Session(SessionSettings(source), wearing(tmp_path, "tires"), models())
    stopping = threading.Timer(1.0, session.stop)
    began_s = time.monotonic()
    stopping.start()
    with pytest.raises(LaneError, match="stopped before it was ready"):
        session.start()
    stopping.join()
    assert time.monotonic() - began_s < 1.0 + SHORT_S


def test_each_broken_model_is_one_sentence_and_what_is_worn_goes_on(stage: Stage, tmp_path: Path) -> None:
    for fault, (make, told) in BROKEN.items():
        path = tmp_path / fault / "models" / "face.dfm"
        path.parent.mkdir(parents=True)
        make(path)
        stage.session.switch(wearing(tmp_path / fault, "broken"))
        text = stage.error()
        assert text.startswith("broken could not be made ready: ")
        assert told in text, fault
        sentence = text.replace(str(path), "").partition(": ")[2]
        assert "\n" not in text
        assert not re.search(r"\.\s+[A-Z]", sentence), f"more than one sentence: {text}"
        assert stage.goes_on()
        assert stage.session.profile.name == persona().name


@pytest.mark.parametrize("fault", ON_AIR)
def test_a_model_that_breaks_on_air_costs_its_frames_and_nothing_else(fault: str, stage: Stage, tmp_path: Path) -> None:
    path = tmp_path / "models" / "face.dfm"
    path.parent.mkdir()
    fickle_dfm(path, whole(tmp_path / "whole.dfm"), fault)
    name = f"breaks-{fault}"
    lost = stage.session.readings().video.drops.processing
    stage.session.switch(wearing(tmp_path, name))
    assert ON_AIR[fault] in stage.error()
    assert stage.session.profile.name == name
    assert stage.goes_on()
    assert stage.session.readings().video.drops.processing > lost
    stage.session.switch(persona())
    assert stage.goes_on()
    assert stage.session.profile.name == persona().name
    lost = stage.session.readings().video.drops.processing
    assert stage.goes_on()
    assert stage.session.readings().video.drops.processing == lost
