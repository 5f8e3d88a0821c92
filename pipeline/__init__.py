"""The real-time pipeline: everything between the actor's devices and the call program; runs without a terminal."""

import os

# The pictures are too small for OpenCV's own threads: with two the lane is no faster and takes a sixth more processor.
os.environ.setdefault("OPENCV_FOR_THREADS_NUM", "1")
# A picture file's header is believed up to so many pixels; the next larger number would take gigabytes.
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(8192 * 8192))
