"""What the user has settled for every session: a file, the keys in it, and the themes it chooses from."""
