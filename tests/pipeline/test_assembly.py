"""From a profile to a chain: which stages, what is shared, who may run, and what running stages can take."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.assembly import TARGETS_KEPT, Assembly, require_clearance, same_but_live
from pipeline.audio.voice.timbre import Timbre
from pipeline.errors import ConsentError, MediaError, ModelError, PortraitError
from pipeline.inference.store import ModelStore
from pipeline.video.output.card import card
from profiles.profile import BackgroundSettings, DisclosureSettings, Kind, Profile
from tests.chains import make_profile
from tests.fakes import FakeStage, FakeVoice
from tests.footage import models, persona
from tests.pipeline.audio.voice.speech import through, vowel

SIZE = (320, 240)


@pytest.fixture(scope="module")
def assembly() -> Iterator[Assembly]:
    """An assembly with the real networks."""
    assembly = Assembly(models(), persona(), SIZE)
    yield assembly
    assembly.close()


def in_folder(tmp_path: Path, pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]] | None) -> Profile:
    """A persona whose portrait is a picture of the test's own."""
    if pixels is not None:
        cv2.imwrite(str(tmp_path / "portrait.png"), pixels)
    return persona().model_copy(update={"folder": tmp_path})


def test_a_chain_has_the_stages_in_the_order_of_work_and_shares_the_first(assembly: Assembly) -> None:
    first, second = assembly.build(persona("mara")), assembly.build(persona("tomas"))
    names = [stage.name for stage in first.stages]
    assert names == ["ahead", "track", "segment", "ahead", "bystanders", "swap", "compose"]
    assert first.stages[:3] == second.stages[:3]
    assert not set(map(id, first.owned)) & set(map(id, second.stages))
    assert first.stages[3:] == first.owned


def test_without_a_room_there_is_nothing_to_compose(assembly: Assembly) -> None:
    chain = assembly.build(persona().with_background(kind="none"))
    assert "compose" not in [stage.name for stage in chain.stages]


def test_the_card_carries_the_label(assembly: Assembly) -> None:
    chain = assembly.build(persona())
    assert chain.card.shape == (SIZE[1], SIZE[0], 3)
    labelled = card(chain.profile.title, SIZE)
    assert not np.array_equal(chain.card, labelled)
    chain.label.draw(labelled)
    assert np.array_equal(chain.card, labelled)


def test_coming_back_to_a_portrait_does_not_read_it_again(
    assembly: Assembly, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    portrait = cv2.imread(str(persona().resolve(Path("portrait.png"))))
    assert portrait is not None
    profile = in_folder(tmp_path, np.asarray(portrait, np.uint8))
    assembly.build(profile)

    def unread(path: Path, store: ModelStore) -> None:
        raise AssertionError(f"{path} was read again")

    monkeypatch.setattr("pipeline.assembly.read_portrait", unread)
    assembly.build(profile.with_face(size=1.1))


def test_only_so_many_portraits_are_kept(assembly: Assembly, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    reads = list[str]()

    def read(path: Path, store: ModelStore) -> str:
        reads.append(path.parent.name)
        return path.parent.name

    monkeypatch.setattr("pipeline.assembly.read_portrait", read)
    monkeypatch.setattr("pipeline.assembly.PhotoTarget", lambda portrait: portrait)
    monkeypatch.setattr("pipeline.assembly.PhotoSwap", lambda target, *_: FakeStage(target))
    names = [f"p{index}" for index in range(TARGETS_KEPT + 1)]
    profiles = [persona().model_copy(update={"folder": tmp_path / name}) for name in names]
    for profile in (*profiles, profiles[-1], profiles[0]):
        assembly.build(profile)
    assert reads == [*names, names[0]]


@pytest.mark.parametrize("kind", ["image", "video"])
def test_a_room_that_is_not_there_is_told(assembly: Assembly, kind: str) -> None:
    with pytest.raises(MediaError, match=r"nowhere\.jpg"):
        assembly.build(persona().with_background(kind=kind, path="nowhere.jpg"))


def test_a_portrait_that_is_not_there_is_told(assembly: Assembly, tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"portrait\.png can't be read: No such file"):
        assembly.build(in_folder(tmp_path, None))


def test_a_portrait_without_a_face_is_told(assembly: Assembly, tmp_path: Path) -> None:
    with pytest.raises(PortraitError, match="No face"):
        assembly.build(in_folder(tmp_path, np.full((300, 300, 3), 90, np.uint8)))


def test_a_network_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        Assembly(ModelStore(tmp_path), persona(), SIZE)


class Room:
    """A room that counts how often it is closed."""

    closes = 0

    def close(self) -> None:
        """Counts."""
        self.closes += 1


@pytest.mark.parametrize("later", ["PhotoSwap", "voice_stage", "marks"])
def test_what_was_opened_for_a_chain_that_is_not_finished_is_closed(
    assembly: Assembly, monkeypatch: pytest.MonkeyPatch, later: str
) -> None:
    room, voice = Room(), FakeVoice()

    def torn(*_: object) -> None:
        raise MediaError("Torn.")

    monkeypatch.setattr("pipeline.assembly.open_room", lambda profile: room)
    monkeypatch.setattr("pipeline.assembly.voice_stage", lambda *_: voice)
    monkeypatch.setattr(f"pipeline.assembly.{later}", torn)
    with pytest.raises(MediaError, match="Torn"):
        assembly.build(persona())
    assert room.closes == 1
    assert voice.closed == (later == "marks")


def test_the_voice_ends_with_its_chain(assembly: Assembly, monkeypatch: pytest.MonkeyPatch) -> None:
    voice = FakeVoice()
    monkeypatch.setattr("pipeline.assembly.voice_stage", lambda *_: voice)
    chain = assembly.build(persona())
    assert not voice.closed
    chain.close()
    chain.close()
    assert voice.closed


def test_what_the_voice_that_is_heard_learns_of_the_actor_all_know(assembly: Assembly) -> None:
    voices = [assembly.build(persona(name)).voice for name in ("mara", "tomas", "ines")]
    through(voices[0], vowel(110.0, 1.0))
    for voice in voices[1:]:
        assert isinstance(voice, Timbre)
        through(voice, np.zeros(480, np.float32))
        assert voice.shift is not None
        assert voice.shift.centre_hz == pytest.approx(110.0, rel=0.02)


def test_another_label_makes_another_card_and_anything_else_keeps_both(assembly: Assembly) -> None:
    chain = assembly.build(persona())
    same = assembly.relabel(chain, chain.profile.with_face(size=1.2))
    assert (same.card, same.label, same.stages) == (chain.card, chain.label, chain.stages)
    assert same.profile.face.size == 1.2
    disclosure = DisclosureSettings(corner="bottom-left")
    other = assembly.relabel(chain, chain.profile.model_copy(update={"disclosure": disclosure}))
    assert other.label is not chain.label
    assert not np.array_equal(other.card, chain.card)


def test_every_shared_network_says_what_it_runs_on(assembly: Assembly) -> None:
    assert set(assembly.providers) <= {entry.name for entry in models().entries()}
    assert all(assembly.providers.values())


def test_a_real_person_may_not_run() -> None:
    with pytest.raises(ConsentError, match="real person"):
        require_clearance(make_profile("ada", kind=Kind.PERSON))


def test_a_persona_has_to_be_declared_synthetic() -> None:
    profile = make_profile("ada")
    undeclared = profile.model_copy(update={"consent": profile.consent.model_copy(update={"declaration": None})})
    with pytest.raises(ConsentError, match="declare"):
        require_clearance(undeclared)
    require_clearance(profile)


def test_no_chain_is_built_for_who_may_not_run(assembly: Assembly) -> None:
    with pytest.raises(ConsentError):
        assembly.build(persona().model_copy(update={"kind": Kind.PERSON}))


@pytest.mark.parametrize(
    "changes",
    [
        {"size": 1.2}, {"warp": 0.9}, {"opacity": 0.9}, {"colour": 0.1}, {"relight": 0.2}, {"feather": 0.11},
        {"eyes": 0.0}, {"mouth": 0.0}, {"occlusion": 0.0}, {"max_yaw_deg": 20.0}, {"choice": "id", "choice_id": 3},
        {"bystanders": "show"},
    ],
    ids=str,
)  # fmt: skip
def test_the_faces_settings_are_live(changes: dict[str, object]) -> None:
    assert same_but_live(persona(), persona().with_face(**changes))


def test_another_portrait_is_not_live() -> None:
    assert not same_but_live(persona(), persona(portrait="other.png"))


@pytest.mark.parametrize(
    "changes",
    [{"kind": "blur"}, {"kind": "none"}, {"colour": "#112233"}, {"kind": "blur", "blur": 0.9}, {"path": "x.jpg"}],
    ids=str,
)
def test_another_room_is_not_live(changes: dict[str, object]) -> None:
    assert not same_but_live(persona(), persona().with_background(**changes))


def test_light_wrap_policy_and_label_are_live() -> None:
    plain = persona()
    assert same_but_live(plain, plain.with_background(light_wrap=0.9))
    assert same_but_live(plain, plain.with_policy(type(plain.output.policy).CARD))
    assert same_but_live(plain, plain.model_copy(update={"disclosure": DisclosureSettings(size=0.1)}))


@pytest.mark.parametrize("changes", [{"name": "ben"}, {"title": "Ben"}, {"background": BackgroundSettings()}], ids=str)
def test_another_identity_is_not_live(changes: dict[str, object]) -> None:
    assert not same_but_live(persona(), persona().model_copy(update=changes))
