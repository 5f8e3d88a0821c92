"""What the operator does with the sound: talk, mute, monitor, another microphone."""
