"""A run without a screen from its options to its end, on a session that is not there."""

from pathlib import Path

import pytest

from console.commands import headless
from console.commands.options import RunOptions, SessionOptions
from pipeline.errors import DeviceError
from pipeline.inference.store import ModelStore
from tests.console.fake_machine import FakeMachine
from tests.console.timed_session import TimedSession


@pytest.mark.parametrize("starts", [True, False])
def test_the_computers_driver_is_let_go_however_a_run_ends(
    starts: bool, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    machine, session = FakeMachine(), TimedSession(length_s=2.0)
    if not starts:
        session.start_error = DeviceError("There is no camera; plug one in")
    monkeypatch.setattr(headless, "Machine", lambda: machine)
    monkeypatch.setattr(headless, "ready_models", ModelStore)
    monkeypatch.setattr(headless, "open_session", lambda *_: session)
    if starts:
        assert headless.run_headless(SessionOptions(), RunOptions(headless=True)) == 0
        assert capsys.readouterr().out.startswith("60 frames in, 57 out")
    else:
        with pytest.raises(DeviceError, match="no camera"):
            headless.run_headless(SessionOptions(), RunOptions(headless=True))
    assert machine.closed
