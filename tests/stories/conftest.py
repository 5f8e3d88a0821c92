"""A stage for every story, which is left as it was found."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from pipeline.inference.store import ModelStore
from tests.devices.sound.conftest import NEEDED, Server
from tests.stories.stage import Stage, until


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a path short enough for sockets."""
    place = Path(tempfile.mkdtemp(prefix="us-"))
    yield place
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture
def stage(folder: Path) -> Iterator[Stage]:
    """A stage with a sound server of its own where there can be one; else the voice goes into a file."""
    if shutil.which("tmux") is None:
        pytest.skip("tmux can't be found")
    if ModelStore().missing():
        pytest.skip("the networks are not here; 'understudy models pull' fetches them")
    with ExitStack() as undo:
        environment, microphone = _with_sound(folder, undo)
        made = Stage(folder, environment, microphone)
        try:
            yield made
        finally:
            made.tmux("kill-server")
        print(made.log[-4000:])
        # A terminal that is closed leaves its session running: a story that failed may have one yet.
        gone = until(lambda: not made.sessions(), 3.0)
        left = [" ".join(process.cmdline()) for process in made.sessions()]
        for process in made.sessions():
            process.kill()
        undo.close()
        assert gone, f"still running after the story: {left}"
        assert until(lambda: not made.processes(), 5.0), made.processes()


def _with_sound(folder: Path, undo: ExitStack) -> tuple[dict[str, str], str]:
    """The environment of the story's programs, and where the voice goes."""
    if all(shutil.which(program) for program in NEEDED):
        server = Server(folder / "run")
        undo.callback(server.kill)
        if server.start():
            return dict(server.environment), "auto"
        server.kill()
        shutil.rmtree(folder / "run")
    (folder / "run").mkdir(mode=0o700)
    return {**os.environ, "XDG_RUNTIME_DIR": str(folder / "run")}, str(folder / "voice.wav")
