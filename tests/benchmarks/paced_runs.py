"""What a session costs: paced without a screen, with the console open, and the lane's speed in both.

    .venv/bin/python tests/benchmarks/paced_runs.py CLIP [--profile NAME] [--seconds 60] [--json OUT.json]
                                                     [--only paced|console|unpaced]

The clip is brought to 1280x720 and 30 fps and played there and back for ever. Run it when the machine is quiet.
"""

import argparse
import fcntl
import json
import os
import pty
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import psutil
from av.video.frame import VideoFrame

from pipeline.video.codecs.decoder import VideoDecoder
from pipeline.video.framing import Framing

SIZE = (1280, 720)
FPS = 30
FILM_FRAMES = 300
START_S = 5.0
"""Loading and first pictures, left out of every figure."""
SCREEN = (140, 42)
"""Columns and rows of the terminal that the console opens in."""
STOP_S = 15.0


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run took of the machine, after its start."""

    seconds: float
    cpu_percent: float
    """Of one core."""
    rss_first_mb: float
    rss_last_mb: float
    rss_max_mb: float
    frames: int | None
    """Pictures in the recording, where one was made."""
    stats: dict[str, object]
    """What the session itself told."""


def make_film(clip: Path, film: Path) -> None:
    """Writes the clip there and back at the measured size and rate."""
    with VideoDecoder(clip) as decoder:
        framing = Framing(SIZE)
        pictures = [framing.apply(frame.pixels) for frame in decoder.frames()]
    loop = [*pictures, *pictures[-2:0:-1]]
    with av.open(str(film), "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"crf": "14", "preset": "veryfast"})
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuv420p"
        for number in range(FILM_FRAMES):
            frame = VideoFrame.from_ndarray(loop[number % len(loop)], format="bgr24")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


class Screen:
    """A pseudo-terminal that reads and drops what the console draws, as fast as it comes."""

    def __init__(self) -> None:
        self._master, self.slave = pty.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", SCREEN[1], SCREEN[0], 0, 0))
        self.drawn_bytes = 0
        self._reader = threading.Thread(target=self._read, name="screen")
        self._reader.start()

    def close(self) -> None:
        """Ends the reading."""
        os.close(self.slave)
        self._reader.join()
        os.close(self._master)

    def _read(self) -> None:
        while True:
            try:
                drawn = os.read(self._master, 65536)
            except OSError:
                return
            if not drawn:
                return
            self.drawn_bytes += len(drawn)


def measured(process: "subprocess.Popen[bytes]", seconds: float) -> tuple[float, list[float]]:
    """The processor time of a running process in percent of a core, and its memory once a second."""
    watched = psutil.Process(process.pid)
    time.sleep(START_S)
    began, busy = time.monotonic(), watched.cpu_times()
    memory = []
    while time.monotonic() - began < seconds and process.poll() is None:
        memory.append(watched.memory_info().rss / 1e6)
        time.sleep(1.0)
    if process.poll() is not None:
        raise SystemExit(f"The run ended by itself with status {process.returncode}.")
    now, elapsed = watched.cpu_times(), time.monotonic() - began
    return 100 * (now.user + now.system - busy.user - busy.system) / elapsed, memory


def headless(options: Sequence[str], seconds: float, folder: Path, record: Path | None = None) -> Cost:
    """A run without a screen, stopped from outside."""
    stats = folder / "stats.json"
    command = [sys.executable, "-m", "console", "run", "--headless", *options, "--stats", str(stats)]
    if record is not None:
        command += ["--record", str(record)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    cost = _cost(process, seconds, record)
    figures = json.loads(stats.read_text(encoding="utf-8"))
    return Cost(**{**asdict(cost), "stats": figures})


def with_console(options: Sequence[str], seconds: float, record: Path | None = None) -> Cost:
    """The same with the console open in a terminal."""
    command = [sys.executable, "-m", "console", *options, *(["--record", str(record)] if record is not None else [])]
    screen = Screen()
    environment = os.environ | {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    try:
        process = subprocess.Popen(
            command,
            stdin=screen.slave,
            stdout=screen.slave,
            stderr=screen.slave,
            env=environment,
            start_new_session=True,
        )
        cost = _cost(process, seconds, record)
    finally:
        screen.close()
    return Cost(**{**asdict(cost), "stats": {"drawn_bytes_per_s": round(screen.drawn_bytes / (START_S + seconds))}})


def _cost(process: "subprocess.Popen[bytes]", seconds: float, record: Path | None) -> Cost:
    try:
        cpu_percent, memory = measured(process, seconds)
    finally:
        process.terminate()
        process.wait(STOP_S)
    frames = None if record is None else count_frames(record)
    return Cost(seconds, cpu_percent, memory[0], memory[-1], max(memory), frames, {})


def count_frames(film: Path) -> int:
    """How many pictures a film holds."""
    with av.open(str(film)) as container:
        return sum(1 for packet in container.demux(video=0) if packet.size)


def rounded(value: object) -> object:
    """A report with figures of a readable length."""
    if isinstance(value, dict):
        return {name: rounded(item) for name, item in value.items()}
    return round(value, 2) if isinstance(value, float) else value


def main() -> None:
    """Runs and tells."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clip", type=Path)
    parser.add_argument("--profile", default="mara")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--only", choices=("paced", "console", "unpaced"))
    given = parser.parse_args()
    report: dict[str, object] = {}
    folder = Path(tempfile.mkdtemp(prefix="paced-"))
    try:
        film = folder / "film.mp4"
        make_film(given.clip, film)
        base = ["--camera", str(film), "--loop", "--size", "1280x720", "--profile", given.profile]
        if given.only in (None, "paced"):
            report["paced, no screen"] = asdict(headless(base, given.seconds, folder))
        if given.only in (None, "console"):
            report["paced, console open"] = asdict(with_console(base, given.seconds))
        if given.only in (None, "unpaced"):
            fast, short = [*base, "--pace", "max"], min(given.seconds, 20.0)
            report["unpaced, no screen"] = asdict(headless(fast, short, folder, folder / "a.mp4"))
            report["unpaced, console open"] = asdict(with_console(fast, short, folder / "b.mp4"))
    finally:
        shutil.rmtree(folder)
    costs = {name: cost for name, cost in report.items() if isinstance(cost, dict)}
    if "paced, no screen" in costs and "paced, console open" in costs:
        extra = [costs[name]["cpu_percent"] for name in ("paced, console open", "paced, no screen")]
        report["the console's share of a core, percent"] = float(np.subtract(*extra))
    text = json.dumps(rounded(report), indent=2)
    print(text)
    if given.json is not None:
        given.json.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
