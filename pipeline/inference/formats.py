"""The formats of the networks that people bring, told by names, shapes and types; by the file's name where two agree.

Source: the formats' own exports; layouts are those that the engines expect.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from pipeline.errors import ModelError
from pipeline.inference.onnx.graph import Tensor
from pipeline.inference.onnx.model_file import ModelFile
from pipeline.inference.onnx.ports import FLOATS, Port, match, sizes_of


@dataclass(frozen=True, slots=True)
class Format:
    """One format.

    Attributes:
        name: what the program calls it.
        title: what it is, for people.
        key: the key of a profile's file that names such a network; empty where no profile takes one.
        inputs, outputs: what it has; those without names in their order.
        hints: what such a file's name holds, where another format has the same inputs and outputs.
        open_ended: whether files may have further outputs.
    """

    name: str
    title: str
    key: str
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    hints: tuple[str, ...] = ()
    open_ended: bool = False


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a file is.

    Attributes:
        format: its format.
        sizes: the sizes that tell files of one format apart, such as `side` or `channels`.
        has: which of the format's optional inputs the file has.
    """

    format: Format
    sizes: Mapping[str, int] = field(default_factory=dict)
    has: frozenset[str] = frozenset()

    @property
    def title(self) -> str:
        """What it is, for people, with its sizes."""
        words = [self.format.title]
        if "side" in self.sizes:
            words.append(f"of {self.sizes['side']} pixels")
        if self.sizes.get("channels") in GENERATIONS:
            channels = self.sizes["channels"]
            words.append(f"{GENERATIONS[channels]}, {channels} values a frame")
        if self.format.key == "rvc.model":
            words.append("with pitch" if "pitch" in self.has else "without pitch")
        if "frames" in self.sizes:
            words.append(f"frozen at {self.sizes['frames']} frames")
        return ", ".join(words)

    @property
    def called(self) -> str:
        """The title with its article."""
        first = self.title.split()[0]
        return f"{'an' if first[0] in VOWELS or first in SPELT else 'a'} {self.title}"


VOWELS = "AEIOaeio"
SPELT = ("RVC", "RMVPE", "SCRFD", "XSeg")
"""Words whose first letter is said by its name, which begins with a vowel."""
GENERATIONS: Mapping[int, str] = MappingProxyType({256: "v1", 768: "v2"})


def recognise(file: ModelFile) -> Recognised | None:
    """What a file is; None where it is of no format that the program knows."""
    fitting = [(found, guessed) for form in FORMATS for found, guessed in _fitted(file, form)]
    name = file.name.lower()
    hinted = [each for each in fitting if any(hint in name for hint in each[0].format.hints)]
    plain = [each for each in fitting if not each[0].format.hints]
    # A size that the file leaves open fits every format: the one that guesses least of them is meant.
    return min(hinted or plain or fitting, key=lambda each: each[1], default=(None, 0))[0]


def meant_elsewhere(file: ModelFile, keys: Collection[str]) -> Recognised | None:
    """What a file is that is of a format for other keys of a profile, and of none for these; None for all others."""
    # One network knows the target's face and the people in the picture again.
    wanted = {"embedding.recogniser" if key == "tracking.recogniser" else key for key in keys}
    found = recognise(file)
    if found is None or found.format.key in wanted:
        return None
    return None if any(any(_fitted(file, form)) for form in FORMATS if form.key in wanted) else found


def _fitted(file: ModelFile, form: Format) -> Iterator[tuple[Recognised, int]]:
    """The file as a format, and how many of the format's sizes the file leaves open; nothing where it does not fit."""
    graph = file.graph
    try:
        found = match(file, form.inputs, form.outputs)
        sizes = sizes_of(file, form.inputs, form.outputs)
    except ModelError:
        return
    taken = {tensor.name for tensor in found.values()}
    left = [*graph.inputs, *([] if form.open_ended else graph.outputs)]
    if any(tensor.name not in taken for tensor in left):
        return
    optional = {port.name for port in form.inputs if port.optional}
    yield Recognised(form, sizes, frozenset(optional & set(found))), _guessed(form, found)


def _guessed(form: Format, found: Mapping[str, Tensor]) -> int:
    """How many of a format's sizes the tensors of a file leave open."""
    return sum(
        isinstance(want, int) and not isinstance(size, int)
        for port in (*form.inputs, *form.outputs)
        if port.name in found
        for size, want in zip(found[port.name].shape, port.shape, strict=True)
    )


def _ports(text: str, kind: str) -> tuple[Port, ...]:
    """Ports from their notation: `names type : dimensions`, one after the other with semicolons between.

    Names have | between them, or are - where the place counts; a ? before them marks what files may lack. The type is
    left out for floats. A dimension is a number, a name that has to be the same size everywhere, or * for any.
    """
    found = []
    for place, part in enumerate(filter(None, map(str.strip, text.split(";")))):
        head, _, dimensions = part.partition(" :")
        called, *kinds = head.split()
        names = tuple(called.removeprefix("?").split("|")) if called != "-" else ()
        shape = tuple(int(size) if size.isdecimal() else None if size == "*" else size for size in dimensions.split())
        name = names[0] if names else f"{kind} {place + 1}"
        found.append(Port(name, shape, names, tuple(kinds) or FLOATS, optional=called.startswith("?")))
    return tuple(found)


def _form(names: str, key: str, inputs: str, outputs: str) -> Format:
    """A format; `names` are its name, its title, and what its files are called where that counts, with | between."""
    name, title, *hints = names.split("|")
    open_ended = outputs.endswith("...")
    ports = _ports(inputs, "input"), _ports(outputs.removesuffix("..."), "output")
    return Format(name, title, key, *ports, tuple(hints), open_ended)


def _swapper(name: str, title: str, inputs: str, output: str = "- : * 3 256 256") -> Format:
    hint = "" if name in ("inswapper", "swapper", "uniface", "blendswap") else f"|{name}"
    return _form(f"{name}|face swapper ({title}){hint}", "embedding.model", inputs, output)


PITCH = "?pitch int64 : 1 frames; ?pitchf : 1 frames;"
SPOKEN = f"feats : 1 frames channels; p_len int64 : 1; sid int64 : 1; {PITCH}"
ASKED = "".join(f"{name} int64 :;" for name in ("skip_head", "return_length", "formant_length"))
STATES_IN = "".join(f"r{number}i : * * * *;" for number in (1, 2, 3, 4))
STATES_OUT = "".join(f"r{number}o : * * * *;" for number in (1, 2, 3, 4))
YUNET = "".join(f"{part}_{stride} : * * *;" for part in ("cls", "obj", "bbox", "kps") for stride in (8, 16, 32))
SCRFD = "".join(f"- : * {size};" * 3 for size in (1, 4, 10))
PICTURE = "- : * 3 * *"
TARGET, IDENTITY = "target : * 3 256 256;", "source : * 512"
"""Inputs and outputs that several formats share."""

FORMATS = (
    _form(
        "dfm|DeepFaceLab face (dfm)",
        "dfm.model",
        "in_face:0|in_face : * side side 3; ?morph_value:0|morph_value : 1",
        "- : * side side 1; - : * side side 3; - : * side side 1",
    ),
    _swapper("inswapper", "inswapper", f"target : * 3 128 128; {IDENTITY}", "- : * 3 128 128"),
    _swapper("hyperswap", "hyperswap", TARGET + IDENTITY),
    _swapper("ghost", "ghost", TARGET + IDENTITY),
    _swapper("simswap", "simswap", TARGET + IDENTITY),
    _swapper("swapper", "hyperswap, ghost or simswap", TARGET + IDENTITY),
    _swapper("uniface", "uniface", TARGET + "source : * 3 256 256"),
    _swapper("blendswap", "blendswap", TARGET + "source : * 3 112 112"),
    _form("arcface|ArcFace recogniser", "embedding.recogniser", "- : * 3 112 112", "- : * 512"),
    _form("converter|converter of identities", "embedding.converter", "- : * 512", "- : * 512"),
    _form("rvc-w-okada-fork|RVC voice (w-okada fork's export)", "rvc.model", SPOKEN + ASKED, "..."),
    _form("rvc-w-okada|RVC voice (w-okada's export)", "rvc.model", SPOKEN, "..."),
    _form(
        "rvc-webui|RVC voice (WebUI's export)",
        "rvc.model",
        f"phone : 1 frames channels; phone_lengths int64 : 1; ds int64 : 1; {PITCH} rnd : 1 192 frames",
        "...",
    ),
    _form(
        "contentvec-w-okada|content encoder for v1 and v2 voices",
        "rvc.encoder",
        "audio : 1 *",
        "units9 : 1 * 256; unit12 : 1 * 768",
    ),
    _form(
        "swift-f0|SwiftF0 pitch network", "rvc.pitch", "audio : 1 *; fmin :; fmax :", "pitch float64 float32 : 1 *..."
    ),
    _form("rmvpe-1|RMVPE pitch network (mel to salience)", "rvc.pitch", "- : 1 128 *", "- : 1 * 360"),
    _form("rmvpe-2|RMVPE pitch network (sound to pitch)", "rvc.pitch", "waveform : 1 *; threshold : 1", "..."),
    _form("rmvpe-3|RMVPE pitch network (mel to pitch)", "rvc.pitch", "mel : 1 128 *; threshold : 1", "..."),
    _form("crepe|CREPE pitch network", "rvc.pitch", "- : * 1024", "- : * 360"),
    _form("contentvec-moevs|content encoder", "rvc.encoder", "- : 1 1 *", "- : 1 * channels..."),
    _form(
        "rvm|matting network (RVM)",
        "matting.model",
        f"src : * 3 * *; {STATES_IN} downsample_ratio : 1",
        f"pha : * 1 * *; {STATES_OUT}...",
    ),
    _form("2dfan4|2DFAN4 landmark network", "tracking.landmarks", "- : * 3 256 256", "- : * 68 3; - : * 68 * *"),
    _form("yunet|YuNet face detector", "tracking.detector", PICTURE, YUNET),
    _form("scrfd|SCRFD face detector", "tracking.detector", PICTURE, SCRFD),
    _form("scrfd-batched|SCRFD face detector", "tracking.detector", PICTURE, SCRFD.replace(":", ": *")),
    _form("bisenet|BiSeNet face parser", "masks.parser", "- : * 3 512 512", "- : * 19 512 512..."),
    _form(
        "restorer|face restorer (GFPGAN type)",
        "restore.model",
        "- : * 3 512 512; ?weight float64 float32 : *",
        "- : * 3 512 512...",
    ),
    _form("xseg|XSeg occlusion network", "masks.occluder", "- : * side side 3", "- : * side side 1"),
    _form(
        "matting-1024|matting network (BiRefNet or ISNet)",
        "matting.model",
        "- : * 3 1024 1024",
        "- : * 1 1024 1024...",
    ),
    _form("modnet|matting network (MODNet)", "matting.model", PICTURE, "- : * 1 * *"),
)
"""Those that say more come first, where one fits what another does as well."""
