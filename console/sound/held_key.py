"""How long a key is held, from its presses alone: terminals repeat a held key and do not tell when it is let go."""

FIRST_NS = 800_000_000
"""A key counts as held for so long after its first press: systems begin to repeat after 250 to 660 ms."""
REPEATED_NS = 400_000_000
"""And for so long after a repeat: they come every 30 to 100 ms, and late over a slow line."""


class HeldKey:
    """One key. It knows no clock: each press comes with its instant."""

    def __init__(self) -> None:
        self._until_ns: int | None = None

    @property
    def until_ns(self) -> int | None:
        """When it counts as let go unless it is pressed again; None while it was never pressed."""
        return self._until_ns

    def press(self, at_ns: int) -> bool:
        """Takes a press or a repeat; True for one that begins to hold the key."""
        held = self.held(at_ns)
        end_ns = at_ns + (REPEATED_NS if held else FIRST_NS)
        # A second press soon after the first can't tell yet that repeats will come.
        self._until_ns = max(end_ns, self._until_ns or end_ns) if held else end_ns
        return not held

    def let_go(self) -> None:
        """Counts as let go."""
        self._until_ns = None

    def held(self, at_ns: int) -> bool:
        """Whether it is held at an instant."""
        return self._until_ns is not None and at_ns < self._until_ns
