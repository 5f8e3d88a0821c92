"""The console in a browser of this computer."""
