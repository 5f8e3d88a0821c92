"""Data that ships with the audio lane."""
