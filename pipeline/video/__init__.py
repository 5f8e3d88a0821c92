"""The video lane's devices and stages, one per file."""
