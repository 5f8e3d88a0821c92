"""A run without a screen: its plan, its end, its figures and its signals."""

import json
import signal
import threading
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from console.commands.headless import (
    RunOutcome,
    RunPlan,
    sound_summary,
    summary,
    tell_stand_in,
    tell_unheard,
    write_stats,
)
from console.commands.options import SessionOptions
from console.commands.session import Shelf
from console.commands.stats import run_of, stats_of, with_mean_rates
from console.life.ends import interruption
from pipeline.errors import DeviceError, LaneError, UnderstudyError
from pipeline.machine import GpuReading, ProcessReading
from pipeline.media import FaceReading
from pipeline.telemetry import (
    AudioReadings,
    Drops,
    Percentiles,
    Readings,
    State,
    SwitchReading,
    SyncReadings,
    VideoReadings,
)
from tests.console.timed_session import TimedSession, run_plan


def test_a_run_ends_with_its_source() -> None:
    session = TimedSession(length_s=3.0)
    outcome = run_plan(session, RunPlan())
    assert session.calls == ["start", "stop"]
    assert outcome.readings.video.frames_in == 90
    assert outcome.error is None


class Emptied(TimedSession):
    """Its networks are gone when it has stopped."""

    def readings(self) -> Readings:
        return replace(super().readings(), providers={} if "stop" in self.calls else {"ada.dfm": "ONNX CPU"})


def test_what_networks_ran_on_is_told_after_their_session() -> None:
    assert run_plan(Emptied(), RunPlan(seconds=1.0)).readings.providers == {"ada.dfm": "ONNX CPU"}


def test_a_run_ends_at_its_time_exactly() -> None:
    session = TimedSession()
    run_plan(session, RunPlan(seconds=2.345))
    assert session.timed[-1] == ("stop", 2.345)


def test_a_signal_stops_the_session_and_keeps_its_figures() -> None:
    event = threading.Event()
    session = TimedSession(interrupts=(1.0, event))
    outcome = run_plan(session, RunPlan(), event)
    assert session.timed[-1] == ("stop", 1.0)
    assert outcome.readings.video.frames_in == 30
    assert outcome.error is None


def test_what_ends_the_lane_is_kept_beside_the_figures() -> None:
    session = TimedSession(fails_at_s=1.0)
    outcome = run_plan(session, RunPlan())
    assert str(outcome.error) == "The disk is full; free some space"
    assert session.calls[-1] == "stop"
    assert outcome.readings.video.frames_out > 0


def test_a_thread_that_hangs_at_the_end_is_an_error() -> None:
    assert isinstance(
        run_plan(TimedSession(length_s=1.0, stop_error=LaneError("sinks hung")), RunPlan()).error, LaneError
    )


def test_a_session_that_cannot_start_is_stopped_and_raises() -> None:
    session = TimedSession(start_error=DeviceError("Camera 2 is not there"))
    with pytest.raises(DeviceError, match="Camera 2"):
        run_plan(session, RunPlan())
    assert session.calls == ["start", "stop"]


def test_rates_are_means_over_the_run() -> None:
    video = run_plan(TimedSession(length_s=10.0), RunPlan()).readings.video
    assert video.fps_in == pytest.approx(30.0, abs=0.2)
    assert video.fps_out == pytest.approx(30.0, abs=0.2)


def test_a_run_too_short_for_a_mean_has_the_last_rate() -> None:
    reading = TimedSession().readings()
    assert with_mean_rates(reading, reading, reading).video.fps_in == 99.0


FULL = Readings(
    state=State.ON_AIR,
    profile="ines",
    title="Ines",
    loading=None,
    at_ns=0,
    elapsed_s=9.0,
    video=VideoReadings(
        frames_in=100,
        frames_out=96,
        fps_in=30.0,
        fps_out=29.9,
        latency_overall=Percentiles(20.0, 30.0, 40.0),
        stages_overall={"track": Percentiles(3.0, 4.0, 5.0)},
        drops=Drops(1, 2, 4),
        faces_found=90,
        faces=(FaceReading(2, "actor"), FaceReading(7, "left", "anselm")),
        policy_frames=6,
        covered=True,
    ),
    switches=(SwitchReading("mara", "ines", 250.0, 1.5, 0),),
    providers={"face-landmarks": "LiteRT CPU"},
)


def test_the_figures_have_exactly_the_keys_of_the_contract() -> None:
    gpu = GpuReading("Accelerator", 40.0, 2048.0, 8192.0, "999.1")
    assert stats_of(FULL, gpu, ProcessReading(81.0, 300.0)) == {
        "video": {
            "frames_in": 100,
            "frames_out": 96,
            "dropped": 5,
            "fps_in": 30.0,
            "fps_out": 29.9,
            "latency_ms": {"p50": 20.0, "p95": 30.0, "p99": 40.0},
            "stages": {"track": {"p50_ms": 3.0, "p95_ms": 4.0}},
            "faces_found": 90,
            "faces": [{"id": 2, "part": "actor", "wears": ""}, {"id": 7, "part": "left", "wears": "anselm"}],
            "policy_frames": 6,
            "covered": True,
        },
        "switches": [{"from": "mara", "to": "ines", "prepare_ms": 250.0, "gap_ms": 1.5, "dropped": 0}],
        "audio": None,
        "sync": {"av_offset_ms": {"p50": None, "p95": None, "max_abs": None}, "delay_ms": 0.0, "trim_ms": 0.0},
        "gpu": {"name": "Accelerator", "load_percent": 40.0, "memory_mb": 2048.0},
        "process": {"cpu_percent": 81.0, "rss_mb": 300.0},
        "providers": {"face-landmarks": "LiteRT CPU"},
    }


def test_the_figures_of_sound_have_exactly_the_keys_of_the_contract() -> None:
    spread, compute = Percentiles(40.0, 50.0, 60.0), Percentiles(1.0, 2.0, 3.0)
    audio = AudioReadings(engine="timbre", blocks=100, latency_overall=spread, engine_ms=25.0, compute=compute)
    sync = SyncReadings(1.0, compute, 4.0, 45.0, 45.0, -10.0, pictures=900)
    stats = stats_of(replace(FULL, audio=audio, sync=sync), None, ProcessReading(81.0, 300.0))
    assert stats["audio"] == {
        "latency_ms": {
            "capture": 14.0,
            "compute": {"p50": 1.0, "p99": 3.0},
            "join": 25.0,
            "device": 0.0,
            "total": {"p50": 40.0, "p95": 50.0, "p99": 60.0},
        },
        "underruns": 0,
        "overruns": 0,
        "blocks": 100,
        "failed": 0,
        "drift_ppm": 0.0,
        "load": None,
        "engine": "timbre",
    }
    assert stats["sync"] == {
        "av_offset_ms": {"p50": 1.0, "p95": 2.0, "max_abs": 4.0},
        "delay_ms": 45.0,
        "trim_ms": -10.0,
    }


def test_sound_that_went_as_fast_as_it_could_has_no_latency() -> None:
    audio = AudioReadings(engine="timbre", blocks=100, engine_ms=25.0)
    latency = stats_of(replace(FULL, audio=audio), None, ProcessReading(81.0, 300.0))["audio"]["latency_ms"]
    assert latency["capture"] is None
    assert latency["total"] == {"p50": None, "p95": None, "p99": None}


def test_the_figures_tell_what_was_run() -> None:
    asked = SessionOptions(profile="mara", microphone="demo", voice_latency=250.0, record=Path("a.mp4"))
    readings = replace(FULL, video=replace(FULL.video, size=(640, 360)))
    told = run_of(asked, Shelf(asked).load("mara"), readings, UnderstudyError("The disk is full."))
    expected = {"profile": "mara", "microphone": "demo", "monitor": "none", "record": "a.mp4", "size": [640, 360]}
    expected |= {"voice_latency_ms": 250.0, "seconds": 9.0, "error": "The disk is full."}
    assert told.items() >= expected.items()
    json.dumps(told)


@pytest.mark.parametrize(
    ("options", "sinks", "told"),
    [
        (SessionOptions(microphone="demo"), (), True),
        (SessionOptions(microphone="demo"), ("headphones",), False),
        (SessionOptions(microphone="demo", record=Path("a.mp4")), (), False),
        (SessionOptions(microphone="demo", virtual_camera="a.mkv"), (), False),
    ],
)
def test_a_voice_that_nobody_will_hear_is_told(
    capsys: pytest.CaptureFixture[str], options: SessionOptions, sinks: tuple[str, ...], told: bool
) -> None:
    tell_unheard(options, replace(FULL, audio=AudioReadings(sinks=sinks)))
    assert ("Nobody will hear the voice" in capsys.readouterr().err) is told
    tell_unheard(options, FULL)
    assert capsys.readouterr().err == ""


def test_without_a_gpu_the_figure_is_null(tmp_path: Path) -> None:
    file = tmp_path / "stats.json"
    write_stats(RunOutcome(FULL, None, ProcessReading(1.0, 2.0)), file)
    assert json.loads(file.read_text())["gpu"] is None


def test_figures_that_cannot_be_written_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(UnderstudyError, match="can't be written to"):
        write_stats(RunOutcome(FULL, None, ProcessReading(1.0, 2.0)), tmp_path)


def test_a_run_without_a_picture_to_time_says_that_nothing_was_measured() -> None:
    timed = replace(FULL, video=replace(FULL.video, latency_overall=Percentiles(20.0, 30.0, 40.0)))
    assert "; capture to sink 20.0 ms, p95 30.0 ms; " in summary(timed)
    assert "; capture to sink not measured on any frame; " in summary(replace(FULL, video=VideoReadings()))


@pytest.mark.parametrize(
    ("camera", "source", "told"),
    [
        ("auto", "demo actor · 1280×720 at 30 fps", True),
        ("demo", "demo actor · 1280×720 at 30 fps", False),
        ("auto", "Desk camera · 1280×720", False),
    ],
)
def test_the_demo_actor_that_nobody_asked_for_is_told(
    capsys: pytest.CaptureFixture[str], camera: str, source: str, told: bool
) -> None:
    session = TimedSession(length_s=1.0, opened=source)
    run_plan(session, RunPlan(started=partial(tell_stand_in, camera)))
    errors = capsys.readouterr().err
    assert (errors.count("\n"), "the demo actor stands in" in errors) == (int(told), told)


def test_the_summary_is_one_line() -> None:
    assert summary(FULL).startswith("100 frames in, 96 out, 5 dropped; 29.9 fps")
    assert "\n" not in summary(FULL)


def test_what_became_of_the_sound_is_one_line_more() -> None:
    audio = AudioReadings(blocks=500, underruns=1, overruns=2, failed=3, latency_overall=Percentiles(61.2, 70.0, 80.0))
    told = "sound: 500 blocks, 1 underrun, 2 overruns, 3 failed; microphone to ear "
    assert sound_summary(audio) == f"{told}61 ms, p95 70 ms"
    assert sound_summary(replace(audio, latency_overall=Percentiles())) == f"{told}not measured"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_asks_and_the_second_does_what_it_always_does(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with interruption() as event:
        signal.raise_signal(number)
        assert event.wait(1.0)
        assert signal.getsignal(number) == before
    assert signal.getsignal(number) == before
