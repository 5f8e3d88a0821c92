"""Live pictures on the screen: which are shown, and how a terminal is made to show them."""
