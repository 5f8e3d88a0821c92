"""The demo actor: what is said, when the head moves, and the room behind."""
