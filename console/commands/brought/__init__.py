"""Files that users bring: models looked at, fetched, and put into profiles."""
