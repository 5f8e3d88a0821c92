"""Small pictures for the operator's screen."""
