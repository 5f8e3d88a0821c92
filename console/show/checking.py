"""What is wrong with a show's cues: profiles that are not there or can't go on air, rooms that can't be used."""

from collections.abc import Callable, Container

from console.sentences import first_problem, sentence
from console.show.cues import Show, staged
from pipeline.assembly import require_clearance
from pipeline.errors import ConsentError
from profiles.errors import ProfileError
from profiles.profile import Profile
from profiles.reading import named_files

Load = Callable[[str], Profile]
"""The profile of a name; raises ProfileError."""


def troubles_of(show: Show, load: Load) -> dict[int, str]:
    """Why a cue can't come, by its place; each names its profile. Nothing is opened for it."""
    faults = {name: _fault(name, load) for name in dict.fromkeys(cue.profile for cue in show.cue)}
    troubles: dict[int, str] = {}
    for place, cue in enumerate(show.cue):
        fault = faults[cue.profile]
        if isinstance(fault, str):
            troubles[place] = sentence(fault)
            continue
        room = named_files(staged(cue, fault, fault)).get("background.path")
        if cue.background is not None and room is not None and not room.is_file():
            troubles[place] = sentence(f"{cue.profile} has no room: there is no file {room}")
    return troubles


def room_troubles(show: Show, load: Load, *, skip: Container[int] = ()) -> dict[int, str]:
    """Why a cue's room can't be used, by its place; each is opened as a run would open it."""
    from console.commands.targets.checking import room_reasons

    troubles: dict[int, str] = {}
    for place, cue in enumerate(show.cue):
        if place in skip or cue.background is None:
            continue
        profile = load(cue.profile)
        if reasons := room_reasons(staged(cue, profile, profile)):
            troubles[place] = " ".join(reasons)
    return troubles


def _fault(name: str, load: Load) -> Profile | str:
    """The profile, or why it can't come."""
    try:
        profile = load(name)
        require_clearance(profile)
    except ProfileError as error:
        return f"{name} can't be taken: {first_problem(error)}"
    except ConsentError as error:
        return str(error)
    return profile
