"""What changes around a session's lanes while it runs."""
