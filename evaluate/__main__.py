"""`python -m evaluate` does what the `evaluate` command does."""

import sys


def main() -> None:
    """Run the command line; Ctrl-C is no fault, also while it is still being loaded."""
    try:
        from evaluate.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
