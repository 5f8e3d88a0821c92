"""What the guided creation does at its end, for whoever shows it."""

from collections.abc import Callable


class WizardActs:
    """What a wizard does at its end. Both may take seconds, and are called by a thread of their own."""

    def __init__(self, check: Callable[[dict[str, str]], str], make: Callable[[dict[str, str]], str]) -> None:
        """The acts.

        Args:
            check: what every check says of the answers, in words.
            make: makes the profile; why it could not, or nothing.
        """
        self.check, self.make = check, make
