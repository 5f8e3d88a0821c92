"""What people read of an error: a sentence, on one line."""

from profiles.errors import ProfileError


def one_line(text: str) -> str:
    """`text` without line breaks; libraries put them into their errors."""
    return " ".join(text.split())


def counted(count: int, noun: str) -> str:
    """A number of things in words: `1 frame`, `2 frames`."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def first_problem(error: ProfileError) -> str:
    """What is wrong first, and how much more is, without the long way to the file."""
    first, more = error.problems[0], len(error.problems) - 1
    key = f"{first.key}: " if first.key else ""
    return f"{key}{first.text}" + (f" (and {more} more)" if more else "")
