"""The stage that wears a face, and adds detail to it."""

from contextlib import ExitStack
from dataclasses import replace

import numpy as np

from pipeline.inference.named_model import read_named
from pipeline.inference.onnx.runtime import Runtime
from pipeline.media import Frame
from pipeline.runner import do_all
from pipeline.stage import VideoStage
from pipeline.video.restore.restorer import Restorer
from pipeline.video.swap.photo_swap import FADE_DEG
from profiles.profile import Profile


class Restored:
    """A face stage whose result is restored. Both end with it."""

    latency_ns = 0

    def __init__(self, worn: VideoStage, restorer: Restorer, profile: Profile) -> None:
        """Takes a stage that puts the likeness on frames, in a buffer of its own, and a network, both warm."""
        self.name = worn.name
        self._worn, self._restorer = worn, restorer
        self._max_yaw_deg = profile.face.max_yaw_deg

    def process(self, frame: Frame) -> Frame:
        """The frame with the likeness and its detail; none on a face that is turned so far that it is blurred.

        Raises:
            StageError: the likeness could not be put on, or the network failed.
        """
        worn = self._worn.process(frame)
        face = worn.chosen_face
        if face is None:
            return worn
        share = float(np.clip(1.0 - (abs(face.pose.yaw_deg) - self._max_yaw_deg) / FADE_DEG, 0.0, 1.0))
        if share > 0:
            if worn.pixels is frame.pixels:
                worn = replace(worn, pixels=worn.pixels.copy())
            self._restorer.add(worn.pixels, face, worn.media_ns, share)
        return worn

    def adjust(self, profile: Profile) -> None:
        """Takes the live settings."""
        self._max_yaw_deg = profile.face.max_yaw_deg
        self._worn.adjust(profile)
        self._restorer.adjust(profile.restore)

    def reset(self) -> None:
        """Forgets the actor."""
        self._worn.reset()
        self._restorer.reset()

    def close(self) -> None:
        """Frees both; may be called twice."""
        do_all(self._worn.close, self._restorer.close)


def restored(worn: VideoStage, profile: Profile, runtime: Runtime) -> VideoStage:
    """The stage itself, or with the network in [restore] behind it where the profile brings one.

    Raises:
        ModelError: the file is missing, changed or of another format, or can't be run; the stage is closed then.
    """
    path = profile.restore.model
    if path is None:
        return worn
    with ExitStack() as unfinished:
        unfinished.callback(worn.close)
        file = read_named(profile, path)
        stage = Restored(worn, Restorer(runtime, file, profile.restore), profile)
        unfinished.pop_all()
    return stage
