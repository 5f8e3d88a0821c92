"""The widgets of sound and sync."""
