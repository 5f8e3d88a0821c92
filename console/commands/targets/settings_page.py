"""What a profile's file can say, as the schema has it: for a terminal, and as the page `docs/profile.md`."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from textwrap import fill
from types import MappingProxyType
from typing import Any

from pydantic_core import PydanticUndefined

from console.commands.brought.new_profile import FACES, INDEX, KEYS, ModelOptions, option_help
from console.commands.brought.people import PeopleOptions
from profiles.errors import ProfileError
from profiles.profile import Profile
from profiles.schema import fields_at, is_section, wanted

TOP = "profile"
"""What the keys above all tables are called here."""
WIDTH = 120
NEEDS: Mapping[str, str] = MappingProxyType(
    {
        "MAPPED": "a recogniser",
        "DIRECTION": "a recogniser",
        "CONVERTED": "a recogniser and a converter made for it",
        "CONVERTED_DIRECTION": "a recogniser and a converter made for it",
        "PICTURE": "nothing: it is shown the portrait's face, of one portrait only",
    }
)
"""What a family of swappers needs beside its own file, by the form in which it takes the target."""
INTRODUCTION = """\
A profile is a folder with a `profile.toml`, a portrait, a room, and the models that it brings. `understudy profiles
new` writes the file; every key that it leaves out has the default that stands here. `understudy profiles settings
[SECTION]` prints the same, `understudy profiles check NAME` tells whether it runs here.\
"""


@dataclass(frozen=True, slots=True)
class Setting:
    """One key of a profile's file."""

    key: str
    takes: str
    default: str
    text: str


def section_names() -> tuple[str, ...]:
    """Every part of a profile's file, the keys above all tables first."""
    tables = (name for name, field in fields_at(()).items() if is_section(field) or name == "cast")
    return TOP, *tables, "hashes", "devices"


def settings_in(section: str) -> tuple[str, tuple[Setting, ...]]:
    """What a part is for, and its settings.

    Raises:
        ProfileError: there is no such part.
    """
    if section not in section_names():
        raise ProfileError(f"A profile has no part called {section}; there are {', '.join(section_names())}")
    top = fields_at(())
    if section == TOP:
        plain = {key: field for key, field in top.items() if not is_section(field) and key not in section_names()}
        return "What stands above all tables.", tuple(_setting((key,), field) for key, field in plain.items())
    field = top[section]
    if section in ("hashes", "devices"):
        takes = wanted((section,)).removeprefix("a table with ").removesuffix(" for each file")
        return field.description or "", (Setting('"models/FILE"', takes, "none", "One line for each file."),)
    about = field.description if section == "cast" else (field.annotation.__doc__ if field.annotation else "")
    inner = fields_at((section,))
    return _first(about or ""), tuple(_setting((section, key), each) for key, each in inner.items())


def plain_lines(section: str | None) -> Iterator[str]:
    """The settings for a terminal; of all parts without one."""
    for name in (section,) if section else section_names():
        about, settings = settings_in(name)
        yield f"{_header(name)}  {about}"
        for setting in settings:
            yield f"  {setting.key}: {setting.takes}; {_default_words(setting)}"
            yield from (f"      {line}" for line in fill(setting.text, WIDTH - 6).splitlines())
        yield ""


def markdown() -> str:
    """The whole page."""
    parts = ["# A profile's file", INTRODUCTION, *_model_parts(), *_people_parts()]
    for name in section_names():
        about, settings = settings_in(name)
        parts += [f"## `{_header(name)}`", fill(about, WIDTH)]
        parts += ["\n".join(map(_item, settings))]
    return "\n\n".join(parts) + "\n"


def _model_parts() -> Iterator[str]:
    """Which file goes under which option, and what swappers need."""
    from pipeline.inference.formats import FORMATS
    from pipeline.video.neural.swapper_families import FAMILIES

    yield "## Models"
    yield fill(
        "Each option of `understudy profiles new`, and of `record` for a profile that is there, takes a file or "
        "`store:NAME`. Only ONNX is loaded; `understudy models inspect FILE` tells what a file is.",
        WIDTH,
    )
    items = []
    for option, help_text in option_help(ModelOptions).items():
        keys = (KEYS[option],) if option in KEYS else FACES if option == "face_model" else ()
        titles = dict.fromkeys(form.title for form in FORMATS if form.key in keys)
        if keys:
            known = "faiss's index of plain vectors" if keys == (INDEX,) else ", ".join(titles)
            called = " or ".join(f"`{key}`" for key in keys)
            items.append(_wrapped(f"`--{option.replace('_', '-')}`, {called}: {help_text} Known: {known}."))
    yield "\n".join(items)
    yield fill("What a face swapper needs beside its file, by its family, which is `--face-family` or `family`:", WIDTH)
    yield "\n".join(
        _wrapped(f"`{family.name}`, {family.size} pixels: {NEEDS[family.source.form.name]}.")
        for family in FAMILIES.values()
    )
    yield fill(
        "`hyperswap`, `ghost` and `simswap` have the same inputs: which one a file is stands in its name, or has to be "
        "said. An RVC voice needs a content encoder of as many values a frame as itself, 256 for v1 and 768 for v2; "
        "without `--pitch` the small pitch network that ships finds the pitch.",
        WIDTH,
    )


def _people_parts() -> Iterator[str]:
    """Which option enrols or casts whom."""
    yield "## People"
    yield fill(
        "Options of `understudy profiles new`. Pictures show one face each; they are copied into the profile's folder "
        "with their SHA-256. To know people by them wants `--recogniser`, which is written under [tracking] where no "
        "face swapper goes with it.",
        WIDTH,
    )
    keys = {"actor": "`actor` in [tracking]", "cast": "[[cast]]"}
    helps = option_help(PeopleOptions)
    yield "\n".join(_wrapped(f"`--{option}`, {key}: {helps[option]}") for option, key in keys.items())


def _setting(path: tuple[str, ...], field: Any) -> Setting:
    return Setting(
        path[-1], wanted(path), _shown(field.get_default(call_default_factory=True)), _first(field.description)
    )


def _first(text: str | None) -> str:
    """The first part of a docstring on one line; what follows is for those who change the program."""
    return " ".join((text or "").partition("\n\n")[0].split())


def _shown(value: object) -> str:
    """A default as the file would have it; empty where there is none."""
    if value is PydanticUndefined:
        return "!"
    if value is None or value == ():
        return ""
    if isinstance(value, tuple):
        return f"[{', '.join(map(_shown, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"{value:g}"
    return json.dumps(str(value.value if isinstance(value, StrEnum) else value), ensure_ascii=False)


def _default_words(setting: Setting) -> str:
    if setting.default == "!":
        return "has to be there"
    return f"default {setting.default}" if setting.default else "no default"


def _header(name: str) -> str:
    if name == TOP:
        return Profile.__name__.lower() + ".toml"
    return "[[cast]]" if name == "cast" else f"[{name}]"


def _item(setting: Setting) -> str:
    return _wrapped(f"`{setting.key}`: {setting.takes}; {_default_words(setting)}. {setting.text}")


def _wrapped(text: str) -> str:
    """An item of a list within the width of a page."""
    return fill(f"- {text}", WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
