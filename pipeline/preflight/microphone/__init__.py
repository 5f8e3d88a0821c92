"""What a microphone's sound says of the microphone, the room and the way between them."""
