"""What the strip and the sound panel leave out, and what they never do, where there is little room."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from console.desk import Phase
from console.ports import Outputs
from console.sound.sound_desk import Talk
from console.view import MachineView, View
from console.widgets.machine_load import machine_lines
from console.widgets.panel import line_width, shortened
from console.widgets.sound.sound_panel import sound_lines
from console.widgets.sound.sync_panel import sync_word
from console.widgets.stage_times import StagePanel
from console.widgets.status_strip import first_line
from pipeline.audio.devices.inputs import ALWAYS
from pipeline.audio.monitor.state import Monitoring
from pipeline.errors import DeviceError
from pipeline.media import FaceReading
from pipeline.telemetry import Drops, Percentiles
from tests.console.fake_app import dashboard_of, running, text_of
from tests.console.fake_session import FakeSession, typical_audio

MONITOR, CALL = "Monitor of Null Output (fake_mic.monitor)", "Null Output (call_out)"


def strip_of(talk: Talk, width: int, *, title: str = "Ada", outputs: Outputs | None = None, **state: object) -> str:
    """The strip's first line while somebody speaks whom nobody hears."""
    session = FakeSession(audio=replace(typical_audio(), speaking=True, muted=True), **state)
    profile = session.profile.model_copy(update={"title": title})
    view = View(Phase.RUNNING, profile, outputs or Outputs(), readings=session.readings(), talking=talk)
    line = first_line(view, width)
    assert line_width(line) == width
    return "".join(text for text, _ in line)


@pytest.mark.parametrize("talk", [Talk.MUTED, Talk.WAITING])
@pytest.mark.parametrize("outputs", [Outputs(), Outputs(record=Path("a.mp4"))])
@pytest.mark.parametrize("width", [60, 72, 80, 108, 120, 160])
def test_the_clock_and_the_label_stay_however_long_the_warning_is(talk: Talk, outputs: Outputs, width: int) -> None:
    text = strip_of(talk, width, outputs=outputs)
    assert "01:02:05" in text and "AI label" in text
    assert width < 72 or ("● REC" in text) is bool(outputs.record)
    assert {Talk.MUTED: " MUTED ", Talk.WAITING: " HOLD v "}[talk] in text


def test_the_longest_words_are_said_where_there_is_room() -> None:
    assert " YOU ARE MUTED BUT SPEAKING " in strip_of(Talk.MUTED, 80)
    assert " NOBODY HEARS YOU: HOLD v TO TALK " in strip_of(Talk.WAITING, 120)


def test_a_long_title_gives_way_to_the_marks() -> None:
    text = strip_of(Talk.OPEN, 60, title="The Honourable Ada of a Very Long Line of Adas and Others")
    assert "The Hono" in text and "AI label" in text and "01:02:05" in text


def devices(source: str, sink: str, width: int) -> str:
    """The sound panel's line of devices."""
    session = FakeSession(audio=replace(typical_audio(), source=source, sinks=(sink,)))
    line = sound_lines(View(Phase.RUNNING, session.profile, readings=session.readings()), width, 8)[7]
    assert line_width(line) == width
    return "".join(text for text, _ in line)


def test_of_two_devices_the_formats_go_first_and_then_the_middle_of_their_names() -> None:
    source, sink = f"{MONITOR} · 48 kHz, mono", f"{CALL} · 48 kHz"
    assert f"{MONITOR} → {CALL}" == devices(source, sink, 66)
    text = devices(source, sink, 40)
    assert text.startswith("Monitor ") and text.endswith("out)")
    assert "→ Null Out" in text


def test_a_short_name_leaves_its_room_to_the_other() -> None:
    assert devices("demo actor · sound", f"{CALL} · 48 kHz", 40) == f"demo actor      → {CALL}"


@pytest.mark.parametrize(
    ("width", "told"),
    [
        (90, "demo actor · sound → Understudy microphone · 48 kHz + monitor Null Output (call_out)"),
        (68, "demo actor → Understudy microphone + monitor Null Output (call_out)"),
        (52, "demo actor → Understudy microphone + monitor"),
        (40, "demo actor → Understudy…phone + monitor"),
    ],
)
def test_the_monitor_stands_apart_from_what_the_call_hears(width: int, told: str) -> None:
    sinks = ("Understudy microphone · 48 kHz", CALL)
    audio = replace(typical_audio(), source=f"{ALWAYS[0].source} · sound", sinks=sinks)
    session = FakeSession(audio=audio, monitoring=Monitoring.ON)
    view = View(Phase.RUNNING, session.profile, readings=session.readings(), monitoring=Monitoring.ON)
    line = sound_lines(view, width, 8)[7]
    assert line_width(line) <= width
    text = " ".join("".join(part for part, _ in line).split())
    assert text == told


@pytest.mark.parametrize("height", [1, 2, 8])
def test_sound_that_is_only_recorded_does_not_go_nowhere(height: int) -> None:
    video = replace(FakeSession().video, sinks=("a.mp4 · 1280×720 H.264 with sound",))
    session = FakeSession(audio=replace(typical_audio(), sinks=()), video=video)
    view = View(Phase.RUNNING, session.profile, readings=session.readings())
    text = "\n".join("".join(part for part, _ in line) for line in sound_lines(view, 40, height))
    assert "nowhere" not in text
    assert height < 8 or text.endswith("→ a.mp4")
    assert sync_word(view) == "sound is recorded"


@pytest.mark.parametrize("width", range(1, 60))
def test_a_shortened_name_begins_as_it_is_called(width: int) -> None:
    short = shortened(MONITOR, width)
    assert len(short) <= width
    assert MONITOR.startswith(short.partition("…")[0]) and MONITOR.endswith(short.partition("…")[2])
    assert (short == MONITOR) is (width >= len(MONITOR))


@pytest.mark.parametrize("size", [(80, 24), (120, 35), (160, 45)])
async def test_why_nothing_could_start_stands_in_its_box_alone(size: tuple[int, int]) -> None:
    async with running(FakeSession(start_error=DeviceError("Camera 3 is not there.")), size=size) as (app, pilot):
        await pilot.pause()
        under_the_strip = "\n".join(text_of(app).splitlines()[2:])
        assert under_the_strip.count("Camera 3") == 1


def crowded() -> FakeSession:
    """A session of many stages and faces, which has lost frames and sound."""
    stages = {
        f"stage {letter}": Percentiles(1.0 + number, 2.0 + number) for number, letter in enumerate("abcdefghijkl")
    }
    faces = tuple(FaceReading(number, "actor" if number == 4 else "") for number in (4, 6, 7))
    video = replace(FakeSession().video, stages=stages, faces=faces)
    return FakeSession(video=video, audio=replace(typical_audio(), underruns=3, overruns=2, failed=1))


@pytest.mark.parametrize("size", [(80, 24), (108, 24), (80, 30), (120, 35), (120, 45), (160, 55), (80, 20), (80, 16)])
async def test_what_was_lost_is_seen_whole_however_many_stages_and_faces_there_are(size: tuple[int, int]) -> None:
    session = crowded()
    async with running(session, size=size) as (app, pilot):
        session.let_pass(1.0)
        session.count_frames(30, drops=Drops(capture=46, processing=1, output=7), policy_frames=17)
        app.show_all()
        await pilot.pause()
        app.show_all()
        await pilot.pause()
        text = text_of(app)
        assert "LOST" in text
        # The last minute's.
        assert ("capt 44 proc 0 outp 7" in text) or ("capture" in text and "output" in text)
        assert "faces 3 #4 actor, #6, #7" in text
        assert "stage l" in text, "the slowest"
        if size[1] >= 24:
            assert re.search(r"under(runs)? 3 over(runs)? 2 fail(ed)? 1", text)
            assert "MACHINE" in text and "no GPU: there is no" in text


async def test_of_more_stages_than_there_is_room_for_the_slowest_stand_in_their_order() -> None:
    async with running(crowded(), size=(80, 24)) as (app, _):
        lines = dashboard_of(app).query_one(StagePanel).text.splitlines()
        assert lines[0].startswith("STAGES  2 of 12")
        assert [line.split("━")[0].strip() for line in lines[1:]] == ["stage k", "stage l"]


def test_where_no_gpu_is_explained_in_less_room_it_ends_as_if_it_was_meant_to() -> None:
    session = FakeSession()
    machine = MachineView((), "no GPU: there is no NVIDIA driver on this computer")
    view = View(Phase.RUNNING, session.profile, readings=session.readings(), machine=machine)
    lines = ["".join(part for part, _ in line) for line in machine_lines(view, 30, 5)]
    assert lines[4] == "no GPU: there is no NVIDIA …"
    assert lines[0].startswith("MACHINE") and lines[3].startswith("cpu")
