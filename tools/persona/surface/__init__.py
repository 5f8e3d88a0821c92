"""What surfaces look like: skin, eyes, teeth, cloth."""
