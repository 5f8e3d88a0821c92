"""The surfaces of a person: head, ears, eyes, mouth and clothes, in centimetres (x image right, y up, z to the camera)."""
