"""How the console's session begins and ends."""
