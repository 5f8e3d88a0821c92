"""Where pictures come from and where they go: cameras, files, the demo actor, virtual cameras, recordings."""
