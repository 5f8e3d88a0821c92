"""`python -m console`, and the command `understudy`: an act from outside is on its way before all else is loaded."""

import sys


def main() -> int:
    """Runs the command line and tells its exit status."""
    if sys.argv[1:2] == ["ctl"]:
        from console.remote.ctl import run_ctl

        return run_ctl(sys.argv[2:])
    from console.cli import main as run

    return run()


if __name__ == "__main__":
    sys.exit(main())
