"""Triangle meshes: normals, smooth refinement, lines of relief."""
