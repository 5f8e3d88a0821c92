"""What is done for those outside: at the desk in turn, and panic and mute at once."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from console.commands.stats import status_of
from console.sound.sound_desk import Talk
from pipeline.errors import UnderstudyError
from pipeline.telemetry import State
from tests.console.fake_session import BEN, FakeSession
from tests.console.remote.conftest import Lend


def test_acts_at_the_desk(lend: Lend) -> None:
    lent = lend(FakeSession(state=State.PREVIEW))
    assert lent.ask("air").told == "On air."
    assert lent.ask("air").told == "On air already."
    assert lent.ask("preview").told.startswith("Preview:")
    assert lent.ask("switch", name="ben").told == "Switching to Ben."
    assert lent.ask("back").told == "Switching to Ada."
    lent.ask("prepare", name="cleo")
    assert lent.ask("take").told == "Switching to Cleo."
    assert lent.session.calls == [
        "on air True",
        "on air False",
        "switch ben",
        "switch ada",
        "prepare cleo",
        "switch cleo",
    ]


def test_what_can_not_be_done_is_said_as_the_desk_says_it(lend: Lend) -> None:
    lent = lend()
    with pytest.raises(UnderstudyError, match=r"^The profile dora can't be taken: face\.size: got 9, wanted at most"):
        lent.ask("switch", name="dora")
    with pytest.raises(UnderstudyError, match="No profile is prepared"):
        lent.ask("take")


def test_panic_goes_to_the_session_while_somebody_is_at_the_desk(lend: Lend) -> None:
    lent = lend()
    lent.host.seat.later = lambda act: None  # type: ignore[method-assign]
    with lent.host.seat._turn:  # type: ignore[attr-defined]
        lent.ask("panic")
    assert lent.session.state is State.CARD


def test_the_card_is_taken_back_by_its_own_word_alone(lend: Lend) -> None:
    lent = lend()
    lent.ask("panic"), lent.ask("panic")
    with pytest.raises(UnderstudyError, match="rearm"):
        lent.ask("air")
    assert lent.session.state is State.CARD
    assert lent.ask("rearm").told == "The card is taken back."
    assert lent.session.state is State.ON_AIR
    assert lent.ask("rearm").told == "No card is up."


def test_a_panic_before_the_start_holds(lend: Lend) -> None:
    lent = lend(started=False)
    lent.ask("panic")
    lent.session.state = State.ON_AIR
    lent.desk.started()
    assert lent.session.state is State.CARD


def test_mute_and_unmute_say_where_they_go(lend: Lend) -> None:
    lent = lend()
    for _ in range(2):
        lent.ask("mute")
        assert lent.session.audio is not None and lent.session.audio.muted
    for _ in range(2):
        lent.ask("unmute")
        assert lent.session.audio is not None and not lent.session.audio.muted


def test_muted_from_outside_push_to_talk_opens_nothing(lend: Lend) -> None:
    lent = lend(push_to_talk=True)
    lent.ask("mute")
    assert lent.desk.sound.talk(lent.session.readings().audio) is Talk.MUTED
    lent.ask("unmute")
    assert lent.desk.sound.talk(lent.session.readings().audio) is Talk.WAITING
    assert lent.session.audio is not None and lent.session.audio.muted


@pytest.mark.parametrize("do", ["mute", "unmute"])
def test_without_sound_there_is_nothing_to_mute(lend: Lend, do: str) -> None:
    with pytest.raises(UnderstudyError, match="There is no sound"):
        lend(FakeSession(audio=None)).ask(do)


def test_status_is_what_a_run_writes_with_the_state_before_it(lend: Lend) -> None:
    lent = lend()
    data = lent.ask("status").data
    machine = lent.host.seat.machine_view()
    assert data == json.loads(json.dumps(status_of(lent.session.readings(), machine.gpu, machine.process)))
    assert list(data)[:2] == ["state", "profile"]


def test_recordings_and_snapshots(lend: Lend, tmp_path: Path) -> None:
    lent = lend()
    assert "film.mkv" in lent.ask("record", file=str(tmp_path / "film.mkv")).told
    assert "film.mkv" in lent.ask("stop-recording").told
    assert "shot.png" in lent.ask("snapshot", file=str(tmp_path / "shot.png")).told
    assert json.loads((tmp_path / "shot.json").read_text())["state"] == "ON AIR"
    with pytest.raises(UnderstudyError, match="Nothing is being recorded"):
        lent.ask("stop-recording")


def test_a_profile_that_was_sent_is_worn_as_it_was_sent_and_kept_so(lend: Lend) -> None:
    from console.remote.requests import Sent

    lent = lend()
    bigger = BEN.with_face(size=1.2)
    request = Sent(do="switch-to", profile=bigger).line()
    lent.ask(**request)
    assert lent.session.profile == bigger
    lent.ask("switch", name="ada"), lent.ask("switch", name="ben")
    assert lent.session.profile == bigger


def test_a_profile_that_can_not_be_is_refused_before_anything_is_done(lend: Lend) -> None:
    from console.remote.requests import Sent

    lent = lend()
    request = Sent(do="adjust", profile=BEN).line()
    request["profile"]["face"]["size"] = 9
    with pytest.raises(UnderstudyError, match="not understood"):
        lent.ask(**request)
    assert lent.session.calls == []


def test_nothing_is_steered_in_a_session_that_is_over(lend: Lend) -> None:
    session = FakeSession()
    lent = lend(session)
    session.over = True
    assert lent.desk.ended()
    for do in ("air", "rearm", "unmute", "take"):
        with pytest.raises(UnderstudyError):
            lent.ask(do)
    assert session.calls == []


def test_a_fault_of_the_program_is_told_and_ends_nothing(lend: Lend) -> None:
    class Odd(FakeSession):
        def set_on_air(self, on: bool) -> None:
            raise ValueError("odd")

    lent = lend(Odd())
    with pytest.raises(UnderstudyError, match="Something unexpected happened"):
        lent.ask("preview")
    assert lent.ask("status").data["state"] == "ON AIR"


def test_levels_that_are_no_numbers_are_told(lend: Lend) -> None:
    session = FakeSession()
    assert session.audio is not None
    session.audio = replace(session.audio, drift_ppm=float("nan"))
    assert lend(session).ask("look").data["readings"]["audio"]["drift_ppm"] != 0.0
