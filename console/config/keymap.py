"""Other keys for the console's acts: checked by name, by spelling, and against each other."""

import unicodedata
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from textual.binding import Binding
from textual.keys import KEY_NAME_REPLACEMENTS, Keys

from console.screens.keys import ANYWHERE_ID, BINDINGS, PANIC_ID

MODIFIERS = ("ctrl+", "alt+", "shift+", "super+", "meta+", "hyper+")
NAMED = frozenset(key.value for key in Keys)
CLOSE = 0.5


def ids() -> tuple[str, ...]:
    """The id of every act, once each."""
    return tuple(dict.fromkeys(binding.id for binding in BINDINGS if binding.id))


def spelt(key: str) -> str:
    """A key as Textual calls it, from what people write: `(` is left_parenthesis."""
    key = key.strip()
    if key == ",":
        return "comma"
    return next(iter(Binding.make_bindings([Binding(key, "")]))).key if key else ""


def keymap(keys: Mapping[str, str]) -> dict[str, str]:
    """What Textual's `set_keymap` takes."""
    return {act: ",".join(spelt(key) for key in _parted(told)) for act, told in keys.items()}


def key_problems(keys: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What is wrong with the keys, each with the act it is told for."""
    known = ids()
    for act, told in keys.items():
        if act not in known:
            near = get_close_matches(act, known, 1, CLOSE)
            yield act, f"there is no such act; did you mean {near[0]}?" if near else "there is no such act"
            continue
        wrong = [key for key in map(spelt, _parted(told)) if not _is_key(key)]
        if wrong or not _parted(told):
            yield act, f"got {told!r}, wanted a key such as f9, ctrl+t or x, or several parted by commas"
    yield from _clashes(keymap({act: told for act, told in keys.items() if act in known}))


def _clashes(changed: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Acts that would have the same key: one of them could not be had any more."""
    owners: dict[str, str] = {}
    for binding in BINDINGS:
        act = binding.id or ""
        for key in changed.get(act, binding.key).split(","):
            owner = owners.setdefault(key, act)
            if owner != act and {owner, act} != {PANIC_ID, ANYWHERE_ID} and (act in changed or owner in changed):
                yield (act if act in changed else owner), f"{key} is the key of {owner} and of {act}; give one another"


def _parted(told: str) -> list[str]:
    return [told] if told == "," else [key for key in told.split(",") if key.strip()]


def _is_key(key: str) -> bool:
    while key.startswith(MODIFIERS):
        key = key.partition("+")[2]
    return (len(key) == 1 and key.isprintable()) or key in NAMED or _writes_a_sign(key)


def _writes_a_sign(key: str) -> bool:
    """Whether a key is called by the name of a sign."""
    if key in KEY_NAME_REPLACEMENTS.values():
        return True
    try:
        unicodedata.lookup(key.replace("_", " ").upper())
    except KeyError:
        return False
    return True
