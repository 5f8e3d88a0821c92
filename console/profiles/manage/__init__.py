"""Every profile on the shelf, and what can be done with its folder."""
