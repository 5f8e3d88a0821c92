"""What is done for those outside: at the desk in turn, and panic and mute at once."""

import json
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from console.commands.stats import status_of
from console.ports import Outputs
from console.remote import lending, server
from console.remote.connection import Connection
from console.remote.far.session import RemoteSession
from console.remote.host import Backlog
from console.remote.places import places
from console.remote.requests import Sent
from console.remote.values import packed
from console.sound.sound_desk import Talk
from pipeline.assembly import require_clearance
from pipeline.errors import UnderstudyError
from pipeline.telemetry import State
from profiles.profile import ConsentSettings, FailSafePolicy, Kind, Profile
from tests.console.fake_session import ADA, BEN, CLEO, FakeSession, FakeShelf
from tests.console.remote.conftest import Lend, Lent


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


def test_a_key_held_elsewhere_opens_no_microphone_that_was_muted(lend: Lend) -> None:
    for push_to_talk in (False, True):
        lent = lend(push_to_talk=push_to_talk)
        lent.desk.sound.toggle_mute()
        with pytest.raises(UnderstudyError, match="The microphone is muted"):
            lent.ask("talk-until", end_ns=lent.session.clock.now_ns() + 1)
        assert not any(call.startswith("talk") for call in lent.session.calls)


def test_a_key_held_elsewhere_is_not_held_for_ever(lend: Lend) -> None:
    lent = lend(push_to_talk=True)
    now_ns = lent.session.clock.now_ns()
    lent.ask("talk-until", end_ns=now_ns + 800_000_000)
    lent.ask("talk-until", end_ns=1 << 60)
    assert lent.session.calls == [f"talk until {now_ns + 800_000_000}", f"talk until {now_ns + 2_000_000_000}"]


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


class Cleared(FakeSession):
    """Lets through what a session lets through."""

    def switch(self, profile: Profile) -> None:
        """Takes a persona."""
        require_clearance(profile)
        super().switch(profile)

    def adjust(self, profile: Profile) -> None:
        """Takes a persona."""
        require_clearance(profile)
        super().adjust(profile)


def lend_shelf(lend: Lend, *profiles: Profile) -> Lent:
    """A session whose shelf has these profiles beside the usual ones."""
    lent = lend(Cleared())
    lent.desk.profiles._shelf = FakeShelf(ADA, *profiles)
    return lent


def test_a_profile_of_a_person_is_refused_whatever_is_sent_of_it(lend: Lend) -> None:
    person = CLEO.model_copy(update={"kind": Kind.PERSON, "consent": ConsentSettings(record=Path("agreed.toml"))})
    lent = lend_shelf(lend, person)
    as_persona = packed(CLEO)
    for do in ("switch-to", "prepare-that"):
        with pytest.raises(UnderstudyError, match="not understood"):
            lent.ask(do, profile=as_persona)
    with pytest.raises(UnderstudyError, match="of a real person"):
        lent.ask("switch", name="cleo")
    with pytest.raises(UnderstudyError, match="is in by now, and cleo was not changed"):
        lent.ask("adjust", profile=as_persona)
    assert lent.session.profile == ADA
    assert lent.desk.profiles.adjusted.get("cleo") in (None, person)


@pytest.mark.parametrize(
    ("key", "value"),
    [("face.portrait", "/tmp/other.png"), ("background.path", "other.png"), ("rvc.model", "/tmp/voice.onnx"),
     ("tracking.actor", ["me.png"]), ("kind", "person"), ("consent.declaration", "mine"), ("title", "Somebody")],
)  # fmt: skip
def test_whose_likeness_and_which_files_is_not_changed_from_outside(lend: Lend, key: str, value: object) -> None:
    lent = lend_shelf(lend)
    sent = packed(ADA)
    section, _, inner = key.partition(".")
    if inner:
        sent[section][inner] = value
    else:
        sent[section] = value
    with pytest.raises(UnderstudyError, match=f"{key} of Ada can't be changed from another screen"):
        lent.ask("adjust", profile=sent)
    assert lent.session.profile == ADA and lent.session.calls == []


def test_settings_that_were_sent_are_put_on_the_profile_as_the_host_has_it(lend: Lend) -> None:
    lent = lend_shelf(lend)
    bigger = ADA.with_face(size=1.2)
    odd = bigger.model_copy(update={"folder": Path("/elsewhere"), "hashes": {"portrait.png": "0" * 64}})
    lent.ask(**Sent(profile=odd).line())
    assert lent.session.profile == bigger
    assert lent.desk.profiles.loaded("ada") == bigger


def test_what_the_host_was_started_with_survives_a_switch_from_an_attached_screen(lend: Lend) -> None:
    lent = lend_shelf(lend, BEN.with_policy(FailSafePolicy.CARD).with_sound(500.0, 80.0))
    far = RemoteSession(lent.place, lambda _: None, steer=True)
    far.prepare(BEN)
    far.switch(BEN)
    taken = lent.session.profile
    assert (taken.output.policy, taken.voice.latency_ms, taken.sync.trim_ms) == (FailSafePolicy.CARD, 500.0, 80.0)
    far.adjust(far.profile.with_face(size=1.1))
    assert lent.session.profile == taken.with_face(size=1.1)


def test_a_profile_that_can_not_be_is_refused_before_anything_is_done(lend: Lend) -> None:
    lent = lend()
    request = Sent(profile=ADA).line()
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


def test_panic_says_so_where_no_card_is_up(lend: Lend) -> None:
    class Stopped(FakeSession):
        def panic(self) -> None:
            self.note("panic")

    session = Stopped(state=State.STOPPED, over=True)
    lent = lend(session)
    assert lent.desk.ended()
    with pytest.raises(UnderstudyError, match="No card is up: the session does not run"):
        lent.ask("panic")
    assert session.calls == ["panic"]


def test_panic_says_what_is_so_before_the_start_and_of_a_session_that_could_not_start(lend: Lend) -> None:
    lent = lend(started=False)
    assert "will be up from the start" in lent.ask("panic").told
    lent.desk.refuse(UnderstudyError("There is no camera."))
    with pytest.raises(UnderstudyError, match="No card is up: the session does not run. There is no camera"):
        lent.ask("panic")


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


def test_a_session_without_a_screen_keeps_pictures_where_the_user_has_settled(
    monkeypatch: pytest.MonkeyPatch, folder: Path, tmp_path: Path
) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f'[files]\nsnapshots = "{tmp_path}/kept"\n')
    monkeypatch.setattr(lending, "config_file", lambda: file)
    monkeypatch.setattr(server, "usual_folder", lambda: folder)
    session, ended = FakeSession(), threading.Event()
    with lending.lent_alone(session, FakeShelf(ADA), ended, events=Backlog(), outputs=Outputs()) as desk:
        desk.started()
        (place,) = places(folder)
        with Connection(place) as connection:
            told = connection.ask({"do": "snapshot"}).told
    assert f"{tmp_path}/kept/ada-" in told
