"""The tree of errors: what a user can meet is a sentence, and whoever catches the root catches everything."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from functools import cache

import console
import pipeline
import profiles
from pipeline import errors
from pipeline.errors import UnderstudyError
from pipeline.inference.apart.child import NoAnswerError
from pipeline.inference.onnx.wire import WireError
from pipeline.stage import EndOfSource
from profiles.errors import ProfileError

PACKAGES = (console, pipeline, profiles)
SIGNALS = {EndOfSource}
"""What tells something and is no error: it never leaves the lane that it was raised in."""
TRANSLATED = {NoAnswerError, WireError}
"""What a package says to itself, and turns into an error of the tree before it leaves."""
BELOW = {ProfileError}
"""The roots of the packages that `pipeline` itself stands on."""


def below(kind: type[BaseException]) -> Iterator[type[BaseException]]:
    """Every class that a class was made from, however far off."""
    for child in kind.__subclasses__():
        yield child
        yield from below(child)


@cache
def own() -> frozenset[type[BaseException]]:
    """Every exception that the program defines, but those that never leave their module."""
    for package in PACKAGES:
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    names = {package.__name__ for package in PACKAGES}
    public = (kind for kind in below(BaseException) if not kind.__name__.startswith("_"))
    return frozenset(kind for kind in public if kind.__module__.split(".")[0] in names)


def test_every_error_is_below_the_root() -> None:
    assert len(own()) > 8
    strays = {kind for kind in own() if not issubclass(kind, (UnderstudyError, *BELOW))}
    assert strays == SIGNALS | TRANSLATED


def test_the_drawing_shows_every_error_and_no_other() -> None:
    drawn = set(re.findall(r"\b[A-Z]\w+Error\b", errors.__doc__ or ""))
    assert drawn == {kind.__name__ for kind in own() - SIGNALS - TRANSLATED}


def test_names_of_errors_tell_them_from_signals() -> None:
    assert {kind for kind in own() if not kind.__name__.endswith("Error")} == SIGNALS
