"""What can be read from one look at a head: proportions, skin, hair, beard, glasses."""
