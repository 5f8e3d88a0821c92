"""Virtual cameras and microphones: there, free, and taken by somebody."""

import sys
from collections.abc import Callable

import pytest

from pipeline.audio.devices.pulse import server
from pipeline.audio.devices.pulse.server import PulseDevice, listeners_of
from pipeline.errors import DeviceError
from pipeline.preflight.finding import Verdict
from pipeline.preflight.system import outlets
from pipeline.preflight.system.outlets import camera_finding, microphone_finding
from pipeline.preflight.system.plan import SystemPlan
from pipeline.video.devices.listing import VirtualCameraInfo
from tests.footage import models, persona

LOOPBACK = VirtualCameraInfo("Understudy", "/dev/video10", writable=True)
SECOND = VirtualCameraInfo("Second", "/dev/video11", writable=True)
FED = VirtualCameraInfo("Understudy", "/dev/video10", writable=False)
Lookout = Callable[..., None]


def plan(camera: str = "none", microphone: str = "none") -> SystemPlan:
    """A call with some outlets."""
    return SystemPlan(persona(), models(), virtual_camera=camera, virtual_microphone=microphone)


@pytest.fixture
def cameras(monkeypatch: pytest.MonkeyPatch) -> Lookout:
    """Sets what virtual cameras there are, who reads them, and which of them this program feeds."""

    def have(*devices: VirtualCameraInfo, readers: tuple[str, ...] | None = (), fed: str = "") -> None:
        monkeypatch.setattr(outlets, "list_virtual_cameras", lambda: devices)
        monkeypatch.setattr(outlets, "readers_of", lambda device: readers)
        monkeypatch.setattr(outlets, "is_open_here", lambda device: device == fed)

    return have


def test_a_virtual_camera_that_is_read_passes(cameras: Lookout) -> None:
    cameras(LOOPBACK, readers=("firefox", "zoom"))
    for wanted in ("auto", "/dev/video10", "Understudy"):
        finding = camera_finding(plan(wanted))
        assert finding.verdict is Verdict.PASS
        assert "is read by firefox, zoom" in finding.measured


def test_without_a_reader_the_call_program_is_to_choose_it(cameras: Lookout) -> None:
    cameras(LOOPBACK)
    finding = camera_finding(plan("auto"))
    assert (finding.verdict, "no program reads it" in finding.measured) == (Verdict.WARN, True)
    assert finding.remedy == "Start the session, then choose Understudy as the camera in the call program."
    cameras(FED, fed="/dev/video10")
    assert camera_finding(plan("auto")).remedy == "Choose Understudy as the camera in the call program."


def test_one_that_another_program_feeds_is_no_use(cameras: Lookout) -> None:
    cameras(FED, readers=("obs",))
    finding = camera_finding(plan("/dev/video10"))
    assert (finding.verdict, "in use by another program (obs)" in finding.measured) == (Verdict.FAIL, True)
    assert camera_finding(plan("auto")).verdict is Verdict.WARN


def test_auto_is_the_one_that_this_program_feeds_else_the_first_free_one(cameras: Lookout) -> None:
    cameras(FED, SECOND)
    assert "/dev/video11" in camera_finding(plan("auto")).measured
    cameras(FED, SECOND, fed="/dev/video10")
    assert "/dev/video10" in camera_finding(plan("auto")).measured


def test_where_readers_are_not_told_the_operator_looks(cameras: Lookout) -> None:
    cameras(VirtualCameraInfo("obs", "obs", writable=True), readers=None)
    finding = camera_finding(plan("auto"))
    assert finding.verdict is Verdict.SKIP
    assert "call program" in finding.remedy


def test_a_virtual_camera_that_is_not_there(cameras: Lookout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    cameras()
    assert camera_finding(plan("auto")).remedy.startswith("Run sudo modprobe v4l2loopback")
    assert camera_finding(plan("/dev/video10")).verdict is Verdict.FAIL
    cameras(LOOPBACK)
    assert camera_finding(plan("/dev/video7")).remedy == "Take one of /dev/video10 (Understudy)."


@pytest.mark.parametrize("wanted", ["none", "film.mp4"])
def test_what_is_no_virtual_camera_is_left_out(wanted: str) -> None:
    assert camera_finding(plan(wanted)).verdict is Verdict.SKIP


@pytest.fixture
def sound(monkeypatch: pytest.MonkeyPatch) -> Lookout:
    """Sets which sources a sound server has, which of them nobody feeds, and who records them."""
    monkeypatch.setattr(sys, "platform", "linux")

    def have(*sources: PulseDevice, left: tuple[str, ...] = (), listeners: tuple[str, ...] = ()) -> None:
        monkeypatch.setattr(outlets, "can_have_virtual_microphone", lambda: True)
        monkeypatch.setattr(outlets, "pulse_devices", lambda kind: sources)
        monkeypatch.setattr(outlets, "left_microphones", lambda: left)
        monkeypatch.setattr(outlets, "listeners_of", lambda name: listeners)

    return have


OWN = PulseDevice("understudy_microphone", "Understudy microphone")
USB = PulseDevice("usb", "USB microphone")


def test_the_virtual_microphone_is_there_while_a_session_runs(sound: Lookout) -> None:
    sound(USB)
    finding = microphone_finding(plan(microphone="auto"))
    assert (finding.verdict, "only while a session runs" in finding.measured) == (Verdict.SKIP, True)
    sound(USB, OWN, left=("understudy_microphone",))
    assert microphone_finding(plan(microphone="auto")).verdict is Verdict.SKIP
    sound(USB, OWN)
    finding = microphone_finding(plan(microphone="auto"))
    assert (finding.verdict, "no program records it" in finding.measured) == (Verdict.WARN, True)
    sound(USB, OWN, listeners=("Zoom",))
    finding = microphone_finding(plan(microphone="auto"))
    assert finding.verdict is Verdict.PASS
    assert finding.measured == "Understudy microphone is recorded by Zoom"


def test_a_cable_is_heard_at_its_monitor(sound: Lookout, monkeypatch: pytest.MonkeyPatch) -> None:
    sound()
    asked: list[str] = []
    monkeypatch.setattr(outlets, "pulse_sink", lambda wanted: PulseDevice("cable", "Cable"))
    monkeypatch.setattr(outlets, "listeners_of", lambda name: asked.append(name) or ("Zoom",))
    assert microphone_finding(plan(microphone="Cab")).verdict is Verdict.PASS
    assert asked == ["cable.monitor"]


@pytest.mark.parametrize("wanted", ["none", "voice.wav"])
def test_what_is_no_virtual_microphone_is_left_out(wanted: str) -> None:
    assert microphone_finding(plan(microphone=wanted)).verdict is Verdict.SKIP


def test_a_server_that_ends_meanwhile_is_told(sound: Lookout, monkeypatch: pytest.MonkeyPatch) -> None:
    sound(OWN)

    def gone(name: str) -> tuple[str, ...]:
        raise DeviceError("The sound server did not answer within 5 s; restart it.")

    monkeypatch.setattr(outlets, "listeners_of", gone)
    finding = microphone_finding(plan(microphone="auto"))
    assert (finding.verdict, finding.remedy) == (Verdict.SKIP, "Restart it.")


SOURCES = "1\tusb\tmodule\ts16le\tRUNNING\n7\tunderstudy_microphone\tmodule\ts16le\tRUNNING\n"
STREAMS = "3\t7\t12\tx\ts16le\n4\t1\t13\tx\ts16le\n5\t7\t14\tx\ts16le\n6\t7\t15\tx\ts16le\n"
LISTED = """[
 {"index": 3, "properties": {"application.name": "Zoom", "application.process.binary": "zoom"}},
 {"index": 4, "properties": {"application.name": "Understudy"}},
 {"index": 5, "properties": {"application.process.binary": "firefox"}},
 {"index": 6, "properties": {"application.name": "Zoom"}}
]"""


def test_who_records_a_source_is_told_by_name_each_once(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {"sources": SOURCES, "source-outputs": STREAMS}

    def pactl(*arguments: str) -> str:
        return LISTED if arguments[0].startswith("--format") else answers[arguments[-1]]

    monkeypatch.setattr(server, "pactl", pactl)
    assert listeners_of("understudy_microphone") == ("Zoom", "firefox")
    assert listeners_of("nosuch") == ()


def test_a_server_without_lists_in_json_tells_no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {"sources": SOURCES, "source-outputs": STREAMS}
    monkeypatch.setattr(server, "pactl", lambda *arguments: answers[arguments[-1]])
    assert listeners_of("usb") == ("a program without a name",)
