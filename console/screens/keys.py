"""Every key of the console. The footer, the help and the command palette are made from this list."""

from textual.binding import Binding

from console.screens.scales import SCALE_BINDINGS

SECTIONS = {
    "air": "Output",
    "sound": "Sound",
    "profile": "Profiles",
    "show": "Show",
    "adjust": "Adjustments",
    "voice": "Voice",
    "console": "Console",
}
"""Headings of the help, by the first part of a binding's id."""

NO_SOUND = "No sound in this session: start with --microphone to have the keys of the sound and of the voice"
SOUND, VOICE = "sound.", "voice."
"""How the ids of those begin that do nothing without sound."""
AIR_ID = "air.toggle"
PANIC_ID, ANYWHERE_ID = "air.panic", "air.panic-anywhere"
MUTE_ID = "sound.mute"
RECORD_ID = "air.record"
TAKE = "Take "
"""How the palette's entries begin that take a profile."""
_PANIC_MEANING = "The card goes out within one frame, F12 even where p is typed; again, after a second: take it back"
_QUIT_MEANING = "Leave; asks first when that ends a picture that goes out"
_TAKE = Binding.Group("Switch to this profile of the list, live; the picture goes on until it is ready", compact=True)
_MARK = Binding.Group("Mark a profile of the list", compact=True)


def of_sound(binding: Binding) -> bool:
    """Whether a key does nothing without sound."""
    return (binding.id or "").startswith((SOUND, VOICE))


def _key(key: str, action: str, description: str, binding_id: str, tooltip: str) -> Binding:
    """A key that the footer does not show."""
    return Binding(key, action, description, id=binding_id, tooltip=tooltip, show=False)


def _shown(key: str, action: str, description: str, binding_id: str, tooltip: str) -> Binding:
    """A key that the footer shows."""
    return Binding(key, action, description, id=binding_id, tooltip=tooltip)


def _panic(key: str, binding_id: str) -> Binding:
    """Not a priority key: the app takes it before all others, but for a letter that is typed into a text field."""
    return Binding(key, "panic", "Panic", id=binding_id, tooltip=_PANIC_MEANING, key_display="p F12")


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


def _mark(key: str, steps: int, name: str) -> Binding:
    tooltip = f"Mark the {name} profile of the list"
    return Binding(
        key, f"mark({steps})", f"Mark {name}", id=f"profile.{name}", tooltip=tooltip, show=False, group=_MARK
    )


OUTPUT_BINDINGS = (
    _shown("space", "toggle_air", "On/off air", AIR_ID, "Go on air, or back to preview"),
    _panic("p", PANIC_ID),
    _panic("f12", ANYWHERE_ID),
    _key("r", "record", "Record", RECORD_ID, "Record what goes out into a film of the videos folder; again: end it"),
    _key("s", "snapshot", "Snapshot", "air.snapshot", "A PNG of what goes out, and the readings beside it"),
    _key(
        "f", "preflight", "Preflight", "air.preflight",
        "Check microphone, camera, actor and computer before a call, with instructions and remedies",
    ),
    _key("d", "camera", "Camera", "air.camera", "Another camera, from a list; what goes out goes on meanwhile"),
)  # fmt: skip
SOUND_BINDINGS = (
    _shown("m", "mute", "Mute", MUTE_ID, "Nobody hears you; again: you are heard"),
    _key(
        "v", "talk", "Talk", "sound.talk",
        "With push-to-talk: you are heard as long as you hold it, and 0.4 s longer",
    ),
    _key(
        "V", "push_to_talk", "Push-to-talk", "sound.push-to-talk",
        "You are heard only while v is held; again: all the time",
    ),
    _key(
        "M", "monitor", "Monitor", "sound.monitor",
        "Hear on your headphones what goes out, or not; also after it was cut off before it howled",
    ),
    _key(
        "i", "microphone", "Microphone", "sound.microphone",
        "Another microphone, from a list; the call hears silence until it is there",
    ),
)  # fmt: skip
PROFILE_BINDINGS = (
    *(_take(number) for number in range(1, 10)),
    _key(
        "0", f"command_palette({TAKE!r})", "Other profiles", "profile.others",
        "Every profile by its name, those that no number reaches too",
    ),
    _mark("up", -1, "previous"),
    _mark("down", 1, "next"),
    _key("enter", "prepare", "Prepare", "profile.prepare", "Make the marked profile ready, and preview it"),
    _shown(
        "t", "take_prepared", "Take prepared", "profile.take",
        "The profile that was prepared comes in, within one frame",
    ),
    _key("backspace", "take_previous", "Back", "profile.back", "Back to the profile before this one"),
    _key("e", "edit", "Edit", "profile.edit", "Every setting of the running profile in a form, with live effect"),
    _key(
        "P", "manage", "Profiles", "profile.manage",
        "Every profile and its state: new, duplicate, import, export, remove",
    ),
)  # fmt: skip
SHOW_BINDINGS = (
    _key("n", "cue(1)", "Next cue", "show.next", "The next cue of the show"),
    _key("N", "cue(-1)", "Previous cue", "show.previous", "The cue before this one"),
    _key("C", "cues", "Cue list", "show.cues", "Every cue of the show; enter goes to the marked one"),
)
ADJUST_BINDINGS = (
    *SCALE_BINDINGS,
    _key(
        "b", "background", "Background", "adjust.background",
        "Next background: picture, blur, colour, the actor's own room",
    ),
    _key("F", "policy", "Fail-safe", "adjust.policy", "What goes out when no face is found: hold, blur, card"),
    _key("c", "corner", "Label corner", "adjust.corner", "The AI label in the next corner"),
    _shown("u", "undo", "Undo", "adjust.undo", "Take the last adjustment back"),
    _key("U", "redo", "Redo", "adjust.redo", "Do again what was taken back last"),
)  # fmt: skip
CONSOLE_BINDINGS = (
    _key(
        "z", "view", "Picture", "console.view",
        "What is seen here: program, source beside program, the prepared profile, faces, masks",
    ),
    _key("R", "reset", "Counters to zero", "console.reset", "Losses, under- and overruns are counted anew"),
    _key("E", "events", "Events", "console.events", "Every event with its remedy; filtered by words and by weight"),
    _key(
        "w", "networks", "What runs where", "console.networks",
        "Every network that is open, and what it really runs on",
    ),
    _key("T", "theme", "Theme", "console.theme", "The next theme: dark, light, high contrast, colour-blind safe"),
    Binding(
        "question_mark,f1", "help", "Help", id="console.help", tooltip="Every key, and what it does", key_display="?"
    ),
    _key(
        "ctrl+p", "command_palette", "Palette", "console.palette",
        "The command palette: every act and every profile by its name",
    ),
    _shown("q", "quit", "Quit", "console.quit", _QUIT_MEANING),
    Binding(
        "ctrl+c,ctrl+q", "quit", "Quit", id="console.interrupt", show=False, priority=True, tooltip=_QUIT_MEANING
    ),
)  # fmt: skip
BINDINGS: tuple[Binding, ...] = (
    *OUTPUT_BINDINGS,
    *SOUND_BINDINGS,
    *PROFILE_BINDINGS,
    *SHOW_BINDINGS,
    *ADJUST_BINDINGS,
    *CONSOLE_BINDINGS,
)
_LOOKING = frozenset(
    binding.action.partition("(")[0] for binding in BINDINGS if (binding.id or "").startswith("console.")
)
_STEERING = frozenset(binding.action.partition("(")[0] for binding in BINDINGS) - _LOOKING


def looks_only(action: str, parameters: tuple[object, ...]) -> bool:
    """Whether an action changes nothing but what is seen; the palette does, unless it begins with a search for acts."""
    return action not in _STEERING and not (action == "command_palette" and parameters)
