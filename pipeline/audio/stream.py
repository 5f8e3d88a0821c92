"""What sound is inside the lane."""

RATE_HZ = 48_000
BLOCK_SAMPLES = 480
"""The lane's own step, 10 ms."""
