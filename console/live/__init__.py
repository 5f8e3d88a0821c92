"""What goes out, kept and seen: recordings, snapshots, cameras, and which picture the screen shows."""
