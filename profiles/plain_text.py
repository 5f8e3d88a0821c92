"""Text that comes from outside: what may stand in it, and how the rest is shown."""

import unicodedata

OBEYED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode's categories of control, format and line characters, and of halves of characters."""
HARMLESS = frozenset("\u00ad\u200c\u200d")
"""Format characters that only join or part letters: the soft hyphen, and the joiners of Persian, Hindi and emoji."""


def is_plain(text: str) -> bool:
    """True when a terminal or a file system shows every character of it and obeys none."""
    return text.isprintable() or not any(_is_obeyed(character) for character in text)


def visible(text: str) -> str:
    r"""`text` with every character that a terminal would obey written out, such as `\x1b`."""
    if is_plain(text):
        return text
    return "".join(_escape(character) if _is_obeyed(character) else character for character in text)


def shortened(text: str, length: int = 40) -> str:
    """At most `length` characters of it, visible."""
    return visible(text[:length]) + ("…" if len(text) > length else "")


def _is_obeyed(character: str) -> bool:
    return unicodedata.category(character) in OBEYED and character not in HARMLESS


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
