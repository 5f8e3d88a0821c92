"""What is joined to the head: ears, eyeballs, the mouth's inside, shoulders."""
