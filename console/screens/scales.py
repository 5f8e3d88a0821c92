"""The keys that move scales: a pair goes down and up."""

from dataclasses import dataclass

from textual.binding import Binding

from console.adjustments import Setting


@dataclass(frozen=True, slots=True)
class _End:
    """One key of a pair."""

    key: str
    name: str
    """After the dot of the binding's id."""
    description: str
    tooltip: str


def _pair(setting: Setting, section: str, together: str, down: _End, up: _End) -> tuple[Binding, Binding]:
    """The keys that move a scale down and up; `together` says what both do."""
    group = Binding.Group(together, compact=True)

    def key(end: _End, steps: int) -> Binding:
        return Binding(
            end.key,
            f"move({setting.value!r}, {steps})",
            end.description,
            id=f"{section}.{end.name}",
            tooltip=end.tooltip,
            show=False,
            group=group,
        )

    return key(down, -1), key(up, 1)


SCALE_BINDINGS: tuple[Binding, ...] = (
    *_pair(
        Setting.FACE_SIZE,
        "adjust",
        "The face smaller, or larger, by one hundredth",
        _End("left_square_bracket", "smaller", "Smaller face", "The face smaller by one hundredth"),
        _End("right_square_bracket", "larger", "Larger face", "The face larger by one hundredth"),
    ),
    *_pair(
        Setting.WARP,
        "adjust",
        "Proportions nearer to the actor's, or to the target's",
        _End("minus,left_curly_bracket", "less-warp", "Less warp", "Proportions nearer to the actor's"),
        _End("equals_sign,right_curly_bracket", "more-warp", "More warp", "Proportions nearer to the target's"),
    ),
    *_pair(
        Setting.OPACITY,
        "adjust",
        "The target's face thinner, or fuller; the actor shows through no further than the floor",
        _End("o", "thinner", "Thinner face", "The target's face thinner by one hundredth, down to the floor"),
        _End("O", "fuller", "Fuller face", "The target's face fuller by one hundredth"),
    ),
    *_pair(
        Setting.COLOUR,
        "adjust",
        "Less, or more of the actor's colours on the target's skin",
        _End("k", "less-colour", "Less colour", "Less of the actor's colours on the target's skin"),
        _End("K", "more-colour", "More colour", "More of the actor's colours on the target's skin"),
    ),
    *_pair(
        Setting.OCCLUSION,
        "adjust",
        "Hands and things before the face kept in front less, or more strictly",
        _End("x", "less-mask", "Weaker masks", "Hands and things before the face kept in front less strictly"),
        _End("X", "more-mask", "Stricter masks", "Hands and things before the face kept in front more strictly"),
    ),
    *_pair(
        Setting.BLUR,
        "adjust",
        "The actor's own room less, or more blurred, where the background is a blur",
        _End("g", "less-blur", "Less blur", "The room less blurred, where the background is a blur"),
        _End("G", "more-blur", "More blur", "The room more blurred, where the background is a blur"),
    ),
    *_pair(
        Setting.PITCH,
        "voice",
        "The voice lower, or higher, by half a semitone",
        _End("comma", "lower", "Lower voice", "The voice lower by half a semitone"),
        _End("full_stop", "higher", "Higher voice", "The voice higher by half a semitone"),
    ),
    *_pair(
        Setting.FORMANTS,
        "voice",
        "The voice of a larger body, or of a smaller one: formants",
        _End("less_than_sign", "larger-body", "Lower formants", "The voice of a larger body, by two hundredths"),
        _End("greater_than_sign", "smaller-body", "Higher formants", "The voice of a smaller body, by two hundredths"),
    ),
    *_pair(
        Setting.LATENCY,
        "voice",
        "The voice quicker, or better: its latency, for which the picture waits",
        _End("l", "quicker", "Quicker voice", "Less latency: the next mark of the dial between 40 ms and 5 s down"),
        _End("L", "better", "Better voice", "More latency: the next mark of the dial between 40 ms and 5 s up"),
    ),
    *_pair(
        Setting.TRIM,
        "voice",
        "The picture 10 ms earlier against its sound, or later",
        _End("left_parenthesis", "picture-earlier", "Earlier picture", "The picture 10 ms earlier against its sound"),
        _End("right_parenthesis", "picture-later", "Later picture", "The picture 10 ms later against its sound"),
    ),
    *_pair(
        Setting.DELAY,
        "adjust",
        "How long the picture is held at least: 10 ms less, or more",
        _End("semicolon", "sooner", "Less delay", "The picture held 10 ms less, but as long as its sound takes"),
        _End("apostrophe", "later", "More delay", "The picture held 10 ms more at least, whatever its sound takes"),
    ),
)
