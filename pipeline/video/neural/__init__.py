"""Faces that networks make, and the networks around them."""
