"""The cameras and virtual cameras of this computer, found without opening any for pictures."""

import contextlib
import re
import struct
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyvirtualcam.camera

if sys.platform == "linux":
    import fcntl
    import os

SYSTEM_FOLDER = Path("/sys/class/video4linux")
DEVICE_FOLDER = Path("/dev")
LOOPBACK_DRIVER = "v4l2 loopback"
MODPROBE = (
    "sudo modprobe v4l2loopback devices=1 exclusive_caps=1 card_label=Understudy (its package is v4l2loopback-dkms)"
)

_QUERY = struct.Struct("16s32s32sIII12x")
"""struct v4l2_capability: driver, card, bus, version, capabilities of the whole, of this node."""
_VIDIOC_QUERYCAP = 2 << 30 | _QUERY.size << 16 | ord("V") << 8 | 0
_VIDIOC_STREAMON = 1 << 30 | 4 << 16 | ord("V") << 8 | 18
_OUTPUT_STREAM = struct.pack("i", 2)
_CAPTURES = 0x1 | 0x1000
_OUTPUTS = 0x2 | 0x2000
_NODE_CAPABILITIES_KNOWN = 0x80000000


@dataclass(frozen=True, slots=True)
class CameraInfo:
    """A device that gives pictures."""

    index: int
    """What `--camera` takes as a number."""
    name: str
    path: str
    """The device file; empty where the system has none."""
    virtual: bool = False
    """True when another program makes its pictures; never taken by `auto`."""


@dataclass(frozen=True, slots=True)
class VirtualCameraInfo:
    """A device that other programs see as a camera."""

    name: str
    device: str
    """What `--virtual-camera` takes."""
    writable: bool
    """False while another program feeds it."""


@dataclass(frozen=True, slots=True)
class Node:
    """One device file of the kernel's video interface."""

    index: int
    name: str
    path: Path
    driver: str = ""
    capabilities: int = 0

    @property
    def captures(self) -> bool:
        """True when pictures can be read from it."""
        return bool(self.capabilities & _CAPTURES)

    @property
    def outputs(self) -> bool:
        """True when pictures can be written to it."""
        return bool(self.capabilities & _OUTPUTS)

    @property
    def loopback(self) -> bool:
        """True for v4l2loopback: what is written to it can be read from it."""
        return self.driver == LOOPBACK_DRIVER


def list_cameras() -> tuple[CameraInfo, ...]:
    """The cameras of this computer in the order of their numbers.

    Only Linux names its cameras to every program; elsewhere the result is empty and a camera is chosen by number.
    """
    return cameras_among(video_nodes())


def cameras_among(nodes: Sequence[Node]) -> tuple[CameraInfo, ...]:
    """The nodes that give pictures."""
    return tuple(
        CameraInfo(node.index, node.name, str(node.path), virtual=node.loopback) for node in nodes if node.captures
    )


def list_virtual_cameras() -> tuple[VirtualCameraInfo, ...]:
    """The devices through which pictures can reach other programs."""
    if sys.platform == "linux":
        return virtual_cameras_among(video_nodes())
    return tuple(VirtualCameraInfo(name, name, writable=True) for name in pyvirtualcam.camera.BACKENDS)


def virtual_camera_cure() -> str:
    """How to get a virtual camera on this system."""
    return MODPROBE if sys.platform == "linux" else "install OBS, whose virtual camera is used"


def virtual_cameras_among(nodes: Sequence[Node]) -> tuple[VirtualCameraInfo, ...]:
    """The loopback nodes; one that is being fed announces itself as a camera only."""
    return tuple(
        VirtualCameraInfo(node.name, str(node.path), writable=node.outputs or not node.captures)
        for node in nodes
        if node.loopback
    )


def video_nodes(system_folder: Path = SYSTEM_FOLDER, device_folder: Path = DEVICE_FOLDER) -> tuple[Node, ...]:
    """Every video node of the Linux kernel in the order of their numbers; empty on other systems.

    A node that may not be opened counts as a camera with the name that the kernel gives it.
    """
    found = []
    for entry in system_folder.glob("video*") if system_folder.is_dir() else ():
        number = re.fullmatch(r"video(\d+)", entry.name)
        if number:
            found.append(_node(int(number[1]), entry, device_folder / entry.name))
    return tuple(sorted(found, key=lambda node: node.index))


def _node(index: int, entry: Path, path: Path) -> Node:
    name = entry.name
    with contextlib.suppress(OSError):
        name = (entry / "name").read_text(errors="replace").strip() or name
    try:
        driver, capabilities = query(path)
    except OSError:
        return Node(index, name, path, capabilities=_CAPTURES)
    return Node(index, name, path, driver, capabilities)


def query(path: Path) -> tuple[str, int]:
    """Driver and capabilities of a video node.

    Source: the kernel's userspace interface, VIDIOC_QUERYCAP.

    Raises:
        OSError: there is no such node, it may not be opened, or it is no video node.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    try:
        answer = fcntl.ioctl(descriptor, _VIDIOC_QUERYCAP, bytes(_QUERY.size))
    finally:
        os.close(descriptor)
    driver, _, _, _, whole, node = _QUERY.unpack(answer)
    capabilities = node if whole & _NODE_CAPABILITIES_KNOWN else whole
    return driver.split(b"\0", 1)[0].decode(errors="replace"), capabilities


def offer_output(path: Path) -> None:
    """Makes a loopback device that nobody feeds take pictures again.

    v4l2loopback before 0.13, with exclusive_caps, forgets that it can be written when a program that fed it by plain
    writes ends, but remembers it when one ends that had started a stream. A device that can be written is left alone.
    """
    with contextlib.suppress(OSError):
        driver, capabilities = query(path)
        if driver != LOOPBACK_DRIVER or capabilities & _OUTPUTS:
            return
        descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        try:
            fcntl.ioctl(descriptor, _VIDIOC_STREAMON, _OUTPUT_STREAM)
        finally:
            os.close(descriptor)
