"""What is done to the actor's own voice before it is converted: rumble, noise, level, peaks."""
