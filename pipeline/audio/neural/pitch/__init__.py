"""Networks that tell the pitch, and what a voice wants to know of it."""
