"""Colours as they were meant, whatever the file says or leaves unsaid about them."""

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace

from pipeline.media import Pixels
from pipeline.video.codecs.decoder import VideoDecoder

COLOURS = ((40, 40, 200), (40, 200, 40), (200, 40, 40), (90, 150, 210))


def stripes(size: tuple[int, int]) -> Pixels:
    width, height = size
    picture = np.zeros((height, width, 3), np.uint8)
    for index, colour in enumerate(COLOURS):
        picture[:, index * width // 4 : (index + 1) * width // 4] = colour
    return picture


def off_by(pixels: Pixels) -> int:
    height, width = pixels.shape[:2]
    centres = [pixels[height // 2, width // 8 + index * width // 4] for index in range(4)]
    return int(np.abs(np.array(centres, int) - COLOURS).max())


@pytest.mark.parametrize(
    ("size", "matrix", "tagged"),
    [
        ((320, 240), Colorspace.ITU601, True),
        ((320, 240), Colorspace.ITU709, True),
        ((320, 240), Colorspace.ITU601, False),
        ((1280, 720), Colorspace.ITU709, False),
        ((1280, 720), Colorspace.ITU601, True),
    ],
)
@pytest.mark.parametrize("colour_range", [ColorRange.MPEG, ColorRange.JPEG])
def test_colours_come_back(
    tmp_path: Path, size: tuple[int, int], matrix: Colorspace, tagged: bool, colour_range: ColorRange
) -> None:
    path = tmp_path / "stripes.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"crf": "8", "preset": "ultrafast"})
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        if tagged:
            stream.codec_context.colorspace = matrix
        stream.codec_context.color_range = colour_range
        frame = VideoFrame.from_ndarray(stripes(size), format="bgr24")
        frame = frame.reformat(format="yuv420p", dst_colorspace=matrix, dst_color_range=colour_range)
        if not tagged:
            frame.colorspace = 2
        frame.pts, frame.time_base = 0, Fraction(1, 25)
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with VideoDecoder(path) as decoder:
        assert off_by(next(decoder.frames()).pixels) <= 4


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_colours_of_a_picture(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"stripes{suffix}"
    cv2.imwrite(str(path), stripes((320, 240)), [cv2.IMWRITE_JPEG_QUALITY, 95])
    with VideoDecoder(path) as decoder:
        assert off_by(next(decoder.frames()).pixels) <= 4


def test_a_large_jpeg_is_not_taken_for_high_definition_video(tmp_path: Path) -> None:
    path = tmp_path / "stripes.jpg"
    cv2.imwrite(str(path), stripes((1280, 960)), [cv2.IMWRITE_JPEG_QUALITY, 95])
    with VideoDecoder(path) as decoder:
        assert off_by(next(decoder.frames()).pixels) <= 4
