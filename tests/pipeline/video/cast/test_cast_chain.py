"""From a profile with a cast to a chain: its stages, who may be cast, and that all of it ends with the chain."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from pipeline.assembly import Assembly, Chain, require_clearance, same_but_live
from pipeline.errors import ConsentError, MediaError
from pipeline.media import Frame
from pipeline.video.tracking.choice import UNSEEN_SCORE
from profiles.profile import Kind, Profile
from tests.fakes import FRAME_NS, FakeStage
from tests.footage import DEMO, SMILING, clips, inside_oval, make_frame, models, persona
from tests.pipeline.video.cast.people import casting, picture, shows, three

PAIR = (("left", persona("anselm")), ("right", persona("mara")))


@cache
def size() -> tuple[int, int]:
    return three(DEMO)[0].size


@pytest.fixture
def assembly() -> Iterator[Assembly]:
    """An assembly with the real networks."""
    assembly = Assembly(models(), persona(), size())
    yield assembly
    assembly.close()


def out_of(chain: Chain, frames: list[Frame]) -> tuple[Frame, Frame]:
    """The last frame with its faces' roles, and what the chain made of it."""
    for stage in chain.stages:
        stage.reset()
    place = [stage.name for stage in chain.stages].index("segment") + 1
    for frame in frames:
        for stage in chain.stages[:place]:
            frame = stage.process(frame)
        given = frame
        for stage in chain.stages[place:]:
            frame = stage.process(frame)
    return given, replace(frame, pixels=frame.pixels.copy())


@pytest.mark.parametrize("name", clips(DEMO, SMILING))
@pytest.mark.parametrize("kind", ["none", "colour"])
def test_nobody_is_seen_and_everybody_with_a_role_stays_in_the_picture(
    assembly: Assembly, name: str, kind: str
) -> None:
    chain = assembly.build(casting(*PAIR).with_background(kind=kind, colour="#00ff00"))
    given, shown = out_of(chain, [make_frame(picture(name), index * FRAME_NS) for index in range(5)])
    assert sorted((face.role, face.chosen) for face in given.faces if face.role is not None) == [(0, False), (1, False)]
    assert sum(face.chosen for face in given.faces) == 1
    for face in given.faces:
        assert not shows(face, shown, given)
        green = np.all(shown.pixels[inside_oval(face, given.size, 0.7)] == (0, 255, 0), axis=-1)
        assert green.mean() < 0.02
    chain.close()


@pytest.mark.parametrize("name", clips(DEMO))
def test_behind_another_room_whoever_has_no_role_is_cut_out(assembly: Assembly, name: str) -> None:
    chain = assembly.build(casting(PAIR[0]).with_background(kind="colour", colour="#00ff00"))
    given, shown = out_of(chain, [make_frame(picture(name), index * FRAME_NS) for index in range(5)])
    green = {
        face.role: np.all(shown.pixels[inside_oval(face, given.size, 0.7)] == (0, 255, 0), axis=-1).mean()
        for face in given.faces
        if not face.chosen
    }
    assert green[0] < 0.02
    assert green[None] > 0.9
    chain.close()


@pytest.mark.parametrize("kind", ["none", "colour"])
def test_who_hides_is_blurred_or_cut_out_and_the_actor_goes_on(assembly: Assembly, kind: str) -> None:
    both, hidden = picture(DEMO), picture(DEMO)
    left, top, width, height = (round(value) for value in three(DEMO)[-1].faces[0].box)
    # The face in strips of other heights: as much to see as before, and no face.
    face = both[top : top + height, left : left + width]
    strips = np.random.default_rng(3).permutation([*range(0, height, 6)])
    hidden[top : top + height, left : left + width] = np.concatenate([face[row : row + 6] for row in strips])
    chain = assembly.build(casting(*PAIR).with_background(kind=kind, colour="#00ff00"))
    pictures = [both] * 4 + [hidden] * 20
    given, shown = out_of(chain, [make_frame(each.copy(), index * FRAME_NS) for index, each in enumerate(pictures)])
    chain.close()
    roles = {face.role: face for face in given.faces if not face.chosen}
    assert (roles[0].score, roles[1].score > 0.5) == (UNSEEN_SCORE, True)
    assert sum(face.chosen for face in given.faces) == 1
    assert not shows(roles[0], shown, replace(given, pixels=hidden))


def test_one_stage_more_for_each_entry_with_a_name_of_its_own(assembly: Assembly) -> None:
    alone, chain = assembly.build(persona()), assembly.build(casting(*PAIR))
    names = [stage.name for stage in chain.stages]
    assert names == ["ahead", "track", "cast", "segment", "ahead", "bystanders", "swap", "swap-2", "swap-3", "compose"]
    shared = [alone.stages[place] for place in (0, 1, 2)]
    assert [chain.stages[place] for place in (0, 1, 3)] == shared
    assert not set(map(id, shared)) & set(map(id, chain.owned))
    assert set(map(id, chain.stages)) == set(map(id, [*shared, *chain.owned]))
    chain.close()


def test_every_face_ends_with_its_chain_once(assembly: Assembly, monkeypatch: pytest.MonkeyPatch) -> None:
    worn: list[FakeStage] = []

    def wear(self: Assembly, profile: Profile, *, quiet: bool = False) -> FakeStage:
        worn.append(FakeStage(profile.name))
        return worn[-1]

    monkeypatch.setattr(Assembly, "_face", wear)
    chain = assembly.build(casting(*PAIR))
    assert [stage.name for stage in worn] == ["ines", "anselm", "mara"]
    for stage in chain.owned:
        stage.reset()
    chain.close()
    assert [(stage.resets, stage.closes) for stage in worn] == [(1, 1)] * 3


def test_what_was_made_before_a_face_that_fails_is_closed(assembly: Assembly, monkeypatch: pytest.MonkeyPatch) -> None:
    worn: list[FakeStage] = []

    def wear(self: Assembly, profile: Profile, *, quiet: bool = False) -> FakeStage:
        if len(worn) == 2:
            raise MediaError("Torn.")
        worn.append(FakeStage(profile.name))
        return worn[-1]

    monkeypatch.setattr(Assembly, "_face", wear)
    with pytest.raises(MediaError, match="Torn"):
        assembly.build(casting(*PAIR))
    assert [stage.closes for stage in worn] == [1, 1]


def test_a_profile_that_casts_one_that_is_not_cleared_may_not_run(assembly: Assembly) -> None:
    person = persona("tomas").model_copy(update={"kind": Kind.PERSON})
    undeclared = persona("tomas").model_copy(
        update={"consent": persona("tomas").consent.model_copy(update={"declaration": None})}
    )
    for other, reason in ((person, "real person"), (undeclared, "declare")):
        for profile in (casting(("left", other)), casting(PAIR[0], ("right", other))):
            with pytest.raises(ConsentError, match=f"ines can't cast tomas.*{reason}"):
                assembly.build(profile)
    require_clearance(casting(*PAIR))


def test_a_cast_that_nobody_looked_at_may_not_run() -> None:
    with pytest.raises(ConsentError, match=r"\[\[cast\]\] of ines"):
        require_clearance(casting(*PAIR).model_copy(update={"cast_profiles": ()}))


def test_another_cast_or_another_setting_of_one_who_is_cast_takes_another_chain() -> None:
    profile = casting(*PAIR)
    assert same_but_live(profile, casting(*PAIR))
    assert same_but_live(profile, profile.with_face(size=1.1))
    assert not same_but_live(profile, persona("ines"))
    assert not same_but_live(profile, casting(PAIR[0]))
    assert not same_but_live(profile, casting(*PAIR[::-1]))
    assert not same_but_live(profile, casting(PAIR[0], ("right", persona("mara", size=1.1))))
