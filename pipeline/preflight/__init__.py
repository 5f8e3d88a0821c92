"""Whether this microphone, camera, person and computer match what a profile's models were trained on."""
