"""Compressed media, read and written."""
