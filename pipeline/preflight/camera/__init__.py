"""What a camera's pictures say of the camera, the light and the room."""
