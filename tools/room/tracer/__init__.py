"""The path tracer: triangles and lights in, a noise-filtered photograph out."""
