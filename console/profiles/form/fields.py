"""The fields of the form: every setting as the schema has it, how it is shown, typed and moved by keys."""

import math
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache
from pathlib import Path
from typing import Any

from console.commands.targets.settings_page import settings_in
from profiles.editing.toml_edit import Plain
from profiles.profile import Profile
from profiles.schema import Taken, fields_at, is_section, taken_at

UNSEEN = frozenset({"consent", "reference"})
"""Parts of a profile that are not for a screen: what allows a likeness is not changed while it is worn."""
ENGINES = ("face", "voice")
"""Sections whose `engine` may be a section of its own."""
STEPS_IN_RANGE = 20
"""A step goes about so much of the way from one end to the other."""
FINE = 10
"""Fine steps in a step."""
PLACES = 6
"""Digits behind the point that a step leaves."""


class Shape(Enum):
    """How a setting is entered."""

    NUMBER = auto()
    WHOLE = auto()
    SWITCH = auto()
    CHOICE = auto()
    FILE = auto()
    LIST = auto()
    TEXT = auto()


@dataclass(frozen=True, slots=True)
class FormField:
    """One setting of a profile."""

    section: str
    key: str
    shape: Shape
    taken: Taken
    takes: str
    """What it takes, in words."""
    default: Plain
    meaning: str

    @property
    def path(self) -> str:
        """Its key with its section, such as `face.size`."""
        return f"{self.section}.{self.key}"

    @property
    def stepped(self) -> bool:
        """Whether keys move it."""
        return self.shape in (Shape.NUMBER, Shape.WHOLE, Shape.SWITCH, Shape.CHOICE)

    def read(self, text: str) -> Plain:
        """What was typed, as a profile's file would have it; what it can't be stays a text, for the schema to tell."""
        text = text.strip()
        if not text and (self.taken.optional or self.shape is Shape.LIST):
            return None if self.taken.optional else []
        if self.shape is Shape.LIST:
            parts = [part.strip() for part in text.split(",") if part.strip()]
            items = self.taken.items
            if items is not None and float in items.kinds:
                return [_number(part) for part in parts]
            return [_home(part) for part in parts] if items is not None and Path in items.kinds else parts
        if self.shape is Shape.FILE:
            return _home(text)
        if self.shape in (Shape.NUMBER, Shape.WHOLE):
            return _number(text, whole=self.shape is Shape.WHOLE)
        if self.shape is Shape.SWITCH:
            return {"true": True, "on": True, "yes": True, "false": False, "off": False, "no": False}.get(text, text)
        return text

    def written(self, value: Plain) -> str:
        """A value as it is typed."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return "on" if value else "off"
        if isinstance(value, list):
            return ", ".join(self.written(item) for item in value)
        return f"{value:.10g}" if isinstance(value, float) else str(value)

    def moved(self, value: Plain, steps: int, *, fine: bool = False) -> Plain:
        """The value after some steps, within its limits; the same where no step leads anywhere."""
        if self.shape is Shape.SWITCH:
            return not value
        if self.shape is Shape.CHOICE:
            choices = self.taken.choices
            return choices[(choices.index(str(value)) + steps) % len(choices)]
        if self.shape not in (Shape.NUMBER, Shape.WHOLE):
            return value
        low = self.taken.least if self.taken.least is not None else -math.inf
        high = self.taken.most if self.taken.most is not None else math.inf
        if not isinstance(value, int | float):
            value = (low + high) / 2
        step = self._step / (FINE if fine and self.shape is Shape.NUMBER else 1)
        if self.shape is Shape.WHOLE:
            return int(min(max(value + steps * (1 if fine else step), low), high))
        return float(min(max(round(value + steps * step, PLACES), low), high))

    def share(self, value: Plain) -> float | None:
        """Where a number lies between its ends, 0..1; None for what has no two ends."""
        low, high = self.taken.least, self.taken.most
        if low is None or high is None or not isinstance(value, int | float) or isinstance(value, bool):
            return None
        return (value - low) / (high - low)

    @property
    def _step(self) -> float:
        """A round number: 1, 2 or 5 and noughts."""
        low, high = self.taken.least, self.taken.most
        if low is None or high is None:
            return 1.0
        rough = (high - low) / STEPS_IN_RANGE
        ten = 10.0 ** math.floor(math.log10(rough))
        step = next(ten * digit for digit in (5, 2, 1) if ten * digit <= rough * 1.0000001)
        return max(step, 1.0) if self.shape is Shape.WHOLE else step


@cache
def engine_sections() -> frozenset[str]:
    """The parts of a profile that are an engine's, and mean nothing without it."""
    return frozenset(choice for section in ENGINES for choice in taken_at((section, "engine")).choices)


def section_names(profile: Profile, more: Collection[str] = ()) -> tuple[str, ...]:
    """The parts of a profile that the form shows: those of engines only where they are used, or are in `more`."""
    used = {profile.face.engine, profile.voice.engine, *more}
    return tuple(
        name
        for name, field in fields_at(()).items()
        if is_section(field) and name not in UNSEEN and (name not in engine_sections() or name in used)
    )


@cache
def fields_of(section: str) -> tuple[FormField, ...]:
    """The settings of one part of a profile."""
    _, settings = settings_in(section)
    return tuple(
        FormField(
            section, key, _shape(taken), taken, setting.takes, _plain(field.get_default(call_default_factory=True)),
            setting.text,
        )
        for setting, (key, field) in zip(settings, fields_at((section,)).items(), strict=True)
        for taken in [taken_at((section, key))]
    )  # fmt: skip


def matches(field: FormField, search: str) -> bool:
    """Whether all words of a search stand in a setting's name, its choices or its meaning."""
    text = f"{field.path} {field.meaning} {' '.join(field.taken.choices)}".casefold()
    return all(word in text for word in search.casefold().split())


def _shape(taken: Taken) -> Shape:
    if taken.items is not None:
        return Shape.LIST
    if taken.choices:
        return Shape.CHOICE
    kinds = {bool: Shape.SWITCH, Path: Shape.FILE, float: Shape.NUMBER, int: Shape.WHOLE}
    return next((shape for kind, shape in kinds.items() if kind in taken.kinds), Shape.TEXT)


def _plain(value: Any) -> Plain:
    """A default as a file says it."""
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, Path | str) else value


def _number(text: str, *, whole: bool = False) -> int | float | str:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return text if whole else float(text)
    except ValueError:
        return text


def _home(text: str) -> str:
    return str(Path(text).expanduser()) if text.startswith("~") else text
