"""The schema of a target profile: frozen values, checked once when they are read.

A profile is a folder with a `profile.toml` and the files that it names. Every section is a frozen model that refuses
unknown keys, so that a stage can take its section as it is and never check it again.
"""

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from profiles.engines.cast import Cast
from profiles.engines.face import (
    DfmSettings,
    EmbeddingSettings,
    MaskSettings,
    MattingSettings,
    MergeSettings,
    RestoreSettings,
    TrackingSettings,
)
from profiles.engines.section import Fraction, Section, Sha256
from profiles.engines.voice import RvcSettings
from profiles.plain_text import is_plain


def _require_plain(text: str) -> str:
    if not is_plain(text):
        raise ValueError("a character in it is not printable")
    return text


PRINTABLE = AfterValidator(_require_plain)
"""Marks a text for the screen: a character that a terminal would obey is refused."""
Level = Annotated[float, Field(ge=-120.0, le=120.0)]
Spectrum = Annotated[tuple[Level, ...], Field(min_length=22, max_length=22)]
Colour = Annotated[str, StringConstraints(pattern=re.compile(r"^#[0-9a-fA-F]{6}$"))]
ProfileName = Annotated[str, StringConstraints(pattern=re.compile(r"^[a-z0-9][a-z0-9_-]{0,39}$"))]


class Kind(StrEnum):
    """Whose likeness a profile carries."""

    PERSONA = "persona"
    """A synthetic person: nobody's likeness."""
    PERSON = "person"
    """A real person, who has to have agreed."""


class FailSafePolicy(StrEnum):
    """What goes out when the target's likeness can't be put on the actor."""

    HOLD = "hold"
    """The last good picture, and the card after two seconds."""
    BLUR = "blur"
    """The actor, blurred beyond recognition."""
    CARD = "card"
    """A plain card with the profile's title."""


class FaceChoice(StrEnum):
    """Which of several faces takes the likeness."""

    LARGEST = "largest"
    CENTRAL = "central"
    ID = "id"


class FaceSettings(Section):
    """The target's face and how it is put on the actor."""

    engine: Literal["photo", "dfm", "embedding"] = "photo"
    """`photo` warps one portrait onto the actor's face; `dfm` and `embedding` are networks: see the tables of
    these names."""
    portrait: Path = Path("portrait.png")
    """The picture of the target's face, relative to the profile's folder."""
    size: Annotated[float, Field(ge=0.8, le=1.25)] = 1.0
    """Scale of the face about its centre."""
    warp: Fraction = 0.35
    """How far the actor's proportions go toward the target's: 0 the actor's, 1 the target's."""
    opacity: Annotated[float, Field(ge=0.85, le=1.0)] = 1.0
    """Share of the target's face in the picture; below 1 the actor shows through.

    The floor is there so that no profile puts the actor's own face on air. At 0.85 every shipped persona, its `warp` at
    0, keeps above the limits of `tests/benchmarks/exposure_table.py` on every clip; at 0.7 some fall below. The ceiling
    of `feather` is there for the same reason.
    """
    colour: Fraction = 0.95
    """Strength of the transfer of the actor's colours onto the target's skin."""
    relight: Fraction = 0.85
    """How much of the actor's own light falls on the target's skin."""
    feather: Annotated[float, Field(ge=0.01, le=0.12)] = 0.09
    """Width of the soft edge inside the face oval, as a share of the face's height."""
    eyes: Fraction = 1.0
    """How far the actor's own eyes show."""
    mouth: Fraction = 1.0
    """How far the actor's own inner mouth shows."""
    occlusion: Fraction = 1.0
    """How strictly hands and objects before the face are kept in front of it."""
    max_yaw_deg: Annotated[float, Field(ge=10.0, le=90.0)] = 55.0
    """Beyond this turn of the head the face fades to a blur."""
    choice: FaceChoice = FaceChoice.LARGEST
    """Which of several faces takes the likeness: the largest, the one nearest to the middle, or that of `choice_id`."""
    choice_id: Annotated[int, Field(ge=0)] = 0
    """The face's id when `choice` is `id`."""
    bystanders: Literal["blur", "show"] = "blur"
    """What happens to other faces: `blur`, or `show` them as they are."""


class VoiceSettings(Section):
    """The target's voice."""

    engine: Literal["timbre", "rvc"] = "timbre"
    """`timbre` moves pitch, formants and spectrum toward the target's statistics; `rvc` is a voice in [rvc]."""
    latency_ms: Annotated[float, Field(ge=40.0, le=5000.0)] = 40.0
    """How many milliseconds the voice may take; with more time engines do better. The picture waits for it."""
    median_f0_hz: Annotated[float, Field(ge=50.0, le=500.0)] = 150.0
    """The target's median pitch."""
    f0_range_semitones: Annotated[float, Field(ge=0.0, le=24.0)] = 4.0
    """Spread of the target's pitch: the 10th to the 90th percentile."""
    formant_scale: Annotated[float, Field(ge=0.7, le=1.4)] = 1.0
    """The target's formants against an average adult's."""
    spectrum_db: Spectrum | None = None
    """The target's long-term levels in the third-octaves from 100 Hz to 12.5 kHz; without them an average speaker's."""
    pitch_semitones: Annotated[float, Field(ge=-12.0, le=12.0)] = 0.0
    """Raises or lowers the pitch beyond the target's median."""
    expressivity: Annotated[float, Field(ge=0.0, le=2.0)] = 1.0
    """Scale of the pitch's ups and downs: 0 monotonous, 1 the target's."""
    breath: Fraction = 0.0
    """Air in the voice: 0 none is added."""
    eq: Fraction = 1.0
    """How far the colour of the voice goes toward the target's."""


class BackgroundSettings(Section):
    """The room behind the target."""

    kind: Literal["image", "video", "blur", "colour", "none"] = "image"
    """A picture, a video loop, the actor's own room blurred, a plain colour; `none` leaves that room as it is."""
    path: Path = Path("room.jpg")
    """The picture or the video loop, relative to the profile's folder."""
    blur: Fraction = 0.5
    """Strength of the blur when `kind` is `blur`."""
    colour: Colour = "#2b3440"
    """The plain colour when `kind` is `colour`."""
    light_wrap: Fraction = 0.35
    """How much of the room's light spills over the person's edge."""


class OutputSettings(Section):
    """What leaves the program when something is amiss."""

    policy: FailSafePolicy = FailSafePolicy.HOLD
    """What goes out when the likeness can't be put on the actor: `hold` the last good picture, and the card after two
    seconds; `blur` the actor, blurred beyond recognition; `card` a plain card with the title."""


class SyncSettings(Section):
    """When the picture is shown."""

    delay_ms: Annotated[float, Field(ge=0.0, le=5000.0)] = 0.0
    """From capture to the virtual camera at least this long; what the pipeline itself takes counts in."""
    trim_ms: Annotated[float, Field(ge=-500.0, le=500.0)] = 0.0
    """Added to the delay that the voice needs."""


class DisclosureSettings(Section):
    """The visible label. It has no off."""

    corner: Literal["top-right", "top-left", "bottom-right", "bottom-left"] = "top-right"
    """Where the label sits."""
    size: Annotated[float, Field(ge=0.03, le=0.12)] = 0.045
    """Height of the label as a share of the picture's."""
    language: Literal["en", "de", "fr", "es", "it", "nl", "pl", "pt"] = "en"
    """Language of the label."""


class ConsentSettings(Section):
    """What allows the likeness to be used."""

    record: Path | None = None
    """The consent record of a real person, relative to the profile's folder; this version does not verify it yet."""
    declaration: str | None = None
    """For a persona: the sentence that declares it synthetic."""


class ReferenceSettings(Section):
    """What the target's models were trained on: what a preflight holds the actor's microphone and camera against."""

    voice: Path | None = None
    """A recording of the target's voice, relative to the profile's folder."""
    picture: Path | None = None
    """A picture from the face model's training material; `profiles learn-reference --video` learns from a film."""


class Profile(Section):
    """A target: everything that a session needs to put it on air."""

    name: ProfileName
    """The folder's name; not written in the file."""
    folder: Path
    """The folder that relative paths start from; not written in the file."""
    title: Annotated[str, StringConstraints(min_length=1, max_length=40, strip_whitespace=True), PRINTABLE]
    """What people see."""
    kind: Kind
    """Whose likeness this is: a synthetic persona's, who is nobody, or a real person's, who has to have agreed."""
    description: Annotated[str, PRINTABLE] = ""
    """One or two sentences for the operator, on one line."""
    face: FaceSettings = FaceSettings()
    voice: VoiceSettings = VoiceSettings()
    background: BackgroundSettings = BackgroundSettings()
    output: OutputSettings = OutputSettings()
    sync: SyncSettings = SyncSettings()
    disclosure: DisclosureSettings = DisclosureSettings()
    consent: ConsentSettings = ConsentSettings()
    reference: ReferenceSettings = ReferenceSettings()
    dfm: DfmSettings = DfmSettings()
    embedding: EmbeddingSettings = EmbeddingSettings()
    merge: MergeSettings = MergeSettings()
    masks: MaskSettings = MaskSettings()
    restore: RestoreSettings = RestoreSettings()
    tracking: TrackingSettings = TrackingSettings()
    matting: MattingSettings = MattingSettings()
    rvc: RvcSettings = RvcSettings()
    cast: Cast = ()
    """Other people in the picture who wear a face, each another profile's; voice, room and label stay this one's."""
    cast_profiles: Annotated[tuple["Profile", ...], Field(exclude=True)] = ()
    """Those profiles, in the order of `cast`; not written in the file."""
    hashes: dict[str, Sha256] = {}
    """The SHA-256 of each model, and of each picture that people are known by, when it was brought in, by its path in
    the folder; a changed one is refused."""
    devices: dict[str, Literal["auto", "cpu", "cuda", "tensorrt"]] = {}
    """Where a model runs, by its path as the profile names it, where that differs from `--device`."""

    @property
    def knows_people(self) -> bool:
        """Whether people are known again by pictures of them."""
        return bool(self.tracking.actor) or any(entry.enrolled for entry in self.cast)

    def resolve(self, path: Path) -> Path:
        """`path` as seen from the profile's folder."""
        return path if path.is_absolute() else self.folder / path

    def with_face(self, **changes: object) -> "Profile":
        """This profile with some face settings changed and checked.

        Raises:
            pydantic.ValidationError: a value is out of its range.
        """
        return self.model_copy(update={"face": FaceSettings.model_validate(self.face.model_dump() | changes)})

    def with_background(self, **changes: object) -> "Profile":
        """This profile with some background settings changed and checked.

        Raises:
            pydantic.ValidationError: a value is out of its range.
        """
        return self.model_copy(
            update={"background": BackgroundSettings.model_validate(self.background.model_dump() | changes)}
        )

    def with_sound(self, latency_ms: float | None = None, trim_ms: float | None = None) -> "Profile":
        """This profile with another latency of the voice, or another trim of the pictures, checked.

        Raises:
            pydantic.ValidationError: a value is out of its range.
        """
        voice, sync = self.voice, self.sync
        if latency_ms is not None:
            voice = VoiceSettings.model_validate(voice.model_dump() | {"latency_ms": latency_ms})
        if trim_ms is not None:
            sync = SyncSettings.model_validate(sync.model_dump() | {"trim_ms": trim_ms})
        return self.model_copy(update={"voice": voice, "sync": sync})

    def with_policy(self, policy: FailSafePolicy) -> "Profile":
        """This profile with another fail-safe policy."""
        return self.model_copy(update={"output": OutputSettings(policy=policy)})
