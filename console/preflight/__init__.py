"""The preflight: its command, its screen, and what is kept of it."""
