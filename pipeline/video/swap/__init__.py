"""The target's face on the actor's."""
