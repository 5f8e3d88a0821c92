"""A small path tracer and the four rooms that stand behind the shipped personas."""
