"""The target's voice from the actor's."""
