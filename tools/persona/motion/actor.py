"""The demo actor's clip: every frame of the loop, written as H.264, with its timeline beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from tools.persona.motion.performance import FPS, LOOP_S, pose_at
from tools.persona.motion.room import room
from tools.persona.motion.timeline import Cue, cues, phrase
from tools.persona.personas import ACTOR
from tools.persona.render.camera import Camera
from tools.persona.render.film import developed
from tools.persona.render.light import Lamp
from tools.persona.render.picture import Stage
from tools.persona.studio import Sitter

Picture = npt.NDArray[np.uint8]
WIDTH, HEIGHT = 1280, 720
ROOM_RIG = (
    Lamp((-0.75, 0.45, 0.85), 8.0, (3.0, 2.95, 2.85)),
    Lamp((0.35, 0.35, 1.0), 1.2, (0.62, 0.58, 0.53)),
    Lamp((0.0, -1.0, 0.8), 2.5, (0.35, 0.33, 0.32)),
    Lamp((1.0, 0.5, -0.5), 8.0, (1.0, 0.85, 0.68)),
    Lamp((-1.0, 0.4, -0.5), 6.0, (0.8, 0.85, 0.9)),
)
"""A window at the left, the room, the desk, a lamp behind at the right."""


class Actor:
    """The demo actor in front of the desk's camera."""

    def __init__(self, samples: int = 2) -> None:
        camera = Camera(WIDTH, HEIGHT, samples, 75.0, 19.0, centre=(0.5, 0.44))
        self._stage = Stage(camera, ROOM_RIG, room(WIDTH, HEIGHT), (48, 208))
        self._sitter = Sitter(ACTOR)
        self._timeline: tuple[Cue, ...] = cues()

    def frame(self, number: int) -> Picture:
        """Frame ``number`` of the loop, 8-bit BGR (720, 1280, 3)."""
        light = self._sitter.light(pose_at(number / FPS, self._timeline), self._stage)
        return developed(light, 0.007, number)


def frames(samples: int = 2) -> Iterator[Picture]:
    """Every frame of the loop in order."""
    actor = Actor(samples)
    for number in range(int(LOOP_S * FPS)):
        yield actor.frame(number)


def write_clip(path: Path, pictures: Iterator[Picture]) -> int:
    """Write BGR pictures as an H.264 clip; returns how many there were."""
    written = 0
    with av.open(str(path), "w", options={"movflags": "faststart"}) as container:
        stream = container.add_stream("libx264", rate=FPS, options={"crf": "20", "preset": "slow"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for picture in pictures:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
            written += 1
        container.mux(stream.encode())
    return written


def write_timeline(path: Path) -> None:
    """Write the clip's mouth shapes as JSON."""
    found = {
        "fps": FPS,
        "duration_s": LOOP_S,
        "phrase": phrase(),
        "cues": [{"t_s": cue.t_s, "viseme": cue.viseme, "weight": cue.weight} for cue in cues()],
    }
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
