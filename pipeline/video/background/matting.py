"""The person told from the room by a matting network that a profile brings: MODNet, BiRefNet, ISNet, RVM."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.inference.onnx.model_file import ModelFile
from pipeline.inference.onnx.network import Layout
from pipeline.inference.onnx.outputs import require_shape
from pipeline.inference.onnx.ports import match
from pipeline.inference.onnx.runtime import Demand, Runtime
from pipeline.media import Frame, Pixels
from pipeline.video.background.matting_families import STATES, Family, family_of
from pipeline.video.background.person_matte import Segmenter
from profiles.engines.face import MattingSettings

BUDGET_MS = 40.0
"""On a CPU a matte that takes longer than this stutters."""
LONGEST_PX = 640
"""Longer side of the mattes that are put on frames: they are worked on at half the picture's size at most."""
MOST_SEEN_PX = 1280
"""Longer side of what a network is shown that takes pictures of any size."""
SURELY_LOGITS, LOGIT_POINTS = 0.05, 0.01
"""A share lies in 0..1: where so much of the matte lies so far beyond, it looks like logits."""
VOTES = 15
"""So many mattes at most tell what the next one is: one that looks otherwise changes nothing, half a second does."""
SHARING = frozenset({"Sigmoid", "HardSigmoid", "Softmax"})
"""Operators that put out shares."""
CUT_LEVELS = 24.0
CUT_NS = 1_000_000_000
"""After a change of the whole picture by so many levels, or a gap of so long, earlier frames tell nothing."""
THUMBNAIL = (32, 18)


def open_matting(
    runtime: Runtime, file: ModelFile, settings: MattingSettings, frame_size: tuple[int, int]
) -> Segmenter:
    """The network in a file, warm.

    Args:
        runtime: where it is to run.
        file: the matting network's file, read.
        settings: the profile's [matting].
        frame_size: width and height of the frames.

    Raises:
        ModelError: the file is no matting network, or can't be run.
    """
    family = family_of(file, settings.family)
    if family.recurrent:
        return Recurrent(runtime, file, settings.downsample, frame_size)
    return Still(runtime, file, family)


class Still:
    """A network that looks at each picture by itself."""

    steady = False

    def __init__(self, runtime: Runtime, file: ModelFile, family: Family) -> None:
        """Loads the network.

        Raises:
            ModelError: it is of another format, or can't be run.
        """
        found = match(file, family.inputs, family.outputs)
        self._picture, self._matte = found["picture"].name, found["matte"].name
        height, width = (size if isinstance(size, int) else family.side for size in found["picture"].shape[2:])
        self._size = width, height
        self._tables = family.tables
        self._network = runtime.open(file, Demand(Layout({self._picture: (1, 3, height, width)}), BUDGET_MS))
        require_shape(self._network, self._matte, (1, 1, height, width))
        self._shares = Shares(file.graph.maker(self._matte))

    def seen(self, frame: Frame) -> NDArray[np.float32]:
        """float32 (h, w): every person's share of each point, 0..1.

        Raises:
            StageError: the network failed.
        """
        show(frame.pixels, self._size, self._tables, self._network.inputs[self._picture][0])
        self._network.run()
        matte = np.asarray(self._network.outputs[self._matte][0, 0], np.float32)
        return reduced(self._shares.of(matte), frame.size)

    def reset(self) -> None:
        """Nothing is remembered."""

    def close(self) -> None:
        """Frees the network; may be called twice."""
        self._network.close()


class Shares:
    """Tells whether a network puts out shares or their logits, which its format leaves open."""

    def __init__(self, maker: str) -> None:
        """`maker` is the operator that makes the matte."""
        self._surely = maker in SHARING
        self._votes = 0

    def of(self, matte: NDArray[np.float32]) -> NDArray[np.float32]:
        """The shares in a matte."""
        if self._surely:
            return matte
        beyond = np.count_nonzero((matte < -SURELY_LOGITS) | (matte > 1.0 + SURELY_LOGITS))
        vote = 1 if beyond >= LOGIT_POINTS * matte.size else -1
        self._votes = min(max(self._votes + vote, -VOTES), VOTES)
        if (self._votes or vote) < 0:
            return matte
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(matte, -30.0, 30.0))), np.float32)


class Recurrent:
    """Robust Video Matting: what it saw on earlier frames is carried on in four states.

    Source: Lin et al. 2022, "Robust High-Resolution Video Matting with Temporal Guidance", arXiv:2108.11515.
    """

    steady = True

    def __init__(self, runtime: Runtime, file: ModelFile, downsample: float, frame_size: tuple[int, int]) -> None:
        """Loads the network for one size of pictures.

        Raises:
            ModelError: it is of another format, or can't be run.
        """
        family = family_of(file, "rvm")
        found = match(file, family.inputs, family.outputs)
        self._picture, self._matte = found["picture"].name, found["matte"].name
        scale = min(1.0, MOST_SEEN_PX / max(frame_size))
        usual = (round(frame_size[1] * scale), round(frame_size[0] * scale))
        sizes = zip(found["picture"].shape[2:], usual, strict=True)
        height, width = (size if isinstance(size, int) else other for size, other in sizes)
        self._size = width, height
        self._tables = family.tables
        states = {found[f"{state} out"].name: found[f"{state} in"].name for state in STATES}
        fixed: dict[str, tuple[int, ...]] = {self._picture: (1, 3, height, width)}
        values: dict[str, float] = {}
        if "scale" in found:
            fixed[found["scale"].name], values[found["scale"].name] = (1,), downsample
        # The states' sizes follow from the picture's in ways that differ between exports; a state of one number
        # stands for nothing seen yet, and after it the network itself tells the sizes.
        empty = {name: (1, 1, 1, 1) for name in states.values()}
        first = runtime.open(file, Demand(Layout(fixed | empty, values=values), BUDGET_MS))
        grown = {name: first.outputs[output].shape for output, name in states.items()}
        first.close()
        self._network = runtime.open(file, Demand(Layout(fixed | grown, states, values), BUDGET_MS))
        require_shape(self._network, self._matte, (1, 1, height, width))
        self._cuts = Cuts()

    def seen(self, frame: Frame) -> NDArray[np.float32]:
        """float32 (h, w): every person's share of each point, 0..1.

        Raises:
            StageError: the network failed.
        """
        if self._cuts.cut(frame):
            self._network.reset()
        show(frame.pixels, self._size, self._tables, self._network.inputs[self._picture][0])
        self._network.run()
        return reduced(np.asarray(self._network.outputs[self._matte][0, 0], np.float32), frame.size)

    def reset(self) -> None:
        """Forgets earlier frames."""
        self._network.reset()
        self._cuts = Cuts()

    def close(self) -> None:
        """Frees the network; may be called twice."""
        self._network.close()


class Cuts:
    """Notices that a picture has nothing to do with the one before."""

    def __init__(self) -> None:
        """Starts without a picture."""
        self._before: tuple[NDArray[np.uint8], int] | None = None

    def cut(self, frame: Frame) -> bool:
        """Whether this frame does not go on from the one before; the first one does not."""
        pixels = frame.pixels
        half = pixels[::4, ::4] if min(pixels.shape[:2]) >= 4 * THUMBNAIL[0] else pixels
        small = np.asarray(cv2.resize(half, THUMBNAIL, interpolation=cv2.INTER_AREA), np.uint8)
        before, self._before = self._before, (small, frame.media_ns)
        if before is None or not 0 <= frame.media_ns - before[1] <= CUT_NS:
            return True
        return float(cv2.absdiff(small, before[0]).mean()) > CUT_LEVELS


def show(pixels: Pixels, size: tuple[int, int], tables: NDArray[np.float32], planes: NDArray[Any]) -> None:
    """Writes a picture into a network's input.

    Args:
        pixels: uint8 (height, width, 3) BGR.
        size: the input's width and height.
        tables: float32 (3, 1, 256), what the network is shown for each level of red, green and blue.
        planes: (3, height, width), written to.
    """
    while pixels.shape[1] >= 2 * size[0] and pixels.shape[0] >= 2 * size[1]:
        half = (pixels.shape[1] // 2, pixels.shape[0] // 2)
        pixels = np.asarray(cv2.resize(pixels, half, interpolation=cv2.INTER_AREA), np.uint8)
    if (pixels.shape[1], pixels.shape[0]) != size:
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_LINEAR), np.uint8)
    for plane, channel in enumerate(reversed(cv2.split(pixels))):
        if planes.dtype == np.float32:
            cv2.LUT(channel, tables[plane], dst=planes[plane])
        else:
            planes[plane] = cv2.LUT(channel, tables[plane])


def reduced(matte: NDArray[np.float32], frame_size: tuple[int, int]) -> NDArray[np.float32]:
    """A matte in the frame's shape, no larger than is of use, in 0..1."""
    longest = min(LONGEST_PX, max(matte.shape))
    scale = longest / max(frame_size)
    size = (max(1, round(frame_size[0] * scale)), max(1, round(frame_size[1] * scale)))
    if (matte.shape[1], matte.shape[0]) != size:
        larger = matte.shape[1] > size[0] or matte.shape[0] > size[1]
        matte = np.asarray(cv2.resize(matte, size, interpolation=cv2.INTER_AREA if larger else cv2.INTER_LINEAR))
    return np.clip(matte, 0.0, 1.0)
