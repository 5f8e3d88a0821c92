"""The console's own themes. Colour carries meaning only, and never alone: a word or a sign says the same.

Red is on air, amber asks for attention. Where people see red and green alike, what goes out is vermilion against blue.
Source of those colours: Okabe and Ito, Color Universal Design, 2008.
"""

from dataclasses import dataclass

from textual.theme import Theme


@dataclass(frozen=True, slots=True)
class Colours:
    """What a theme is made of, each as #rrggbb."""

    accent: str
    title: str
    warning: str
    error: str
    good: str
    text: str
    paper: str
    panel: str
    strip: str
    muted: str
    rule: str
    bar: str
    bar_faint: str
    on_air: str
    preview: str
    card: str
    stopped: str
    marked_text: str
    dark: bool = True


def theme_of(name: str, colours: Colours) -> Theme:
    """The colours as a theme of Textual's."""
    return Theme(
        name=name,
        primary=colours.accent,
        secondary=colours.title,
        accent=colours.accent,
        warning=colours.warning,
        error=colours.error,
        success=colours.good,
        foreground=colours.text,
        background=colours.paper,
        surface=colours.paper,
        panel=colours.panel,
        dark=colours.dark,
        variables={
            "on-air": colours.on_air,
            "card": colours.card,
            "preview": colours.preview,
            "stopped": colours.stopped,
            "muted": colours.muted,
            "rule": colours.rule,
            "strip": colours.strip,
            "bar": colours.bar,
            "bar-faint": colours.bar_faint,
            "footer-background": colours.paper,
            "footer-key-foreground": colours.accent,
            "footer-key-background": colours.paper,
            "footer-description-foreground": colours.muted,
            "footer-description-background": colours.paper,
            "block-cursor-background": colours.bar_faint,
            "block-cursor-foreground": colours.marked_text,
            "block-cursor-text-style": "none",
        },
    )


DARK = Colours(
    accent="#5fb3c8", title="#8fa3b5", warning="#e3b04b", error="#f0705f", good="#74c184", text="#cbd4dc",
    paper="#0d1014", panel="#151a20", strip="#171d24", muted="#76828e", rule="#29313a", bar="#43808f",
    bar_faint="#24434c", on_air="#cf3434", preview="#317a48", card="#e3b04b", stopped="#3a444f", marked_text="#e6edf3",
)  # fmt: skip
LIGHT = Colours(
    accent="#0f6b80", title="#4a5a68", warning="#8a5a00", error="#b3261e", good="#1e6b34", text="#1c242b",
    paper="#f6f7f8", panel="#ffffff", strip="#e6eaed", muted="#5c6770", rule="#c9d0d6", bar="#3f8da0",
    bar_faint="#b5d5dd", on_air="#b3261e", preview="#1e6b34", card="#e3b04b", stopped="#55616c", marked_text="#0d1014",
    dark=False,
)  # fmt: skip
HIGH_CONTRAST = Colours(
    accent="#00e5ff", title="#ffffff", warning="#ffd500", error="#ff6b6b", good="#5dff87", text="#ffffff",
    paper="#000000", panel="#000000", strip="#1a1a1a", muted="#c8c8c8", rule="#8a8a8a", bar="#00a5b8",
    bar_faint="#00525c", on_air="#d40000", preview="#007a2f", card="#ffd500", stopped="#4d4d4d", marked_text="#ffffff",
)  # fmt: skip
COLOUR_BLIND = Colours(
    accent="#56b4e9", title="#9fb2c1", warning="#f0e442", error="#ff8c42", good="#7cc4ee", text="#d3dae0",
    paper="#0d1014", panel="#151a20", strip="#171d24", muted="#7f8b96", rule="#29313a", bar="#3f7fa8",
    bar_faint="#1f3f54", on_air="#bd4f00", preview="#0072b2", card="#f0e442", stopped="#3a444f", marked_text="#e6edf3",
)  # fmt: skip
THEMES = tuple(
    theme_of(f"understudy-{name}", colours)
    for name, colours in (
        ("dark", DARK), ("light", LIGHT), ("high-contrast", HIGH_CONTRAST), ("colour-blind", COLOUR_BLIND),
    )
)  # fmt: skip
"""In the order in which a key goes through them."""
