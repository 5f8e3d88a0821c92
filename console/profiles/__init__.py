"""Profiles on the screen: the form, the guided creation, the shelf."""
