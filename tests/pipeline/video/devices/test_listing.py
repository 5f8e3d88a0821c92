"""Which devices there are, and what each is good for."""

from pathlib import Path

from pipeline.video.devices import listing
from pipeline.video.devices.listing import Node, cameras_among, offer_output, video_nodes, virtual_cameras_among

CAPTURE, OUTPUT = 0x1, 0x2


def node(index: int, name: str, driver: str, capabilities: int) -> Node:
    return Node(index, name, Path(f"/dev/video{index}"), driver, capabilities)


WEBCAM = node(0, "Webcam", "uvcvideo", CAPTURE)
METADATA = node(1, "Webcam", "uvcvideo", 0x00800000)
IDLE = node(10, "Understudy", "v4l2 loopback", OUTPUT)
FED = node(11, "Phone", "v4l2 loopback", CAPTURE)
FORGETFUL = node(14, "Forgetful", "v4l2 loopback", 0)
BOTH = node(12, "Both", "v4l2 loopback", CAPTURE | OUTPUT)
SCREEN = node(13, "Screen", "vivid", OUTPUT)
ALL = (WEBCAM, METADATA, IDLE, FED, BOTH, SCREEN, FORGETFUL)


def test_cameras_are_what_gives_pictures_and_loopbacks_are_marked() -> None:
    assert [(camera.index, camera.virtual) for camera in cameras_among(ALL)] == [(0, False), (11, True), (12, True)]


def test_virtual_cameras_are_loopbacks_and_one_that_is_fed_is_not_writable() -> None:
    found = [(camera.device, camera.name, camera.writable) for camera in virtual_cameras_among(ALL)]
    assert found == [
        ("/dev/video10", "Understudy", True),
        ("/dev/video11", "Phone", False),
        ("/dev/video12", "Both", True),
        ("/dev/video14", "Forgetful", True),
    ]


def test_nodes_come_by_number_with_the_kernels_names(tmp_path: Path) -> None:
    for number, name in ((10, "Ten"), (2, "Two"), (0, "")):
        entry = tmp_path / "sys" / f"video{number}"
        entry.mkdir(parents=True)
        (entry / "name").write_text(name + "\n")
    (tmp_path / "sys" / "vbi0").mkdir()
    nodes = video_nodes(tmp_path / "sys", tmp_path / "dev")
    assert [(found.index, found.name) for found in nodes] == [(0, "video0"), (2, "Two"), (10, "Ten")]
    assert all(found.captures and not found.loopback for found in nodes)


def test_a_computer_without_video_has_no_nodes(tmp_path: Path) -> None:
    assert video_nodes(tmp_path / "absent", tmp_path) == ()


def test_the_requests_are_the_kernels() -> None:
    assert (listing._VIDIOC_QUERYCAP, listing._VIDIOC_STREAMON) == (0x80685600, 0x40045612)


def test_offering_output_of_what_is_no_device_does_nothing(tmp_path: Path) -> None:
    offer_output(tmp_path / "absent")
    offer_output(Path("/dev/null"))
