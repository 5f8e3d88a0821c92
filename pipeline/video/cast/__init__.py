"""Several people in one picture, each with a face of a profile's own choosing."""
