"""The person cut out of the room, and another room behind."""
