"""Networks for finding and following faces that a profile brings."""
