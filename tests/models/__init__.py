"""Stand-ins for the models that people bring: the formats' names, shapes, types and layout, and checkable work."""
