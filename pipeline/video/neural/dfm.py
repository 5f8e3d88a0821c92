"""A face that was trained with DeepFaceLab, as its .dfm file holds it: an ONNX network."""

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ModelError
from pipeline.inference.onnx.model_file import ModelFile
from pipeline.inference.onnx.network import Layout
from pipeline.inference.onnx.outputs import require_shape
from pipeline.inference.onnx.ports import FLOATS, Port, match, sizes_of
from pipeline.inference.onnx.runtime import Demand, Network, Runtime
from pipeline.media import Face, Pixels
from pipeline.video.neural.alignment import Alignment, crop_for
from pipeline.video.neural.colour import levels
from pipeline.video.neural.face_model import Converted, Matrix
from profiles.engines.face import DfmSettings
from profiles.profile import Profile

INPUTS = (
    Port("actor", (None, "side", "side", 3), ("in_face:0", "in_face"), FLOATS),
    Port("morph", (1,), ("morph_value:0", "morph_value"), FLOATS, optional=True),
)
"""Blue, green and red in 0..1, the channels last; how far toward the target, 0..1."""
OUTPUTS = (
    Port("driver_mask", (None, "side", "side", 1), dtypes=FLOATS),
    Port("face", (None, "side", "side", 3), dtypes=FLOATS),
    Port("target_mask", (None, "side", "side", 1), dtypes=FLOATS),
)
"""Told apart by their places; their names differ from program to program."""
CHANNELS = (1, 3, 1)
LEAST_SIDE, MOST_SIDE, SIDE_STEP = 64, 640, 16
BUDGET_MS = 60.0
"""On a CPU a face that takes longer than this stutters."""
SHARPEN_SIGMA_PX = 1.0


class Dfm:
    """The face model in a .dfm file, which knows one target. Called by one thread at a time."""

    def __init__(self, runtime: Runtime, file: ModelFile, profile: Profile) -> None:
        """Checks the file against the format and loads it.

        Args:
            runtime: where it is to run.
            file: the .dfm file, read.
            profile: its settings in [dfm].

        Raises:
            ModelError: it is of another format, or can't be run.
        """
        self._size = _side_of(file)
        found = match(file, INPUTS, OUTPUTS)
        self._ports = {port.name: found[port.name].name for port in INPUTS if port.name in found}
        self._results = [tensor.name for tensor in file.graph.outputs[: len(OUTPUTS)]]
        shapes: dict[str, tuple[int, ...]] = {self._ports["actor"]: (1, self._size, self._size, 3)}
        if "morph" in self._ports:
            shapes[self._ports["morph"]] = (1,)
        self._alignment = Alignment()
        self._network: Network = runtime.open(file, Demand(Layout(shapes), BUDGET_MS, graphs=True))
        self._check_outputs()
        self._mask, self._factor = (np.empty((self._size, self._size), np.float32) for _ in range(2))
        self.adjust(profile)

    @property
    def name(self) -> str:
        """The model file's name."""
        return self._network.name

    @property
    def size(self) -> int:
        """Side of the square in pixels."""
        return self._size

    @property
    def takes_morph(self) -> bool:
        """Whether the model blends between actor and target."""
        return "morph" in self._ports

    def align(self, face: Face) -> Matrix:
        """Where on the frame the square lies.

        Raises:
            StageError: the face is too small or too distorted.
        """
        steady = self._settings.exclude_moving_parts
        return self._alignment.matrix(face, crop_for(self._settings), self._size, steady=steady)

    def convert(self, square: Pixels) -> Converted:
        """The target's face in place of the actor's, and the product of the masks that the profile takes.

        Raises:
            StageError: the network failed.
        """
        network, settings = self._network, self._settings
        given = network.inputs[self._ports["actor"]]
        sharp = _sharpened(square, settings.pre_sharpen)
        if given.dtype == np.float32 and self._sees_plainly:
            # The table is a straight line then; to multiply takes a third of the time.
            np.multiply(sharp, self._pre_gamma[0, 1, 0], out=given[0])
        elif given.dtype == np.float32:
            cv2.LUT(sharp, self._pre_gamma, dst=given[0])
        else:
            given[0] = cv2.LUT(sharp, self._pre_gamma)
        if self.takes_morph:
            network.inputs[self._ports["morph"]][...] = settings.morph
        network.run()
        driver, face, target = (network.outputs[name][0] for name in self._results)
        if settings.two_pass:
            # The driver's mask is of the actor, whom the second pass does not see.
            driver = driver.copy()
            # Looked up anew: the network may have moved to another device within the first pass.
            np.clip(face, 0.0, 1.0, out=network.inputs[self._ports["actor"]][0])
            network.run()
            _, face, target = (network.outputs[name][0] for name in self._results)
        return Converted(self._brightened(face), self._product(driver, target))

    def adjust(self, profile: Profile) -> None:
        """Takes the live settings in [dfm]."""
        self._settings = profile.dfm
        gammas = _gammas(profile.dfm)
        self._pre_gamma, self._post_gamma = (_table(gamma) for gamma in gammas)
        self._sees_plainly, self._brightens = bool(np.all(gammas[0] == 1.0)), bool(np.any(gammas[1] != 1.0))

    def close(self) -> None:
        """Frees the network; may be called twice."""
        self._network.close()

    def _check_outputs(self) -> None:
        """Holds what the network really puts out against the format; a file may leave that open.

        Raises:
            ModelError: it is another size.
        """
        for name, channels in zip(self._results, CHANNELS, strict=True):
            require_shape(self._network, name, (1, self._size, self._size, channels))

    def _brightened(self, face: NDArray[np.generic]) -> NDArray[np.float32]:
        """The model's face with the profile's gamma."""
        plain = np.asarray(face, np.float32)
        if not self._brightens:
            return plain
        return np.asarray(cv2.LUT(levels(plain), self._post_gamma), np.float32)

    def _product(self, driver: NDArray[np.generic], target: NDArray[np.generic]) -> NDArray[np.float32] | None:
        """The chosen masks multiplied; None where none is chosen."""
        wanted = ((driver, self._settings.mask_driver), (target, self._settings.mask_target))
        masks = [np.asarray(mask[..., 0], np.float32) for mask, chosen in wanted if chosen]
        if not masks:
            return None
        np.clip(masks[0], 0.0, 1.0, out=self._mask)
        for mask in masks[1:]:
            np.clip(mask, 0.0, 1.0, out=self._factor)
            np.multiply(self._mask, self._factor, out=self._mask)
        return self._mask


def _side_of(file: ModelFile) -> int:
    """The side of the model's square.

    Raises:
        ModelError: the file is of another format, or has no such side.
    """
    side = sizes_of(file, INPUTS, OUTPUTS).get("side")
    if side is None:
        raise ModelError(
            f"The model {file.path} does not say how large its faces are; export it with a fixed width and height."
        )
    if not LEAST_SIDE <= side <= MOST_SIDE or side % SIDE_STEP:
        raise ModelError(
            f"The faces of the model {file.path} are {side} px wide, wanted {LEAST_SIDE} to {MOST_SIDE} in steps of "
            f"{SIDE_STEP}; it is of another format."
        )
    return side


def _gammas(settings: DfmSettings) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Before and after the model, each for blue, green and red."""
    return (
        np.array([settings.pre_gamma_blue, settings.pre_gamma_green, settings.pre_gamma_red]),
        np.array([settings.post_gamma_blue, settings.post_gamma_green, settings.post_gamma_red]),
    )


def _table(gamma: NDArray[np.float64]) -> NDArray[np.float32]:
    """float32 (1, 256, 3): levels 0..255 as 0..1, brightened."""
    levels = np.arange(256, dtype=np.float64)[:, np.newaxis] / 255.0
    return (levels ** (1.0 / gamma))[np.newaxis].astype(np.float32)


def _sharpened(square: Pixels, strength: float) -> Pixels:
    """The square with its fine detail raised."""
    if strength <= 0:
        return square
    soft = cv2.GaussianBlur(square, (0, 0), SHARPEN_SIGMA_PX)
    return np.asarray(cv2.addWeighted(square, 1.0 + strength, soft, -strength, 0.0), np.uint8)
