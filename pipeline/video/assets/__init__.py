"""Data that ships with the video lane."""
