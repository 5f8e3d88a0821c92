"""What the operator hears of the voice, and what keeps it from going round."""
