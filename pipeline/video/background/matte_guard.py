"""What stands in where a profile's own matte can't be true: the built-in one, so that the actor's room is not shown."""

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from pipeline.inference.onnx.model_file import ModelFile
from pipeline.inference.onnx.runtime import Runtime
from pipeline.inference.store import ModelStore
from pipeline.media import Frame
from pipeline.telemetry import Level
from pipeline.video.background.matting import open_matting
from pipeline.video.background.person_matte import Segmenter, Selfie
from profiles.engines.face import MattingSettings

SEEN_THROUGH = 0.1
"""Where a matte is above this the room shows."""
PERSON = 0.5
ALL, MOST = 0.98, 0.9
"""A matte that shows so much of the picture can't be true where the built-in one sees a person on less than `MOST`."""
NONE, SOME = 0.002, 0.02
"""A matte with a person on no more than this can't be true where the built-in one sees one on more than `SOME`."""
PATIENCE = 30
"""Mattes in a row that can't be true before that is told: a hand before the camera goes by sooner."""


class GuardedMatte:
    """A network's mattes; on frames where they can't be true, those of another that is asked on these only.

    A matte of ones would put the actor's own room behind the target's face, one of zeros leave other people unblurred.
    """

    def __init__(self, network: Segmenter, other: Segmenter, tell: Callable[[str], None]) -> None:
        """Both are closed with the guard.

        Args:
            network: the profile's own.
            other: stands in.
            tell: told once, when that lasts.
        """
        self._network, self._other, self._tell = network, other, tell
        self._untrue = 0
        self._told = False

    @property
    def steady(self) -> bool:
        """As the network's own."""
        return self._network.steady

    def seen(self, frame: Frame) -> NDArray[np.float32]:
        """As `Segmenter` has it.

        Raises:
            StageError: the network failed.
        """
        matte = self._network.seen(frame)
        all_of_it = _share(matte, SEEN_THROUGH) >= ALL
        if not all_of_it and _share(matte, PERSON) > NONE:
            self._untrue = 0
            return matte
        other = self._other.seen(frame)
        person = _share(other, PERSON)
        if person >= MOST if all_of_it else person <= SOME:
            self._untrue = 0
            return matte
        self._untrue += 1
        if self._untrue >= PATIENCE and not self._told:
            self._told = True
            what = "takes the whole picture for a person" if all_of_it else "sees nobody where somebody is"
            self._tell(f"The profile's matte {what}; the built-in one stands in, take another model in [matting].")
        return other

    def reset(self) -> None:
        """Forgets earlier frames."""
        self._network.reset()
        self._other.reset()
        self._untrue = 0

    def close(self) -> None:
        """Frees both; may be called twice."""
        self._network.close()
        self._other.close()


def open_guarded(
    runtime: Runtime, models: ModelStore, file: ModelFile, settings: MattingSettings, frame_size: tuple[int, int]
) -> GuardedMatte:
    """The network in a file, warm, with the built-in one to stand in.

    Args:
        runtime: where it is to run.
        models: where the built-in one is.
        file: the matting network's file, read.
        settings: the profile's [matting].
        frame_size: width and height of the frames.

    Raises:
        ModelError: the file is no matting network, or can't be run, or the built-in one is missing.
    """
    other = Selfie(models.path("selfie-segmentation-landscape"))
    own = open_matting(runtime, file, settings, frame_size)
    return GuardedMatte(own, other, partial(runtime.tell, Level.WARNING))


def _share(matte: NDArray[np.float32], level: float) -> float:
    """How much of a matte is above a level."""
    return float(np.count_nonzero(matte > level)) / matte.size
