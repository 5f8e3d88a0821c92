"""How fast this computer is."""
