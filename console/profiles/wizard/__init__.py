"""The guided creation of a profile."""
