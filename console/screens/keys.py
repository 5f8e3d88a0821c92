"""Every key of the console. The footer, the help and the command palette are made from this list."""

from textual.binding import Binding

from console.adjustments import Setting

SECTIONS = {
    "air": "Output",
    "sound": "Sound",
    "profile": "Profiles",
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
TAKE = "Take "
"""How the palette's entries begin that take a profile."""
_SIZE = Binding.Group("The face smaller, or larger, by one hundredth", compact=True)
_WARP = Binding.Group("Proportions nearer to the actor's, or to the target's", compact=True)
_PITCH = Binding.Group("The voice lower, or higher, by half a semitone", compact=True)
_FORMANTS = Binding.Group("The voice of a larger body, or of a smaller one: formants", compact=True)
_LATENCY = Binding.Group("The voice quicker, or better: its latency, for which the picture waits", compact=True)
_TRIM = Binding.Group("The picture 10 ms earlier against its sound, or later", compact=True)
_TAKE = Binding.Group("Switch to this profile of the list, live; the picture goes on until it is ready", compact=True)


def of_sound(binding: Binding) -> bool:
    """Whether a key does nothing without sound."""
    return (binding.id or "").startswith((SOUND, VOICE))


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


def _move(key: str, setting: Setting, steps: int, binding_id: str, words: tuple[str, str]) -> Binding:
    """A key that moves a scale; `words` name it in the palette and tell what it does."""
    description, tooltip = words
    groups = {
        Setting.FACE_SIZE: _SIZE,
        Setting.WARP: _WARP,
        Setting.PITCH: _PITCH,
        Setting.FORMANTS: _FORMANTS,
        Setting.LATENCY: _LATENCY,
        Setting.TRIM: _TRIM,
    }
    action = f"move({setting.value!r}, {steps})"
    return Binding(key, action, description, id=binding_id, tooltip=tooltip, show=False, group=groups[setting])


_LESS_WARP = "Less warp", "Proportions nearer to the actor's"
_MORE_WARP = "More warp", "Proportions nearer to the target's"
SCALE_BINDINGS = (
    _move(
        "left_square_bracket",
        Setting.FACE_SIZE,
        -1,
        "adjust.smaller",
        ("Smaller face", "The face smaller by one hundredth"),
    ),
    _move(
        "right_square_bracket",
        Setting.FACE_SIZE,
        1,
        "adjust.larger",
        ("Larger face", "The face larger by one hundredth"),
    ),
    _move("minus", Setting.WARP, -1, "adjust.less-warp", _LESS_WARP),
    _move("equals_sign", Setting.WARP, 1, "adjust.more-warp", _MORE_WARP),
    _move("left_curly_bracket", Setting.WARP, -1, "adjust.less-warp-too", _LESS_WARP),
    _move("right_curly_bracket", Setting.WARP, 1, "adjust.more-warp-too", _MORE_WARP),
    _move("comma", Setting.PITCH, -1, "voice.lower", ("Lower voice", "The voice lower by half a semitone")),
    _move("full_stop", Setting.PITCH, 1, "voice.higher", ("Higher voice", "The voice higher by half a semitone")),
    _move(
        "less_than_sign",
        Setting.FORMANTS,
        -1,
        "voice.larger-body",
        ("Lower formants", "The voice of a larger body, by two hundredths"),
    ),
    _move(
        "greater_than_sign",
        Setting.FORMANTS,
        1,
        "voice.smaller-body",
        ("Higher formants", "The voice of a smaller body, by two hundredths"),
    ),
    _move(
        "l",
        Setting.LATENCY,
        -1,
        "voice.quicker",
        ("Quicker voice", "Less latency: the next mark of the dial between 40 ms and 5 s down"),
    ),
    _move(
        "L",
        Setting.LATENCY,
        1,
        "voice.better",
        ("Better voice", "More latency: the next mark of the dial between 40 ms and 5 s up"),
    ),
    _move("t", Setting.TRIM, -1, "voice.picture-earlier", ("Earlier picture", "The picture 10 ms earlier")),
    _move("T", Setting.TRIM, 1, "voice.picture-later", ("Later picture", "The picture 10 ms later")),
)
"""The keys that move scales; a pair goes down and up."""

BINDINGS: tuple[Binding, ...] = (
    Binding("space", "toggle_air", "On/off air", id=AIR_ID, tooltip="Go on air, or back to preview"),
    *(_panic(key, binding_id) for key, binding_id in (("p", PANIC_ID), ("f12", ANYWHERE_ID))),
    Binding("m", "mute", "Mute", id=MUTE_ID, tooltip="Nobody hears you; again: you are heard"),
    Binding(
        "v",
        "talk",
        "Talk",
        id="sound.talk",
        show=False,
        tooltip="With push-to-talk: you are heard as long as you hold it, and 0.4 s longer",
    ),
    Binding(
        "V",
        "push_to_talk",
        "Push-to-talk",
        id="sound.push-to-talk",
        show=False,
        tooltip="You are heard only while v is held; again: all the time",
    ),
    Binding(
        "M",
        "monitor",
        "Monitor",
        id="sound.monitor",
        show=False,
        tooltip="Hear on your headphones what goes out, or not; also after it was cut off before it howled",
    ),
    Binding(
        "i",
        "microphone",
        "Microphone",
        id="sound.microphone",
        show=False,
        tooltip="Another microphone, from a list; the call hears silence until it is there",
    ),
    *(_take(number) for number in range(1, 10)),
    Binding(
        "0",
        f"command_palette({TAKE!r})",
        "Other profiles",
        id="profile.others",
        show=False,
        tooltip="Every profile by its name, those that no number reaches too",
    ),
    *SCALE_BINDINGS,
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
    Binding(
        "w",
        "networks",
        "What runs where",
        id="console.networks",
        show=False,
        tooltip="Every network that is open, and what it really runs on",
    ),
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
