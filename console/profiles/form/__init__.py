"""The form of a profile's settings, made from the schema."""
