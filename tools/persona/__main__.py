"""``python -m tools.persona``."""

from tools.persona.cli import main

if __name__ == "__main__":
    main()
