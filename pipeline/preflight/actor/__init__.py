"""How the actor's own looks go together with the target's."""
