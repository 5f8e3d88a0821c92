"""What the computer and its devices have for a profile."""
