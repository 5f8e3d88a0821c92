"""Makes the mean face that ships from several people's tracked landmarks: nobody's face, symmetric, with triangles."""
