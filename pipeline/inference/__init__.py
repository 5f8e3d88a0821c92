"""Network sessions and the store of model files."""
