"""The console's own dark theme. Colour carries meaning only: red is on air, amber asks for attention."""

from textual.theme import Theme

THEME = Theme(
    name="understudy",
    primary="#5fb3c8",
    secondary="#8fa3b5",
    accent="#5fb3c8",
    warning="#e3b04b",
    error="#f0705f",
    success="#74c184",
    foreground="#cbd4dc",
    background="#0d1014",
    surface="#0d1014",
    panel="#151a20",
    dark=True,
    variables={
        "on-air": "#cf3434",
        "card": "#e3b04b",
        "preview": "#3d8f57",
        "stopped": "#3a444f",
        "muted": "#76828e",
        "rule": "#29313a",
        "strip": "#171d24",
        "bar": "#43808f",
        "bar-faint": "#24434c",
        "footer-background": "#0d1014",
        "footer-key-foreground": "#5fb3c8",
        "footer-key-background": "#0d1014",
        "footer-description-foreground": "#76828e",
        "footer-description-background": "#0d1014",
        "block-cursor-background": "#24434c",
        "block-cursor-foreground": "#e6edf3",
        "block-cursor-text-style": "none",
    },
)
