"""Voices that are networks."""
