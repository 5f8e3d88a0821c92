"""The operator console and the command line, on top of the pipeline."""
