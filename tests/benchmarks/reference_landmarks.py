"""The landmarks that MediaPipe's own face mesh gives for films, kept for `landmark_accuracy.py`.

MediaPipe wants older packages than the project, so this runs in an environment of its own:

    python3.11 -m venv scratch && scratch/bin/pip install mediapipe==0.10.21 av
    scratch/bin/python tests/benchmarks/reference_landmarks.py OUT.npz FILM ...
"""

import argparse
import zlib
from collections.abc import Iterator
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

LANDMARK_COUNT = 468
HEIGHTS_PX = (0, 720)
"""Every film is taken as it is (0) and brought to this height."""
MODES = {"following": False, "each frame anew": True}
SETTLING_LOOKS = 6
"""When following, the first picture is shown so often before anything is kept: MediaPipe starts from a coarse detection
and closes in on the face from picture to picture."""

Image = NDArray[np.uint8]


def pictures(film: Path, height_px: int) -> Iterator[Image]:
    """Every picture of a film, uint8 (height, width, 3) RGB, scaled to a height unless that is 0."""
    with av.open(str(film)) as container:
        for frame in container.decode(video=0):
            picture = frame.to_ndarray(format="rgb24")
            if height_px:
                width_px = round(picture.shape[1] * height_px / picture.shape[0] / 2) * 2
                picture = cv2.resize(picture, (width_px, height_px), interpolation=cv2.INTER_LINEAR)
            yield np.ascontiguousarray(picture, np.uint8)


def checksum(picture: Image) -> int:
    """Tells whether two environments decoded the same picture."""
    return zlib.crc32(picture.tobytes())


def key(film: Path, height_px: int, what: str) -> str:
    """Under which name an array about a film is kept."""
    return f"{film.name} {height_px or 'own'} {what}"


def located(film: Path, height_px: int, static: bool) -> NDArray[np.float32]:
    """float32 (frames, 468, 3) in picture pixels, not-a-number where no face was found."""
    from mediapipe.python.solutions.face_mesh import FaceMesh

    rows = []
    with FaceMesh(static_image_mode=static, max_num_faces=1, refine_landmarks=False) as mesh:
        for number, picture in enumerate(pictures(film, height_px)):
            for _ in range(SETTLING_LOOKS if number == 0 and not static else 1):
                found = mesh.process(picture).multi_face_landmarks
            row = np.full((LANDMARK_COUNT, 3), np.nan, np.float32)
            if found:
                row[:] = [(point.x, point.y, point.z) for point in found[0].landmark]
                row *= np.array([picture.shape[1], picture.shape[0], picture.shape[1]], np.float32)
            rows.append(row)
    return np.stack(rows)


def main() -> None:
    """Writes one array of landmarks per film, size and mode, and the checksums of the pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("films", type=Path, nargs="+")
    options = parser.parse_args()
    arrays: dict[str, NDArray[np.generic]] = {}
    for film in options.films:
        for height_px in HEIGHTS_PX:
            arrays[key(film, height_px, "checksums")] = np.array([checksum(p) for p in pictures(film, height_px)])
            for mode, static in MODES.items():
                arrays[key(film, height_px, mode)] = located(film, height_px, static)
                print(key(film, height_px, mode), arrays[key(film, height_px, mode)].shape, flush=True)
    np.savez_compressed(options.out, **arrays)


if __name__ == "__main__":
    main()
