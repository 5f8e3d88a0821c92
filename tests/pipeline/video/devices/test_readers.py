"""Who reads a virtual camera: others and not this program, by the names that people know them by."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.video.devices.readers import is_open_here, readers_of

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows what programs have open")


@pytest.fixture
def device(tmp_path: Path) -> Path:
    """What stands for a device file."""
    file = tmp_path / "video10"
    file.touch()
    return file


class Desk:
    """Processes as the kernel would show them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        (folder / "self").mkdir()
        (folder / "uptime").touch()

    def process(self, number: int, *files: Path, exe: str | None = None, comm: str | None = None) -> Path:
        """A process with some files open."""
        process = self.folder / str(number)
        (process / "fd").mkdir(parents=True)
        for count, file in enumerate(files):
            (process / "fd" / str(count)).symlink_to(file)
        if exe is not None:
            (process / "exe").symlink_to(exe)
        if comm is not None:
            (process / "comm").write_text(f"{comm}\n")
        return process


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A computer on which nothing runs."""
    return Desk(tmp_path / "proc")


@on_linux
def test_every_program_that_has_it_open_is_told_once_and_by_its_name(desk: Desk, device: Path, tmp_path: Path) -> None:
    other = tmp_path / "video1"
    desk.process(11, other, device, exe="/usr/lib/firefox/firefox", comm="MainThread")
    desk.process(12, device, device, exe="/opt/zoom/zoom (deleted)")
    desk.process(13, device, exe="/usr/lib/firefox/firefox")
    desk.process(14, other, exe="/usr/bin/cheese")
    assert readers_of(str(device), desk.folder) == ("firefox", "zoom")


@on_linux
def test_this_program_feeds_it_and_is_no_reader(desk: Desk, device: Path) -> None:
    desk.process(os.getpid(), device, exe="/usr/bin/python3")
    assert readers_of(str(device), desk.folder) == ()


@on_linux
def test_whether_this_program_feeds_it_is_known(desk: Desk, device: Path, tmp_path: Path) -> None:
    desk.process(11, device, exe="/usr/bin/cheese")
    assert not is_open_here(str(device), desk.folder)
    desk.process(os.getpid(), device, exe="/usr/bin/python3")
    assert is_open_here(str(device), desk.folder)
    assert not is_open_here(str(tmp_path / "nosuch"), desk.folder)


@on_linux
def test_a_program_that_hides_its_file_goes_by_the_name_that_it_gave_itself(desk: Desk, device: Path) -> None:
    desk.process(11, device, comm="obs")
    desk.process(12, device)
    assert readers_of(str(device), desk.folder) == ("obs", "process 12")


@on_linux
def test_whoever_ends_or_hides_meanwhile_is_left_out(desk: Desk, device: Path) -> None:
    (desk.folder / "21").mkdir()
    hidden = desk.process(22, device, exe="/usr/bin/cheese") / "fd"
    hidden.chmod(0o000)
    told = readers_of(str(device), desk.folder)
    hidden.chmod(0o700)
    assert told == (() if os.getuid() else ("cheese",))


@on_linux
def test_a_link_to_the_device_is_the_device(desk: Desk, device: Path, tmp_path: Path) -> None:
    link = tmp_path / "understudy"
    link.symlink_to(device)
    desk.process(11, device, exe="/usr/bin/cheese")
    assert readers_of(str(link), desk.folder) == ("cheese",)


@pytest.mark.parametrize("name", ["/dev/nosuch-video77", "OBS Virtual Camera", "none", ""])
def test_of_what_is_no_device_file_nothing_can_be_known(name: str) -> None:
    assert readers_of(name) is None


def test_other_systems_tell_nothing(device: Path, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert readers_of(str(device), desk.folder) is None
    monkeypatch.setattr(sys, "platform", "linux")
    assert readers_of(str(device), desk.folder / "nosuch") is None


@pytest.fixture
def reader(device: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A program that really has the file open."""
    script = f"import sys; held = open({str(device)!r}); print('open', flush=True); sys.stdin.read()"
    process = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"open\n"
    yield process
    process.communicate(b"", timeout=10)


@on_linux
def test_on_this_computer_a_reader_is_found_and_gone_when_it_is_gone(
    device: Path, reader: "subprocess.Popen[bytes]"
) -> None:
    with device.open():
        assert readers_of(str(device)) == (Path(sys.executable).resolve().name,)
        reader.communicate(b"", timeout=10)
        assert readers_of(str(device)) == ()
