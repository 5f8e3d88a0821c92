"""The audio lane: from the microphone to the virtual microphone, 48 kHz mono inside."""
