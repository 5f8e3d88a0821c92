"""Where a story is played: folders, a sound server and terminals of its own, and the commands that are typed there."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = Path(sys.executable).with_name("understudy")
SOON_S = 30.0
LOOK_S = 0.05
VIDEO = ("--camera", "demo", "--size", "640x360", "--fps", "15")
CONFIG = """
[files]
recordings = "{folder}/films"
snapshots = "{folder}/snapshots"
"""
Status = Mapping[str, Any]


@dataclass(frozen=True)
class Said:
    """What a command printed, and its exit status."""

    code: int
    out: str
    err: str


def until(true: Callable[[], bool], seconds: float = SOON_S) -> bool:
    """Looks again and again; whether it came."""
    deadline_s = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline_s:
            return False
        time.sleep(LOOK_S)
    return True


class Terminal:
    """One window of a private tmux server, with a shell in it."""

    def __init__(self, stage: "Stage", name: str, size: tuple[int, int]) -> None:
        self._stage, self._name = stage, name
        columns, rows = map(str, size)
        shell = ("env", "PS1=ready> ", "bash", "--norc", "--noprofile")
        stage.tmux("new-session", "-d", "-s", name, "-x", columns, "-y", rows, *shell)
        stage.tmux("set-option", "-t", name, "window-size", "manual")
        self.wait_for("ready>")

    @property
    def text(self) -> str:
        """What is seen."""
        return self._stage.tmux("capture-pane", "-p", "-t", self._name)

    def keys(self, *keys: str) -> None:
        """Presses keys, as tmux calls them."""
        self._stage.tmux("send-keys", "-t", self._name, *keys)

    def type(self, words: str) -> None:
        """Types words as they are."""
        self._stage.tmux("send-keys", "-t", self._name, "-l", words)

    def wait_for(self, *words: str, without: str = "", seconds: float = SOON_S) -> str:
        """The screen as soon as it says all of some words, and nothing of another one."""
        seen = [""]

        def told() -> bool:
            seen[0] = self.text
            return all(word in seen[0] for word in words) and not (without and without in seen[0])

        if not until(told, seconds):
            pytest.fail(f"the screen does not say {words}{f' without {without!r}' if without else ''}:\n{seen[0]}")
        return seen[0]

    def wait_for_title(self, title: str) -> None:
        """Until the strip, the first line, says that a profile is in."""
        if not until(lambda: f" {title} " in self.text.partition("\n")[0]):
            pytest.fail(f"{title} does not come in on the screen:\n{self.text}")

    def press(self, key: str, *words: str, without: str = "", seconds: float = SOON_S) -> float:
        """Presses a key and waits until the screen says some words; after how many milliseconds."""
        began_s = time.monotonic()
        self.keys(key)
        self.wait_for(*words, without=without, seconds=seconds)
        return (time.monotonic() - began_s) * 1e3

    def leave(self, words: str) -> None:
        """Presses escape until the screen no longer says some words: first it leaves a field, then what that is on."""
        for _ in range(3):
            self.keys("Escape")
            if until(lambda: words not in self.text, 1.5):
                return
        pytest.fail(f"the screen still says {words!r}:\n{self.text}")

    def run(self, *words: str) -> None:
        """Begins a command in the shell."""
        self.type(" ".join(words))
        self.keys("Enter")

    def settings(self) -> str:
        """What `stty -a` says of the terminal, but its size."""
        file = self._stage.folder / f"stty-{self._name}-{time.monotonic_ns()}"
        self.run(f"stty -a > {file}.part; mv {file}.part {file}")
        assert until(file.exists)
        return file.read_text().partition(";")[2].partition("columns")[2]

    def resize(self, columns: int, rows: int) -> None:
        """Gives the window another size."""
        self._stage.tmux("resize-window", "-t", self._name, "-x", str(columns), "-y", str(rows))

    def close(self) -> None:
        """Closes the window, as the cross in its corner would."""
        self._stage.tmux("kill-pane", "-t", self._name)


@dataclass
class Stage:
    """Everything that one story uses."""

    folder: Path
    environment: dict[str, str]
    virtual_microphone: str

    def __post_init__(self) -> None:
        config = self.folder / "config" / "understudy"
        config.mkdir(parents=True)
        (config / "config.toml").write_text(CONFIG.format(folder=self.folder))
        own = {"XDG_CONFIG_HOME": "config", "XDG_STATE_HOME": "state", "UNDERSTUDY_PROFILES": "profiles"}
        self.environment |= {name: str(self.folder / place) for name, place in own.items()}
        self.environment |= {"COLORTERM": "truecolor", "PATH": f"{PROGRAM.parent}:{os.environ['PATH']}"}
        for name in ("TMUX", "UNDERSTUDY_TOKEN", "NO_COLOR", "SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"):
            self.environment.pop(name, None)
        (self.folder / "profiles").mkdir()

    @property
    def profiles(self) -> Path:
        """The user's own profiles."""
        return self.folder / "profiles"

    @property
    def options(self) -> tuple[str, ...]:
        """The demo actor and the demo voice, small enough for two cores."""
        return *VIDEO, "--microphone", "demo", "--virtual-microphone", self.virtual_microphone

    @property
    def log(self) -> str:
        """What the program logged."""
        return "".join(file.read_text() for file in sorted((self.folder / "state").glob("*/log/understudy.log")))

    def note(self, words: str) -> None:
        """Tells a figure of the story; pytest shows it with -rP."""
        print(words)

    def terminal(self, name: str, size: tuple[int, int] = (160, 45)) -> Terminal:
        """A new window."""
        return Terminal(self, name, size)

    def tmux(self, *words: str) -> str:
        """Has the private tmux server do something."""
        command = ["tmux", "-S", str(self.folder / "tmux"), "-f", "/dev/null", *words]
        return subprocess.run(
            command,
            env=self.environment,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=20,
        ).stdout

    def command(self, *words: str) -> Said:
        """`understudy` with some arguments, from nowhere in particular."""
        done = subprocess.run(
            [str(PROGRAM), *words],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=90,
        )
        return Said(done.returncode, done.stdout, done.stderr)

    def ctl(self, *words: str) -> str:
        """One act from outside, which has to be done."""
        said = self.command("ctl", *words)
        assert said.code == 0, said
        return said.out

    def status(self) -> Status:
        """What `ctl status --json` says."""
        status: Status = json.loads(self.ctl("status", "--json"))
        return status

    def wait_for(self, true: Callable[[Status], bool], seconds: float = SOON_S) -> Status:
        """The status as soon as it is so."""
        seen: list[Status] = []

        def came() -> bool:
            seen[:] = [self.status()]
            return true(seen[0])

        if not until(came, seconds):
            pytest.fail(f"the status does not come to be so: {json.dumps(seen[0], indent=1)}")
        return seen[0]

    def processes(self) -> list[psutil.Process]:
        """Every process that was started here."""
        own = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if process.environ().get("XDG_RUNTIME_DIR") == self.environment["XDG_RUNTIME_DIR"]:
                    own.append(process)
        return [process for process in own if process.pid != os.getpid()]

    def sessions(self) -> list[psutil.Process]:
        """Those of them that are the program."""
        found = []
        for process in self.processes():
            with suppress(psutil.Error):
                if any(Path(word).name == PROGRAM.name for word in process.cmdline()[:2]):
                    found.append(process)
        return found
