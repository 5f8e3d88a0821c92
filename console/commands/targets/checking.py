"""What `understudy profiles check` finds: first what a look at the files tells, then what building the engines does."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from console.commands.models import ready_models
from profiles.errors import ProfileError
from profiles.model_files import changed_files, named_models, people_of, shared_pictures, unrecorded_models
from profiles.profile import Profile
from profiles.reading import FILE_NAME, named_files, read_profile
from profiles.store import ProfileStore, ProfileSummary

INDEX = "rvc.index"
"""The one file among the models that is no network."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found in a profile.

    Attributes:
        problems: what has to be put right, each a sentence but for its full stop.
        remarks: what is good to know.
    """

    problems: Sequence[str] = ()
    remarks: Sequence[str] = ()


def findings(store: ProfileStore, name: str, device: str) -> Findings:
    """Everything that is wrong with a profile; its engines are built only where nothing else is."""
    try:
        profile = store.load(name)
    except ProfileError as error:
        return Findings([str(problem) for problem in error.problems])
    remarks = [str(problem) for problem in unrecorded_models(profile)]
    problems = file_problems(profile)
    if problems:
        return Findings(problems, remarks)
    built = build_findings(profile, device)
    return Findings(built.problems, [*remarks, *built.remarks])


def file_problems(profile: Profile) -> list[str]:
    """What is wrong with a profile's portrait, room, people and models, as far as a look at them tells."""
    portrait = portrait_of(profile)
    faults = portrait_reasons(portrait) if portrait is not None else ()
    told = [f"{portrait}: {reason}" for reason in faults]
    shared = [replace(problem, file=profile.folder / FILE_NAME) for problem in shared_pictures(people_of(profile))]
    return [*told, *room_reasons(profile), *map(str, shared), *model_reasons(profile)]


def build_findings(profile: Profile, device: str) -> Findings:
    """What comes of building a profile's engines as a session does, sound included."""
    from console.logs import configure_logging, native_chatter_logged
    from pipeline.selftest.engines import engines_built

    ready_models()
    with native_chatter_logged(configure_logging()):
        built = engines_built(profile, device)
    return Findings(built.problems, built.remarks)


def off_air_reason(profile: Profile) -> str:
    """Why the pipeline refuses a profile that is good otherwise, as a sentence; empty when it takes it."""
    from pipeline.assembly import require_clearance
    from pipeline.errors import ConsentError

    try:
        require_clearance(profile)
    except ConsentError as error:
        return str(error)
    return ""


def looked_at(summary: ProfileSummary) -> ProfileSummary:
    """The summary, with a problem more when the portrait of a profile of the user's own is no picture."""
    if summary.builtin or summary.problems:
        return summary
    from console.logs import configure_logging, native_chatter_logged
    from pipeline.errors import MediaError
    from pipeline.video.codecs.pictures import read_picture

    try:
        with native_chatter_logged(configure_logging()):
            portrait = portrait_of(read_profile(summary.folder, summary.name))
            if portrait is not None:
                read_picture(portrait, "portrait")
    except MediaError as error:
        return replace(summary, problems=(str(error),))
    except ProfileError as error:
        # Its file was changed after it was listed.
        return replace(summary, problems=tuple(map(str, error.problems)))
    return summary


def portrait_of(profile: Profile) -> Path | None:
    """The picture of a profile's face; None for a face that was trained and has none."""
    return named_files(profile).get("face.portrait")


def portrait_reasons(portrait: Path) -> tuple[str, ...]:
    """Why a picture is not fit to be a portrait, each reason a sentence; the networks are fetched if need be."""
    from console.logs import configure_logging, native_chatter_logged
    from pipeline.errors import MediaError
    from pipeline.video.swap.portrait import check_portrait

    models = ready_models()
    try:
        with native_chatter_logged(configure_logging()):
            return check_portrait(portrait.expanduser(), models)
    except MediaError as error:
        return (str(error),)


def likeness_reasons(picture: Path) -> tuple[str, ...]:
    """Why nobody can be known by a picture, each reason a sentence; the networks are fetched if need be."""
    from console.logs import configure_logging, native_chatter_logged
    from pipeline.errors import MediaError, PortraitError
    from pipeline.video.swap.portrait import read_likeness

    models = ready_models()
    try:
        with native_chatter_logged(configure_logging()):
            read_likeness(picture, models, "picture")
    except PortraitError as error:
        return error.reasons
    except MediaError as error:
        return (str(error),)
    return ()


def room_reasons(profile: Profile) -> tuple[str, ...]:
    """Why a profile's room can't be used, each reason a sentence; it is opened as a run would open it."""
    from console.logs import configure_logging, native_chatter_logged
    from pipeline.errors import MediaError
    from pipeline.video.background.rooms import open_room

    try:
        with native_chatter_logged(configure_logging()):
            room = open_room(profile)
            if room is not None:
                room.close()
    except MediaError as error:
        return (str(error),)
    return ()


def model_reasons(profile: Profile) -> list[str]:
    """What is wrong with a profile's models and its cast's, each reason a sentence; nothing is run for it."""
    changed = [str(problem) for problem in changed_files(profile)]
    if changed:
        return changed
    models = named_models(profile)
    reasons = [
        reason for key, path in models.items() if key != INDEX and (reason := _reason(key, profile.resolve(path)))
    ]
    if reasons or not (models or profile.cast_profiles):
        return reasons
    from pipeline.selftest.needs import unmet_needs

    return list(unmet_needs(profile))


def _reason(key: str, path: Path) -> str:
    """What is wrong with one model; empty when nothing is."""
    from pipeline.errors import ModelError
    from pipeline.inference.formats import meant_elsewhere
    from pipeline.inference.onnx.model_file import read_model

    try:
        other = meant_elsewhere(read_model(path), [key])
    except ModelError as error:
        return str(error)
    return f"{path} is {other.called}, wanted one for {key}; name another." if other is not None else ""
