"""The values that flow through the lanes. Every one carries the instant at which it was captured."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Pixels: TypeAlias = NDArray[np.uint8]
"""uint8 (height, width, 3), BGR, C-contiguous."""

Points: TypeAlias = NDArray[np.float32]
"""float32 (n, 2) or (n, 3) positions in pixels, x to the right, y down."""

LANDMARK_COUNT = 468
"""Points of the face mesh."""


@dataclass(frozen=True, slots=True)
class Pose:
    """The head's rotation in degrees, zero when it faces the camera.

    Positive yaw turns the nose to the picture's right, positive pitch lifts it, positive roll tilts the head
    clockwise as the picture shows it.
    """

    yaw_deg: float
    pitch_deg: float
    roll_deg: float


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One tracked face on a frame."""

    track_id: int
    """Stable for as long as the face is followed; never used again for another."""
    box: tuple[float, float, float, float]
    """Left, top, width, height of the landmarks, in frame pixels."""
    landmarks: Points
    """float32 (468, 3): x and y in frame pixels, z in the same unit, negative toward the camera."""
    pose: Pose
    score: float
    """Presence from the landmark network, 0..1."""
    chosen: bool = False
    """True on the one face that takes the target's likeness."""
    role: int | None = None
    """The entry in the profile's cast whose face this one wears; None for most."""
    is_followed: bool = True
    """False where the landmarks are a mean head's, laid on what was found: enough to blur it, not to wear a face."""


@dataclass(frozen=True, slots=True)
class FaceReading:
    """A followed face for the operator."""

    track_id: int
    """What an entry of a cast calls the face by."""
    part: str = ""
    """Who it is: "actor", or what the entry in the cast names; empty for everybody else."""
    wears: str = ""
    """Name of the profile whose face it wears, where that is not the present one's own."""

    def __str__(self) -> str:
        """The face in few letters, such as `#7 left→mara`."""
        return f"#{self.track_id}" + f" {self.part}" * bool(self.part) + f"→{self.wears}" * bool(self.wears)


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """How a part of the picture was moved, for what was found on the picture before."""

    left: int
    top: int
    width: int
    height: int
    """The part, in frame pixels."""
    shift_x: NDArray[np.float32]
    shift_y: NDArray[np.float32]
    """float32 (rows, columns), evenly over the part: from where each point is to where it was, in frame pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class Pasted:
    """Where a target's face was laid on the picture."""

    left: int
    top: int
    """Where `alpha` lies, in frame pixels."""
    alpha: NDArray[np.uint8]
    """uint8 (h, w), the face's share of each pixel, 0..255."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture on its way through the video lane."""

    pixels: Pixels
    captured_ns: int
    """When the light fell on the sensor, on the program's clock."""
    media_ns: int
    """Time since the source's first frame, in the source's own time: a file's time stamps, however fast it is read."""
    faces: tuple[Face, ...] = ()
    matte: NDArray[np.uint8] | None = None
    """uint8 (h, w), the person's share of each pixel 0..255, at the segmentation network's own size."""
    cut_out: NDArray[np.uint8] | None = None
    """uint8 (h, w), the same as it was cut out of the picture, at half its size; None where no room is behind it."""
    strangers: NDArray[np.uint8] | None = None
    """uint8 (h, w), the same for people who are not joined to the chosen face; None when there are none."""
    motion: Motion | None = None
    """How the swap moved the picture around the face; None where it did not."""
    camera: int = 0
    """Which of the session's cameras saw it, in the order in which they came."""
    pasted: tuple[Pasted, ...] = ()
    """The faces that were put on; their memory may be used again as that of the pixels may."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.pixels.shape[1], self.pixels.shape[0]

    @property
    def chosen_face(self) -> Face | None:
        """The face that takes the target's likeness, or None."""
        return next((face for face in self.faces if face.chosen), None)

    @property
    def worn_faces(self) -> tuple[Face, ...]:
        """The chosen face and those with a role that are seen."""
        return tuple(face for face in self.faces if face.chosen or (face.role is not None and face.score > 0.0))


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A finished frame as it leaves: planar I420."""

    planes: NDArray[np.uint8]
    """uint8 (height * 3 // 2, width), C-contiguous: Y, then U and V at half size."""
    captured_ns: int
    media_ns: int
    """Time since the source's first frame, in the source's own time."""
    by_policy: bool = False
    """True when it is no frame of its own: the card, or one that the fail-safe blurred, held or sent again."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.planes.shape[1], self.planes.shape[0] * 2 // 3


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """A stretch of sound."""

    samples: NDArray[np.float32]
    """float32 (samples, channels) in -1..1."""
    rate_hz: int
    captured_ns: int
    """When the first sample reached the microphone, on the program's clock."""
