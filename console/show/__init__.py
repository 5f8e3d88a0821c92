"""The cue list of a show."""
