"""The real-time pipeline: everything between the actor's devices and the call program; runs without a terminal."""
