"""What an open console costs, and how soon it obeys: threads' processor time, keys, panic, and what the sound loses.

    .venv/bin/python -m tests.benchmarks.console_cost [--seconds 20] [--presses 40] [--out FILE.md]

The console runs as its users run it, in a terminal of its own (a pty) over a session of the demo actor at 720p30 with
sound, and is read and steered from outside through that terminal. The cost is the processor time of the threads that
Textual has, the loop and the writer; what the pipeline takes is beside it. Run it when the machine is quiet.
"""

import argparse
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from console.commands.options import SessionOptions, Size
from console.config.schema import Config, ScreenConfig
from tests.benchmarks.terminal import SIZE, Terminal

SIZES = ((160, 45), (80, 24), (20, 5), (120, 35))
STARTED_S, SETTLE_S = 60.0, 4.0
SCREEN_THREADS = ("MainThread", "textual-output")
EVENTS = 5000
SAMPLE_S = 0.25
EFFECT_S = 3.0
"""A key without an effect for so long is lost."""
TICKS = os.sysconf("SC_CLK_TCK")
REPORT = """# What an open console costs

`{argv}` on {cores} cores, {size[0]}×{size[1]}, demo actor at 1280×720 and 30 fps with sound; the machine {load}.

| figure | measured | wanted |
|---|---|---|
| the screen's threads, picture at 15 Hz | {with_picture:.1f} % of a core | ≤ 15 |
| the screen's threads, no picture | {without_picture:.1f} % of a core | ≤ 6 |
| the whole process beside them, with the picture | {pipeline:.0f} % of a core | |
| key to what it shows, p50 | {key_p50:.0f} ms | |
| key to what it shows, p95 of {presses} | {key_p95:.0f} ms | ≤ 100 |
| panic key to the pipeline's card, p95 of {panics} | {panic_p95:.1f} ms | the card is in the next frame |
| gaps in the sound in {quiet_s:.0f} s of watching | {quiet_gaps} | 0 |
| gaps in the sound in {stress_s:.0f} s of opening, resizing and scrolling {events} events | {stress_gaps} | 0 |
| blocks thrown away, failed meanwhile | {overruns}, {failed} | 0, 0 |
| pictures lost while watching, and in the stress | {quiet_lost} of {quiet_frames}, {stress_lost} of {stress_frames} | |
"""


@dataclass
class Inside:
    """What the console's own process tells, a line of JSON at a time."""

    file: Path
    lines: list[dict[str, Any]] = field(default_factory=list)

    def newest(self) -> dict[str, Any]:
        """The last whole line."""
        text = self.file.read_text(encoding="utf-8") if self.file.exists() else ""
        whole = [line for line in text.split("\n")[:-1] if line.startswith('{"at_s"')]
        return json.loads(whole[-1]) if whole else {}

    def panics_ns(self) -> list[int]:
        """When the pipeline was told of a panic."""
        return [json.loads(line)["panic_ns"] for line in self.file.read_text().split("\n") if "panic_ns" in line]


def run_inside(out: Path, screen: ScreenConfig) -> int:
    """The console, with a thread beside it that writes down what each thread has taken, and what the session lost."""
    import console.app
    from console.commands.session import open_console
    from console.events.journal import Entry
    from pipeline.session import Session
    from pipeline.telemetry import Level

    run_app, panic = console.app.run_app, Session.panic
    file = out.open("a", encoding="utf-8")

    def told(what: dict[str, Any]) -> None:
        file.write(json.dumps(what) + "\n")
        file.flush()

    def noted_panic(session: Session) -> None:
        panic(session)
        told({"panic_ns": time.monotonic_ns()})

    def sampled(app: Any) -> None:
        while not app.told_to_end.wait(SAMPLE_S):
            with suppress(Exception):
                told({"at_s": time.monotonic(), "threads": threads_s(), **lost_by(app.session)})

    def run(app: Any, **options: Any) -> int:
        for number in range(EVENTS):
            app.journal.add(Entry(datetime.now(), Level.INFO, f"thing {number} of many that happened long ago"))
        threading.Thread(target=sampled, args=(app,), daemon=True, name="sampler").start()
        return run_app(app, **options)

    Session.panic = noted_panic  # type: ignore[method-assign]
    console.app.run_app = run  # type: ignore[assignment]
    options = SessionOptions(
        camera="demo", microphone="demo", virtual_microphone=str(out.with_suffix(".wav")), size=Size(1280, 720),
        loop=True, on_hangup="stop",
    )  # fmt: skip
    return open_console(options, Config(screen=screen))


def threads_s() -> dict[str, float]:
    """Processor seconds by the thread's name, and of the whole process."""
    taken: dict[str, float] = {}
    for thread in threading.enumerate():
        with suppress(OSError, ValueError):
            stat = Path(f"/proc/self/task/{thread.native_id}/stat").read_text().rpartition(")")[2].split()
            taken[thread.name] = taken.get(thread.name, 0.0) + (int(stat[11]) + int(stat[12])) / TICKS
    taken["process"] = time.process_time()
    return taken


def lost_by(session: Any) -> dict[str, int | str]:
    """Counters and state of the session."""
    readings = session.readings()
    audio, video = readings.audio, readings.video
    return {
        "underruns": audio.underruns,
        "overruns": audio.overruns,
        "failed": audio.failed,
        "lost": video.drops.capture + video.drops.output,
        "frames": video.frames_in,
        "state": str(readings.state),
    }


@contextmanager
def opened(picture: str, folder: Path) -> Iterator[tuple[Terminal, Inside]]:
    """A console on air that has settled."""
    inside = Inside(folder / f"{picture}.jsonl")
    terminal = Terminal("tests.benchmarks.console_cost", ["--inside", str(inside.file), "--picture", picture], folder)
    try:
        wait_for(lambda: inside.newest().get("frames", 0) > 0, STARTED_S)
        time.sleep(SETTLE_S)
        terminal.press(" ")
        wait_for(lambda: inside.newest()["state"] == "ON AIR", STARTED_S)
        yield terminal, inside
    finally:
        terminal.close()


def wait_for(met: Callable[[], bool], within_s: float) -> None:
    """Waits for a condition.

    Raises:
        TimeoutError: it was not met in time.
    """
    deadline_s = time.monotonic() + within_s
    while not met():
        if time.monotonic() > deadline_s:
            raise TimeoutError("the console did not come up")
        time.sleep(0.1)


def share(before: dict[str, Any], after: dict[str, Any], names: tuple[str, ...]) -> float:
    """Percent of a core that threads took between two samples."""
    taken = sum(after["threads"].get(name, 0.0) - before["threads"].get(name, 0.0) for name in names)
    return 100.0 * taken / (after["at_s"] - before["at_s"])


def watch(inside: Inside, seconds: float) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two samples, so many seconds apart."""
    before = inside.newest()
    time.sleep(seconds)
    return before, inside.newest()


def key_times_ms(terminal: Terminal, presses: int) -> list[float]:
    """From a key that moves a scale until the new value is on the terminal."""
    times, value = list[float](), 1.00
    for number in range(presses):
        step = 0.01 if number % 20 < 10 else -0.01
        value = round(value + step, 2)
        terminal.forget()
        at_s = terminal.press("]" if step > 0 else "[")
        shown_s = terminal.shown_s(f"{value:.2f}", EFFECT_S)
        times.append(1e3 * ((shown_s - at_s) if shown_s is not None else EFFECT_S))
        time.sleep(0.15 + 0.013 * (number % 7))
    return times


def panic_times_ms(terminal: Terminal, inside: Inside, presses: int) -> list[float]:
    """From the panic key until the pipeline has the card up."""
    times = list[float]()
    for _ in range(presses):
        count = len(inside.panics_ns())
        at_s = terminal.press("p")
        wait_for(lambda count=count: len(inside.panics_ns()) > count, EFFECT_S)  # type: ignore[misc]
        times.append(inside.panics_ns()[-1] / 1e6 - at_s * 1e3)
        time.sleep(1.4)
        terminal.press("p")
        time.sleep(0.4)
    return times


def stress(terminal: Terminal, rounds: int = 3) -> None:
    """Opens every screen, scrolls the events, and resizes the terminal."""
    for _ in range(rounds):
        for key in "?wEdieP":
            terminal.press(key)
            time.sleep(0.5)
            if key == "E":
                for sequence in ("\x1b[F", "\x1b[H", *["\x1b[6~"] * 20, *["\x1b[B"] * 30):
                    terminal.press(sequence)
                    time.sleep(0.03)
            terminal.press("\x1b")
            time.sleep(0.5)
        for size in SIZES:
            terminal.resize(size)
            time.sleep(0.4)
        for _ in range(5):
            terminal.press("z")
            time.sleep(0.4)


def measured(seconds: float, presses: int) -> dict[str, Any]:
    """Every figure of the report."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with opened("none", folder) as (_, inside):
            before, after = watch(inside, seconds)
            without = share(before, after, SCREEN_THREADS)
        with opened("half-blocks", folder) as (terminal, inside):
            before, after = watch(inside, seconds)
            screen = share(before, after, SCREEN_THREADS)
            whole = share(before, after, ("process",))
            keys = key_times_ms(terminal, presses)
            panics = panic_times_ms(terminal, inside, 10)
            calm = inside.newest()
            stress(terminal)
            stressed = inside.newest()
    return {
        "with_picture": screen, "without_picture": without, "pipeline": whole - screen,
        "key_p50": np.percentile(keys, 50), "key_p95": np.percentile(keys, 95), "presses": len(keys),
        "panic_p95": np.percentile(panics, 95), "panics": len(panics),
        "quiet_s": after["at_s"] - before["at_s"], "quiet_gaps": after["underruns"] - before["underruns"],
        "stress_s": stressed["at_s"] - calm["at_s"], "stress_gaps": stressed["underruns"] - calm["underruns"],
        "overruns": stressed["overruns"] - before["overruns"], "failed": stressed["failed"] - before["failed"],
        "quiet_lost": after["lost"] - before["lost"], "quiet_frames": after["frames"] - before["frames"],
        "stress_lost": stressed["lost"] - calm["lost"], "stress_frames": stressed["frames"] - calm["frames"],
    }  # fmt: skip


def main() -> int:
    """Measures and writes the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--presses", type=int, default=40)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--inside", type=Path)
    parser.add_argument("--picture", default="half-blocks")
    asked = parser.parse_args()
    if asked.inside is not None:
        return run_inside(asked.inside, ScreenConfig.model_validate({"picture": asked.picture}))
    load = os.getloadavg()[0]
    figures = measured(asked.seconds, asked.presses)
    page = REPORT.format(
        argv="python -m tests.benchmarks.console_cost", cores=os.cpu_count(), size=SIZE, events=EVENTS,
        load=f"had a load of {load:.1f} before", **figures,
    )  # fmt: skip
    print(page)
    if asked.out is not None:
        asked.out.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
