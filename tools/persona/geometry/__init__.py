"""The head's surface, in centimetres: x to the image's right, y up, z to the camera."""
