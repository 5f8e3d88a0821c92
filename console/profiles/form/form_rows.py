"""The lines of the form: a setting's name, its value, and where that lies between its ends."""

from collections.abc import Mapping

from rich.text import Text

from console.profiles.form.editor import FormRow
from console.profiles.form.fields import Shape
from console.widgets.panel import fit, printable, shortened

NAME_WIDTH = 20
VALUE_WIDTH = 9
SHORTEST_SLIDER = 6
CHANGED, FAULTY, PLAIN = "•", "!", " "
NOTHING = "–"

Colours = Mapping[str, str]
"""A theme's colours by their names."""


def heading_text(section: str, about: str, width: int, colours: Colours) -> Text:
    """The line over a part of the profile."""
    room = width - len(section) - 2
    words = f"  {shortened(about.rstrip('.'), room)}" if room > SHORTEST_SLIDER else ""
    return Text.assemble((section.upper(), colours["secondary"]), (words, colours["muted"]))


def row_text(row: FormRow, width: int, colours: Colours) -> Text:
    """A setting on one line, and beneath it why what was entered is not taken."""
    mark, ink = PLAIN, colours["muted"]
    if row.changed:
        mark, ink = CHANGED, colours["warning"]
    if row.problem:
        mark, ink = FAULTY, colours["error"]
    text = Text.assemble((f"{mark} ", ink), (fit(row.field.key.replace("_", " "), NAME_WIDTH), colours["foreground"]))
    text.append_text(_value_text(row, width - 2 - NAME_WIDTH, colours))
    if row.problem:
        text.append(f"\n  {printable(row.problem)}", colours["error"])
    return text


def detail_text(row: FormRow, colours: Colours) -> Text:
    """What a setting takes and what it is for."""
    default = row.field.written(row.field.default) or "none"
    return Text.assemble(
        (f"{row.field.path}: {row.field.takes}; default {default}\n", colours["secondary"]),
        (row.field.meaning, colours["foreground"]),
    )


def _value_text(row: FormRow, width: int, colours: Colours) -> Text:
    field, value = row.field, printable(row.text) or NOTHING
    share = field.share(row.value)
    if field.shape in (Shape.CHOICE, Shape.SWITCH):
        return Text.assemble(("‹ ", colours["primary"]), (value, colours["foreground"]), (" ›", colours["primary"]))
    if field.shape not in (Shape.NUMBER, Shape.WHOLE):
        swatch = ("██ ", value) if field.shape is Shape.TEXT and not row.problem else ("", "")
        return Text.assemble(swatch, (shortened(value, width - len(swatch[0])), colours["foreground"]))
    text = Text(f"{value:>{VALUE_WIDTH}}", colours["foreground"])
    room = width - VALUE_WIDTH - 3
    if share is not None and room >= SHORTEST_SLIDER:
        knob = round(share * (room - 1))
        text.append_text(
            Text.assemble(
                ("  " + "─" * knob, colours["bar"]),
                ("●", colours["primary"]),
                ("─" * (room - 1 - knob), colours["rule"]),
            )
        )
    return text
