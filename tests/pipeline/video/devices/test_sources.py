"""From a word on the command line to a source."""

from pathlib import Path

import pytest

from pipeline.clock import Clock
from pipeline.errors import DeviceError, MediaError, UnderstudyError
from pipeline.stage import EndOfSource
from pipeline.video.devices import demo_actor, sources
from pipeline.video.devices.demo_actor import RECORDING, DemoActor
from pipeline.video.devices.file_source import FileSource
from pipeline.video.devices.listing import CameraInfo
from pipeline.video.devices.settings import Pace, SourceSettings
from pipeline.video.devices.sources import chosen_camera, open_source
from tests.fakes import FakeClock, FakeSource
from tests.films import make_film

DESK = CameraInfo(0, "Desk camera", "/dev/video0")
WALL = CameraInfo(2, "Wall camera", "/dev/video2")
OWN = CameraInfo(10, "Understudy", "/dev/video10", virtual=True)
ALL = (DESK, WALL, OWN)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("0", DESK), ("2", WALL), ("/dev/video2", WALL), ("Wall camera", WALL), ("desk", DESK), ("Understudy", OWN)],
)
def test_a_camera_is_chosen_by_number_file_name_or_part_of_a_name(wanted: str, found: CameraInfo) -> None:
    assert chosen_camera(wanted, ALL) == found


def test_two_cameras_of_one_model_are_told_apart_by_number() -> None:
    twin = CameraInfo(4, "Desk camera", "/dev/video4")
    assert chosen_camera("Desk camera", (DESK, twin)) == DESK
    assert chosen_camera("4", (DESK, twin)) == twin


def test_a_camera_that_does_not_exist_is_refused_with_those_that_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources.sys, "platform", "linux")
    for wanted in ("7", "/dev/video7", "Kitchen"):
        with pytest.raises(DeviceError, match=f"no camera {wanted}; there is 0 .Desk camera., 2 .Wall"):
            chosen_camera(wanted, ALL)
        with pytest.raises(DeviceError, match="this computer has none, but 'demo' or a video file will do"):
            chosen_camera(wanted, ())
    with pytest.raises(DeviceError, match="Several cameras are called camera: 0"):
        chosen_camera("camera", ALL)


def test_where_cameras_cannot_be_listed_a_number_is_taken_at_its_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources.sys, "platform", "darwin")
    assert chosen_camera("1", ()).index == 1


class Cameras:
    """Stands in for the camera class: remembers what was tried, opens all but `broken`."""

    def __init__(self, *broken: CameraInfo) -> None:
        self.broken = broken
        self.tried: list[CameraInfo] = []

    def __call__(self, info: CameraInfo, settings: SourceSettings, clock: Clock) -> FakeSource:
        self.tried.append(info)
        if info in self.broken:
            raise DeviceError("in use")
        return FakeSource(live=True)


def with_cameras(monkeypatch: pytest.MonkeyPatch, cameras: Cameras, listed: tuple[CameraInfo, ...] = ALL) -> None:
    monkeypatch.setattr(sources.sys, "platform", "linux")
    monkeypatch.setattr(sources, "list_cameras", lambda: listed)
    monkeypatch.setattr(sources, "Camera", cameras)


def test_auto_takes_the_first_camera_that_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    cameras = Cameras(DESK)
    with_cameras(monkeypatch, cameras)
    assert open_source(SourceSettings(), FakeClock()).live
    assert cameras.tried == [DESK, WALL]


def test_auto_never_takes_a_virtual_camera_but_the_demo_actor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(demo_actor, "RECORDING", make_film(tmp_path / "demo-actor.mp4", 5))
    cameras = Cameras()
    with_cameras(monkeypatch, cameras, (OWN,))
    with open_source(SourceSettings(), FakeClock()) as source:
        assert source.name == "demo actor"
    assert cameras.tried == []


def test_a_camera_asked_for_by_name_is_not_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    with_cameras(monkeypatch, Cameras(WALL))
    with pytest.raises(DeviceError, match="in use"):
        open_source(SourceSettings(camera="Wall camera"), FakeClock())


def test_a_file_is_a_file_even_when_it_does_not_exist(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with_cameras(monkeypatch, Cameras())
    film = make_film(tmp_path / "film.mp4")
    with open_source(SourceSettings(camera=str(film)), FakeClock()) as source:
        assert isinstance(source, FileSource)
    for wanted in (str(tmp_path / "absent.mp4"), "absent.mp4", "folder/absent"):
        with pytest.raises(MediaError, match="There is no file"):
            open_source(SourceSettings(camera=wanted), FakeClock())


def test_a_file_with_the_name_of_a_number_does_not_hide_the_camera(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    cameras = Cameras()
    with_cameras(monkeypatch, cameras)
    monkeypatch.chdir(tmp_path)
    Path("0").touch()
    open_source(SourceSettings(camera="0"), FakeClock())
    assert cameras.tried == [DESK]


def test_the_demo_actor_never_ends(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(demo_actor, "RECORDING", make_film(tmp_path / "demo-actor.mp4", 5))
    for pace in Pace:
        with open_source(SourceSettings(camera="demo", pace=pace), FakeClock()) as source:
            frames = [source.read() for _ in range(23)]
        assert frames[-1] is not None
        assert round(frames[-1].media_ns / 1e8) == 22
        assert not source.live
        assert source.description.startswith("demo actor · 96×64 at 10 fps")
        with pytest.raises(EndOfSource):
            source.read()


@pytest.mark.skipif(not RECORDING.is_file(), reason="the demo actor was not rendered yet")
def test_the_shipped_actor_plays() -> None:
    with DemoActor(SourceSettings(size=(640, 360), fps=10.0, pace=Pace.MAX), FakeClock()) as source:
        frames = [source.read() for _ in range(20)]
    assert {frame.size for frame in frames} == {(640, 360)}
    assert [round(frame.media_ns / 1e8) for frame in frames] == list(range(20))


@pytest.mark.parametrize("wrong", [{"rotate_deg": 45}, {"size": (10, 10)}, {"size": (9000, 100)}, {"fps": 0.0}])
def test_what_no_source_can_do_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(UnderstudyError):
        SourceSettings(**wrong)
