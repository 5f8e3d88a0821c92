"""The real-time pipeline: everything between the actor's devices and the call program; runs without a terminal."""

import os

# OpenCV's worker threads spin, yielding, for 2000 rounds after each job: a sixth of a core at 30 fps, for nothing.
# It reads the number once, when it is loaded; 200 keeps the speed of calls that follow each other closely.
os.environ.setdefault("OPENCV_THREAD_POOL_ACTIVE_WAIT_WORKER", "200")
