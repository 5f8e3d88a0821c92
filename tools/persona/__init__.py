"""A small parametric renderer of synthetic people: a development tool, never imported by the program.

It makes the portraits of the shipped personas and the demo actor's clip. Nobody's likeness goes in: the head's
shape is the symmetrised mean of several people, and everything else is procedural.
"""
