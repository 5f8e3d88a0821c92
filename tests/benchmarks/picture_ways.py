"""What the live picture costs the process that draws it, by way and size, in a terminal of its own (a pty).

    .venv/bin/python -m tests.benchmarks.picture_ways [--seconds 8] [--out FILE.md]

The app shows nothing but the picture, which the demo actor's film moves. Its processor time with pictures is told less
that of the same app without; making the small picture out of a frame at 720p comes beside it, for that is the
session's part. The terminal's own work is not in it. Run it when the machine is quiet.
"""

import argparse
import fcntl
import json
import os
import pty
import select
import struct
import sys
import termios
import time
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from textual.app import App, ComposeResult

from console.pictures.live_picture import LivePicture
from console.pictures.painting import Painting, Way
from pipeline.media import Pixels
from pipeline.telemetry import Preview
from pipeline.video.devices.demo_actor import RECORDING
from pipeline.video.screen.gallery import thumbnail

SIZES = ((60, 17), (96, 27), (120, 34))
RATES_HZ = (15.0, 5.0)
FRAMES = 60
SETTLE_S = 1.5
HEAD = """# What the live picture costs

`{argv}` on {cores} cores: percent of a core in the process that draws, without what the same app takes otherwise;
`making` is the session's part beside it, `KB` what goes to the terminal's line for a picture.

Sixel is not among the ways. Encoding alone (numpy, 216 fixed colours, run lengths) took 5 ms at 320×180, 13 ms at
480×270 and 21 ms at 640×360: 8, 20 and 32 % of a core at 15 Hz, and terminals do not stretch it to the cells. It lies
over the text, too, and goes with whatever is painted there: every dialog would have to be cut out of it.

| way | cells | pixels | Hz | % of a core | making % | KB |
|---|---|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Case:
    """What is measured; a rate of zero shows no picture."""

    way: Way
    cells: tuple[int, int]
    hz: float
    seconds: float


class PictureApp(App[None]):
    """One picture and nothing else, measured by itself."""

    CSS = "LivePicture { width: 1fr; height: 1fr; }"

    def __init__(self, case: Case, out: Path) -> None:
        super().__init__()
        self.painting = Painting(case.way)
        self._case, self._out = case, out
        self._frames = film()
        self._small: list[Pixels] = []
        self._shown = 0
        self._begun = (0.0, 0.0)

    def compose(self) -> ComposeResult:
        """The picture."""
        yield LivePicture()

    def on_ready(self) -> None:
        """Makes the small pictures, and begins."""
        size = self.query_one(LivePicture).wanted_size((1280, 720))
        self._making_s = time.process_time()
        self._small = [thumbnail(frame, size) for frame in self._frames]
        self._making_s = (time.process_time() - self._making_s) / FRAMES
        if self._case.hz:
            self.set_interval(1 / self._case.hz, self._show)
        self.set_timer(SETTLE_S, self._begin)
        self.set_timer(SETTLE_S + self._case.seconds, self._end)

    def _show(self) -> None:
        self._shown += 1
        self.query_one(LivePicture).show(Preview(self._small[self._shown % FRAMES], self._shown))

    def _begin(self) -> None:
        self._begun = (time.process_time(), time.monotonic())
        self._shown = 0

    def _end(self) -> None:
        used_s, past_s = time.process_time() - self._begun[0], time.monotonic() - self._begun[1]
        told = {
            "percent": 100 * used_s / past_s,
            "making": 100 * self._making_s * self._case.hz,
            "size": list(self._small[0].shape[1::-1]),
            "hz": self._shown / past_s,
        }
        self._out.write_text(json.dumps(told))
        self.exit()


def film() -> list[Pixels]:
    """Frames of the demo actor, every other one."""
    source, frames = cv2.VideoCapture(str(RECORDING)), []
    while len(frames) < 2 * FRAMES:
        frames.append(np.asarray(source.read()[1], np.uint8))
    return frames[::2]


def measured(case: Case, out: Path) -> dict:
    """Runs the app in a terminal, and takes what it writes."""
    pid, master = pty.fork()
    if pid == 0:
        os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
        time.sleep(0.3)
        PictureApp(case, out).run()
        os._exit(0)
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", case.cells[1], case.cells[0], 0, 0))
    taken = 0
    try:
        while piece := os.read(master, 1 << 16) if select.select([master], [], [], 30)[0] else b"":
            taken += len(piece)
    except OSError:
        pass
    os.waitpid(pid, 0)
    os.close(master)
    told = json.loads(out.read_text())
    told["kb"] = taken / 1024 / max(1.0, told["hz"] * (case.seconds + SETTLE_S))
    return told


def main() -> int:
    """Prints the table, and keeps it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    argv = " ".join(["python -m tests.benchmarks.picture_ways", *sys.argv[1:]])
    lines, out = [HEAD.format(argv=argv, cores=os.cpu_count())], Path(f"/tmp/picture-ways-{os.getpid()}.json")
    bare = {cells: measured(Case(Way.HALF_BLOCKS, cells, 0.0, asked.seconds), out)["percent"] for cells in SIZES}
    for way in Way:
        for cells in SIZES:
            for hz in RATES_HZ:
                told = measured(Case(way, cells, hz, asked.seconds), out)
                width, height = told["size"]
                lines.append(
                    f"| {way} | {cells[0]}×{cells[1]} | {width}×{height} | {told['hz']:.1f} "
                    f"| {told['percent'] - bare[cells]:.1f} | {told['making']:.1f} | {told['kb']:.0f} |\n"
                )
                print(lines[-1], end="", flush=True)
    out.unlink()
    if asked.out:
        asked.out.write_text("".join(lines), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
