"""Where a preflight's sound and pictures come from."""
