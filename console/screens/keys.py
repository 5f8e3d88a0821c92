"""Every key of the console. The footer, the help and the command palette are made from this list."""

from textual.binding import Binding

SECTIONS = {"air": "Output", "profile": "Profiles", "adjust": "Adjustments", "console": "Console"}
"""Headings of the help, by the first part of a binding's id."""

AIR_ID = "air.toggle"
PANIC_ID, ANYWHERE_ID = "air.panic", "air.panic-anywhere"
_SIZE = Binding.Group("The face smaller, or larger, by one hundredth", compact=True)
_WARP = Binding.Group("Proportions nearer to the actor's, or to the target's", compact=True)
_TAKE = Binding.Group("Switch to this profile of the list, live; the picture goes on until it is ready", compact=True)


def _panic(key: str, binding_id: str) -> Binding:
    """Not a priority key: the app takes it before all others, but for a letter that is typed into a text field."""
    return Binding(
        key,
        "panic",
        "Panic",
        id=binding_id,
        tooltip="The card goes out within one frame, F12 even where p is typed; again, after a second: take it back",
        key_display="p F12",
    )


def _take(number: int) -> Binding:
    return Binding(
        str(number),
        f"take({number})",
        f"Take profile {number}",
        id=f"profile.take-{number}",
        tooltip=f"Switch to profile {number} of the list, live; the picture goes on until it is ready",
        show=False,
        group=_TAKE,
    )


def _size(key: str, steps: int, binding_id: str) -> Binding:
    return Binding(
        key,
        f"face_size({steps})",
        "Larger face" if steps > 0 else "Smaller face",
        id=binding_id,
        tooltip=f"The face {'larger' if steps > 0 else 'smaller'} by one hundredth",
        show=False,
        group=_SIZE,
    )


def _warp(key: str, steps: int, binding_id: str) -> Binding:
    return Binding(
        key,
        f"warp({steps})",
        "More warp" if steps > 0 else "Less warp",
        id=binding_id,
        tooltip="Proportions nearer to the target's" if steps > 0 else "Proportions nearer to the actor's",
        show=False,
        group=_WARP,
    )


BINDINGS: tuple[Binding, ...] = (
    Binding("space", "toggle_air", "On air", id=AIR_ID, tooltip="Go on air, or back to preview"),
    *(_panic(key, binding_id) for key, binding_id in (("p", PANIC_ID), ("f12", ANYWHERE_ID))),
    *(_take(number) for number in range(1, 10)),
    _size("left_square_bracket", -1, "adjust.smaller"),
    _size("right_square_bracket", 1, "adjust.larger"),
    _warp("minus", -1, "adjust.less-warp"),
    _warp("equals_sign", 1, "adjust.more-warp"),
    _warp("left_curly_bracket", -1, "adjust.less-warp-too"),
    _warp("right_curly_bracket", 1, "adjust.more-warp-too"),
    Binding(
        "b",
        "background",
        "Background",
        id="adjust.background",
        show=False,
        tooltip="Next background: picture, blur, colour, the actor's own room",
    ),
    Binding(
        "f",
        "policy",
        "Fail-safe",
        id="adjust.policy",
        show=False,
        tooltip="What goes out when no face is found: hold, blur, card",
    ),
    Binding("c", "corner", "Label corner", id="adjust.corner", show=False, tooltip="The AI label in the next corner"),
    Binding("u", "undo", "Undo", id="adjust.undo", tooltip="Take the last adjustment back"),
    Binding(
        "question_mark,f1", "help", "Help", id="console.help", tooltip="Every key, and what it does", key_display="?"
    ),
    Binding(
        "ctrl+p",
        "command_palette",
        "Palette",
        id="console.palette",
        show=False,
        tooltip="The command palette: every act and every profile by its name",
    ),
    Binding("q", "quit", "Quit", id="console.quit", tooltip="Leave; asks first when that ends a picture that goes out"),
    Binding(
        "ctrl+c,ctrl+q",
        "quit",
        "Quit",
        id="console.interrupt",
        show=False,
        priority=True,
        tooltip="Leave; asks first when that ends a picture that goes out",
    ),
)
