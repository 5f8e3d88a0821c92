"""What people read of an error: a sentence, on one line."""


def one_line(text: str) -> str:
    """`text` without line breaks; libraries put them into their errors."""
    return " ".join(text.split())
