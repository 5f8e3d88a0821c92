"""Settings of the face engines that are networks, and of the networks around them."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from profiles.engines.section import Fraction, Gamma, Section


class FaceType(StrEnum):
    """How much of a head a face model was trained on."""

    HALF = "half"
    MID_FULL = "mid-full"
    FULL = "full"
    WHOLE_FACE = "whole-face"
    HEAD = "head"


class DfmSettings(Section):
    """A face that was trained with DeepFaceLab, in a .dfm file."""

    model: Path | None = None
    """The .dfm file, relative to the profile's folder."""
    face_type: FaceType = FaceType.WHOLE_FACE
    """What it was trained on, from the brows down to the whole head; its maker says it, the file does not."""
    coverage: Annotated[float, Field(ge=0.8, le=4.0)] | None = None
    """Side of the square that the model sees, in widths of the brows; without it what suits `face_type`."""
    x_offset: Annotated[float, Field(ge=-0.5, le=0.5)] = 0.0
    """Moves that square to the right, in widths of the brows."""
    y_offset: Annotated[float, Field(ge=-0.5, le=0.5)] | None = None
    """Moves it down likewise; without it what suits `face_type`. DeepFaceLive's y offset counts from -0.08."""
    exclude_moving_parts: bool = True
    """Place the square by the parts of the face that speaking does not move: steadier."""
    morph: Annotated[float, Field(ge=0.5, le=1.0)] = 0.75
    """For models that blend between actor and target: how far toward the target, 1 is all the way.

    At 0 they make the actor's own face: the floor is there so that no profile does.
    """
    pre_sharpen: Annotated[float, Field(ge=0.0, le=8.0)] = 0.0
    """Sharpens what the model sees; 0 not at all."""
    pre_gamma_red: Gamma = 1.0
    """Brightens (above 1) or darkens the red in what the model sees."""
    pre_gamma_green: Gamma = 1.0
    """The same for green."""
    pre_gamma_blue: Gamma = 1.0
    """The same for blue."""
    post_gamma_red: Gamma = 1.0
    """Brightens (above 1) or darkens the red in what the model made."""
    post_gamma_green: Gamma = 1.0
    """The same for green."""
    post_gamma_blue: Gamma = 1.0
    """The same for blue."""
    two_pass: bool = False
    """Shows the model its own result once more: more like the target, and twice the work."""
    mask_driver: bool = True
    """Draw the face only where the model sees the actor's face."""
    mask_target: bool = True
    """Draw the face only where the model has drawn the target's."""
    mask_landmarks: bool = False
    """Draw the face only inside the outline of the actor's face as it is followed."""


class EmbeddingSettings(Section):
    """A face taken from one or several pictures by a network that knows no one in particular."""

    model: Path | None = None
    """The swapper's ONNX file, relative to the profile's folder."""
    family: Literal["auto", "inswapper", "hyperswap", "ghost", "simswap", "uniface", "blendswap"] = "auto"
    """Which kind of swapper it is; `auto` goes by the file's name and inputs, which leave some open."""
    recogniser: Path | None = None
    """The ArcFace network that reads the target's identity."""
    converter: Path | None = None
    """The network between recogniser and swapper, for families that need one."""
    portraits: tuple[Path, ...] = ()
    """Further pictures of the target's face; their identities are averaged with that of the portrait in [face]."""


class MergeSettings(Section):
    """How a network's face is joined with the actor's picture."""

    erode: Annotated[float, Field(ge=-0.2, le=0.4)] = 0.04
    """Shrinks the mask by this share of the face square; below 0 it grows."""
    blur: Annotated[float, Field(ge=0.0, le=0.4)] = 0.1
    """Width of the mask's soft edge, as a share of the face square."""
    colour_transfer: Literal["none", "reinhard", "linear", "seam"] = "seam"
    """How the actor's colours come onto the face: `reinhard` matches mean and spread, `linear` also how the colours
    vary together, `seam` does that and follows the actor's skin along the face's edge."""
    sharpen: Annotated[float, Field(ge=0.0, le=2.0)] = 0.0
    """Sharpens what the network made; 0 not at all."""
    mouth: Fraction = 0.0
    """How far the actor's own inner mouth shows."""


FacePart = Literal["skin", "brows", "eyes", "glasses", "nose", "mouth", "lips", "ears", "hair"]


class MaskSettings(Section):
    """Networks that tell what stands before the face; the photo engine has eyes of its own for that as well."""

    occluder: Path | None = None
    """An XSeg network: what is face and what covers it."""
    parser: Path | None = None
    """A BiSeNet network: which part of the face is where."""
    parts: Annotated[tuple[FacePart, ...], Field(min_length=1)] = (
        "skin", "brows", "eyes", "glasses", "nose", "mouth", "lips",
    )  # fmt: skip
    """With `parser`: what of the face takes the likeness. Where too little is left, the fail-safe hides the face."""


class RestoreSettings(Section):
    """A network that adds detail to the finished face."""

    model: Path | None = None
    """A GFPGAN-type network of 512 x 512."""
    every: Annotated[int, Field(ge=1, le=30)] = 1
    """It works on every so many frames, 1 is each; in between its last detail is carried along, which costs less."""
    strength: Fraction = 0.8
    """How much of its result is taken: 0 nothing, 1 all of it."""


class TrackingSettings(Section):
    """Other networks for finding and following faces."""

    detector: Path | None = None
    """A YuNet or SCRFD network that finds faces beside the built-in detector."""
    landmarks: Path | None = None
    """A 2DFAN4 network that corrects the place of brows, eyes, nose and mouth."""
    actor: tuple[Path, ...] = ()
    """Pictures of the actor: nobody else wears the face, and without the actor nobody does."""
    recogniser: Path | None = None
    """The ArcFace network that knows people again by `actor`, and by `enrolled` in [[cast]]; without it that of
    [embedding]."""


class MattingSettings(Section):
    """Another network for telling the person from the room."""

    model: Path | None = None
    """A MODNet, RVM, BiRefNet or ISNet network instead of the built-in one."""
    family: Literal["auto", "modnet", "rvm", "birefnet", "isnet"] = "auto"
    """Which of them it is; `auto` goes by the file's inputs and its name."""
    downsample: Annotated[float, Field(ge=0.1, le=1.0)] = 0.375
    """For RVM: the scale at which it looks first; smaller is quicker and coarser."""
