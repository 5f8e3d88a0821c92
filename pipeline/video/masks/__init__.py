"""Networks that tell what stands before a face."""
