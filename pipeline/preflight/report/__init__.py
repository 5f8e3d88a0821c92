"""A preflight as one HTML file that can be mailed."""
