"""A new profile from what was asked for, by a command or step by step on the screen: checked, then drafted."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from console.commands.brought.new_profile import (
    ModelOptions,
    model_drafts,
    require_company,
    require_fit,
    settings_for,
)
from console.commands.brought.people import PeopleOptions, people_drafts, with_recogniser
from console.commands.targets.checking import (
    Findings,
    build_findings,
    file_problems,
    likeness_reasons,
    portrait_reasons,
    room_reasons,
)
from profiles.draft import ProfileDraft, background_kind, write_draft
from profiles.editing.toml_edit import Value
from profiles.errors import ProfileError
from profiles.profile import BackgroundSettings, Kind, Profile
from profiles.reading import read_profile


@dataclass(frozen=True, slots=True)
class Wish:
    """What a new profile is to be."""

    name: str
    portrait: Path | None = None
    """A picture of the face; only a face that was trained does without."""
    background: Path | None = None
    title: str | None = None
    kind: Kind = Kind.PERSON
    brought: ModelOptions = ModelOptions()
    people: PeopleOptions = PeopleOptions()
    settings: Mapping[str, Value] = field(default_factory=dict)
    """What else its file is to say, by key."""


def drafted(wish: Wish) -> ProfileDraft:
    """A draft of the profile, its pictures and models looked into.

    Raises:
        ProfileError: something is not fit; every reason is told.
    """
    brought, people, portrait = wish.brought, wish.people, wish.portrait
    models = with_recogniser(model_drafts(brought), people)
    require_company(brought, knows_people=people.by_pictures)
    reasons = portrait_reasons(portrait) if portrait is not None and portrait.expanduser().is_file() else ()
    if reasons:
        raise ProfileError(f"The portrait {portrait} is not fit: {' '.join(reasons)}")
    reasons = background_reasons(wish.background) if wish.background is not None else ()
    if reasons:
        raise ProfileError(" ".join(reasons))
    settings = {**settings_for(brought), **wish.settings}
    draft = ProfileDraft(wish.name, portrait, wish.background, wish.title, wish.kind, models, brought.link, settings)
    draft = replace(draft, **people_drafts(people, likeness_reasons))
    require_fit(draft)
    return draft


def background_reasons(background: Path) -> tuple[str, ...]:
    """Why a file can't be a room, each reason a sentence; none where it is not there, which the draft tells."""
    place = background.expanduser().absolute()
    return room_reasons(standing_in(place)) if place.is_file() else ()


def checked(draft: ProfileDraft, device: str = "auto") -> Findings:
    """Everything that is wrong with a draft, its engines built as a session would: nothing is left of it.

    Raises:
        ProfileError: it would not be readable.
        OSError: it can't be written.
    """
    with TemporaryDirectory() as place:
        folder = Path(place) / draft.name
        folder.mkdir()
        write_draft(replace(draft, link=sys.platform != "win32"), folder)
        profile = read_profile(folder)
        problems = file_problems(profile)
        return Findings(problems) if problems else build_findings(profile, device)


def standing_in(background: Path) -> Profile:
    """A profile of nobody with a room: what the pipeline opens before there is a profile."""
    room = BackgroundSettings(kind=background_kind(background), path=background)
    return Profile(name="nobody", folder=background.parent, title="Nobody", kind=Kind.PERSONA, background=room)
