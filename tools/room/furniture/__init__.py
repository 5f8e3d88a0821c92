"""Things that stand in a room, each built of triangles at the origin or at a given place."""
