"""What is measured of a microphone's sound, whatever it may be."""
