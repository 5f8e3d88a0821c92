"""Changes to a profile that is there: its file keeps everything that is not changed, remarks included."""
