"""What a target was recorded like."""
