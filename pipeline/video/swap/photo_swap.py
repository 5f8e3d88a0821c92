"""The photo face engine: one portrait worn by the actor as a warped mesh."""

from dataclasses import replace
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.errors import StageError
from pipeline.media import Face, Frame, Motion, Pasted, Pixels, Points
from pipeline.video.buffers import Buffers
from pipeline.video.output.blur import blend, blur_face
from pipeline.video.swap.appearance import Colouring, Grid, Unwrapped, unwrap
from pipeline.video.swap.mesh_warp import Map, MeshWarp, Rectangle
from pipeline.video.swap.occlusion import Occlusion
from pipeline.video.swap.photo_target import PhotoTarget, Texture
from pipeline.video.swap.proportions import Proportions
from pipeline.video.swap.topology import with_ring
from pipeline.video.tracking.mesh import CHIN, FACE_OVAL, FOREHEAD_TOP, INNER_LIPS, LEFT_EYE, RIGHT_EYE
from profiles.profile import Profile

OPENING_GROWTH = 0.08
"""Eyes and mouth are opened this much wider, so that nothing of the portrait's own eyes shows at their rim."""
FADE_DEG = 15.0
"""Over so many degrees beyond the portrait's limit the face fades to a blur."""
STILL_PX = 0.3
"""Below this displacement the actor's own picture needs no warp."""


class Masks(Protocol):
    """Networks that tell what stands before the face."""

    def visible(self, frame: Frame, face: Face, spots: NDArray[np.float32]) -> Grid:
        """float32 (80, 64): where the face is seen; `spots`, float32 (80, 64, 2), are the grid points on the picture.

        Raises:
            StageError: a network failed, or sees so little of the face that the actor would be shown.
        """

    def reset(self) -> None:
        """Forgets the actor."""

    def close(self) -> None:
        """Frees the networks; may be called twice."""


class PhotoSwap:
    """The stage that puts a portrait's face on the chosen face of each frame."""

    name = "swap"
    latency_ns = 0

    def __init__(self, target: PhotoTarget, profile: Profile, masks: Masks | None = None) -> None:
        """A stage for one target, which may serve others at the same time; masks end with the stage."""
        self._target, self._masks = target, masks
        self._settings = profile.face
        self._buffers = Buffers()
        self.reset()

    def reset(self) -> None:
        """Forgets the actor."""
        self._colouring = Colouring(self._target)
        self._occlusion = Occlusion(self._target)
        self._proportions = Proportions(self._target)
        self._worn_id: int | None = None
        if self._masks is not None:
            self._masks.reset()

    def adjust(self, profile: Profile) -> None:
        """Takes the face's live settings."""
        self._settings = profile.face

    def close(self) -> None:
        """Lets the output buffer and the masks go."""
        if self._masks is not None:
            self._masks.close()
        self._buffers.clear()

    def process(self, frame: Frame) -> Frame:
        """The frame with the target's face on the chosen one.

        Raises:
            StageError: no face is chosen on this frame.
        """
        face = frame.chosen_face
        if face is None:
            raise StageError("There is no face to put the likeness on.")
        if face.track_id != self._worn_id:
            self.reset()
            self._worn_id = face.track_id
        actor = with_ring(face.landmarks)
        seen = unwrap(frame, actor, self._target)
        visible = self._visible(frame, seen, face, actor)
        drawn = visible * _rounded(seen.facing)
        gain = self._colouring.gain(seen, visible, self._settings, frame.media_ns)
        mesh = self._proportions.displaced(face.landmarks, self._settings, frame.media_ns)
        pixels = self._buffers.copy("frame", frame.pixels)
        rectangle = _rectangle(np.concatenate([mesh, actor]), frame.size)
        motion, pasted = None, None
        if rectangle is not None:
            left, top, width, height = rectangle
            part = pixels[top : top + height, left : left + width]
            motion, pasted = self._wear(part, frame, _Placing(face, actor, mesh, rectangle), gain, drawn)
        fade = self._fade(face)
        if fade > 0:
            blur_face(pixels, face, fade)
        return replace(frame, pixels=pixels, motion=motion, pasted=(*frame.pasted, *filter(None, (pasted,))))

    def _visible(self, frame: Frame, seen: Unwrapped, face: Face, actor: Points) -> Grid:
        """Where the face is not hidden, as strictly as the settings ask."""
        visible = self._occlusion.visible(seen, face.pose, frame.media_ns)
        if self._masks is not None:
            visible = np.minimum(visible, self._masks.visible(frame, face, self._target.grid.on(actor)))
        return 1.0 - self._settings.occlusion * (1.0 - visible)

    def _wear(
        self, part: Pixels, frame: Frame, placing: "_Placing", gain: Grid, drawn: Grid
    ) -> tuple[Motion | None, Pasted | None]:
        """Draws the face into `part`, the rectangle of the output; how the actor was moved for it, and where it is."""
        warp = MeshWarp(placing.mesh, self._target.topology, placing.rectangle)
        motion, pasted = None, None
        if float(np.abs(placing.mesh[:, :2] - placing.actor[:, :2]).max()) > STILL_PX:
            motion = _move_actor(part, frame, warp, placing)
        texture = self._target.texture_for(placing.face_height_px * self._settings.size)
        inner = warp.part(placing.mesh[list(FACE_OVAL)])
        if inner is not None:
            left, top, width, height = inner
            worn, alpha = self._worn(texture, warp.maps_to(texture.points, inner), gain, drawn)
            self._open(alpha, placing, (left, top))
            blend(part[top : top + height, left : left + width], worn, alpha)
            pasted = Pasted(placing.rectangle[0] + left, placing.rectangle[1] + top, alpha)
        return motion, pasted

    def _worn(
        self, texture: Texture, maps: tuple[Map, Map], gain: Grid, drawn: Grid
    ) -> tuple[Pixels, NDArray[np.uint8]]:
        """The texture in the actor's colours and pose, and its opacity 0..255."""
        height, width = texture.pixels.shape[:2]
        factor = cv2.resize(gain, (width, height), interpolation=cv2.INTER_LINEAR)
        coloured = cv2.multiply(texture.pixels, factor, dtype=cv2.CV_8U)
        edge = np.clip(self._target.inside / self._settings.feather, 0.0, 1.0)
        mask = edge * edge * (3.0 - 2.0 * edge) * drawn * (255.0 * self._settings.opacity)
        mask = cv2.resize(mask.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR).astype(np.uint8)
        layers = cv2.merge([*cv2.split(coloured), mask])
        worn = cv2.remap(layers, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        return np.asarray(cv2.cvtColor(worn, cv2.COLOR_BGRA2BGR), np.uint8), np.asarray(
            cv2.extractChannel(worn, 3), np.uint8
        )

    def _open(self, alpha: NDArray[np.uint8], placing: "_Placing", corner: tuple[int, int]) -> None:
        """Lets the actor's own eyes and inner mouth show through."""
        groups = ((RIGHT_EYE, self._settings.eyes), (LEFT_EYE, self._settings.eyes), (INNER_LIPS, self._settings.mouth))
        for group, strength in groups:
            show_through(alpha, placing.local(group) - np.array(corner, np.float32), strength)

    def _fade(self, face: Face) -> float:
        """How far the face is blurred out, 0..1."""
        beyond = abs(face.pose.yaw_deg) - self._settings.max_yaw_deg
        return float(np.clip(beyond / FADE_DEG, 0.0, 1.0))


class _Placing:
    """Where on the picture the face goes."""

    def __init__(self, face: Face, actor: Points, mesh: Points, rectangle: Rectangle) -> None:
        self.face, self.actor, self.mesh, self.rectangle = face, actor, mesh, rectangle
        self.face_height_px = float(np.linalg.norm(actor[CHIN, :2] - actor[FOREHEAD_TOP, :2]))

    def local(self, group: tuple[int, ...]) -> Points:
        """Mesh points of a group in the rectangle's pixels."""
        return np.asarray(self.mesh[list(group), :2] - np.array(self.rectangle[:2], np.float32))


def _rectangle(points: Points, size: tuple[int, int]) -> Rectangle | None:
    """The part of the picture that the points cover, or None when it is empty."""
    left, top = (max(0, int(value)) for value in points[:, :2].min(axis=0))
    right, bottom = (min(limit, int(value) + 2) for limit, value in zip(size, points[:, :2].max(axis=0), strict=True))
    return (left, top, right - left, bottom - top) if right - left > 1 and bottom - top > 1 else None


def _move_actor(part: Pixels, frame: Frame, warp: MeshWarp, placing: "_Placing") -> Motion:
    """Moves the actor's own pixels along with the mesh, so that eyes, mouth and edges meet the target's."""
    left, top = placing.rectangle[:2]
    shift = warp.shift_to(placing.actor)
    own = cv2.cvtColor(frame.pixels[top : top + part.shape[0], left : left + part.shape[1]], cv2.COLOR_BGR2BGRA)
    moved = cv2.remap(own, *warp.moved_by(shift), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    cv2.cvtColor(moved, cv2.COLOR_BGRA2BGR, dst=part)
    return Motion(*placing.rectangle, *shift)


def _rounded(facing: Grid) -> Grid:
    """float32 (80, 64): how far the face is drawn where it turns away; it ends softly at its own outline."""
    return np.asarray(cv2.blur(np.minimum(1.25 * facing, 1.0), (5, 5)), np.float32)


def show_through(alpha: NDArray[np.uint8], polygon: Points, strength: float) -> None:
    """Takes a soft-edged polygon, a little enlarged, out of the opacity.

    Args:
        alpha: uint8 (height, width), written to.
        polygon: float32 (n, 2) in its pixels.
        strength: 0 leaves it, 1 takes it out wholly.
    """
    extent = np.ptp(polygon, axis=0)
    polygon = polygon + OPENING_GROWTH * (polygon - polygon.mean(axis=0))
    soft = max(1, int(0.06 * extent[0] + 0.5))
    left, top = (max(0, int(value) - 3 * soft) for value in polygon.min(axis=0))
    right, bottom = (int(value) + 3 * soft + 2 for value in polygon.max(axis=0))
    part = alpha[top:bottom, left:right]
    if part.size == 0 or extent[1] < 1.0 or strength <= 0:
        return
    hole = np.zeros(part.shape, np.uint8)
    spots = np.rint((polygon - [left, top]) * 16).astype(np.int32)
    cv2.fillPoly(hole, [spots], (255,), cv2.LINE_AA, 4)
    window = (soft + 1 + soft % 2,) * 2
    shown = cv2.convertScaleAbs(cv2.blur(cv2.blur(hole, window), window), alpha=strength)
    cv2.multiply(part, cv2.bitwise_not(shown), dst=part, scale=1 / 255)
