"""Microphones, files and the demo actor in; virtual microphones, loudspeakers and files out."""
