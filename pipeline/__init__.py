"""The real-time pipeline: everything between the actor's devices and the call program; runs without a terminal."""

import os

# OpenCV's worker threads spin, yielding, for 2000 rounds after each job: a sixth of a core at 30 fps, for nothing.
# It reads the number once, when it is loaded; 200 keeps the speed of calls that follow each other closely.
os.environ.setdefault("OPENCV_THREAD_POOL_ACTIVE_WAIT_WORKER", "200")
# A picture file's header is believed up to so many pixels; the next larger number would take gigabytes.
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(8192 * 8192))
