"""The guided creation without a screen: what each step asks, what is wrong with it, and what profile comes of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from types import MappingProxyType
from typing import Literal, cast

from console.commands.brought.making import Wish, background_reasons
from console.commands.brought.new_profile import ModelOptions, model_drafts, option_help, require_company
from console.commands.targets.checking import portrait_reasons
from console.profiles.form.fields import fields_of
from console.sentences import sentence
from profiles.draft import DECLARATION, title_of
from profiles.editing.toml_edit import Value
from profiles.errors import ProfileError
from profiles.profile import Kind
from profiles.reading import profile_of
from profiles.schema import taken_at

Answers = Mapping[str, str]
"""What was entered, by the question's key, as it was typed."""
CONSENT = (
    "A real person has to have agreed: a consent record says who, to what, until when, and is signed. This version "
    "verifies none yet, so the profile can be made and checked, but it can't go on air."
)
NOBODY = "By making it you declare that the face and the voice are synthetic and nobody's likeness."


class Step(Enum):
    """A page of questions; its value is the heading."""

    KIND = "Whose likeness is it?"
    NAME = "What is it called?"
    FACE = "Whose face?"
    VOICE = "What voice?"
    ROOM = "What is behind it?"
    SUMMARY = "Is it right so?"


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that is asked.

    Attributes:
        key: its name among the answers.
        label: before the answer.
        hint: what is wanted.
        choices: each answer that can be given with what it means; none where it is typed.
        path: whether it is a file.
        usual: the answer at first.
        only: another question's key and the answers to it that make this one be asked.
    """

    key: str
    label: str
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    path: bool = False
    usual: str = ""
    only: tuple[str, tuple[str, ...]] = ("", ())


def _brought(key: str, label: str, only: tuple[str, tuple[str, ...]]) -> Question:
    return Question(key, label, option_help(ModelOptions)[key], path=True, only=only)


def _of_voice(key: str) -> Question:
    """A setting of the voice that needs no network, as the schema has it."""
    field = next(field for field in fields_of("voice") if field.key == key)
    usual = field.written(field.default)
    hint = f"{field.meaning} {sentence(field.takes).capitalize()}"
    return Question(key, key.replace("_", " "), hint, usual=usual, only=("voice", ("timbre",)))


_NETWORK = ("face", ("dfm", "embedding"))
_SWAPPER = ("face", ("embedding",))
_RVC = ("voice", ("rvc",))
TIMBRE = ("median_f0_hz", "f0_range_semitones", "formant_scale")
QUESTIONS: Mapping[Step, tuple[Question, ...]] = MappingProxyType(
    {
        Step.KIND: (
            Question(
                "kind", "kind", usual="persona",
                choices=(("persona", "a synthetic persona"), ("person", "a real person")),
            ),
        ),
        Step.NAME: (
            Question("name", "name", "The folder's name: small letters, digits, - and _."),
            Question("title", "title", "What people see; made from the name where nothing is entered."),
        ),
        Step.FACE: (
            Question(
                "face", "made from",
                choices=(
                    ("photo", "a portrait picture"), ("dfm", "a trained face (.dfm)"),
                    ("embedding", "a portrait and a face swapper's file"),
                ),
                usual="photo",
            ),
            Question(
                "portrait", "portrait", "A picture of the face, from the front; only a .dfm does without.", path=True
            ),
            _brought("face_model", "face model", _NETWORK),
            Question(
                "face_family", "family", "Which kind of swapper it is, where its file does not say.",
                choices=tuple((name, name) for name in taken_at(("embedding", "family")).choices), usual="auto",
                only=_SWAPPER,
            ),
            _brought("recogniser", "recogniser", _SWAPPER),
            _brought("converter", "converter", _SWAPPER),
        ),
        Step.VOICE: (
            Question(
                "voice", "made by", choices=(("timbre", "statistics, no network"), ("rvc", "a voice model (RVC)")),
                usual="timbre",
            ),
            *map(_of_voice, TIMBRE),
            _brought("voice_model", "voice model", _RVC),
            _brought("encoder", "encoder", _RVC),
            _brought("pitch", "pitch", _RVC),
            _brought("voice_index", "index", _RVC),
        ),
        Step.ROOM: (
            Question(
                "background", "room", "A picture or a video loop; without one your own room, blurred.", path=True
            ),
        ),
        Step.SUMMARY: (),
    }
)  # fmt: skip
EVERY = tuple(question for questions in QUESTIONS.values() for question in questions)
USUAL: Answers = MappingProxyType({question.key: question.usual for question in EVERY})
"""What is answered before anybody has answered anything."""


def asked(step: Step, answers: Answers) -> tuple[Question, ...]:
    """The questions of a step that mean something after the answers so far."""
    return tuple(
        question
        for question in QUESTIONS[step]
        if not question.only[0] or answers[question.only[0]] in question.only[1]
    )


def explanation(step: Step, answers: Answers) -> str:
    """What is good to know in a step."""
    if step is Step.KIND:
        return CONSENT if answers["kind"] == Kind.PERSON else NOBODY
    if step is Step.FACE and answers["face"] == "photo":
        return "One picture is enough; it is looked at as `profiles check` does."
    return "Models are copied into the profile's folder." if step in (Step.FACE, Step.VOICE) else ""


def faults(step: Step, answers: Answers, taken: frozenset[str] = frozenset()) -> dict[str, str]:
    """What is wrong with a step's answers, by question; pictures and models are looked into, which takes a moment.

    Args:
        step: whose answers.
        answers: all so far.
        taken: names that profiles have already.
    """
    keys = {question.key for question in asked(step, answers)}
    found = {key: fault for key, fault in _values(answers).items() if key in keys}
    if step is Step.NAME and not found and answers["name"] in taken:
        found["name"] = f"A profile called {answers['name']} is there already; choose another name."
    found |= {
        question.key: f"There is no file {answers[question.key]}."
        for question in asked(step, answers)
        if question.path and answers[question.key] and not _is_there(answers[question.key])
    }
    if step is Step.FACE and not answers["portrait"] and answers["face"] != "dfm":
        found["portrait"] = "A picture is missing; only a face from a .dfm file does without."
    if step is Step.FACE and not answers["face_model"] and answers["face"] != "photo":
        found["face_model"] = "The file is missing."
    if step is Step.VOICE and not answers["voice_model"] and answers["voice"] == "rvc":
        found["voice_model"] = "The file is missing."
    told = found or _looked_into(step, answers)
    return {key: sentence(fault[:1].upper() + fault[1:]) for key, fault in told.items()}


def wish(answers: Answers) -> Wish:
    """What the answers ask for."""
    kept = {question.key: answers[question.key] for step in Step for question in asked(step, answers)}

    def path(key: str) -> Path | None:
        return Path(kept[key]).expanduser() if kept.get(key) else None

    family = kept.get("face_family", "auto")
    models = ModelOptions(
        face_model=path("face_model"),
        face_family=None if family == "auto" else cast(Literal["inswapper"], family),
        recogniser=path("recogniser"), converter=path("converter"), voice_model=path("voice_model"),
        encoder=path("encoder"), pitch=path("pitch"), voice_index=path("voice_index"),
    )  # fmt: skip
    settings: dict[str, Value] = {f"voice.{key}": float(kept[key]) for key in TIMBRE if key in kept}
    title = kept["title"].strip() or title_of(kept["name"])
    return Wish(
        kept["name"], path("portrait"), path("background"), title, Kind(kept["kind"]), models, settings=settings
    )


def summary(answers: Answers) -> tuple[tuple[str, str], ...]:
    """Every question with its answer, for a last look."""
    told = []
    for step in Step:
        for question in asked(step, answers):
            answer = answers[question.key]
            words = dict(question.choices).get(answer, answer)
            told.append((question.label, words or "–"))
    return tuple(told)


def _is_there(text: str) -> bool:
    return text.startswith("store:") or Path(text).expanduser().is_file()


def _values(answers: Answers) -> dict[str, str]:
    """What the schema says of the values that it knows."""
    voice = {}
    for key in TIMBRE:
        field = next(field for field in fields_of("voice") if field.key == key)
        voice[key] = field.read(answers[key])
    data = {
        "title": answers["title"].strip() or title_of(answers["name"]) or "?",
        "kind": Kind.PERSONA.value,
        "voice": voice,
        "consent": {"declaration": DECLARATION},
    }
    try:
        profile_of(data, Path(), answers["name"])
    except ProfileError as error:
        # There are no files yet, which is no fault of these answers.
        keys = {"", "title", *(f"voice.{key}" for key in TIMBRE)}
        told = [problem for problem in error.problems if problem.key in keys]
        return {problem.key.rpartition(".")[2] or "name": problem.text for problem in told}
    return {}


def _looked_into(step: Step, answers: Answers) -> dict[str, str]:
    """What is wrong with the pictures and models of a step."""
    asked_for = wish(answers)
    if step is Step.ROOM and asked_for.background is not None:
        reasons = background_reasons(asked_for.background)
        return {"background": " ".join(reasons)} if reasons else {}
    found: dict[str, str] = {}
    if step is Step.FACE and asked_for.portrait is not None and (reasons := portrait_reasons(asked_for.portrait)):
        found["portrait"] = " ".join(reasons)
    if step in (Step.FACE, Step.VOICE):
        keys = {question.key for question in asked(step, answers)}
        models = asked_for.brought
        chosen = ModelOptions(**{key: getattr(models, key) for key in keys if hasattr(models, key)})
        try:
            model_drafts(chosen)
            require_company(chosen)
        except ProfileError as error:
            found |= {
                problem.key.removeprefix("--").replace("-", "_") or "face_model": problem.text
                for problem in error.problems
            }
    return found
