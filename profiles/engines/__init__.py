"""The parts of a profile that engines with networks take: one file per kind of engine."""
