"""What people read of an error: a sentence, on one line."""

from collections.abc import Callable

from pydantic import ValidationError

from profiles.errors import ProfileError

WANTED: dict[str, Callable[[dict[str, float]], str]] = {
    "greater_than_equal": lambda limits: f"at least {limits['ge']:g}",
    "less_than_equal": lambda limits: f"at most {limits['le']:g}",
    "float_parsing": lambda _: "a number",
    "int_parsing": lambda _: "a whole number",
    "int_from_float": lambda _: "a whole number",
}
"""What an option takes, by the kind of mistake that pydantic finds in it."""


def one_line(text: str) -> str:
    """`text` without line breaks; libraries put them into their errors."""
    return " ".join(text.split())


def sentence(text: str) -> str:
    """`text` on one line, with a full stop where it has no end of its own."""
    line = one_line(text)
    return line if line.endswith((".", "?", "!")) else f"{line}."


def usage_sentence(told: str, cause: BaseException | None) -> str:
    """What is wrong with a command line: what was got against what is wanted, and where to look.

    Args:
        told: the parser's own words.
        cause: what it was told by; a text of pydantic's in `told` gives way to one for people.
    """
    if isinstance(cause, ValidationError):
        fault = cause.errors()[0]
        _, is_choice, choices = fault["msg"].partition(" is not one of ")
        if is_choice:
            wanted = f"one of {choices.rstrip('.')}"
        else:
            wanted = WANTED[fault["type"]](fault.get("ctx", {})) if fault["type"] in WANTED else "something else"
        told = told.replace(fault["msg"], f"got '{fault['input']}', wanted {wanted}")
    return sentence(f"{one_line(told).rstrip('.')}; --help tells what can be given")


def with_card(told: str, delay_ms: float) -> str:
    """What was done to go on air, and how long the card goes out yet because pictures are so long on their way."""
    delay_s = round(delay_ms / 1e3)
    return f"{told}; the card goes out for {delay_s} s more." if delay_s else f"{told}."


def counted(count: int, noun: str) -> str:
    """A number of things in words: `1 frame`, `2 frames`."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def first_problem(error: ProfileError) -> str:
    """What is wrong first, and how much more is, without the long way to the file."""
    first, more = error.problems[0], len(error.problems) - 1
    key = f"{first.key}: " if first.key else ""
    return f"{key}{first.text}" + (f" (and {more} more)" if more else "")
