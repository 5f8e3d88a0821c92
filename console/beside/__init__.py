"""Screens that stand beside the live picture: what is done there is seen at once."""
