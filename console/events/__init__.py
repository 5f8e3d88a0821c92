"""What has happened: the list on the dashboard, and the whole of it on a screen of its own."""
